"""The only place where a record becomes a fact: one batch, one SQL transaction (architecture §4).

The engine knows no Faust and no broker. A source takes a task over (`take_over`), hands it batches in order (`run`) and
tells when an outbox row was published (`published`). All methods are synchronous and are called from one thread a worker.
"""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any, Protocol

import msgspec
import sqlalchemy
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bus.database import tables
from bus.database.journal_days import prepare_journal
from bus.database.rows import write_rows
from bus.engine_sql import Statements
from bus.fold import MAX_STATE_BYTES, REGLE_EN_ERREUR, Dead, Fold, Folded, HeldRecord, Incoming, KeyState, Output, Waiting
from bus.reading import Reader, Undecided
from bus.registry_client import RegistryAway
from schemas.outcome import Event, Processor

ADOPT = ""
"""A cluster id that `passerelle tasks adopt` writes: the next takeover accepts the present one."""

MAX_ERRORS = 20
"""Rule errors within a minute above which a task stops: a bad release, not bad data."""


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


class Transient(Exception):
    """The outside world failed; the same batch may be tried again."""


TRANSIENT_SQL = ("08", "53", "55", "57", "40", "25P03")
"""SQLSTATE classes: connection, resources, lock not available, operator intervention, rollback, idle in transaction."""


def nothing(_point: str) -> None:
    """Where production code stands still in tests of crashes."""


