"""A school's acts → `siecle.depots.v1`, `synchros.gestes.v1`, `lsu.elements.v1`. Our own format ("format interne, non homologué")."""

from collections.abc import Iterator, Mapping

from connectors.etablissement.fields import KINDS
from connectors.transport.deliveries import Policy
from connectors.transport.own_events import Given, OwnEvents
from schemas.outcome import Accepted, Delivery, Record, Refused

DEPOTS = "siecle.depots.v1"
GESTES = "synchros.gestes.v1"
ELEMENTS = "lsu.elements.v1"
SUJETS = {DEPOTS: "depot", GESTES: "synchros", ELEMENTS: "correspondances"}


class Etablissement:
    """See `schemas.outcome.PushConnector`."""

    system = "etablissement"
    topics = (DEPOTS, GESTES, ELEMENTS)
    transports = ("http", "depot")

    def __init__(self) -> None:
        self._events = OwnEvents(self.system, self.topics, KINDS, self._publish)

    @property
    def kinds(self) -> Mapping[str, Policy]:
        return self._events.kinds

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        return self._events.accept(delivery)

    def _publish(self, given: Given) -> Iterator[Record]:
        """A school's acts under its UAI, in one order."""
        uai = given.data["uai"]
        yield given.record(uai, f"{SUJETS[given.topic]}/{uai}")
