"""Deliveries in our own event format ("format interne, non homologué"): JSON objects or files of one kind of event.

JSON: one object or a list; `evenement` names the record, its fields stand beside it. CSV: the file's name begins with the
name of its events. Both may give `instant` (when it happened, in the zone of the connector) and `identifiant` (the source's
own, which then names the event for ever).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from connectors.transport import messages, values
from connectors.transport.contract_fields import Kinds, Shape, shape_of
from connectors.transport.csv_reader import open_csv
from connectors.transport.deliveries import INCONNU, Policy, check_then_give
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.fields import Field, columns_of, read_object, read_row
from connectors.transport.json_elements import as_object, charset_of, read_elements
from schemas.contracts import contract_of
from schemas.outcome import Accepted, Delivery, Fault, Record, Refused
from schemas.records import RECORDS

EVENEMENT = "evenement"
INSTANT = Field("instant", values.instant())
IDENTIFIANT = Field("identifiant", values.identifier(r"[0-9A-Za-z._:/+-]{1,80}", "identifiant de 80 caractères au plus, sans espace"))
ENVELOPE = (INSTANT, IDENTIFIANT)

Publish = Callable[["Given"], Iterator[Record]]
"""What a connector makes of one good event: its record, with key and subject, and those that follow from it."""


def is_json(delivery: Delivery) -> bool:
    """Whether it is a JSON file, or a request of JSON: what a system that also drops other files says as events."""
    if delivery.name:
        return delivery.name.lower().endswith(".json")
    if "json" in delivery.media_type:
        return True
    with delivery.open() as stream:
        return stream.read(64).lstrip()[:1] in (b"{", b"[")


@dataclass(frozen=True, slots=True)
class Given:
    """One event that was read and checked."""

    topic: str
    name: str
    data: dict[str, Any]
    """Typed values; the connector may complete them before it makes the record."""
    time: datetime
    position: str
    own_id: str | None

    def record(self, key: str, subject: str, **completed: Any) -> Record:
        struct = RECORDS[self.topic][self.name]
        return Record(self.topic, self.name, key, subject, self.time, struct(**{**self.data, **completed}), self.position, self.own_id)


class OwnEvents:
    """The events of some topics of one system, in our own format."""

    def __init__(self, system: str, topics: tuple[str, ...], kinds: Kinds, publish: Publish) -> None:
        self._system = system
        self._publish = publish
        self._topics = {name: topic for topic in topics for name in contract_of(topic).names}
        self._shapes: dict[str, Shape] = {name: shape_of(topic, name, kinds) for name, topic in self._topics.items()}
        self.kinds: Mapping[str, Policy] = {self._kind(form): Policy.DEPOT for form in ("json", "csv")}

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """A file's extension tells CSV from JSON; a request is JSON."""
        name = PurePath(delivery.name).name.lower()
        if name.endswith((".csv", ".txt")):
            return self._accept_csv(delivery, name)
        if not name or name.endswith(".json"):
            return self._accept_json(delivery)
        return Refused(INCONNU, (messages.unknown_kind(self._expected()),))

    def _expected(self) -> str:
        return f"JSON, ou CSV dont le nom commence par {', '.join(self._topics)}"

    def _kind(self, form: str) -> str:
        return f"{self._system}.evenements.{form}"

    # --- JSON ---

    def _accept_json(self, delivery: Delivery) -> Accepted | Refused:
        kind = self._kind("json")
        known = (EVENEMENT, *(each.name for each in ENVELOPE), *{name for shape in self._shapes.values() for name in shape.names})

        def parse(faults: FaultList, _warnings: FaultList) -> Iterator[Record]:
            for rank, element in enumerate(read_elements(delivery, known), start=1):
                given = self._read_element(element, rank, delivery.received, faults)
                if given is not None:
                    yield from self._publish(given)

        return check_then_give(kind, parse)

    def _read_element(self, element: Any, rank: int, received: datetime, faults: FaultList) -> Given | None:
        found = as_object(element, rank, faults)
        if found is None:
            return None
        before = faults.count
        name = self._name_of(found, rank, faults)
        if name is None:
            return None
        envelope = read_object(ENVELOPE, {each.name: found.get(each.name) for each in ENVELOPE}, rank, faults)
        data = self._shapes[name].read_json(found, rank, faults, passed=(EVENEMENT, *(each.name for each in ENVELOPE)))
        return self._given(name, data, envelope, received, f"element {rank}") if faults.count == before else None

    def _name_of(self, found: Mapping[str, Any], rank: int, faults: FaultList) -> str | None:
        one = Field(EVENEMENT, values.code(tuple(self._topics)), required=True)
        read = read_object((one,), {EVENEMENT: found.get(EVENEMENT)}, rank, faults)
        name: str | None = read.get(EVENEMENT)
        return name

    # --- CSV ---

    def _accept_csv(self, delivery: Delivery, file_name: str) -> Accepted | Refused:
        name = self._named_by(file_name)
        if name is None:
            return Refused(INCONNU, (messages.unknown_kind(self._expected()),))
        kind = self._kind("csv")
        shape = self._shapes[name]
        columns = columns_of((*shape.columns(), *ENVELOPE))
        try:
            source = open_csv(delivery.open, delivery.size, charset_of(delivery.media_type))
        except Unreadable as unreadable:
            return Refused(kind, (unreadable.fault,))

        def parse(faults: FaultList, warnings: FaultList) -> Iterator[Record]:
            header = source.read_header(columns)
            if isinstance(header, tuple):
                faults.extend(header)
                return
            empty = True
            for line, row in source.rows(header):
                empty = False
                if isinstance(row, Fault):
                    faults.add(row)
                    continue
                before = faults.count
                envelope = read_row(ENVELOPE, row, line, faults)
                data = shape.read_line(row, line, faults)
                if faults.count == before:
                    yield from self._publish(self._given(name, data, envelope, delivery.received, f"ligne {line}"))
            if empty:
                warnings.add(messages.no_line())

        return check_then_give(kind, parse)

    def _named_by(self, file_name: str) -> str | None:
        """The longest event name that begins the file's name and ends there or before a character that is no letter."""
        stem = file_name.rsplit(".", 1)[0]
        fitting = [name for name in self._topics if stem == name or (stem.startswith(name) and not stem[len(name)].isalpha())]
        longer = [name for name in fitting if not any(other != name and other.startswith(name) for other in fitting)]
        return longer[0] if longer else None

    def _given(self, name: str, data: dict[str, Any], envelope: Mapping[str, Any], received: datetime, position: str) -> Given:
        own_id = envelope.get("identifiant")
        return Given(
            self._topics[name],
            name,
            data,
            envelope.get("instant") or received,
            position,
            None if own_id is None else f"{name}/{own_id}",
        )
