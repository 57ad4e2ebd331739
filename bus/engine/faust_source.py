"""Faust as the engine's source: one event is one batch of one topic and partition.

The only file that knows Faust and its privates (0.15.3, pinned; a characterisation test per override). Faust keeps the group,
the rebalances, the flow control and the event loop; what it does with acks, commits and seeks would lose records
(`docs/adr/0002-faust-one-batch-per-event.md`), so these are the runner's:

- `_fetch_records` groups records into batches where they leave aiokafka, so that whatever is dropped later is noticed;
- `seek_to_committed` is the takeover: it runs after each assignment and before anything flows;
- `commit` publishes what the runner says is finished, and nothing else; a refused one is tried again, not a crash;
- the consumer reads committed records, never resets by itself, and inputs are assigned together (range assignor);
- nothing is fetched before a takeover has sought, and a takeover that Faust gives up ends the process: Faust itself would
  stand still for ever (its recovery service takes its own timeout for a stop);
- a clean stop drains before the consumer leaves; a crash of any of Faust's services ends the process at once.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import faust
import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import ConsumerStoppedError, IllegalStateError, KafkaError, NoOffsetForPartitionError
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP
from mode.supervisors import CrashingSupervisor

from bus.engine.batches import Batch, LogBounds
from bus.engine.runner import RETRY_SECONDS, Place, Runner, Superseded

TAKEOVER_SECONDS = RETRY_SECONDS + 40.0
"""How long a takeover may last: longer than the outside world is waited for."""
COMMIT_SECONDS = 5.0
FULL_BUFFER_SECONDS = 0.02
"""How long a fetch may wait for news of some partitions while others are only left out because their buffer is full."""

log = structlog.get_logger("bus.faust")

SOURCES: "WeakKeyDictionary[Any, FaustSource]" = WeakKeyDictionary()
"""The source of each app: Faust builds its consumer itself and gives it only the app."""


class Fetched:
    """A batch with the attributes that Faust reads of a record. `value` is the batch itself."""

    __slots__ = (
        "topic",
        "partition",
        "offset",
        "timestamp",
        "timestamp_type",
        "headers",
        "key",
        "value",
        "checksum",
        "serialized_key_size",
        "serialized_value_size",
        "assignment",
    )

    def __init__(self, real_topic: str, batch: Batch, assignment: int) -> None:
        self.topic = real_topic
        self.partition = batch.partition
        self.offset = batch.end - 1
        self.timestamp, self.timestamp_type = None, 0
        self.headers: tuple[()] = ()
        self.key, self.checksum = None, None
        self.value = (batch, assignment)
        self.serialized_key_size = self.serialized_value_size = 0
        self.assignment = assignment


class RawSchema(faust.Schema[Any, Any]):
    """Hands the batch over untouched: bytes are decoded in the engine, inside its guard."""

    def loads_key(self, app: Any, message: Any, **kwargs: Any) -> None:
        return None

    def loads_value(self, app: Any, message: Any, **kwargs: Any) -> Any:
        return message.value


class TakeoverGivenUp(Exception):
    """Faust cancelled a takeover although nothing else was assigned: it will never call it again."""


class FaustLog:
    """Bounds of the log through Faust's own consumer."""

    def __init__(self, real_name: Callable[[str], str]) -> None:
        self.consumer: BatchConsumer | None = None
        self._real_name = real_name

    async def bounds(self, places: Iterable[Place]) -> dict[Place, LogBounds]:
        if self.consumer is None:
            raise RuntimeError("the consumer is not started")
        partitions = {place: TP(self._real_name(place[0]), place[1]) for place in places}
        starts = await self.consumer.earliest_offsets(*partitions.values())
        ends = await self.consumer.highwaters(*partitions.values())
        return {place: LogBounds(starts[tp], ends[tp]) for place, tp in partitions.items()}


