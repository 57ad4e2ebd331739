"""A small source on aiokafka alone: it runs the engine's own tests and the measurements, without Faust."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, NoOffsetForPartitionError

from bus.engine.batches import Batch, LogBounds
from bus.engine.runner import Place, Runner, Superseded


class ConsumerLog:
    """Bounds of the log through a consumer; the end is the last stable offset under read_committed."""

    def __init__(self, consumer: AIOKafkaConsumer, real_name: Callable[[str], str]) -> None:
        self._consumer = consumer
        self._real_name = real_name

    async def bounds(self, places: Iterable[Place]) -> dict[Place, LogBounds]:
        partitions = {place: TopicPartition(self._real_name(place[0]), place[1]) for place in places}
        starts = await self._consumer.beginning_offsets(list(partitions.values()))
        ends = await self._consumer.end_offsets(list(partitions.values()))
        return {place: LogBounds(starts[tp], ends[tp]) for place, tp in partitions.items()}


class AiokafkaSource(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Reads a processor's inputs in batches of at most `batch_size` records of one place."""

    def __init__(
        self,
        topics: Sequence[str],
        group: str,
        kafka: Mapping[str, Any],
        real_name: Callable[[str], str],
        *,
        batch_size: int = 1000,
        session_ms: int = 10_000,
    ) -> None:
        self._topics = {real_name(topic): topic for topic in topics}
        self._batch_size = batch_size
        self.consumer = AIOKafkaConsumer(
            **kafka,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="none",
            isolation_level="read_committed",
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=max(300, session_ms // 5),
            max_poll_interval_ms=300_000,
            partition_assignment_strategy=[RangePartitionAssignor],
            max_partition_fetch_bytes=1_048_576,
        )
        self.log = ConsumerLog(self.consumer, real_name)
        self.runner: Runner | None = None
        self._ends: dict[Place, int] = {}
        self._sought = -1
        """The assignment whose places were sought: before that, the consumer reads from where the group committed."""
        self._stopping = asyncio.Event()
        self.failure: BaseException | None = None
        """What the runner could not go on with; raised by `run`."""
        self._reading: asyncio.Task[None] | None = None

    async def run(self, runner: Runner, every: float = 0.5) -> None:
        """Consume until `stop`. Any failure of the engine is raised."""
        self.runner = runner
        self.consumer.subscribe(list(self._topics), listener=self)
        await self.consumer.start()
        self._reading = asyncio.create_task(self._read(runner))
        ticking = asyncio.create_task(self._tick(runner, every))
        try:
            await asyncio.wait([self._reading, ticking], return_when=asyncio.FIRST_COMPLETED)
            self._note(ticking)
            self._note(self._reading)
        finally:
            ticking.cancel()
            self._reading.cancel()
            if self.failure is None:
                await self._commit(await runner.close())
            else:
                await runner.abandon()
            await self.consumer.stop()
        if self.failure is not None:
            raise self.failure

    def stop(self) -> None:
        """Finish the batch under way, then drain and leave."""
        self._stopping.set()

    def fail(self, error: BaseException) -> None:
        """Give up at once, as a process would: nothing is drained, `run` raises it."""
        if self.failure is None:
            self.failure = error
        if self._reading is not None:
            self._reading.cancel()

    def _note(self, task: "asyncio.Task[None]") -> None:
        if task.done() and not task.cancelled() and task.exception() is not None and self.failure is None:
            self.failure = task.exception()

    async def _read(self, runner: Runner) -> None:
        while not self._stopping.is_set():
            await self._once(runner)

    async def _once(self, runner: Runner) -> None:
        assignment = runner.assignment
        if self._sought != assignment:
            await asyncio.sleep(0.02)
            return
        try:
            fetched = await self.consumer.getmany(timeout_ms=200, max_records=self._batch_size * 4)
        except NoOffsetForPartitionError:
            return  # a new partition that the takeover has not sought yet
        if assignment != runner.assignment:
            return
        batches: list[Batch] = []
        for partition, records in fetched.items():
            batches += self._batches(partition, records)
        counts: dict[Place, int] = {}
        for batch in batches:
            place = (batch.topic, batch.partition)
            counts[place] = counts.get(place, 0) + 1
        try:
            positions = {place: await self.consumer.position(self._real(place)) for place in self._ends}
        except IllegalStateError:
            return  # reassigned meanwhile
        if assignment != runner.assignment:
            return
        runner.delivered(counts, positions)
        for batch in batches:
            await runner.begin(batch, assignment, lambda: None)
        await runner.begun_are_over()

    def _batches(self, partition: TopicPartition, records: Sequence[Any]) -> list[Batch]:
        place = (self._topics[partition.topic], partition.partition)
        batches: list[Batch] = []
        for start in range(0, len(records), self._batch_size):
            batch = Batch(place[0], place[1], records[start : start + self._batch_size], self._ends[place])
            self._ends[place] = batch.end
            batches.append(batch)
        return batches

    def _real(self, place: Place) -> TopicPartition:
        name = next(real for real, topic in self._topics.items() if topic == place[0])
        return TopicPartition(name, place[1])

    async def _tick(self, runner: Runner, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            await runner.tick()
            await self._commit(runner.committable())

    async def _commit(self, places: Mapping[Place, int]) -> None:
        assigned = self.consumer.assignment()
        offsets = {self._real(place): offset for place, offset in places.items() if self._real(place) in assigned}
        if offsets:
            with suppress(CommitFailedError):  # an image of the checkpoints; refused while the group rebalances
                await self.consumer.commit(offsets)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        if self.runner is not None and self.failure is None:
            try:
                await self.runner.revoked()
            except Exception as error:  # noqa: BLE001 - as above
                self.fail(error)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        if self.runner is None:
            return
        places = [(self._topics[tp.topic], tp.partition) for tp in assigned]
        try:
            offsets = await self.runner.assigned(places)
        except Superseded:
            return
        except Exception as error:  # noqa: BLE001 - aiokafka would only log what its listener raises
            self.fail(error)
            return
        self._ends = dict(offsets)
        for place, offset in offsets.items():
            self.consumer.seek(self._real(place), offset)
        self._sought = self.runner.assignment
