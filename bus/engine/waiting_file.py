"""What a worker waits for in the outside world, told to `passerelle status` beside its pid: `var/run/waits-<worker>.json`.

A file, since PostgreSQL and Kafka are just what may be away. It never stops a worker: without a place to write, nothing is told.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bus.stack.places import Places


class Wait(msgspec.Struct, frozen=True):
    """`cause` is a code (`PostgreSQL (57P01)`), never data; `since` is ISO 8601, UTC."""

    pid: int
    cause: str
    since: str


def waits_file(places: Places, worker: str) -> Path:
    return places.pid(f"waits-{worker}")


class WaitingFile:
    """The file of one worker; called with the cause when a wait begins, with None when it ends."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self, cause: str | None) -> None:
        with suppress(OSError):
            if cause is None:
                self._file.unlink(missing_ok=True)
                return
            wait: Mapping[str, object] = {"pid": os.getpid(), "cause": cause, "since": datetime.now(UTC).isoformat(timespec="seconds")}
            draft = self._file.with_name(f"{self._file.name}.tmp")
            draft.write_text(json.dumps(wait, ensure_ascii=False))
            os.replace(draft, self._file)


def wait_of(places: Places, worker: str, pid: int | None) -> Wait | None:
    """What the worker of this pid waits for now. What another process left is not believed."""
    try:
        found = msgspec.json.decode(waits_file(places, worker).read_bytes(), type=Wait)
    except (OSError, msgspec.DecodeError):
        return None
    return found if found.pid == pid else None