class BatchThread(AIOKafkaConsumerThread):
    """The thread that owns the aiokafka consumer."""

    consumer: "BatchConsumer"

    def _create_worker_consumer(self, transport: Any) -> AIOKafkaConsumer:
        """Faust has no setting for the isolation level, the assignor or the absence of a reset."""
        return self.consumer.source.make_consumer()

    async def _fetch_records(
        self, consumer: AIOKafkaConsumer, active_partitions: set[TP], timeout: float | None = None, max_records: int | None = None
    ) -> Any:
        source = self.consumer.source
        assignment = source.runner.assignment
        if source.sought != assignment:
            return {}
        try:
            waited = self._patience(consumer, active_partitions, timeout)
            records = await super()._fetch_records(consumer, active_partitions, timeout=waited, max_records=max_records)
        except NoOffsetForPartitionError:
            return {}  # a new partition that the takeover has not sought yet
        except (ConsumerStoppedError, asyncio.CancelledError):
            raise
        except BaseException as error:  # such as an offset out of range: others' records of this fetch may be lost with it
            source.fail(error)
            raise
        if not records and not active_partitions:
            return {}
        if assignment != source.runner.assignment:
            return {}
        return source.group(records, consumer, assignment)

    @staticmethod
    def _patience(consumer: AIOKafkaConsumer, active_partitions: set[TP], timeout: float | None) -> float | None:
        """Faust leaves out partitions whose buffer is full, and aiokafka waits for the others alone: what had come for those
        left out, free again a moment later, would stand there for the whole second (seen: a fifth of a busy worker's time)."""
        if timeout is None or len(active_partitions) >= len(consumer.assignment()):
            return timeout
        return min(timeout, FULL_BUFFER_SECONDS)

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Faust crashes on most refusals; a commit is only an image of the checkpoints, so the next interval tries again."""
        consumer = self._ensure_consumer()
        assigned = consumer.assignment()
        wanted = {TopicPartition(*tp): offset for tp, offset in offsets.items() if tp in assigned}
        try:
            await asyncio.wait_for(consumer.commit(wanted), COMMIT_SECONDS)
        except (KafkaError, TimeoutError) as error:
            log.info("commit_refused", error=type(error).__name__)
            return False
        return True


class BatchConsumer(Consumer):
    """Faust's consumer, whose acks, commits and seeks are the runner's."""

    source: "FaustSource"

    def _new_consumer_thread(self) -> BatchThread:
        self.source = SOURCES[self.app]
        self.source.log.consumer = self
        return BatchThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Any]]:
        """Faust's own seeks back when the flow stops during a fetch; the assignment that follows seeks anyway."""
        fetched, _active = await self._wait_next_records(timeout)
        if not isinstance(fetched, Fetch) or self.should_stop or not self.flow_active:
            return
        source = self.source
        if fetched.assignment != source.runner.assignment:
            return
        source.runner.delivered(fetched.counts, fetched.positions)
        for tp, batch in fetched.round_robin():
            if not self.flow_active or fetched.assignment != source.runner.assignment:
                return
            yield tp, self._to_message(tp, batch)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Gaps are markers or compacted records; the engine checks what follows what."""

    def ack(self, message: Any) -> bool:
        """Faust's accounting of single offsets is not used: only whether a message is still under way."""
        if message.acked:
            return False
        message.acked = True
        self._unacked_messages.discard(message)
        return True

    async def commit(self, topics: Any = None, start_new_transaction: bool = True) -> bool:
        """Publish what the runner finished. The checkpoint in PostgreSQL is the truth, this is its public image."""
        return await self.commit_places(self.source.runner.committable())

    async def commit_places(self, places: Mapping[Place, int]) -> bool:
        """Commit those that differ from what this consumer committed last."""
        offsets = self.source.changed_offsets(places)
        assigned = self.assignment()
        offsets = {tp: offset for tp, offset in offsets.items() if tp in assigned}
        if not offsets:
            return False
        done = await self._commit(offsets)
        if done:
            self.source.committed.update(offsets)
        return done

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """The takeover of what was just assigned, before anything flows."""
        return await self.source.take_over(self)

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Finish and let go before the group goes on: the next owner finds everything committed."""
        await self.source.let_go(self)
        await super().on_partitions_revoked(revoked)


class BatchApp(faust.App):
    """Faust's app, whose crash is the process's: its own way out waits for what may never end."""

    def _crash(self, reason: BaseException) -> None:
        if not self.should_stop:
            SOURCES[self].fail(reason)
        super()._crash(reason)


class BatchTransport(Transport):
    Consumer = BatchConsumer


class Fetch(dict[TP, list[Fetched]]):
    """What one fetch brought, with the positions it brought the consumer to. Never falsy: positions move without records."""

    def __init__(self, assignment: int) -> None:
        super().__init__()
        self.assignment = assignment
        self.counts: dict[Place, int] = {}
        self.positions: dict[Place, int] = {}

    def __bool__(self) -> bool:
        return True

    def round_robin(self) -> Iterable[tuple[TP, Fetched]]:
        queues = {tp: iter(batches) for tp, batches in self.items()}
        while queues:
            for tp in list(queues):
                batch = next(queues[tp], None)
                if batch is None:
                    del queues[tp]
                else:
                    yield tp, batch


class FaustSource:
    """Reads a processor's inputs through Faust. One app, one group, one agent with concurrency 1."""

    def __init__(
        self,
        topics: Sequence[str],
        group: str,
        broker: str,
        kafka: Mapping[str, Any],
        real_name: Callable[[str], str],
        partitions: int,
        fail: Callable[[BaseException], None],
        *,
        folder: Path,
        credentials: Any = None,
        batch_size: int = 1000,
        session_seconds: float = 10.0,
        tick_seconds: float = 1.0,
    ) -> None:
        """`folder`: where Faust makes its own, although it keeps nothing there."""
        self._topics = {real_name(topic): topic for topic in topics}
        self._batch_size = batch_size
        self._kafka = kafka
        self._group = group
        self._session_seconds = session_seconds
        self.fail = fail
        self.sought = -1
        """The assignment whose places were sought: only its records are fetched."""
        self._ends: dict[Place, int] = {}
        self.committed: dict[TP, int] = {}
        self.log = FaustLog(real_name)
        self.runner: Runner
        self.app = BatchApp(
            group,
            broker=broker,
            broker_credentials=credentials,
            store="memory://",
            datadir=str(folder),
            web_enabled=False,
            topic_partitions=partitions,
            topic_disable_leader=True,
            topic_allow_declare=False,
            table_standby_replicas=0,
            broker_commit_interval=0.5,
            broker_session_timeout=session_seconds,
            broker_heartbeat_interval=max(0.3, session_seconds / 6),
            broker_request_timeout=TAKEOVER_SECONDS,
            broker_max_poll_records=batch_size * 4,
            stream_buffer_maxsize=2,
            stream_wait_empty=False,
            producer_request_timeout=30.0,
            debug=False,
        )
        SOURCES[self.app] = self
        self.app.transport = BatchTransport(self.app.conf.broker, self.app)
        self._declare_agent()
        self._declare_timer(tick_seconds)
        self.app.on_before_shutdown.connect(self._drain)

    def attach(self, runner: Runner) -> None:
        """The runner this source drives; before the worker starts."""
        self.runner = runner

    def make_consumer(self) -> AIOKafkaConsumer:
        session = int(self._session_seconds * 1000)
        return AIOKafkaConsumer(
            **self._kafka,
            group_id=self._group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            partition_assignment_strategy=[RangePartitionAssignor],
            session_timeout_ms=session,
            heartbeat_interval_ms=max(300, session // 6),
            rebalance_timeout_ms=60_000,
            max_poll_interval_ms=1_000_000,
            max_poll_records=self._batch_size * 4,
            max_partition_fetch_bytes=1_048_576,
            fetch_max_wait_ms=250,
        )

    def _declare_agent(self) -> None:
        topic = self.app.topic(*self._topics, schema=RawSchema())

        @self.app.agent(topic, concurrency=1, supervisor_strategy=CrashingSupervisor)
        async def handle(stream: Any) -> None:
            async for event in stream.noack().events():
                try:
                    batch, assignment = event.value
                    await self.runner.begin(batch, assignment, event.ack)
                except asyncio.CancelledError:
                    raise
                except BaseException as error:  # never let Faust restart the agent: it would go on after the batch
                    self.fail(error)
                    raise

    def _declare_timer(self, seconds: float) -> None:
        @self.app.timer(seconds)  # type: ignore[untyped-decorator]  # faust declares it without types
        async def tick() -> None:
            try:
                await self.runner.tick()
            except asyncio.CancelledError:
                raise
            except BaseException as error:  # noqa: BLE001 - whatever it is, the process ends
                self.fail(error)

    def group(self, records: Mapping[Any, Sequence[Any]], consumer: AIOKafkaConsumer, assignment: int) -> Fetch:
        """Records of one fetch as batches, each with the end of its predecessor; in the consumer's thread."""
        fetch = Fetch(assignment)
        for tp, found in records.items():
            place = (self._topics[tp.topic], tp.partition)
            batches: list[Fetched] = []
            for start in range(0, len(found), self._batch_size):
                batch = Batch(place[0], place[1], found[start : start + self._batch_size], self._ends[place])
                self._ends[place] = batch.end
                batches.append(Fetched(tp.topic, batch, assignment))
            if batches:
                fetch[TP(tp.topic, tp.partition)] = batches
                fetch.counts[place] = len(batches)
        state_of = consumer._fetcher._subscriptions.subscription.assignment.state_value
        for real in consumer.assignment():
            state = state_of(real)
            if state is not None and state.has_valid_position:
                fetch.positions[self._topics[real.topic], real.partition] = state.position
        return fetch

    def changed_offsets(self, places: Mapping[Place, int]) -> dict[TP, int]:
        real = {topic: name for name, topic in self._topics.items()}
        offsets = {TP(real[topic], partition): offset for (topic, partition), offset in places.items()}
        return {tp: offset for tp, offset in offsets.items() if self.committed.get(tp) != offset}

    async def take_over(self, consumer: BatchConsumer) -> Mapping[TP, int]:
        real = {topic: name for name, topic in self._topics.items()}
        assigned = [tp for tp in consumer.assignment() if tp.topic in self._topics]
        before = self.runner.assignment
        try:
            offsets = await self.runner.assigned((self._topics[tp.topic], tp.partition) for tp in assigned)
            mine = self.runner.assignment
            self._ends = dict(offsets)
            self.committed = {}
            target = {TP(real[topic], partition): offset for (topic, partition), offset in offsets.items()}
            if target:
                await consumer.seek_wait(target)
            self.sought = mine
            return target
        except (Superseded, IllegalStateError):
            return {}  # reassigned meanwhile: the next assignment takes over
        except asyncio.CancelledError:
            if self.runner.assignment == before + 1 and not self.app.should_stop:
                self.fail(TakeoverGivenUp(f"La prise en charge dure plus de {TAKEOVER_SECONDS:.0f} s : {self.runner.given_up}"))
            raise
        except BaseException as error:
            self.fail(error)
            raise

    async def let_go(self, consumer: BatchConsumer) -> None:
        """The partitions are revoked."""
        try:
            await self.runner.revoked()
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.fail(error)
            raise

    async def _drain(self, *_signal: Any, **_details: Any) -> None:
        """Asked to end: what was begun is finished, its publication noted and its offsets committed, so nothing is repeated."""
        try:
            offsets = await self.runner.revoked()
            if self.log.consumer is not None:
                await self.log.consumer.commit_places(offsets)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            self.fail(error)
            raise
