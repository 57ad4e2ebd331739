"""Draaf → `draaf.validations.v1`. Our own format ("format interne, non homologué"), after the public ASP exchange."""

from collections.abc import Iterator, Mapping

from connectors.transport import values
from connectors.transport.contract_fields import Kinds
from connectors.transport.deliveries import Policy
from connectors.transport.own_events import Given, OwnEvents
from schemas import luciole_keys
from schemas.outcome import Accepted, Delivery, Record, Refused

KINDS: Kinds = {
    "fichier": values.identifier(r"[0-9A-Za-z][0-9A-Za-z._/-]{0,29}", "identifiant de fichier de 30 caractères au plus, sans espace"),
}


class Draaf:
    """See `schemas.outcome.PushConnector`."""

    system = "draaf"
    topics = ("draaf.validations.v1",)
    transports = ("http", "depot")

    def __init__(self) -> None:
        self._events = OwnEvents(self.system, self.topics, KINDS, self._publish)

    @property
    def kinds(self) -> Mapping[str, Policy]:
        return self._events.kinds

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        return self._events.accept(delivery)

    def _publish(self, given: Given) -> Iterator[Record]:
        """Under the very payment file that it names (R-LUC-14)."""
        fichier = given.data["fichier"]
        yield given.record(luciole_keys.of_fichier(fichier), luciole_keys.fichier_subject(fichier))