class Engine:
    """The tasks of one processor in this process."""

    def __init__(
        self,
        processor: Processor,
        database: sqlalchemy.Engine,
        reader: Reader,
        encode: Callable[[str, str, Any], bytes],
        make_refusal: Callable[[str, Mapping[str, str]], Any],
        partition_of: Callable[[str, str], int],
        projection_tables: Mapping[str, sqlalchemy.Table] | None = None,
        probe: Callable[[str], None] = nothing,
        alike: frozenset[str] = frozenset(),
    ) -> None:
        """`alike`: the outputs with as many partitions as the inputs; what keeps its key there keeps its partition."""
        self.processor = processor
        self.name = processor.name
        self.has_deadlines = has_internal_topic(processor)
        self.internal_topic = f"{processor.name}.interne.v1"
        self.topics = (*processor.inputs, self.internal_topic) if self.has_deadlines else processor.inputs
        self._database = database
        self._reader = reader
        self._partition_of = partition_of
        self._alike = alike
        self._projections = projection_tables or {}
        self.probe = probe
        self._reglages = processor.reglages()
        self._reglages_version = 0
        self._states = msgspec.msgpack.Encoder()
        self._state_decoder = msgspec.msgpack.Decoder(processor.state) if processor.state is not None else None
        self._fold = Fold(processor, self._reglages, encode, make_refusal, measure=lambda state: len(self._states.encode(state)))
        self._epochs: dict[int, int] = {}
        self._attempts: dict[int, tuple[int, Batch]] = {}
        self._errors: deque[float] = deque()
        self._journal_ready: date | None = None
        self._sql = Statements(self.name)

    # --- taking a task over ------------------------------------------------------------------------------------------

    def fence(self, partition: int) -> int | None:
        """Raise the task's epoch: from now on no former owner moves its checkpoints, so the ends of the log read next lie
        above them. Returns the epoch, None when nobody has had the task yet."""
        with self._transaction() as connection:
            epoch = connection.execute(self._sql.fence, {"part": partition}).scalar()
            return None if epoch is None else int(epoch)

    def take_over(
        self,
        partition: int,
        cluster_id: str,
        topic_ids: Mapping[str, str],
        bounds: Mapping[str, LogBounds],
        fenced: int | None = None,
    ) -> Takeover:
        """Raise the task's epoch, which fences its former owner, and return where to start. `fenced` is what `fence` gave
        before `bounds` were read: another owner since then raises Fenced.

        Raises Stopped, with the operator's remedy, when the cluster or a topic is not the one the checkpoint speaks of, or
        when a checkpoint lies outside the log (retention passed it, or a topic was cut). The task's row keeps the reason.
        """
        with self._noting(partition):
            taken = self._take_over(partition, cluster_id, topic_ids, bounds, fenced)
        self._epochs[partition] = taken.epoch
        self._attempts.pop(partition, None)
        return taken

    def _take_over(
        self, partition: int, cluster_id: str, topic_ids: Mapping[str, str], bounds: Mapping[str, LogBounds], fenced: int | None
    ) -> Takeover:
        with self._transaction() as connection:
            self._prepare(connection)
            found = connection.execute(self._sql.task, {"part": partition}).one_or_none()
            if fenced is not None and (found is None or found.epoch != fenced):
                raise Fenced(f"{self.name}/{partition}: un autre processus a repris la tâche entre-temps")
            if found is None:
                connection.execute(self._sql.new_task, {"part": partition, "cluster": cluster_id})
                epoch = 1
            else:
                if found.stopped is not None:
                    raise Stopped(found.stopped)
                if found.cluster_id not in (ADOPT, cluster_id):
                    raise Stopped(
                        f"La tâche {self.name}/{partition} a travaillé sur une autre grappe Kafka que celle-ci. Vérifier l'adresse des "
                        f"courtiers ; si le changement est voulu : « passerelle tasks adopt {self.name} --execute »."
                    )
                epoch = found.epoch + 1
                connection.execute(self._sql.raise_epoch, {"part": partition, "next": epoch, "cluster": cluster_id})
            known = {row.topic: row for row in connection.execute(self._sql.checkpoints, {"part": partition})}
            start: dict[str, int] = {}
            for topic in self.topics:
                bound = bounds[topic]
                row = known.get(topic)
                if row is None:
                    values = {"part": partition, "top": topic, "tid": topic_ids[topic], "next": bound.start}
                    connection.execute(self._sql.new_checkpoint, values)
                    start[topic] = bound.start
                    continue
                self._check_log(partition, topic, row, topic_ids[topic], bound)
                start[topic] = row.next_offset
            left = [
                ToPublish(row.sequence, msgspec.msgpack.decode(row.batch))
                for row in connection.execute(self._sql.outbox, {"part": partition})
            ]
        return Takeover(epoch, start, left)

    def _check_log(self, partition: int, topic: str, row: Any, topic_id: str, bound: LogBounds) -> None:
        where = f"{topic}, partition {partition}, point de reprise {row.next_offset}"
        if row.topic_id != topic_id:
            raise Stopped(
                f"Le topic {topic} a été supprimé et recréé ({where}) : ce qui n'avait pas été lu est perdu dans Kafka. "
                f"Faire renvoyer les données par leur source, puis « passerelle tasks adopt {self.name} --execute »."
            )
        if row.next_offset < bound.start:
            raise Stopped(
                f"La rétention a effacé des enregistrements non lus ({where}, début du journal {bound.start}). "
                f"Les faire renvoyer par leur source, puis « passerelle tasks adopt {self.name} --execute »."
            )
        if row.next_offset > bound.end:
            raise Stopped(
                f"Le journal finit avant le point de reprise ({where}, fin {bound.end}) : Kafka est plus ancien que PostgreSQL. "
                f"Restaurer Kafka, ou restaurer PostgreSQL au même instant, puis « passerelle tasks resume {self.name} »."
            )

    @contextmanager
    def _noting(self, partition: int) -> Iterator[None]:
        """Whoever lists the tasks sees why this one stops."""
        try:
            yield
        except Stopped as reason:
            self.stop(partition, str(reason))
            raise

    def _prepare(self, connection: sqlalchemy.Connection) -> None:
        prepare_journal(connection, datetime.now(UTC))
        self._reglages_version = record_reglages(connection, self.name, self._reglages)

    def release(self, partition: int) -> None:
        """The task was revoked: batches for it are no longer taken."""
        self._epochs.pop(partition, None)
        self._attempts.pop(partition, None)

    # --- one batch ---------------------------------------------------------------------------------------------------

    def run(self, batch: Batch, forget: Sequence[int] = ()) -> ToPublish | None:
        """Fold the batch in one transaction, which also forgets the outbox rows of `forget`, published since.

        Returns the outbox row to publish, or None when nothing goes out. Between the end of the batch's predecessor and
        its first record only markers, aborted or compacted records stand, so the checkpoint may lie anywhere there.

        Raises Transient (nothing was written, or a retry finds what was), Fenced, Skipped, Stopped. Called again with a
        batch whose commit had an unknown end, it returns what that commit wrote.
        """
        with self._noting(batch.partition):
            return self._run(batch, forget)

    def _run(self, batch: Batch, forget: Sequence[int]) -> ToPublish | None:
        try:
            return self._attempt(batch, forget, frozenset())
        except DBAPIError:  # not transient: PostgreSQL refuses what some record wants written, such as a text with a NUL
            culprits = self._culprits(batch)
            if not culprits:
                raise
            return self._attempt(batch, forget, culprits)

    def _attempt(self, batch: Batch, forget: Sequence[int], doomed: frozenset[str]) -> ToPublish | None:
        epoch = self._epochs.get(batch.partition)
        if epoch is None:
            raise Fenced(f"{self.name}/{batch.partition} n'appartient pas à ce processus")
        self._follow_the_calendar()
        self.probe("before_transaction")
        with self._transaction() as connection:
            sequence, checkpoint = self._lock(connection, batch, epoch)
            attempted = self._attempts.get(batch.partition)
            if attempted is not None and attempted[0] == sequence and attempted[1] is batch and checkpoint == batch.end:
                return self._committed_before_the_answer_was_lost(connection, batch.partition, sequence)
            if not batch.after <= checkpoint <= batch.records[0].offset:
                raise Skipped(
                    f"{self.name}: {batch.topic}/{batch.partition} va de {batch.after} à {batch.records[0].offset}, "
                    f"point de reprise {checkpoint}"
                )
            sequence += 1
            folded, encoded, read = self._fold_batch(connection, batch, doomed)
            self.probe("folded")
            publish = self._write(connection, batch, sequence, folded, encoded, read)
            if forget:
                connection.execute(self._sql.clean, {"part": batch.partition, "seqs": list(forget)})
            self._attempts[batch.partition] = (sequence, batch)
            self.probe("before_commit")
        self.probe("after_commit")
        self._watch_errors(folded.dead, batch.partition)
        return publish

    def _follow_the_calendar(self) -> None:
        """A worker may live for months without another takeover: the journal's next days are made each day (UTC)."""
        now = datetime.now(UTC)
        if self._journal_ready != now.date():
            with self._transaction() as connection:
                prepare_journal(connection, now)
            self._journal_ready = now.date()

    def _lock(self, connection: sqlalchemy.Connection, batch: Batch, epoch: int) -> tuple[int, int]:
        row = connection.execute(self._sql.lock, {"part": batch.partition, "top": batch.topic, "epo": epoch}).one_or_none()
        if row is None:
            raise Fenced(f"{self.name}/{batch.partition}: un autre processus a repris la tâche")
        return row.sequence, row.next_offset

    def _committed_before_the_answer_was_lost(self, connection: sqlalchemy.Connection, partition: int, sequence: int) -> ToPublish | None:
        for row in connection.execute(self._sql.outbox, {"part": partition}):
            if row.sequence == sequence:
                return ToPublish(row.sequence, msgspec.msgpack.decode(row.batch))
        return None

    def decide(self, batch: Batch) -> "Decided":
        """For a stateless processor: decode and decide, without PostgreSQL. Publish it, then `settle` it."""
        try:
            read = self._reader.read(batch.topic, batch.records)
        except RegistryAway as error:
            raise Transient("registre des schémas injoignable") from error
        folded = self._fold.stateless(item for item in read if isinstance(item, Incoming))
        self.probe("folded")
        undecided = [item for item in read if isinstance(item, Undecided)]
        return Decided(batch, folded, undecided, ToPublish(0, self._packed(batch.partition, folded.outputs)))

    def settle(self, decided: "Decided") -> None:
        """After its outputs are published: checkpoint, dead letters and counts in one transaction.

        A crash before it publishes the same identifiers again, which the next journal drops."""
        batch = decided.batch
        epoch = self._epochs.get(batch.partition)
        if epoch is None:
            raise Fenced(f"{self.name}/{batch.partition} n'appartient pas à ce processus")
        with self._transaction() as connection:
            sequence, checkpoint = self._lock(connection, batch, epoch)
            if checkpoint == batch.end:
                return
            if not batch.after <= checkpoint <= batch.records[0].offset:
                raise Skipped(f"{self.name}: {batch.topic}/{batch.partition} continue à {batch.after}, point de reprise {checkpoint}")
            self._write_dead(connection, batch, decided.folded, decided.undecided)
            self._write_counts(connection, batch.partition, decided.folded)
            values = {"part": batch.partition, "seq": sequence + 1, "top": batch.topic, "next": batch.end}
            connection.execute(self._sql.advance, values)
            self.probe("before_commit")
        self._watch_errors(decided.folded.dead, batch.partition)

    def _culprits(self, batch: Batch) -> frozenset[str]:
        """The ids of the records that cannot be written, found one by one under savepoints; nothing is kept."""
        found: set[str] = set()
        with self._transaction() as connection:
            for record in batch.records:
                alone = Batch(batch.topic, batch.partition, [record], record.offset)
                try:
                    with connection.begin_nested():
                        folded, encoded, read = self._fold_batch(connection, alone, frozenset())
                        self._write(connection, alone, -1, folded, encoded, read)
                except DBAPIError as error:
                    if is_transient(error):
                        raise
                    found |= {item.event.id for item in self._reader.read(alone.topic, alone.records) if isinstance(item, Incoming)}
                else:
                    connection.execute(self._sql.clean, {"part": batch.partition, "seqs": [-1]})
            connection.rollback()
        return frozenset(found)

    def _fold_batch(
        self, connection: sqlalchemy.Connection, batch: Batch, doomed: frozenset[str]
    ) -> tuple[Folded, dict[str, bytes], list[Incoming | Undecided]]:
        """What the batch changes, its changed states as they are stored, and what was read."""
        read = self._reader.read(batch.topic, batch.records)
        incoming = [item for item in read if isinstance(item, Incoming)]
        known = self._known(connection, incoming)
        loaded = self._load(connection, incoming)
        folded = self._fold(incoming, loaded, known, doomed=doomed)
        encoded = self._encoded(folded)
        if any(len(value) > MAX_STATE_BYTES for value in encoded.values()):
            folded = self._fold(incoming, loaded, known, weigh=True, doomed=doomed)
            encoded = self._encoded(folded)
        return folded, encoded, read

    def _known(self, connection: sqlalchemy.Connection, incoming: Sequence[Incoming]) -> dict[str, bytes]:
        if not incoming:
            return {}
        ids = list({item.id for item in incoming})
        return {row.event_id: row.digest for row in connection.execute(self._sql.known, {"ids": ids})}

    def _load(self, connection: sqlalchemy.Connection, incoming: Sequence[Incoming]) -> dict[str, KeyState]:
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
        if value is None or self._state_decoder is None:
            return None
        if version == self.processor.state_version:
            return self._state_decoder.decode(value)
        if version > self.processor.state_version or self.processor.upgrade is None:
            raise Stopped(
                f"Un état de {self.name} est de la version {version}, ce programme lit la version {self.processor.state_version} : "
                f"installer la version qui l'a écrit, ou une plus récente."
            )
        plain = msgspec.msgpack.decode(value)
        return msgspec.convert(self.processor.upgrade(version, plain), self.processor.state, strict=False)

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

    # --- writing what it changes -------------------------------------------------------------------------------------

    def _encoded(self, folded: Folded) -> dict[str, bytes]:
        encode = self._states.encode
        states = folded.states
        return {key: encode(states[key].state) for key in folded.changed | folded.waiting_changed if states[key].state is not None}

    def _write(
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
        self._write_dead(connection, batch, folded, [item for item in read if isinstance(item, Undecided)])
        if folded.rows:
            write_rows(connection, self._projections, folded.rows)
        if folded.effects:
            self._write_effects(connection, batch.partition, sequence, folded)
        self._write_counts(connection, batch.partition, folded)
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
            connection.execute(self._sql.save, {"keys": keys, "values": values, "waits": waits, "ver": self.processor.state_version})
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
            "reg": self._reglages_version,
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

    def _write_dead(self, connection: sqlalchemy.Connection, batch: Batch, folded: Folded, undecided: Iterable[Undecided]) -> None:
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

    def _write_counts(self, connection: sqlalchemy.Connection, partition: int, folded: Folded) -> None:
        names = sorted(folded.counts)
        if names:
            totals = [folded.counts[name] for name in names]
            connection.execute(self._sql.count, {"names": names, "totals": totals, "part": partition})

    def _write_outbox(
        self, connection: sqlalchemy.Connection, partition: int, sequence: int, outputs: Sequence[Output]
    ) -> ToPublish | None:
        if not outputs:
            return None
        records = self._packed(partition, outputs)
        values = {"part": partition, "seq": sequence, "data": msgspec.msgpack.encode(records)}
        connection.execute(self._sql.send, values)
        return ToPublish(sequence, records)

    def _packed(self, partition: int, outputs: Sequence[Output]) -> list[list[Any]]:
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

    def _watch_errors(self, dead: Sequence[Dead], partition: int) -> None:
        now = monotonic()
        self._errors.extend(now for d in dead if d.code == REGLE_EN_ERREUR)
        while self._errors and self._errors[0] < now - 60:
            self._errors.popleft()
        if len(self._errors) > MAX_ERRORS:
            reason = (
                f"Plus de {MAX_ERRORS} règles en erreur en une minute dans {self.name} : sans doute une mauvaise version du programme, "
                f"pas de mauvaises données. Voir « passerelle dead-letters list », corriger, puis « passerelle tasks resume {self.name} »."
            )
            self.stop(partition, reason)
            raise Stopped(reason)

    # --- around the batches ------------------------------------------------------------------------------------------

    def published(self, partition: int, sequences: Sequence[int]) -> None:
        """The rows are acknowledged by the broker: forget them."""
        if sequences:
            with self._transaction() as connection:
                connection.execute(self._sql.clean, {"part": partition, "seqs": list(sequences)})

    def pass_markers(self, partition: int, positions: Mapping[str, tuple[int, int]]) -> None:
        """Move checkpoints over trailing transaction markers: topic → (checkpoint, consumer's position with nothing in flight).

        Without it, retention that removes a fully read log would look like a loss at the next takeover."""
        epoch = self._epochs.get(partition)
        if epoch is None or not positions:
            return
        with self._transaction() as connection:
            for topic, (before, after) in positions.items():
                values = {"part": partition, "top": topic, "epo": epoch, "before": before, "next": after}
                connection.execute(self._sql.pass_markers, values)

    def due_deadlines(self, partition: int, until: datetime, limit: int = 1000) -> list[tuple[str, str, datetime]]:
        """Deadlines of the task due at `until` and not yet published, oldest first: (key, name, due)."""
        with self._transaction() as connection:
            rows = connection.execute(self._sql.due, {"part": partition, "until": until, "n": limit})
            return [(row.key, row.name, row.due) for row in rows]

    def deadlines_published(self, deadlines: Sequence[tuple[str, str, datetime]]) -> None:
        """They are in the internal topic: do not publish them again (a crash before this publishes the same ids)."""
        with self._transaction() as connection:
            values = {"keys": [k for k, _, _ in deadlines], "names": [n for _, n, _ in deadlines], "dues": [d for _, _, d in deadlines]}
            connection.execute(self._sql.deadlines_published, values)

    def stop(self, partition: int, reason: str) -> None:
        """Note why the task stops on purpose; `passerelle tasks resume` clears it."""
        with self._transaction() as connection:
            connection.execute(self._sql.stop, {"part": partition, "why": reason})

    def _transaction(self) -> "TransientAware":
        return TransientAware(self._database)


class TransientAware:
    """A transaction that turns failures of the outside world into Transient."""

    def __init__(self, database: sqlalchemy.Engine) -> None:
        self._begin = database.begin()

    def __enter__(self) -> sqlalchemy.Connection:
        try:
            return self._begin.__enter__()
        except DBAPIError as error:
            raise Transient(_sql_reason(error)) from error

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        try:
            self._begin.__exit__(kind, error, trace)
        except DBAPIError as failure:
            raise Transient(_sql_reason(failure)) from failure
        if isinstance(error, DBAPIError) and is_transient(error):
            raise Transient(_sql_reason(error)) from error
        if isinstance(error, RegistryAway):
            raise Transient("registre des schémas injoignable") from error


def is_transient(error: DBAPIError) -> bool:
    """Whether trying again may help: the connection, a lock, a resource, or an operator's hand."""
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # the client's own: a connection that broke, or a value that it cannot send
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return bool(state.startswith(TRANSIENT_SQL))


def _sql_reason(error: DBAPIError) -> str:
    state = getattr(error.orig, "sqlstate", None) or type(error.orig).__name__
    return f"PostgreSQL ({state})"


def has_internal_topic(processor: Processor) -> bool:
    """Whether deadlines and re-driven dead letters come back to it: every processor but the stateless ones."""
    return not processor.stateless


def record_reglages(connection: sqlalchemy.Connection, processor: str, value: Any) -> int:
    """The version number of this settings value, stored once: each journal row names it."""
    plain = json.loads(msgspec.json.encode(msgspec.to_builtins(value, builtin_types=())))
    digest = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
    table = tables.reglages
    found = connection.execute(select(table.c.version).where(table.c.processor == processor, table.c.digest == digest)).scalar()
    if found is not None:
        return int(found)
    last = connection.execute(select(func.coalesce(func.max(table.c.version), 0)).where(table.c.processor == processor)).scalar_one()
    statement = insert(table).values(processor=processor, version=last + 1, digest=digest, value=plain).on_conflict_do_nothing()
    connection.execute(statement)
    return int(last) + 1


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
