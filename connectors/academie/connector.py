"""Académie → `academie.etablissements.v1`, `.fermetures.v1`, `.receptions.v1`. Our own format ("format interne, non homologué")."""

from collections.abc import Iterator, Mapping

from connectors.transport import school_fields, values
from connectors.transport.contract_fields import Kinds
from connectors.transport.deliveries import Policy
from connectors.transport.own_events import Given, OwnEvents
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.rentree_keys import NATIONAL

ETABLISSEMENTS = "academie.etablissements.v1"
FERMETURES = "academie.fermetures.v1"
RECEPTIONS = "academie.receptions.v1"

KINDS: Kinds = {
    "uai": school_fields.uai(),
    "annee": school_fields.school_year(),
    "fuseau": school_fields.zone(),
    "calendrier": values.identifier(r"[0-9a-z_-]{1,40}", "nom de calendrier, en minuscules"),
    "zone_vacances": values.identifier(r"[A-Z]{1,10}", "zone de vacances comme A, B ou C"),
    "reference": values.identifier(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,39}", "référence de 40 caractères au plus, sans espace"),
    "occurrence": values.identifier(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,19}", "nom de remontée de 20 caractères au plus, sans espace"),
    "departements": values.texts(max_count=120, max_length=3),
    "eleves": school_fields.pupils(),
    "effectif.code": values.text(20),
}


class Academie:
    """See `schemas.outcome.PushConnector`."""

    system = "academie"
    topics = (ETABLISSEMENTS, FERMETURES, RECEPTIONS)
    transports = ("http", "depot")

    def __init__(self) -> None:
        self._events = OwnEvents(self.system, self.topics, KINDS, self._publish)

    @property
    def kinds(self) -> Mapping[str, Policy]:
        return self._events.kinds

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        return self._events.accept(delivery)

    def _publish(self, given: Given) -> Iterator[Record]:
        """A closure is the country's; everything else is its school's."""
        if given.topic == FERMETURES:
            yield given.record(NATIONAL, f"fermeture/{given.data['reference']}")
        else:
            yield given.record(given.data["uai"], f"{given.name}/{given.data['annee']}")
