"""What a contender is told, and how it reports: the same for all of them, on the standard library alone."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Course:
    """One run: where the services are, what to read, as whom."""

    kafka: str
    registry: str
    database: str
    """SQLAlchemy URL."""
    schema: str
    """PostgreSQL schema of this run, migrated and empty."""
    prefix: str
    group: str
    processor: str
    schema_ids: Mapping[str, int]
    """Catalogue name → id of its contract in the registry."""
    partitions: int
    """Of each input."""
    fed: Sequence[str]
    """The inputs that the arena filled (catalogue names): their records are what a run has to finish. What a contender hands to an
    input itself, and finds there of the runs before it, does not count."""
    rank: int = 0
    """Of this process among those of the run, from 0."""
    processes: int = 1

    def text(self) -> str:
        return json.dumps(asdict(self))

    def topic(self, name: str) -> str:
        """The Kafka name of a topic of the catalogue."""
        return f"{self.prefix}{name}"


def told() -> Course:
    """The course of this process: its first argument."""
    return Course(**json.loads(sys.argv[1]))


class Progress:
    """Lines on the standard output. Times are of the machine's monotonic clock, which its processes share."""

    def __init__(self) -> None:
        self._begun = False

    def ready(self) -> None:
        """Everything is loaded; returns when all processes of the run are."""
        _say("ready")
        sys.stdin.readline()

    def begun(self) -> None:
        """The first records are in hand. Told once."""
        if not self._begun:
            self._begun = True
            _say(f"begun {time.monotonic():.6f}")

    def done(self, records: int) -> None:
        """So many more records are finished: their outputs acknowledged, their offsets or checkpoint committed."""
        _say(f"done {time.monotonic():.6f} {records}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
