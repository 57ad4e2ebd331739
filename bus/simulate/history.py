"""What happened in a simulation, in order: told by the runner, read by expectations and reports."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schemas.outcome import Deadline, Effect, Fault, Row


@dataclass(frozen=True, slots=True)
class Published:
    """A record on a topic, by a connector or a rule."""

    at: datetime
    topic: str
    name: str
    key: str
    subject: str
    id: str
    time: datetime
    """Its `ce_time`; `at` is when it was published."""
    by: str
    """The system or the processor."""
    data: Any
    entered: bool = False
    """By a connector; the others are what rules decided."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Something came in by a connector."""

    at: datetime
    rank: int
    """Its place in `given`, from 1."""
    system: str
    event: str | None
    file: str | None
    kind: str
    """What the connector recognised."""
    data: Mapping[str, Any] | None
    records: int
    faults: tuple[Fault, ...]
    """Not empty: refused as a whole."""
    warnings: tuple[Fault, ...]
    known: bool = False
    """A file that says what was already known: ignored."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A synchronous question and its answer."""

    at: datetime
    name: str
    asked: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ignored:
    """A record that a processor had already dealt with (equal `ce_id`)."""

    at: datetime
    processor: str
    event: str
    subject: str


@dataclass(frozen=True, slots=True)
class Decided:
    """What a rule answered to an event."""

    at: datetime
    processor: str
    system: str
    event: str
    event_id: str
    subject: str
    released: bool
    """It had waited for its prerequisite."""
    because: str
    counted: str | None
    refusal: Mapping[str, str] | None
    """code, message, remede."""
    published: tuple[Published, ...]
    rows: tuple[Row, ...]
    effects: tuple[Effect, ...]
    deadlines: tuple[Deadline, ...]


@dataclass(slots=True)
class Waited:
    """An event that was parked, or queued behind one that is."""

    at: datetime
    processor: str
    system: str
    event: str
    event_id: str
    subject: str
    waits_for: str
    label: str
    until: datetime
    """When the engine gives up."""
    released: datetime | None = None


@dataclass(frozen=True, slots=True)
class Died:
    """A record that became a dead letter."""

    at: datetime
    processor: str
    system: str
    event: str
    subject: str
    code: str
    reason: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A record that queues behind a dead letter of its key."""

    at: datetime
    processor: str
    event: str
    subject: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A deadline was due and came back to its rule."""

    at: datetime
    processor: str
    name: str


@dataclass(frozen=True, slots=True)
class Wrote:
    """A sink wrote a file."""

    at: datetime
    sink: str
    system: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class RowChange:
    """A projection's row was written over or deleted."""

    at: datetime
    processor: str
    row: Row


Entry = Arrived | Answered | Ignored | Decided | Waited | Died | Held | Reached | Wrote

Key = tuple[tuple[str, Any], ...]
Table = dict[Key, dict[str, Any]]


@dataclass(slots=True)
class History:
    """Everything, oldest first."""

    entries: list[Entry] = field(default_factory=list)
    published: list[Published] = field(default_factory=list)
    rows: list[RowChange] = field(default_factory=list)
    effects: list[tuple[datetime, Effect]] = field(default_factory=list)
    pending: list[tuple[str, str, datetime]] = field(default_factory=list)
    """Deadlines not yet due at the end: (processor, name, due)."""

    def tables(self, until: datetime | None = None) -> dict[str, Table]:
        """Every table's rows at an instant, or at the end: columns as last written, over the row of equal key."""
        tables: dict[str, Table] = {}
        for change in self.rows:
            if until is not None and change.at > until:
                break
            key = tuple(sorted(change.row.key.items()))
            table = tables.setdefault(change.row.table, {})
            if change.row.values is None:
                table.pop(key, None)
            else:
                table[key] = {**change.row.key, **table.get(key, {}), **change.row.values}
        return tables
