"""Luciole → `luciole.dossiers.v1`, `luciole.commandes.v1`, `chorus.fichiers.v1`. Our own format ("format interne, non homologué")."""

from collections.abc import Iterator, Mapping

from connectors.luciole.fields import KINDS
from connectors.luciole.totals import wrong_total
from connectors.transport.deliveries import Policy
from connectors.transport.faults import Unreadable
from connectors.transport.own_events import Given, OwnEvents
from schemas import luciole_keys
from schemas.outcome import Accepted, Delivery, Record, Refused

DOSSIERS = "luciole.dossiers.v1"
COMMANDES = "luciole.commandes.v1"
FICHIERS = "chorus.fichiers.v1"

ENDS = frozenset({"envoi_fin", "envoi_interruption", "erreur_compteur"})
"""How a send ends: of one subject, so that they keep their order when one must wait."""


class Luciole:
    """See `schemas.outcome.PushConnector`."""

    system = "luciole"
    topics = (DOSSIERS, COMMANDES, FICHIERS)
    transports = ("http", "depot")

    def __init__(self) -> None:
        self._events = OwnEvents(self.system, self.topics, KINDS, self._publish)

    @property
    def kinds(self) -> Mapping[str, Policy]:
        return self._events.kinds

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        return self._events.accept(delivery)

    def _publish(self, given: Given) -> Iterator[Record]:
        """An établissement's facts under it, an instructor's commands under him, a payment file under itself (R-BUS-04)."""
        data = given.data
        if given.topic == FICHIERS:
            wrong = wrong_total(data, given.position)
            if wrong is not None:
                raise Unreadable(wrong)
            yield given.record(luciole_keys.of_fichier(data["fichier"]), luciole_keys.fichier_subject(data["fichier"]))
        elif given.topic == COMMANDES:
            subject = luciole_keys.envoi_subject if given.name in ENDS else luciole_keys.demande_subject
            yield given.record(luciole_keys.of_instructeur(data["instructeur"]), subject(data["instructeur"]))
        else:
            yield given.record(luciole_keys.of_etablissement(data["etablissement"]), _subject(given))


def _subject(given: Given) -> str:
    uai = given.data["etablissement"]
    if given.name == "bordereau":
        return luciole_keys.bordereau_subject(uai, given.data["bordereau"])
    if given.name in ("dossier", "modification_demande"):
        return luciole_keys.dossier_subject(uai, given.data["dossier"])
    return f"{given.name}/{uai}"
