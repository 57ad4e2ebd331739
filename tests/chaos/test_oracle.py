"""The comparison itself: an engine with a fault put in on purpose must turn it red."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bus.engine.batches import Takeover
from bus.engine.runner import Runner
from tests.bus.engine.installation import Installation, feed
from tests.bus.engine.running import compare, found, running, started, until
from tests.services import Services
from tests.waiting import PATIENCE


@pytest.fixture
def installation(services: Services, prefix: str, schema: str) -> Any:
    made = Installation(services, prefix, schema)
    yield made
    made.close()


class Died(Exception):
    """In place of SIGKILL."""


def dies_at(point: str, count: int) -> Callable[[str], None]:
    left = iter(range(count - 1))

    def probe(passed: str) -> None:
        if passed == point and next(left, None) is None:
            raise Died(point)

    return probe


Spoil = Callable[[Runner], None]


def nothing_spoilt(_runner: Runner) -> None:
    """The engine as it is."""


def outbox_forgotten(runner: Runner) -> None:
    """The checkpoint counts before the effect: what a crash left in the outbox is never published."""
    real = runner.engine.take_over

    def take_over(*arguments: Any) -> Takeover:
        return replace(real(*arguments), left=[])

    runner.engine.take_over = take_over  # type: ignore[method-assign,assignment]


def checkpoint_before_effect(runner: Runner) -> None:
    """What was read counts as done: a batch that a crash cut off is not read again."""
    real = runner.engine.take_over

    def take_over(partition: int, cluster: str, ids: Any, bounds: Any, fenced: int | None = None) -> Takeover:
        taken = real(partition, cluster, ids, bounds, fenced)
        skipped = {topic: min(start + 7, bounds[topic].end) for topic, start in taken.checkpoints.items()}
        with runner.engine._transaction() as connection:
            for topic, offset in skipped.items():
                values = {"part": partition, "top": topic, "epo": taken.epoch, "before": taken.checkpoints[topic], "next": offset}
                connection.execute(runner.engine._sql.pass_markers, values)
        return replace(taken, checkpoints=skipped)

    runner.engine.take_over = take_over  # type: ignore[method-assign,assignment]


def no_dedupe(runner: Runner) -> None:
    """The journal is not looked at."""
    runner.engine._loader.known = lambda *_: {}  # type: ignore[method-assign]


def not_in_order(runner: Runner) -> None:
    """The last record of each outbox row goes out first."""
    real = runner.engine._writer.packed

    def packed(*arguments: Any) -> Any:
        return list(reversed(real(*arguments)))

    runner.engine._writer.packed = packed  # type: ignore[method-assign,assignment]


async def crashed_and_repeated(installation: Installation, spoil: Spoil) -> None:
    """A crash in the middle of a publication, then the same engine to the end; both are spoilt from the start."""
    events = feed(400)
    await installation.publish(events)
    await (await started(installation, batch_size=15, probe=dies_at("mid_publish", 5), spoil=spoil)).died(Died)
    async with running(installation, batch_size=15, spoil=spoil) as member:
        await until(installation.consumed, member)
    compare(installation, events, await found(installation), copies=True)


def test_the_engine_as_it_is_passes(installation: Installation) -> None:
    asyncio.run(asyncio.wait_for(crashed_and_repeated(installation, nothing_spoilt), PATIENCE))


@pytest.mark.parametrize("spoil", [outbox_forgotten, checkpoint_before_effect, no_dedupe, not_in_order])
def test_a_spoilt_engine_is_found_out(installation: Installation, spoil: Spoil) -> None:
    with pytest.raises((AssertionError, KeyError)):
        asyncio.run(asyncio.wait_for(crashed_and_repeated(installation, spoil), PATIENCE))
