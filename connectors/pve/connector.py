"""PVE → `pve.demandes.v1`: demandes entered in the Portail Vie Étudiante. Our own format ("format interne, non homologué")."""

from collections.abc import Iterator, Mapping

from connectors.transport import student_fields
from connectors.transport.contract_fields import Kinds
from connectors.transport.deliveries import Policy
from connectors.transport.own_events import Given, OwnEvents
from schemas import subjects
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.student_key import StudentKeys

KINDS: Kinds = {
    "annee": student_fields.ANNEE,
    "numero_boursier": student_fields.NUMERO_BOURSIER,
    "academie": student_fields.ACADEMIE,
}


class Pve:
    """See `schemas.outcome.PushConnector`."""

    system = "pve"
    topics = ("pve.demandes.v1",)
    transports = ("http", "depot")

    def __init__(self, secret: bytes) -> None:
        self._keys = StudentKeys(secret)
        self._events = OwnEvents(self.system, self.topics, KINDS, self._publish)

    @property
    def kinds(self) -> Mapping[str, Policy]:
        return self._events.kinds

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        return self._events.accept(delivery)

    def _publish(self, given: Given) -> Iterator[Record]:
        """Under the numéro de boursier; when it was entered is a day, never the record's instant."""
        yield given.record(self._keys.of_nne(given.data["numero_boursier"]), subjects.of_demande(given.data["annee"]))
