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


@pytest.mark.parametrize("seed", SEEDS)
def test_a_worker_killed_at_each_step_of_the_engine_loses_and_doubles_nothing(arena: Arena, seed: int) -> None:
    """Two at a time share the tasks; the next two take over what both left."""
    dice = random.Random(seed)
    arena.give(feed(3000, seed=seed))
    order = dice.sample(POINTS, len(POINTS))
    for pair in zip(order[::2], order[1::2], strict=True):
        victims = {point: arena.start(f"kill:{point}:{dice.randint(2, 5)}") for point in pair}
        arena.until(lambda dead=victims: all(each.ended is not None for each in dead.values()), f"killed at {pair}")  # type: ignore[misc]
        for point, victim in victims.items():
            assert victim.ended == -signal.SIGKILL
            assert victim.said(f"FAULT kill {point}")
    last = arena.start(batch=200)
    arena.settled(last)
    copies = arena.check(copies=True)
    assert sum(copies.values()) < len(copies) * 2
