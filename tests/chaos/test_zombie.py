"""A worker frozen past its session wakes up as a former owner: it must do nothing, and end by itself."""

import signal

import pytest

from tests.bus.engine.installation import feed
from tests.bus.engine.running import read
from tests.chaos.arena import SEEDS, Arena


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("point", ["folded", "mid_publish"])
def test_a_frozen_worker_that_wakes_up_changes_nothing_and_ends(arena: Arena, point: str, seed: int) -> None:
    """`folded`: it holds the task's row in an open transaction. `mid_publish`: its producer's transaction is open."""
    arena.give(feed(1200, seed=seed))
    zombie = arena.start(f"stop:{point}:{3 + seed}")
    arena.faulted(zombie)
    before = read(arena.installation)
    successor = arena.start()
    arena.reads(before + 200, successor)
    zombie.signal(signal.SIGCONT)
    arena.until(lambda: zombie.ended is not None, "the zombie ends", alive=[successor])
    assert zombie.ended == 70
    arena.give(feed(300, seed=seed + 100))
    arena.settled(successor)
    arena.check(copies=True)
