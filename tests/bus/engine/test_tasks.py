"""Tasks from takeover to release on the real services: a source in this process, the engine, the publication."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import OffsetOutOfRangeError
from kafka import TopicPartition as KafkaPartition
from kafka.admin import OffsetSpec
from kafka.structs import OffsetAndMetadata as KafkaOffset
from msgspec.structs import replace as changed

from bus import topic_admin
from bus.engine import runner as runner_module
from bus.engine.assembly import inputs_of, publisher_of
from bus.engine.batches import Skipped, Stopped, ToPublish
from bus.engine.publication import PublicationFailed
from bus.engine.runner import Superseded
from bus.engine.transient import Transient
from schemas.codec import encode
from schemas.outcome import Event, Outcome
from tests.bus.engine import chain
from tests.bus.engine.installation import START, Installation, dossier, feed, inscription
from tests.bus.engine.running import assembled, committed, compare, found, read, running, started, until
from tests.waiting import PATIENCE

PLACES = [(topic, partition) for topic in inputs_of(chain.PROCESSOR) for partition in range(4)]


class Died(Exception):
    """What a probe raises where a process would have been killed."""


def dies_at(wanted: str, times: int = 1) -> Callable[[str], None]:
    passed = iter(range(1, 1_000_000))

    def probe(point: str) -> None:
        if point == wanted and next(passed) == times:
            raise Died(point)

    return probe


async def played_out(installation: Installation, events: list[Event]) -> None:
    """One member reads everything and leaves."""
    async with running(installation) as member:
        await until(installation.consumed, member)


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """Out of time, the scenario is cancelled from inside its loop, so that its members and clients still end in order."""
    asyncio.run(asyncio.wait_for(scenario, PATIENCE))


def ends(installation: Installation) -> dict[KafkaPartition, int]:
    with topic_admin.administration(installation.kafka) as client:
        places = [KafkaPartition(installation.deployment.topic(topic), partition) for topic, partition in PLACES]
        return {tp: each.offset for tp, each in client.list_partition_offsets(dict.fromkeys(places, OffsetSpec.LATEST)).items()}


# --- reading ---------------------------------------------------------------------------------------------------------


def test_every_event_is_decided_once_and_in_order_and_the_group_stands_at_the_end(installation: Installation) -> None:
    events = feed(1200)

    async def scenario() -> None:
        await installation.publish(events)
        async with running(installation) as member:
            await until(lambda: installation.consumed() and committed(installation), member)
        compare(installation, events, await found(installation))

    run(scenario())
    assert installation.query("SELECT count(*) FROM outbox")[0][0] == 0


def test_members_that_join_and_leave_share_the_tasks_without_a_loss_or_a_copy(installation: Installation) -> None:
    events = feed(3000, keys=60)

    async def scenario() -> None:
        await installation.publish(events)
        first = await started(installation, batch_size=20)
        await until(lambda: read(installation) >= 300, first)
        async with running(installation, batch_size=20) as second:
            await until(lambda: bool(second.runner.tasks) and read(installation) >= 900, first, second)
            await first.leave()
            async with running(installation, batch_size=20) as third:
                await until(lambda: bool(third.runner.tasks), second, third)
                await until(installation.consumed, second, third)
        compare(installation, events, await found(installation))

    run(scenario())
    assert installation.query("SELECT count(*) FROM outbox")[0][0] == 0
    assert installation.query("SELECT min(epoch) FROM tasks")[0][0] > 1


async def in_a_transaction(installation: Installation, events: Iterable[Event], *, commit: bool) -> None:
    async with AIOKafkaProducer(**installation.kafka, transactional_id=f"{installation.deployment.prefix}other") as producer:
        await producer.begin_transaction()
        ids = installation.registry.schema_ids({t: installation.deployment.topic(t) for t in chain.PROCESSOR.inputs})
        for event in events:
            value = encode(event.topic, event.type, event.data, ids[event.topic])
            await installation._send(producer, event.topic, event.key, value, installation.headers(event))
        await (producer.commit_transaction() if commit else producer.abort_transaction())


def test_an_aborted_transaction_is_not_read_and_does_not_stop_the_task(installation: Installation) -> None:
    first, aborted, last = feed(200, seed=1), feed(200, seed=2), feed(200, seed=1)[100:] + feed(100, seed=3)

    async def scenario() -> None:
        await installation.publish(first)
        await in_a_transaction(installation, aborted, commit=False)
        await installation.publish(last)
        await in_a_transaction(installation, aborted, commit=False)
        async with running(installation) as member:
            await until(lambda: installation.consumed() and committed(installation), member)
        compare(installation, [*first, *last], await found(installation))

    run(scenario())


def test_a_fully_read_log_that_retention_removes_is_no_loss(installation: Installation) -> None:
    """The last offset is a transaction's marker, which no consumer returns: the checkpoint must pass it."""
    events = feed(100)

    async def scenario() -> None:
        await in_a_transaction(installation, events, commit=True)
        await played_out(installation, events)
        with topic_admin.administration(installation.kafka) as client:
            client.delete_records(ends(installation))
        more = feed(50, seed=2)
        await installation.publish(more)
        await played_out(installation, more)
        compare(installation, [*events, *more], await found(installation))

    run(scenario())


