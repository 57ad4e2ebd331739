"""SIGKILL at each step of the engine: what comes out is what a single thread would have made."""

import random
import signal

import pytest

from tests.bus.engine.installation import feed
from tests.chaos.arena import SEEDS, Arena

POINTS = (
    "before_transaction",
    "folded",
    "before_commit",
    "after_commit",
    "mid_publish",
    "before_transaction_end",
    "after_publish",
    "after_ack",
)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_worker_killed_at_each_step_of_the_engine_loses_and_doubles_nothing(arena: Arena, seed: int) -> None:
    dice = random.Random(seed)
    arena.give(feed(3000, seed=seed))
    for point in dice.sample(POINTS, len(POINTS)):
        member = arena.start(f"kill:{point}:{dice.randint(2, 5)}")
        arena.until(lambda member=member: member.ended is not None, f"it is killed at {point}")  # type: ignore[misc]
        assert member.ended == -signal.SIGKILL
        assert member.said(f"FAULT kill {point}")
    last = arena.start(batch=200)
    arena.settled(last)
    copies = arena.check(copies=True)
    assert sum(copies.values()) < len(copies) * 2
