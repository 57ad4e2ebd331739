"""Workers that come and go: a storm of rebalances, a clean stop, a worker that hangs."""

import random

import pytest

from tests.bus.engine.installation import feed
from tests.bus.engine.running import read
from tests.chaos.arena import SEEDS, Arena


@pytest.mark.parametrize("seed", SEEDS)
def test_a_storm_of_workers_that_join_and_leave_repeats_and_loses_nothing(arena: Arena, seed: int) -> None:
    dice = random.Random(seed)
    arena.give(feed(4000, seed=seed, keys=80))
    members = [arena.start()]
    arena.reads(50)
    for _ in range(4):
        members.append(arena.start())
        arena.reads(read(arena.installation) + 150)
        leaving = members.pop(dice.randrange(len(members) - 1)) if len(members) > 2 else members.pop(0)
        assert arena.stop(leaving) == 0
        arena.reads(read(arena.installation) + 50)
    arena.settled(*members)
    for member in members:
        assert arena.stop(member) == 0
    arena.check(copies=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_worker_asked_to_end_finishes_what_it_began(arena: Arena, seed: int) -> None:
    """Nothing is left in the outbox, nothing is repeated, and the group's offsets are those of what was done."""
    arena.give(feed(1500, seed=seed))
    first = arena.start()
    arena.reads(200, first)
    assert arena.stop(first) == 0
    query = arena.installation.query
    assert query("SELECT count(*) FROM outbox")[0][0] == 0
    checkpoints = {(row.topic, row.partition): row.next_offset for row in query("SELECT topic, partition, next_offset FROM checkpoints")}
    assert arena.committed() == checkpoints
    arena.settled(arena.start(batch=200))
    arena.check(copies=False)


@pytest.mark.parametrize("point", ["folded", "after_publish"])
def test_a_worker_that_hangs_is_ended_by_its_watchdog(arena: Arena, point: str) -> None:
    """`folded` hangs the engine's thread, `after_publish` the whole loop; the group's heartbeats go on in both."""
    arena.give(feed(500))
    hanging = arena.start(f"hang:{point}:3", standing=20)
    arena.faulted(hanging)
    arena.until(lambda: hanging.ended is not None, "the watchdog ends it")
    assert hanging.ended == 70
    assert hanging.said("Standing")
    arena.settled(arena.start(batch=200))
    arena.check(copies=True)