def test_a_committed_offset_moved_by_hand_changes_nothing(installation: Installation) -> None:
    events = feed(600)

    async def scenario() -> None:
        await installation.publish(events)
        async with running(installation, batch_size=20) as member:
            await until(lambda: read(installation) >= 100, member)
        with topic_admin.administration(installation.kafka) as client:
            moved = {tp: KafkaOffset(end, "", -1) for tp, end in ends(installation).items()}
            client.alter_group_offsets(installation.deployment.group("bourses"), moved)
        async with running(installation) as member:
            await until(lambda: installation.consumed() and committed(installation), member)
        compare(installation, events, await found(installation))

    run(scenario())


def test_records_that_vanish_while_the_task_reads_end_it_and_stop_the_next_one(installation: Installation) -> None:
    events = feed(400)

    async def scenario() -> None:
        await installation.publish(events[:100])
        member = await started(installation)
        await until(installation.consumed, member)
        await member.hold()
        consumer = member.source.consumer
        consumer.pause(*consumer.assignment())
        await until(lambda: not consumer._fetcher._in_flight, member)  # else what it fetched ahead would not be lost
        await installation.publish(events[100:])
        with topic_admin.administration(installation.kafka) as client:
            client.delete_records(ends(installation))
        await installation.publish(feed(10, seed=2))
        consumer.resume(*consumer.assignment())
        member.open.set()
        with pytest.raises(OffsetOutOfRangeError):
            await member.task
        with pytest.raises(Stopped, match="rétention"):
            await (await started(installation)).task

    run(scenario())
    assert "passerelle tasks adopt bourses" in installation.query("SELECT stopped FROM tasks WHERE stopped IS NOT NULL")[0][0]


# --- publication -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["mid_publish", "before_transaction_end"])
def test_what_a_crash_left_in_the_outbox_is_published_before_anything_is_read(installation: Installation, point: str) -> None:
    events = feed(600)

    async def scenario() -> None:
        await installation.publish(events)
        await (await started(installation, batch_size=20, probe=dies_at(point, 4))).died(Died)
        left = installation.query("SELECT count(*) FROM outbox")[0][0]
        before, seen = read(installation), len(await found(installation))
        assert left > 0
        async with running(installation, reads=False) as member:
            await until(lambda: installation.query("SELECT count(*) FROM outbox")[0][0] == 0, member)
            assert read(installation) == before
            assert len(await found(installation)) > seen
            member.open.set()
            await until(installation.consumed, member)
        compare(installation, events, await found(installation), copies=True)

    run(scenario())


def test_the_publisher_of_a_former_owner_can_publish_nothing_more(installation: Installation) -> None:
    async def scenario() -> None:
        make = publisher_of(chain.PROCESSOR, installation.deployment, installation.kafka, lambda _point: None)
        former, present = make(0), make(0)
        value = installation.encoder("bourses.decisions.v1", "situation", chain.situation(inscription("k", 1), "link"))
        row = ToPublish(1, [["bourses.decisions.v1", 0, "k", value, inscription("k", 1).id, "situation", "s", 0, 0]])
        await former.start()
        await former.publish(row)
        await present.start()
        with pytest.raises(PublicationFailed):
            await former.publish(row)
        await present.publish(row)
        await former.stop()
        await present.stop()
        assert len(await installation.outputs()) == 2

    run(scenario())


# --- takeover --------------------------------------------------------------------------------------------------------


def test_inputs_that_are_not_assigned_together_are_refused(installation: Installation) -> None:
    async def scenario() -> None:
        source, runner, *_ = assembled(installation)
        with pytest.raises(Skipped, match="attribuées ensemble"):
            await runner.assigned([("apogee.inscriptions.v1", 0), ("aglae.dossiers.v1", 1)])
        await runner.close()
        await source.consumer.stop()

    run(scenario())


