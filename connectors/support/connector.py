"""Support → `support.deblocages.v1`. Our own format ("format interne, non homologué")."""

from collections.abc import Iterator, Mapping

from connectors.transport.deliveries import Policy
from connectors.transport.own_events import Given, OwnEvents
from schemas import luciole_keys
from schemas.outcome import Accepted, Delivery, Record, Refused


class Support:
    """See `schemas.outcome.PushConnector`."""

    system = "support"
    topics = ("support.deblocages.v1",)
    transports = ("http", "depot")

    def __init__(self) -> None:
        self._events = OwnEvents(self.system, self.topics, {}, self._publish)

    @property
    def kinds(self) -> Mapping[str, Policy]:
        return self._events.kinds

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        return self._events.accept(delivery)

    def _publish(self, given: Given) -> Iterator[Record]:
        yield given.record(luciole_keys.VERROU, "deblocage")
