"""Steps 3 and 4 of the engine: what PostgreSQL knows of a batch's events and of their keys."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy

from bus.engine.batches import Stopped
from bus.engine.fold import HeldRecord, Incoming, KeyState, Waiting
from bus.engine.reading import Reader
from bus.engine.statements import Statements
from schemas.outcome import Event, Processor


class BatchLoader:
    """Loads for one processor."""

    def __init__(self, processor: Processor, reader: Reader, sql: Statements) -> None:
        self._processor = processor
        self._reader = reader
        self._sql = sql
        self.since = datetime.min.replace(tzinfo=UTC)
        """The first day of the journal that may hold a record which comes again."""
        self._decoder = msgspec.msgpack.Decoder(processor.state) if processor.state is not None else None

    def known(self, connection: sqlalchemy.Connection, incoming: Sequence[Incoming]) -> dict[str, bytes]:
        """The journal's digests of those that were dealt with already, by id."""
        if not incoming:
            return {}
        ids = list({item.id for item in incoming})
        return {row.event_id: row.digest for row in connection.execute(self._sql.known, {"ids": ids, "since": self.since})}

    def load(self, connection: sqlalchemy.Connection, incoming: Sequence[Incoming]) -> dict[str, KeyState]:
        """The keys' states with what waits there. Raises Stopped for a state of a later release."""
        keys = list({item.event.key for item in incoming})
        loaded: dict[str, KeyState] = {}
        if not keys:
            return loaded
        waits: list[str] = []
        for row in connection.execute(self._sql.load, {"keys": keys}):
            loaded[row.key] = KeyState(self._decode_state(row.version, row.value))
            if row.waits:
                waits.append(row.key)
        if waits:
            self._load_waiting(connection, waits, loaded)
        due = list({item.event.key for item in incoming if item.event.type == "echeance"})
        if due:
            for deadline in connection.execute(self._sql.deadlines, {"keys": due}):
                loaded.setdefault(deadline.key, KeyState()).deadlines[deadline.name] = deadline.due
        return loaded

    def _decode_state(self, version: int, value: bytes | None) -> Any:
        if value is None or self._decoder is None:
            return None
        if version == self._processor.state_version:
            return self._decoder.decode(value)
        if version > self._processor.state_version or self._processor.upgrade is None:
            name, present = self._processor.name, self._processor.state_version
            raise Stopped(
                f"Un état de {name} est de la version {version}, ce programme lit la version {present} : "
                f"installer la version qui l'a écrit, ou une plus récente."
            )
        plain = msgspec.msgpack.decode(value)
        return msgspec.convert(self._processor.upgrade(version, plain), self._processor.state, strict=False)

    def _load_waiting(self, connection: sqlalchemy.Connection, keys: list[str], loaded: dict[str, KeyState]) -> None:
        for held in connection.execute(self._sql.holds, {"keys": keys}):
            loaded[held.key].held = True
        for kept in connection.execute(self._sql.waiting, {"keys": keys}):
            data = self._reader.again(kept.topic, kept.type, kept.value)
            event = Event(kept.event_id, kept.type, kept.time, kept.key, kept.subject, kept.source, kept.topic, data)
            if kept.kind == "P":
                waiting = Waiting(event, kept.value or b"", kept.digest, kept.waits_for, kept.label, kept.since, kept.rank)
                loaded[kept.key].parked.append(waiting)
            else:
                loaded[kept.key].queue.append(HeldRecord(event, kept.value or b"", kept.digest, kept.rank, kept.since))
