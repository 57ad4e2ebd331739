"""The life of a worker's tasks between a source and the engine: takeover, batches, publication, deadlines, revocation.

A source (Faust's or the small aiokafka one) tells what is assigned, hands batches over and asks what may be committed.
SQL runs in threads, so the source's loop keeps its heartbeats. Batches of one task follow each other; while PostgreSQL works for
one task, another's batch is folded (docs/adr/0008-deux-taches-a-la-fois.md).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Protocol, TypeVar

import structlog

from bus.engine.batches import Batch, LogBounds, Skipped, ToPublish
from bus.engine.engine import Engine
from bus.engine.fold import deadline_event
from bus.engine.publication import TaskPublisher
from bus.engine.transient import Transient

T = TypeVar("T")
Place = tuple[str, int]
"""Topic (name in the catalogue) and partition."""

RETRY_SECONDS = 60.0
DRAIN_SECONDS = 30.0
IN_FLIGHT_ROWS = 2
AT_ONCE = 2
"""Tasks whose batches are worked on at the same time: one computes while PostgreSQL works for the other."""
BEGUN = 2 * AT_ONCE
"""Batches taken from the source and not committed: two of one task must not leave a thread idle."""

log = structlog.get_logger("bus.engine.runner")


class Log(Protocol):
    """What the runner asks of the broker, through the source's own consumer."""

    async def bounds(self, places: Iterable[Place]) -> dict[Place, LogBounds]:
        """First kept offset and readable end of each, as they are now."""
        ...


class Superseded(Exception):
    """Another assignment came while this one took its tasks over: the next one does it again."""


class Identity(Protocol):
    """Which cluster and which incarnation of each topic the source reads. Called in a thread."""

    def __call__(self, topics: Iterable[str]) -> tuple[str, Mapping[str, str]]: ...


@dataclass(slots=True)
class TaskLife:
    """One assigned task."""

    partition: int
    publisher: TaskPublisher
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by the one batch that is worked on, and by whoever must not meet one. It is given in the order in which it was asked for."""
    queue: "asyncio.Queue[Step]" = field(default_factory=lambda: asyncio.Queue(IN_FLIGHT_ROWS))
    pump: "asyncio.Task[None] | None" = None
    published: list[int] = field(default_factory=list)
    checkpoints: dict[str, int] = field(default_factory=dict)
    """End of what is committed in SQL, by topic."""
    finished: dict[str, int] = field(default_factory=dict)
    """End of what is also published: what the group may commit."""
    in_flight: dict[str, int] = field(default_factory=dict)
    """Batches delivered by the source and not finished, by topic."""
    positions: dict[str, int] = field(default_factory=dict)
    """The consumer's position, everything before which was delivered."""
    barrier: tuple[datetime, dict[str, int]] | None = None
    """A due instant and the ends read after it, which the inputs must have been consumed up to."""
    mark: tuple[datetime, dict[str, int]] | None = None
    """The same for the next mark of freshness."""
    marked: float = float("-inf")
    """When the last mark was told (monotonic)."""

    def consumed_up_to(self, topic: str, end: int) -> bool:
        """Every record before `end` is finished: the position passes markers, but counts only with nothing in flight."""
        if self.finished.get(topic, -1) >= end:
            return True
        return not self.in_flight.get(topic) and self.positions.get(topic, -1) >= end


@dataclass(frozen=True, slots=True)
class Step:
    """What the pump does next: publish a row, then say that it is done."""

    row: ToPublish | None
    topic: str
    end: int
    done: Callable[[], object]
    from_outbox: bool = True


