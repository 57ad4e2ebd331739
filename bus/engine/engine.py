"""The only place where a record becomes a fact: one batch, one SQL transaction (architecture §4).

The engine knows no Faust and no broker. A source takes a task over (`take_over`), hands it batches in order (`run`) and
tells when an outbox row was published (`published`). All methods are synchronous; those of different tasks may be called from
different threads at the same time, those of one task follow each other.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy.exc import DBAPIError

from bus.database.journal_days import database_now, days_kept_for, keep_journal, prepare_journal
from bus.database.reglages_versions import record_reglages
from bus.engine.batch_loading import BatchLoader
from bus.engine.batch_writing import BatchWriter
from bus.engine.batches import Batch, Decided, Fenced, LogBounds, Skipped, Stopped, Takeover, ToPublish
from bus.engine.fold import MAX_STATE_BYTES, REGLE_EN_ERREUR, Dead, Fold, Folded, Incoming
from bus.engine.reading import Reader, Undecided
from bus.engine.statements import Statements
from bus.engine.takeover import TaskTakeover
from bus.engine.transient import Transient, TransientAware, is_transient
from bus.registry_client import RegistryAway
from schemas.outcome import Processor

MAX_ERRORS = 20
"""Rule errors within a minute above which a task stops: a bad release, not bad data."""

Read = list[Incoming | Undecided]
"""A batch as it was read, record by record."""


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
        self.probe = probe
        self._reglages = processor.reglages()
        self._sql = Statements(self.name)
        self._loader = BatchLoader(processor, reader, self._sql)
        self._writer = BatchWriter(processor, self._sql, projection_tables or {}, partition_of, alike)
        self._taking_over = TaskTakeover(self.name, self.topics, self._sql)
        self._fold = Fold(processor, self._reglages, encode, make_refusal, measure=self._writer.measure)
        self._epochs: dict[int, int] = {}
        self._attempts: dict[int, tuple[int, Batch]] = {}
        self._errors: deque[float] = deque()
        self._journal_ready: date | None = None
        self._of_all_tasks = Lock()
        """Held for the two above."""

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
        with self._noting(partition), self._transaction() as connection:
            self._prepare(connection)
            taken = self._taking_over(connection, partition, cluster_id, topic_ids, bounds, fenced)
        self._epochs[partition] = taken.epoch
        self._attempts.pop(partition, None)
        return taken

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
        self._writer.reglages_version = record_reglages(connection, self.name, self._reglages)

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
        """What the registry is asked for is asked before the transaction: a slow answer holds no lock."""
        read = self._read(batch)
        try:
            return self._attempt(batch, read, forget, frozenset())
        except DBAPIError:  # not transient: PostgreSQL refuses what some record wants written, such as a text with a NUL
            culprits = self._culprits(batch, read)
            if not culprits:
                raise
            return self._attempt(batch, read, forget, culprits)

    def _read(self, batch: Batch) -> Read:
        try:
            return self._reader.read(batch.topic, batch.records)
        except RegistryAway as error:
            raise Transient("registre des schémas injoignable") from error

    def _attempt(self, batch: Batch, read: Read, forget: Sequence[int], doomed: frozenset[str]) -> ToPublish | None:
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
            folded, encoded = self._fold_batch(connection, read, doomed)
            self.probe("folded")
            publish = self._writer.write(connection, batch, sequence, folded, encoded, read)
            if forget:
                connection.execute(self._sql.clean, {"part": batch.partition, "seqs": list(forget)})
            self._attempts[batch.partition] = (sequence, batch)
            self.probe("before_commit")
        self.probe("after_commit")
        self._watch_errors(folded.dead, batch.partition)
        return publish

    def _follow_the_calendar(self) -> None:
        """A worker may live for months without another takeover: each day (UTC) the journal's next days are made, its old ones go."""
        now = datetime.now(UTC)
        with self._of_all_tasks:
            if self._journal_ready != now.date():
                with self._transaction() as connection:
                    prepare_journal(connection, now)
                    self._loader.since = database_now(connection) - timedelta(days=days_kept_for(self.topics))
                with self._transaction() as connection:
                    keep_journal(connection)
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

    def decide(self, batch: Batch) -> Decided:
        """For a stateless processor: decode and decide, without PostgreSQL. Publish it, then `settle` it."""
        read = self._read(batch)
        folded = self._fold.stateless(item for item in read if isinstance(item, Incoming))
        self.probe("folded")
        undecided = [item for item in read if isinstance(item, Undecided)]
        return Decided(batch, folded, undecided, ToPublish(0, self._writer.packed(batch.partition, folded.outputs)))

    def settle(self, decided: Decided) -> None:
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
            self._writer.write_dead(connection, batch, decided.folded, decided.undecided)
            self._writer.write_counts(connection, batch.partition, decided.folded)
            values = {"part": batch.partition, "seq": sequence + 1, "top": batch.topic, "next": batch.end}
            connection.execute(self._sql.advance, values)
            self.probe("before_commit")
        self._watch_errors(decided.folded.dead, batch.partition)

    def _culprits(self, batch: Batch, read: Read) -> frozenset[str]:
        """The ids of the records that cannot be written, found one by one under savepoints; nothing is kept."""
        found: set[str] = set()
        with self._transaction() as connection:
            for record, item in zip(batch.records, read, strict=True):
                alone = Batch(batch.topic, batch.partition, [record], record.offset)
                try:
                    with connection.begin_nested():
                        folded, encoded = self._fold_batch(connection, [item], frozenset())
                        self._writer.write(connection, alone, -1, folded, encoded, [item])
                except DBAPIError as error:
                    if is_transient(error):
                        raise
                    found |= {item.event.id} if isinstance(item, Incoming) else set()
                else:
                    connection.execute(self._sql.clean, {"part": batch.partition, "seqs": [-1]})
            connection.rollback()
        return frozenset(found)

    def _fold_batch(self, connection: sqlalchemy.Connection, read: Read, doomed: frozenset[str]) -> tuple[Folded, dict[str, bytes]]:
        """What a batch changes, and its changed states as they are stored."""
        incoming = [item for item in read if isinstance(item, Incoming)]
        known = self._loader.known(connection, incoming)
        loaded = self._loader.load(connection, incoming)
        folded = self._fold(incoming, loaded, known, doomed=doomed)
        encoded = self._writer.encoded(folded)
        if any(len(value) > MAX_STATE_BYTES for value in encoded.values()):
            folded = self._fold(incoming, loaded, known, weigh=True, doomed=doomed)
            encoded = self._writer.encoded(folded)
        return folded, encoded

    def _watch_errors(self, dead: Sequence[Dead], partition: int) -> None:
        now = monotonic()
        with self._of_all_tasks:
            self._errors.extend(now for d in dead if d.code == REGLE_EN_ERREUR)
            while self._errors and self._errors[0] < now - 60:
                self._errors.popleft()
            too_many = len(self._errors) > MAX_ERRORS
        if too_many:
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

    def _transaction(self) -> TransientAware:
        return TransientAware(self._database)


def has_internal_topic(processor: Processor) -> bool:
    """Whether deadlines and re-driven dead letters come back to it: every processor but the stateless ones."""
    return not processor.stateless