def test_a_revocation_during_a_takeover_stops_it_and_leaves_no_task(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        source, runner, *_ = assembled(installation)
        await source.consumer.start()
        begun, go_on = threading.Event(), threading.Event()
        fence = runner.engine.fence

        def slow(partition: int) -> int | None:
            begun.set()
            go_on.wait(PATIENCE)
            return fence(partition)

        monkeypatch.setattr(runner.engine, "fence", slow)
        takeover = asyncio.create_task(runner.assigned(PLACES))
        await asyncio.to_thread(begun.wait, 30)
        revocation = asyncio.create_task(runner.revoked())
        await asyncio.sleep(0)
        go_on.set()
        with pytest.raises(Superseded):
            await takeover
        await revocation
        assert runner.tasks == {}
        assert installation.query("SELECT count(*) FROM tasks")[0][0] == 1
        assert len(await runner.assigned(PLACES)) == len(PLACES)
        await runner.close()
        await source.consumer.stop()

    run(scenario())


def test_a_takeover_that_fails_half_way_can_be_repeated(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        source, runner, *_ = assembled(installation)
        await source.consumer.start()
        make = runner._make_publisher

        def broken(partition: int) -> Any:
            publisher = make(partition)
            if partition == 2:
                monkeypatch.setattr(publisher, "publish", None)
                monkeypatch.setattr(publisher, "start", _fails)
            return publisher

        monkeypatch.setattr(runner, "_make_publisher", broken)
        with pytest.raises(Died):
            await runner.assigned(PLACES)
        monkeypatch.undo()
        assert len(await runner.assigned(PLACES)) == len(PLACES)
        assert sorted(runner.tasks) == [0, 1, 2, 3]
        await runner.close()
        await source.consumer.stop()

    run(scenario())


async def _fails() -> None:
    raise Died


# --- the outside world -----------------------------------------------------------------------------------------------


def failing_run(member_runner: Any, times: int) -> None:
    real, left = member_runner.engine.run, iter(range(times))

    def attempt(batch: Any, forget: Any) -> Any:
        if next(left, None) is not None:
            raise Transient("PostgreSQL (08006)")
        return real(batch, forget)

    member_runner.engine.run = attempt


def test_what_is_transient_is_tried_again_without_a_loss_and_said_meanwhile(installation: Installation) -> None:
    events = feed(200)

    async def scenario() -> None:
        await installation.publish(events)
        told: list[str | None] = []
        async with running(installation, reads=False) as member:
            member.runner._tell_waiting = told.append
            failing_run(member.runner, 3)
            member.open.set()
            await until(lambda: member.runner.degraded is not None, member)
            await until(installation.consumed, member)
            assert member.runner.degraded is None
        assert told == ["PostgreSQL (08006)", None]
        compare(installation, events, await found(installation))

    run(scenario())


def test_what_does_not_pass_is_raised_and_nothing_is_skipped(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "RETRY_SECONDS", 0.3)
    events = feed(100)

    async def scenario() -> None:
        await installation.publish(events)
        member = await started(installation, reads=False)
        failing_run(member.runner, 1_000_000)
        member.open.set()
        with pytest.raises(Transient):
            await member.task
        await played_out(installation, events)
        compare(installation, events, await found(installation))

    run(scenario())


# --- deadlines and waiting -------------------------------------------------------------------------------------------


class Clock:
    """A present that the test sets."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def reminders(installation: Installation) -> int:
    return len(installation.query("SELECT 1 FROM journal WHERE topic = 'bourses.interne.v1' AND how = 'applique'"))


def published_reminders(installation: Installation) -> int:
    return sum(end for tp, end in ends(installation).items() if tp.topic.endswith("bourses.interne.v1"))


def test_a_deadline_fires_once_and_not_before_its_instant(installation: Installation) -> None:
    clock = Clock()

    async def scenario() -> None:
        await installation.publish([dossier("k", 1, annee=1910), dossier("k", 2)])
        async with running(installation, now=clock) as member:
            await until(installation.consumed, member)
            clock.now = START + timedelta(seconds=10)  # due at START + 1 + 10
            await asyncio.sleep(0.5)
            assert published_reminders(installation) == 0
            clock.now = START + timedelta(seconds=11)
            await until(lambda: reminders(installation) == 1, member)
            clock.now = START + timedelta(days=1)
            await installation.publish([dossier("k", 3)])
            await until(installation.consumed, member)
        assert reminders(installation) == 1
        assert len(await installation.outputs()) == 4
        assert installation.query("SELECT count(*) FROM deadlines")[0][0] == 0

    run(scenario())


def test_a_deadline_finer_than_the_millisecond_comes_back(installation: Installation) -> None:
    clock = Clock()

    def finer(reglages: Any, state: Any, event: Event) -> Outcome:
        outcome = chain.decide(reglages, state, event)
        return changed(outcome, deadlines=tuple(changed(d, due=d.due and d.due + timedelta(microseconds=7)) for d in outcome.deadlines))

    installation.processor = replace(chain.PROCESSOR, decide=finer)

    async def scenario() -> None:
        await installation.publish([dossier("k", 1, annee=1910)])
        clock.now = START + timedelta(hours=1)
        async with running(installation, now=clock) as member:
            await until(lambda: reminders(installation) == 1, member)

    run(scenario())


def test_a_late_bus_does_not_punish_who_was_in_time(installation: Installation) -> None:
    """What reached the log before the instant was seen due is decided before the deadline, however late it is read."""
    clock = Clock()
    punctual = inscription("k", 2)

    async def scenario() -> None:
        await installation.publish([dossier("k", 1, annee=1910)])
        async with running(installation, now=clock) as member:
            await until(installation.consumed, member)
            await member.hold()
            await installation.publish([punctual])
            clock.now = START + timedelta(hours=1)
            await until(lambda: any(task.barrier for task in member.runner.tasks.values()), member)
            beat = member.runner.beat
            await until(lambda: member.runner.beat > beat + 0.3, member)
            assert published_reminders(installation) == 0
            member.open.set()
            await until(lambda: reminders(installation) == 1, member)
        order = [data.evenements[0] for _, key, data in await installation.outputs() if key == "k"]
        assert order.index(punctual.id) == 1
        assert len(order) == 3

    run(scenario())


def test_a_crash_between_the_publication_of_a_deadline_and_its_note_repeats_nothing(installation: Installation) -> None:
    """The inputs must be consumed up to their ends first, and the copy that the crash left is among them."""
    clock = Clock()

    async def scenario() -> None:
        await installation.publish([dossier("k", 1, annee=1910)])
        member = await started(installation, now=clock)
        await until(installation.consumed, member)

        def dies(_deadlines: Any) -> None:
            raise Died

        member.runner.engine.deadlines_published = dies  # type: ignore[method-assign,assignment]
        await member.hold()
        clock.now = START + timedelta(hours=1)
        with pytest.raises(Died):
            await member.task
        assert published_reminders(installation) == 2  # the record and its transaction's marker
        async with running(installation, now=clock) as member:
            await until(lambda: reminders(installation) == 1 and committed(installation), member)
        assert published_reminders(installation) == 2
        assert len(await installation.outputs()) == 2

    run(scenario())


def test_a_waiting_event_outlives_its_task_and_is_released_by_what_it_waited_for(installation: Installation) -> None:
    waiting, cause = inscription("k", 1, type="IA_ANNULEE", subject="ia/9"), inscription("k", 2, subject="ia/9")

    async def scenario() -> None:
        await installation.publish([waiting])
        await played_out(installation, [waiting])
        assert await installation.outputs() == []
        await installation.publish([cause])
        await played_out(installation, [cause])
        assert [data.evenements[0] for _, _, data in await installation.outputs()] == [cause.id, waiting.id]

    run(scenario())


def test_an_event_that_waits_too_long_ends_in_a_refusal(installation: Installation) -> None:
    clock = Clock()
    installation.processor = replace(chain.PROCESSOR, parked_for=timedelta(days=3))

    async def scenario() -> None:
        clock.now = datetime.now(UTC)
        await installation.publish([inscription("k", 1, type="IA_ANNULEE", subject="ia/9")])
        async with running(installation, now=clock) as member:
            await until(installation.consumed, member)
            clock.now = max(datetime.now(UTC), START) + timedelta(days=4)
            await until(lambda: installation.query("SELECT count(*) FROM waiting")[0][0] == 0, member)
        refusals = await installation.outputs("bourses.refus.v1")
        assert [(data.code, data.sujet) for _, _, data in refusals] == [("ATTENTE_EXPIREE", "ia/9")]

    run(scenario())
