"""The Faust source where no broker is needed: a takeover that is cut off. The rest is `tests/chaos`."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.errors import IllegalStateError

from bus.engine.faust_source import FaustSource, TakeoverGivenUp
from bus.engine.runner import Superseded


class Failures(list[BaseException]):
    def __call__(self, error: BaseException) -> None:
        self.append(error)


def made(runner: Any) -> tuple[Any, Failures]:
    failures = Failures()
    kafka = {"bootstrap_servers": "127.0.0.1:1"}
    broker = "kafka://127.0.0.1:1"
    source = FaustSource(["t"], "group", broker, kafka, lambda topic: topic, 4, failures, folder=Path("var/faust"), session_seconds=6)
    source.attach(runner)
    return source, failures


class SlowRunner:
    """A takeover that does not end; `reassigned`: another assignment comes meanwhile."""

    given_up = "PostgreSQL (08006)"

    def __init__(self, reassigned: bool) -> None:
        self.assignment = 1
        self.reassigned = reassigned

    async def assigned(self, _places: Any) -> dict[Any, int]:
        self.assignment += 1
        if self.reassigned:
            self.assignment += 1
        await asyncio.sleep(60)
        return {}


@pytest.mark.parametrize(("reassigned", "ends"), [(False, [TakeoverGivenUp]), (True, [])])
def test_a_takeover_that_faust_gives_up_ends_the_process_unless_another_one_follows(reassigned: bool, ends: list[type]) -> None:
    async def scenario() -> None:
        source, failures = made(SlowRunner(reassigned))
        takeover = asyncio.create_task(source.take_over(SimpleNamespace(assignment=set)))
        await asyncio.sleep(0)
        takeover.cancel()
        with pytest.raises(asyncio.CancelledError):
            await takeover
        assert [type(error) for error in failures] == ends
        assert source.sought == -1

    asyncio.run(scenario())


@pytest.mark.parametrize("error", [Superseded(), IllegalStateError("not assigned")])
def test_a_takeover_that_another_assignment_overtook_opens_nothing(error: Exception) -> None:
    class Overtaken:
        assignment = 1

        async def assigned(self, _places: Any) -> dict[Any, int]:
            raise error

    async def scenario() -> None:
        source, failures = made(Overtaken())
        assert await source.take_over(SimpleNamespace(assignment=set)) == {}
        assert failures == []
        assert source.sought == -1

    asyncio.run(scenario())
