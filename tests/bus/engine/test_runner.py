"""What the runner promises of threads and revocations, with an engine that stands still where it is told to."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from bus.engine.batches import Batch, LogBounds, Takeover
from bus.engine.runner import Place, Runner
from tests.waiting import PATIENCE

TOPIC = "t"
TASKS = 3


@dataclass
class Engine:
    """Runs a batch until it is let go on."""

    topics: tuple[str, ...] = (TOPIC,)
    name: str = "p"
    has_deadlines: bool = False
    processor: Any = field(default_factory=lambda: SimpleNamespace(stateless=False, marked_every=0))
    running: list[tuple[int, int]] = field(default_factory=list)
    done: list[tuple[int, int]] = field(default_factory=list)
    released: list[int] = field(default_factory=list)
    fails: bool = False
    gate: threading.Event = field(default_factory=threading.Event)

    def fence(self, _partition: int) -> None:
        return None

    def take_over(self, _partition: int, *_others: Any) -> Takeover:
        return Takeover(1, {TOPIC: 0}, [])

    def published(self, _partition: int, _sequences: Any) -> None:
        return None

    def run(self, batch: Any, _forget: Any) -> None:
        if self.fails:
            raise ValueError
        place = (batch.partition, batch.end)
        self.running.append(place)
        assert self.gate.wait(PATIENCE)
        self.running.remove(place)
        self.done.append(place)

    def release(self, partition: int) -> None:
        assert not self.running, "released while a batch is under way"
        self.released.append(partition)

    def probe(self, _point: str) -> None:
        return None


class Broker:
    async def bounds(self, places: Iterable[Place]) -> dict[Place, LogBounds]:
        return {place: LogBounds(0, 0) for place in places}


class Publisher:
    async def start(self) -> None: ...
    async def stop(self) -> None: ...


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not reached():  # noqa: ASYNC110 - what is waited for happens in a thread
            await asyncio.sleep(0.005)


def identity(topics: Iterable[str]) -> tuple[str, Mapping[str, str]]:
    return "c", dict.fromkeys(topics, "id")


async def made() -> tuple[Runner, Engine, list[BaseException]]:
    engine, failures = Engine(), list[BaseException]()
    publisher: Any = Publisher()
    stands_still: Any = engine
    runner = Runner(stands_still, Broker(), identity, lambda _p: publisher, lambda _t, _k: 0, lambda *_a: b"", failures.append)
    await runner.assigned((TOPIC, partition) for partition in range(TASKS))
    return runner, engine, failures


def batch(partition: int, end: int) -> Batch:
    stub: Any = SimpleNamespace(topic=TOPIC, partition=partition, end=end, records=())
    found: Batch = stub
    return found


def test_two_tasks_are_worked_on_at_once_and_one_task_never_twice() -> None:
    async def scenario() -> None:
        runner, engine, failures = await made()
        for partition, end in ((0, 1), (0, 2), (1, 1)):
            await runner.begin(batch(partition, end), runner.assignment, lambda: None)
        await until(lambda: len(engine.running) == 2)
        assert sorted(engine.running) == [(0, 1), (1, 1)]
        engine.gate.set()
        await runner.begun_are_over()
        assert [end for partition, end in engine.done if partition == 0] == [1, 2]
        assert failures == []
        await runner.close()

    asyncio.run(scenario())


def test_a_revocation_waits_for_what_is_under_way_and_nothing_begins_after_it() -> None:
    async def scenario() -> None:
        runner, engine, failures = await made()
        await runner.begin(batch(0, 1), runner.assignment, lambda: None)
        await runner.begin(batch(0, 2), runner.assignment, lambda: None)
        await until(lambda: engine.running == [(0, 1)])
        revoked = asyncio.create_task(runner.revoked())
        await asyncio.sleep(0.05)
        assert not revoked.done()
        engine.gate.set()
        assert await revoked == {(TOPIC, 0): 1, (TOPIC, 1): 0, (TOPIC, 2): 0}
        await runner.begun_are_over()
        assert engine.done == [(0, 1)]
        assert engine.released == [0, 1, 2]
        assert failures == []
        await runner.close()

    asyncio.run(scenario())


def test_a_batch_that_fails_is_told_at_once_and_leaves_its_room() -> None:
    async def scenario() -> None:
        runner, engine, failures = await made()
        engine.gate.set()
        engine.fails = True
        for end in range(1, 20):
            await runner.begin(batch(end % TASKS, end), runner.assignment, lambda: None)
        await runner.begun_are_over()
        assert {type(error) for error in failures} == {ValueError}
        await runner.abandon()

    asyncio.run(scenario())
