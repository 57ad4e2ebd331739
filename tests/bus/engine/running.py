"""Runners on the small aiokafka source in this process, and comparing what came out with the oracle."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from bus import topic_admin
from bus.engine.aiokafka_source import AiokafkaSource
from bus.engine.assembly import inputs_of
from bus.engine.runner import Runner
from bus.lag import GroupInputs, measure
from schemas.outcome import Event
from tests.bus.engine import oracle
from tests.bus.engine.chain import Chain
from tests.bus.engine.installation import Installation
from tests.waiting import PATIENCE


@dataclass
class Running:
    """One member of the group."""

    source: AiokafkaSource
    runner: Runner
    task: "asyncio.Task[None]"
    open: asyncio.Event
    """Cleared: the member keeps its tasks and ticks, but reads nothing."""
    idle: asyncio.Event

    async def hold(self) -> None:
        """Read nothing more; what was being fetched is decided first."""
        self.open.clear()
        await self.idle.wait()

    async def died(self, kind: type[BaseException]) -> None:
        """It ends with such an error; what its engine's thread had begun is over too, as it would be after a kill."""
        with pytest.raises(kind):
            await self.task
        await asyncio.to_thread(self.runner._thread.shutdown, wait=True)

    async def leave(self) -> None:
        """A clean stop."""
        self.open.set()
        self.source.stop()
        await self.task


def assembled(installation: Installation, **options: Any) -> tuple[AiokafkaSource, Runner, asyncio.Event, asyncio.Event]:
    source, runner = installation.assembled(**options)
    gate, idle = asyncio.Event(), asyncio.Event()
    once = source._once

    async def gated(of: Runner) -> None:
        if gate.is_set():
            idle.clear()
            await once(of)
            idle.set()
        else:
            await asyncio.sleep(0.02)

    source._once = gated  # type: ignore[method-assign,assignment]
    return source, runner, gate, idle


async def started(installation: Installation, reads: bool = True, spoil: Callable[[Runner], None] | None = None, **options: Any) -> Running:
    """A member; `spoil` puts a fault into it before it starts."""
    source, runner, gate, idle = assembled(installation, **options)
    if spoil is not None:
        spoil(runner)
    if reads:
        gate.set()
    return Running(source, runner, asyncio.create_task(source.run(runner, every=0.1)), gate, idle)


@asynccontextmanager
async def running(installation: Installation, reads: bool = True, **options: Any) -> AsyncIterator[Running]:
    """A member that leaves cleanly at the end; what it failed with is raised."""
    member = await started(installation, reads, **options)
    try:
        yield member
    finally:
        if member.task.done():
            await member.task
        else:
            await member.leave()


async def until(condition: Callable[[], Any], *members: Running, seconds: float = PATIENCE) -> None:
    """Wait until the condition holds; a member that fails meanwhile fails the test."""
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(condition):
            for member in members:
                if member.task.done():
                    await member.task
            await asyncio.sleep(0.05)


def read(installation: Installation) -> int:
    """Records that were read so far, by the counts committed with them."""
    return int(installation.query("SELECT coalesce(sum(total), 0) FROM counts WHERE name = 'lus'")[0][0])


def committed(installation: Installation) -> bool:
    """The group's public offsets stand at the ends of its inputs: its lag is none."""
    with topic_admin.administration(installation.kafka) as client:
        inputs = GroupInputs(installation.processor.name, inputs_of(installation.processor))
        return all(each.count == 0 for each in measure(client, [inputs], installation.deployment))


def compare(
    installation: Installation, events: Sequence[Event], found: Iterable[tuple[str, str, str]], *, copies: bool = False
) -> Counter[str]:
    """Outputs equal the oracle's by id, value and order per key and input topic, and so do the states.

    A second copy of an output (same id) must have the same value; without `copies` there is none. Returns how often each
    id was seen."""
    found = list(found)
    wanted = oracle.expected(events)
    topic_of = {oracle.output_id(event.id): event.topic for event in events}
    assert oracle.obtained(found, topic_of) == wanted
    seen = Counter(identifier for _, identifier, _ in found)
    values: dict[str, tuple[str, str]] = {}
    for key, identifier, link in found:
        assert values.setdefault(identifier, (key, link)) == (key, link)
    if not copies:
        assert [identifier for identifier, count in seen.items() if count > 1] == []
    assert states(installation) == oracle.states(events)
    return seen


def states(installation: Installation) -> dict[str, Chain]:
    """The stored states by key."""
    rows = installation.query("SELECT key, value FROM states")
    return {row.key: msgspec.msgpack.decode(row.value, type=Chain) for row in rows if row.value is not None}


async def found(installation: Installation) -> list[tuple[str, str, str]]:
    """(key, id, link) of every committed output, in order within a partition."""
    return [(key, envelope.ce_id, data.motif) for envelope, key, data in await installation.outputs()]
