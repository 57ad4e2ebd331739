"""What a source hands to the engine and what the engine hands back, and how a task ends on purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bus.engine.fold import Folded
from bus.engine.reading import Undecided


class RawRecord(Protocol):
    """What a consumer hands over: nothing is decoded yet."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    timestamp: int
    """Milliseconds: when the record reached the log."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Records of one topic and partition, in offset order, with gaps where markers and aborted records stood."""

    topic: str
    """Name in the catalogue."""
    partition: int
    records: Sequence[RawRecord]
    after: int
    """The offset at which its predecessor in this assignment ended; for the first one, the offset sought."""

    @property
    def end(self) -> int:
        return self.records[-1].offset + 1


@dataclass(frozen=True, slots=True)
class ToPublish:
    """A committed outbox row: its records in order."""

    sequence: int
    records: list[list[Any]]
    """[topic, partition, key, value, id, name, subject, time in ms, rank] each."""


@dataclass(frozen=True, slots=True)
class Decided:
    """A batch of a stateless processor: decided, not yet settled."""

    batch: Batch
    folded: Folded
    undecided: list[Undecided]
    publish: ToPublish


@dataclass(frozen=True, slots=True)
class Takeover:
    """What the new owner of a task starts from."""

    epoch: int
    checkpoints: dict[str, int]
    left: list[ToPublish]
    """What a crash left in the outbox, oldest first: to be published before anything is read."""


@dataclass(frozen=True, slots=True)
class LogBounds:
    """A partition's first kept offset and the end up to which it may be read."""

    start: int
    end: int


class Fenced(Exception):
    """Another owner took the task: this process must end at once (exit 70)."""


class Skipped(Exception):
    """The batch does not follow the checkpoint: something skipped or repeated records (exit 70)."""


class Stopped(Exception):
    """The task stops on purpose; the text names the remedy for the operator."""
