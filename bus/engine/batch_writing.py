"""Step 5 of the engine: what a folded batch changes, written in the transaction that moves its checkpoint."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy.dialects.postgresql import insert

from bus.database import tables
from bus.database.rows import write_rows
from bus.engine.batches import Batch, ToPublish
from bus.engine.fold import Dead, Folded, Incoming, Output
from bus.engine.reading import Undecided
from bus.engine.statements import Statements
from schemas.outcome import Event, Processor


class BatchWriter:
    """Writes for one processor."""

    def __init__(
        self,
        processor: Processor,
        sql: Statements,
        projection_tables: Mapping[str, sqlalchemy.Table],
        partition_of: Callable[[str, str], int],
        alike: frozenset[str],
    ) -> None:
        self.name = processor.name
        self.reglages_version = 0
        self._state_version = processor.state_version
        self._sql = sql
        self._projections = projection_tables
        self._partition_of = partition_of
        self._alike = alike
        self._states = msgspec.msgpack.Encoder()

    def measure(self, state: Any) -> int:
        """Bytes of a state as it is stored."""
        return len(self._states.encode(state))

    def encoded(self, folded: Folded) -> dict[str, bytes]:
        """The changed states as they are stored, by key."""
        encode = self._states.encode
        states = folded.states
        return {key: encode(states[key].state) for key in folded.changed | folded.waiting_changed if states[key].state is not None}

    def write(
        self,
        connection: sqlalchemy.Connection,
        batch: Batch,
        sequence: int,
        folded: Folded,
        encoded: Mapping[str, bytes],
        read: Sequence[Incoming | Undecided],
    ) -> ToPublish | None:
        self._write_states(connection, folded, encoded)
        if folded.waiting_changed:
            self._write_waiting(connection, folded)
        if folded.journal:
            self._write_journal(connection, batch, sequence, folded)
        if folded.deadlines:
            self._write_deadlines(connection, batch.partition, folded)
        self.write_dead(connection, batch, folded, [item for item in read if isinstance(item, Undecided)])
        if folded.rows:
            write_rows(connection, self._projections, folded.rows)
        if folded.effects:
            self._write_effects(connection, batch.partition, sequence, folded)
        self.write_counts(connection, batch.partition, folded)
        publish = self._write_outbox(connection, batch.partition, sequence, folded.outputs)
        values = {"part": batch.partition, "seq": sequence, "top": batch.topic, "next": batch.end}
        connection.execute(self._sql.advance, values)
        return publish

    def _write_states(self, connection: sqlalchemy.Connection, folded: Folded, encoded: Mapping[str, bytes]) -> None:
        keys: list[str] = []
        values: list[bytes | None] = []
        waits: list[bool] = []
        gone: list[str] = []
        for key in folded.changed | folded.waiting_changed:
            state = folded.states[key]
            waiting = bool(state.parked or state.queue or state.held)
            if state.state is None and not waiting:
                gone.append(key)
                continue
            keys.append(key)
            values.append(encoded.get(key))
            waits.append(waiting)
        if keys:
            connection.execute(self._sql.save, {"keys": keys, "values": values, "waits": waits, "ver": self._state_version})
        if gone:
            connection.execute(self._sql.forget, {"keys": gone})

    def _write_waiting(self, connection: sqlalchemy.Connection, folded: Folded) -> None:
        keys = list(folded.waiting_changed)
        connection.execute(self._sql.clear_waiting, {"keys": keys})
        connection.execute(self._sql.clear_holds, {"keys": keys})
        rows: list[dict[str, Any]] = []
        held: list[dict[str, Any]] = []
        for key in keys:
            state = folded.states[key]
            if state.held:
                held.append({"processor": self.name, "key": key})
            rows += [_waiting_row(self.name, "P", w.event, w.raw, w.digest, w.rank, w.since, w.waits_for, w.label) for w in state.parked]
            rows += [_waiting_row(self.name, "H", h.event, h.raw, h.digest, h.rank, h.received, "", "") for h in state.queue]
        if held:
            connection.execute(insert(tables.holds), held)
        if rows:
            connection.execute(insert(tables.waiting), rows)

    def _write_journal(self, connection: sqlalchemy.Connection, batch: Batch, sequence: int, folded: Folded) -> None:
        done = folded.journal
        values = {
            "ids": [d.id for d in done],
            "digests": [d.digest for d in done],
            "offsets": [d.offset for d in done],
            "hows": [d.how for d in done],
            "day": datetime.now(UTC),
            "part": batch.partition,
            "seq": sequence,
            "top": batch.topic,
            "reg": self.reglages_version,
        }
        connection.execute(self._sql.record, values)

    def _write_deadlines(self, connection: sqlalchemy.Connection, partition: int, folded: Folded) -> None:
        gone = [(key, name) for (key, name), due in folded.deadlines.items() if due is None]
        kept = [(key, name, due) for (key, name), due in folded.deadlines.items() if due is not None]
        if gone:
            connection.execute(self._sql.forget_deadlines, {"keys": [k for k, _ in gone], "names": [n for _, n in gone]})
        if kept:
            values = {"keys": [k for k, _, _ in kept], "names": [n for _, n, _ in kept], "dues": [d for _, _, d in kept], "part": partition}
            connection.execute(self._sql.save_deadlines, values)

    def write_dead(self, connection: sqlalchemy.Connection, batch: Batch, folded: Folded, undecided: Iterable[Undecided]) -> None:
        rows = [_dead_row(self.name, batch.partition, dead) for dead in folded.dead]
        rows += [
            {
                "processor": self.name,
                "topic": batch.topic,
                "partition": batch.partition,
                "offset": item.offset,
                "code": item.code,
                "reason": item.reason,
                "key": item.key,
                "event_id": item.event_id,
                "headers": item.headers,
                "value": item.value,
                "holds": False,
            }
            for item in undecided
        ]
        if rows:
            connection.execute(insert(tables.dead_letters), rows)
        if folded.redriven:
            connection.execute(self._sql.close_dead, {"ids": folded.redriven})

    def _write_effects(self, connection: sqlalchemy.Connection, partition: int, sequence: int, folded: Folded) -> None:
        rows = [
            {
                "id": identifier,
                "sink": effect.sink,
                "partition": partition,
                "sequence": sequence,
                "rank": rank,
                "group": effect.group,
                "payload": json.loads(msgspec.json.encode(effect.payload)),
                "state": "A_FAIRE",
            }
            for rank, (identifier, effect) in enumerate(folded.effects)
        ]
        connection.execute(insert(tables.effets).on_conflict_do_nothing(), rows)

    def write_counts(self, connection: sqlalchemy.Connection, partition: int, folded: Folded) -> None:
        names = sorted(folded.counts)
        if names:
            totals = [folded.counts[name] for name in names]
            connection.execute(self._sql.count, {"names": names, "totals": totals, "part": partition})

    def _write_outbox(
        self, connection: sqlalchemy.Connection, partition: int, sequence: int, outputs: Sequence[Output]
    ) -> ToPublish | None:
        if not outputs:
            return None
        records = self.packed(partition, outputs)
        values = {"part": partition, "seq": sequence, "data": msgspec.msgpack.encode(records)}
        connection.execute(self._sql.send, values)
        return ToPublish(sequence, records)

    def packed(self, partition: int, outputs: Sequence[Output]) -> list[list[Any]]:
        place, alike = self._partition_of, self._alike
        return [
            [
                o.topic,
                partition if o.same_key and o.topic in alike else place(o.topic, o.key),
                o.key,
                o.value,
                o.id,
                o.name,
                o.subject,
                round(o.time.timestamp() * 1000),
                rank,
            ]
            for rank, o in enumerate(outputs)
        ]


def _waiting_row(
    processor: str, kind: str, event: Event, raw: bytes, digest: bytes, rank: int, since: datetime, waits_for: str, label: str
) -> dict[str, Any]:
    return {
        "processor": processor,
        "key": event.key,
        "kind": kind,
        "rank": rank,
        "event_id": event.id,
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "topic": event.topic,
        "time": event.time,
        "since": since,
        "waits_for": waits_for,
        "label": label,
        "digest": digest,
        "value": raw or None,
    }


def _dead_row(processor: str, partition: int, dead: Dead) -> dict[str, Any]:
    event = dead.event
    headers = {
        "ce_id": event.id,
        "ce_type": event.type,
        "ce_source": event.source,
        "ce_subject": event.subject,
        "ce_time": event.time.isoformat(),
    }
    return {
        "processor": processor,
        "topic": event.topic,
        "partition": partition,
        "offset": dead.offset,
        "code": dead.code,
        "reason": dead.reason,
        "key": event.key,
        "event_id": event.id,
        "headers": headers,
        "value": dead.raw or None,
        "holds": dead.holds,
    }
