"""The log is not where the checkpoint left it: moved offsets, a topic made anew, records that retention removed."""

import os

import pytest
from kafka.structs import OffsetAndMetadata

from bus import topic_admin
from bus.cli.tasks import adopt
from tests.bus.engine.installation import feed
from tests.bus.engine.running import read
from tests.chaos.arena import SEEDS, Arena
from topics.catalogue import CATALOGUE

DOSSIERS = "aglae.dossiers.v1"
REMEDY = "passerelle tasks adopt bourses --execute"


def adopted(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator follows the remedy."""
    for name, value in arena.environment.items():
        monkeypatch.setitem(os.environ, name, value)
    adopt("bourses", execute=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_committed_offsets_moved_ahead_by_hand_skip_nothing(arena: Arena, seed: int) -> None:
    arena.give(feed(1000, seed=seed))
    first = arena.start()
    arena.reads(200, first)
    assert arena.stop(first) == 0
    assert read(arena.installation) < 1000
    with topic_admin.administration(arena.installation.kafka) as client:
        moved = {tp: OffsetAndMetadata(end, "", -1) for tp, end in arena.ends().items()}
        client.alter_group_offsets(arena.installation.deployment.group("bourses"), moved)
    arena.settled(arena.start(batch=200))
    arena.check(copies=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_topic_deleted_and_made_again_stops_the_task_with_its_remedy(arena: Arena, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the new log is longer than the old one: the consumer itself would notice nothing."""
    deployment = arena.installation.deployment
    arena.give(feed(200, seed=seed))
    running = arena.start()
    arena.settled(running)
    with topic_admin.administration(arena.installation.kafka) as client:
        client.delete_topics([deployment.topic(DOSSIERS)])
        arena.until(lambda: not topic_admin.existing(client, [deployment.topic(DOSSIERS)]), "the topic is gone")
        topic_admin.create(client, [topic for topic in CATALOGUE if topic.name == DOSSIERS], deployment)
    again = feed(600, seed=seed + 100)
    arena.give(again)
    arena.until(lambda: running.ended is not None, "the worker ends")
    assert running.ended in (70, 75)
    restarted = arena.start()
    arena.until(lambda: restarted.ended is not None, "the next one ends")
    assert restarted.ended == 75
    assert restarted.said("supprimé et recréé")
    assert all(REMEDY in reason and DOSSIERS in reason for reason in arena.stopped())
    adopted(arena, monkeypatch)
    assert arena.stopped() == []
    arena.settled(arena.start(batch=200))
    arena.check(copies=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_retention_that_passes_the_checkpoint_stops_the_task_with_its_remedy(
    arena: Arena, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = arena.installation.deployment
    arena.give(feed(200, seed=seed))
    first = arena.start()
    arena.settled(first)
    assert arena.stop(first) == 0
    kept = list(arena.events)
    arena.give(feed(200, seed=seed + 100))
    with topic_admin.administration(arena.installation.kafka) as client:
        lost = {tp: end for tp, end in arena.ends().items() if tp.topic == deployment.topic(DOSSIERS)}
        client.delete_records(lost)
    for _ in range(2):
        stopped = arena.start()
        arena.until(lambda stopped=stopped: stopped.ended is not None, "it stops on purpose")  # type: ignore[misc]
        assert stopped.ended == 75
        assert stopped.said("rétention")
    assert all(REMEDY in reason for reason in arena.stopped())
    adopted(arena, monkeypatch)
    arena.events = kept + [event for event in arena.events[len(kept) :] if event.topic != DOSSIERS]
    arena.settled(arena.start(batch=200))
    arena.check(copies=False)