class Runner:
    """The tasks of one processor in one worker."""

    def __init__(
        self,
        engine: Engine,
        broker: Log,
        identity: Identity,
        make_publisher: Callable[[int], TaskPublisher],
        partition_of: Callable[[str, str], int],
        encode_deadline: Callable[[str, str, datetime], bytes],
        fail: Callable[[BaseException], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        tell_fresh: Callable[[Mapping[int, datetime]], None] | None = None,
        tell_waiting: Callable[[str | None], None] = lambda _cause: None,
    ) -> None:
        self.engine = engine
        self.assignment = 0
        """Raised at each assignment and revocation: a batch of another number belongs to the past."""
        self.tasks: dict[int, TaskLife] = {}
        self.progress: dict[Place, tuple[int, float]] = {}
        """Checkpoint of each place and when it last moved (monotonic): the watchdog reads it from another thread."""
        self.topic_ids: Mapping[str, str] = {}
        """The topics that the tasks were taken over on: the watchdog compares."""
        self.beat = monotonic()
        """When the loop last began a `tick`, for the watchdog."""
        self._broker = broker
        self._identity = identity
        self._make_publisher = make_publisher
        self._partition_of = partition_of
        self._encode_deadline = encode_deadline
        self._fail = fail
        self._now = now
        self._tell_fresh = tell_fresh
        """Writes partition → instant up to which everything said is published; None: nobody asks."""
        self._tell_waiting = tell_waiting
        """Told why the engine waits for the outside world, when that begins; None when it is over."""
        self._one_at_a_time = asyncio.Lock()
        """Assignments, revocations and ticks."""
        self._room = asyncio.Semaphore(BEGUN)
        self._begun: set[asyncio.Task[None]] = set()
        self._troubled: dict[object, str] = {}
        """What waits for the outside world now, and why."""
        self.given_up: str | None = None
        """What a call waited for that was cancelled."""
        self._thread = ThreadPoolExecutor(1 if engine.processor.stateless else AT_ONCE, "engine")
        """A stateless batch asks PostgreSQL nothing: a second thread would only take turns with the first."""
        self._settling = ThreadPoolExecutor(1, "settling")
        """Of stateless processors: their checkpoints are written while the next batch is decided."""

    @property
    def degraded(self) -> str | None:
        """Why the engine is waiting for the outside world; None when it is not."""
        return next(iter(self._troubled.values()), None)

    # --- assignment --------------------------------------------------------------------------------------------------

    async def assigned(self, places: Iterable[Place]) -> dict[Place, int]:
        """Take the tasks over; returns where each place must be read from. Nothing may be fetched before it returns.

        Raises Superseded when `revoked` or `assigned` is called meanwhile: nothing is taken after that."""
        wanted = set(places)
        partitions = sorted({partition for _, partition in wanted})
        missing = [(t, p) for p in partitions for t in self.engine.topics if (t, p) not in wanted]
        if missing:
            raise Skipped(f"Les entrées de {self.engine.name} ne sont pas attribuées ensemble : il manque {missing[:4]}")
        self.assignment += 1
        mine = self.assignment
        async with self._one_at_a_time:
            await self._let_go()
            offsets: dict[Place, int] = {}
            if partitions:
                cluster, self.topic_ids = await self._in_thread(self._identity, self.engine.topics)
            for partition in partitions:
                if self.assignment != mine:
                    raise Superseded
                offsets.update(await self._take_over(partition, cluster))
            if self.assignment != mine:
                raise Superseded
        log.info("tasks_taken", processor=self.engine.name, partitions=partitions)
        return offsets

    async def _take_over(self, partition: int, cluster: str) -> dict[Place, int]:
        """Fence first: the bounds read after that cannot lie behind what the former owner consumed."""
        fenced = await self._retried(lambda: self.engine.fence(partition))
        found = await self._broker.bounds((topic, partition) for topic in self.engine.topics)
        bounds = {topic: found[topic, partition] for topic in self.engine.topics}
        taken = await self._retried(lambda: self.engine.take_over(partition, cluster, self.topic_ids, bounds, fenced))
        task = TaskLife(partition, self._make_publisher(partition))
        try:
            await self._publish_what_is_left(task, taken.left)
        except BaseException:
            await task.publisher.stop()
            raise
        task.checkpoints = dict(taken.checkpoints)
        task.finished = dict(taken.checkpoints)
        task.positions = dict(taken.checkpoints)
        task.pump = asyncio.create_task(self._pump(task))
        self.tasks[partition] = task
        started = monotonic()
        self.progress.update({(topic, partition): (offset, started) for topic, offset in taken.checkpoints.items()})
        return {(topic, partition): offset for topic, offset in taken.checkpoints.items()}

    async def _publish_what_is_left(self, task: TaskLife, left: Sequence[ToPublish]) -> None:
        await task.publisher.start()
        for row in left:
            await task.publisher.publish(row)
            log.info("outbox_left_published", processor=self.engine.name, partition=task.partition, records=len(row.records))
        await self._retried(lambda: self.engine.published(task.partition, [row.sequence for row in left]))

    async def revoked(self) -> dict[Place, int]:
        """Finish what was begun: the batch under way, the publications; then let the tasks go. Later batches are ignored.

        Returns what the group may commit at last."""
        self.assignment += 1
        async with self._one_at_a_time:
            return await self._let_go()

    async def _let_go(self) -> dict[Place, int]:
        """Batches begun and not yet worked on see that their assignment is over."""
        tasks = list(self.tasks.values())
        async with AsyncExitStack() as held:
            for task in tasks:
                await held.enter_async_context(task.lock)
            return await self._drained(tasks) if tasks else {}

    async def _drained(self, tasks: Sequence[TaskLife]) -> dict[Place, int]:
        self.progress = {}
        await asyncio.wait_for(asyncio.gather(*(task.queue.join() for task in tasks)), DRAIN_SECONDS)
        offsets = self.committable()
        self.tasks = {}
        for task in tasks:
            await self._forget(task)
            if task.pump is not None:
                task.pump.cancel()
            await task.publisher.stop()
            self.engine.release(task.partition)
        return offsets

    async def close(self) -> dict[Place, int]:
        """`revoked`, for good."""
        offsets = await self.revoked()
        self._thread.shutdown(wait=False)
        self._settling.shutdown(wait=False)
        return offsets

    async def abandon(self) -> None:
        """What the death of a process does, for a source that outlives a failure: connections end, nothing is drained."""
        self.assignment += 1
        for begun in self._begun:
            begun.cancel()
        tasks, self.tasks = self.tasks, {}
        for task in tasks.values():
            if task.pump is not None:
                task.pump.cancel()
            await task.publisher.stop()
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._settling.shutdown(wait=False, cancel_futures=True)

    # --- batches -----------------------------------------------------------------------------------------------------

    def delivered(self, counts: Mapping[Place, int], positions: Mapping[Place, int]) -> None:
        """The source fetched so many batches of each place, which bring its consumer to these positions."""
        for (topic, partition), count in counts.items():
            task = self.tasks.get(partition)
            if task is not None:
                task.in_flight[topic] = task.in_flight.get(topic, 0) + count
        for (topic, partition), position in positions.items():
            task = self.tasks.get(partition)
            if task is not None:
                task.positions[topic] = position

    async def begin(self, batch: Batch, assignment: int, ack: Callable[[], object]) -> None:
        """`handle` the batch beside those of other tasks. Returns as soon as the next one may be begun; a failure is told to `fail`."""
        await self._room.acquire()
        begun = asyncio.create_task(self._handled(batch, assignment, ack))
        self._begun.add(begun)
        begun.add_done_callback(self._begun.discard)

    async def begun_are_over(self) -> None:
        """Returns once nothing begun is under way: committed, given up or failed."""
        if self._begun:
            await asyncio.wait(self._begun)

    async def _handled(self, batch: Batch, assignment: int, ack: Callable[[], object]) -> None:
        try:
            await self.handle(batch, assignment, ack)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, nothing of this task may go on after it
            self._fail(error)
        finally:
            self._room.release()

    async def handle(self, batch: Batch, assignment: int, ack: Callable[[], object]) -> None:
        """Make the batch a fact, after those of its task that came before. Returns once its transaction is committed; `ack` is called
        once its outputs are published."""
        task = self.tasks.get(batch.partition)
        if assignment != self.assignment or task is None:
            return
        async with task.lock:
            if assignment != self.assignment:
                return
            if self.engine.processor.stateless:
                await self._handle_stateless(task, batch, ack)
                return
            forget = list(task.published)
            row = await self._retried(lambda: self.engine.run(batch, forget))
            del task.published[: len(forget)]
            task.checkpoints[batch.topic] = batch.end
            self.progress[batch.topic, batch.partition] = (batch.end, monotonic())
            await task.queue.put(Step(row, batch.topic, batch.end, ack))

    async def _handle_stateless(self, task: TaskLife, batch: Batch, ack: Callable[[], object]) -> None:
        """Publish first, then the checkpoint: what a crash repeats has the same identifiers."""
        decided = await self._retried(lambda: self.engine.decide(batch))

        async def settle() -> None:
            await self._retried(lambda: self.engine.settle(decided), self._settling)
            task.checkpoints[batch.topic] = batch.end
            self.progress[batch.topic, batch.partition] = (batch.end, monotonic())
            ack()

        row = decided.publish if decided.publish.records else None
        await task.queue.put(Step(row, batch.topic, batch.end, settle, from_outbox=False))

    async def _pump(self, task: TaskLife) -> None:
        """Publish in the order of the commits: one task's rows never overtake each other."""
        try:
            while True:
                step = await task.queue.get()
                if step.row is not None:
                    await task.publisher.publish(step.row)
                    self.engine.probe("after_publish")
                    if step.from_outbox:
                        task.published.append(step.row.sequence)
                answer = step.done()
                if isinstance(answer, Awaitable):
                    await answer
                if step.topic:
                    task.finished[step.topic] = step.end
                    task.in_flight[step.topic] = max(0, task.in_flight.get(step.topic, 0) - 1)
                self.engine.probe("after_ack")
                task.queue.task_done()
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, the process must end with the row unforgotten
            self._fail(error)

    def committable(self) -> dict[Place, int]:
        """What the group may commit: the position past trailing markers with nothing in flight, else the finished end."""
        offsets: dict[Place, int] = {}
        for partition, task in self.tasks.items():
            for topic, finished in task.finished.items():
                position = task.positions.get(topic, finished)
                idle = not task.in_flight.get(topic) and task.queue.empty()
                offsets[topic, partition] = max(finished, position) if idle else finished
        return offsets

    # --- once a second -----------------------------------------------------------------------------------------------

    async def tick(self) -> None:
        """Forget what was published, pass markers, bring due deadlines back."""
        self.beat = monotonic()
        async with self._one_at_a_time:
            for task in list(self.tasks.values()):
                async with task.lock:
                    await self._forget(task)
                    await self._pass_markers(task)
                    await self._deadlines(task)
            await self._freshness()

    async def _freshness(self) -> None:
        """An instant is a mark once the ends read after it are consumed and what follows from them is published."""
        if self._tell_fresh is None or not self.tasks:
            return
        due = monotonic() - self.engine.processor.marked_every
        waiting = [task for task in self.tasks.values() if task.mark is None and task.marked <= due]
        if waiting:
            now = self._now()
            bounds = await self._broker.bounds((topic, task.partition) for task in waiting for topic in self.engine.topics)
            for task in waiting:
                task.mark = (now, {topic: bounds[topic, task.partition].end for topic in self.engine.topics})
        marks: dict[int, datetime] = {}
        for task in self.tasks.values():
            if task.mark is not None and all(task.consumed_up_to(*end) for end in task.mark[1].items()):
                marks[task.partition] = task.mark[0]
        if marks:
            tell = self._tell_fresh
            await self._retried(lambda: tell(marks))
            for partition in marks:
                self.tasks[partition].mark, self.tasks[partition].marked = None, monotonic()

    async def _forget(self, task: TaskLife) -> None:
        forget = list(task.published)
        if forget:
            await self._retried(lambda: self.engine.published(task.partition, forget))
            del task.published[: len(forget)]

    async def _pass_markers(self, task: TaskLife) -> None:
        moves = {
            topic: (checkpoint, task.positions[topic])
            for topic, checkpoint in task.checkpoints.items()
            if not task.in_flight.get(topic) and task.queue.empty() and task.positions.get(topic, -1) > checkpoint
        }
        if moves:
            await self._retried(lambda: self.engine.pass_markers(task.partition, moves))
            for topic, (_, after) in moves.items():
                task.checkpoints[topic] = after
                task.finished[topic] = after
                self.progress[topic, task.partition] = (after, monotonic())

    async def _deadlines(self, task: TaskLife) -> None:
        if not self.engine.has_deadlines:
            return
        if task.barrier is None:
            now = self._now()
            if await self._retried(lambda: self.engine.due_deadlines(task.partition, now, 1)):
                bounds = await self._broker.bounds((topic, task.partition) for topic in self.engine.topics)
                task.barrier = (now, {topic: bound.end for (topic, _), bound in bounds.items()})
            return
        until, ends = task.barrier
        if not all(task.consumed_up_to(topic, end) for topic, end in ends.items()):
            return
        task.barrier = None
        due = await self._retried(lambda: self.engine.due_deadlines(task.partition, until))
        if due:
            await task.queue.put(self._deadline_step(task.partition, due))

    def _deadline_step(self, partition: int, due: list[tuple[str, str, datetime]]) -> Step:
        topic = self.engine.internal_topic
        records: list[list[Any]] = []
        for rank, (key, name, instant) in enumerate(due):
            event = deadline_event(key, name, instant, self.engine.name, topic)
            value = self._encode_deadline(topic, name, instant)
            millis = round(instant.timestamp() * 1000)
            records.append([topic, partition, key, value, event.id, "echeance_atteinte", "echeance", millis, rank])

        async def note() -> None:
            await self._retried(lambda: self.engine.deadlines_published(due))

        return Step(ToPublish(0, records), "", 0, note, from_outbox=False)

    # --- the outside world -------------------------------------------------------------------------------------------

    async def _in_thread(self, call: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)

    async def _retried(self, call: Callable[[], T], thread: ThreadPoolExecutor | None = None) -> T:
        """Run in an engine's thread; what is transient is tried again with back-off for a minute, then raised."""
        began = monotonic()
        wait = 0.1
        me = object()
        try:
            while True:
                try:
                    return await asyncio.get_running_loop().run_in_executor(thread or self._thread, call)
                except Transient as error:
                    if monotonic() - began > RETRY_SECONDS:
                        raise
                    self._trouble(me, str(error))
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, 5.0)
        except asyncio.CancelledError:
            self.given_up = self._troubled.get(me)
            raise
        finally:
            if me in self._troubled:
                self._recovered(me, monotonic() - began)

    def _trouble(self, who: object, cause: str) -> None:
        if not self._troubled:
            log.warning("waiting_for_the_outside", processor=self.engine.name, cause=cause)
            self._tell_waiting(cause)
        self._troubled[who] = cause

    def _recovered(self, who: object, seconds: float) -> None:
        del self._troubled[who]
        if not self._troubled:
            log.info("outside_is_back", processor=self.engine.name, seconds=round(seconds, 1))
            self._tell_waiting(None)
