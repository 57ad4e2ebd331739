"""What we rely on in Faust 0.15.3, mode and aiokafka, each fact by itself: another release that changes one is noticed here.

A red test here means: read `bus/engine/faust_source.py` again before the new release is taken.
"""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock

import aiokafka
import faust
import pytest
from aiokafka.consumer.subscription_state import TopicPartitionState
from aiokafka.errors import CommitFailedError
from faust.transport.consumer import Consumer as PlainConsumer
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage
from mode import Service

from bus.engine import engine as engine_module
from bus.engine.batches import Batch
from bus.engine.faust_source import FULL_BUFFER_SECONDS, BatchConsumer, BatchThread, FaustSource, Fetched
from tests.waiting import PATIENCE

TOPIC = TP("t", 0)
OTHER = TP("t", 1)


def on_a_loop(test: Callable[[], Any]) -> None:
    asyncio.run(test())


def plain_app(**settings: Any) -> Any:
    return faust.App("facts", broker="kafka://127.0.0.1:1", store="memory://", web_enabled=False, **settings)


LOOPS: list[asyncio.AbstractEventLoop] = []


@pytest.fixture(autouse=True)
def _loops_are_closed() -> Iterator[None]:
    """A consumer makes its thread's loop at once, and closes it only when the thread has run."""
    yield
    while LOOPS:
        LOOPS.pop().close()


def plain_consumer(app: Any) -> Any:
    callbacks: Any = {"on_partitions_revoked": AsyncMock(), "on_partitions_assigned": AsyncMock()}
    consumer: Any = app.transport.create_consumer(AsyncMock(), **callbacks)
    LOOPS.append(consumer._thread.thread_loop)
    return consumer


def our_source(fail: Callable[[BaseException], None] = lambda _error: None) -> FaustSource:
    kafka = {"bootstrap_servers": "127.0.0.1:1"}
    folder = Path("var/faust")
    return FaustSource(["t"], "facts", "kafka://127.0.0.1:1", kafka, lambda topic: topic, 4, fail, folder=folder, session_seconds=6)


def recorded(monkeypatch: pytest.MonkeyPatch, module: Any) -> dict[str, Any]:
    """What an aiokafka consumer is made with."""
    given: dict[str, Any] = {}
    monkeypatch.setattr(module, "AIOKafkaConsumer", lambda **options: given.update(options))
    return given


# --- the consumer ----------------------------------------------------------------------------------------------------


def test_faust_reads_uncommitted_records_and_resets_offsets_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    given = recorded(monkeypatch, aiokafka)

    async def check() -> None:
        app = plain_app()
        plain_consumer(app)._thread._create_worker_consumer(app.transport)

    on_a_loop(check)
    assert given["isolation_level"] == "read_uncommitted"
    assert given["auto_offset_reset"] == "earliest"


def test_our_consumer_reads_committed_records_never_resets_and_gets_aligned_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    from bus.engine import faust_source

    given = recorded(monkeypatch, faust_source)

    async def check() -> None:
        source = our_source()
        transport: Any = source.app.transport
        consumer = plain_consumer(source.app)
        assert isinstance(consumer, BatchConsumer)
        thread: Any = consumer._thread
        thread._create_worker_consumer(transport)

    on_a_loop(check)
    assert given["isolation_level"] == "read_committed"
    assert given["auto_offset_reset"] == "none"
    assert [assignor.name for assignor in given["partition_assignment_strategy"]] == ["range"]
    assert given["enable_auto_commit"] is False


def test_what_we_override_exists_with_the_same_signature() -> None:
    for ours, theirs, name in (
        (BatchThread, driver.AIOKafkaConsumerThread, "_create_worker_consumer"),
        (BatchThread, driver.AIOKafkaConsumerThread, "_fetch_records"),
        (BatchThread, driver.AIOKafkaConsumerThread, "_commit"),
        (BatchConsumer, driver.Consumer, "_new_consumer_thread"),
        (BatchConsumer, PlainConsumer, "getmany"),
        (BatchConsumer, PlainConsumer, "_add_gap"),
        (BatchConsumer, PlainConsumer, "ack"),
        (BatchConsumer, PlainConsumer, "commit"),
        (BatchConsumer, PlainConsumer, "seek_to_committed"),
        (BatchConsumer, PlainConsumer, "on_partitions_revoked"),
    ):
        assert list(inspect.signature(getattr(ours, name)).parameters) == list(inspect.signature(getattr(theirs, name)).parameters), name


def test_each_seek_after_an_assignment_asks_seek_to_committed() -> None:
    """`perform_seek` is what the recovery service calls between an assignment and the flow; it is our takeover's only door."""

    async def check() -> None:
        consumer = plain_consumer(plain_app())
        consumer.seek_to_committed = AsyncMock(return_value={TOPIC: 7})
        await consumer.perform_seek()
        consumer.seek_to_committed.assert_awaited_once()
        assert consumer._read_offset[TOPIC] == 7

    on_a_loop(check)
    from faust.tables.recovery import Recovery

    resumed = inspect.getsource(Recovery._resume_streams)
    assert resumed.index("perform_seek") < resumed.index("resume_flow")


def test_a_wait_that_times_out_looks_like_a_stop() -> None:
    """So a takeover longer than the request timeout would end the recovery service without a word: ours ends the process."""

    async def check() -> None:
        service = Service()
        assert (await service.wait_first(asyncio.sleep(5), timeout=0.01)).stopped

    on_a_loop(check)


def test_faust_commits_at_its_interval_and_when_it_stops() -> None:
    async def check() -> None:
        consumer = plain_consumer(plain_app(stream_wait_empty=False))
        consumer.commit = AsyncMock()
        consumer.commit_interval = 0.01
        committing = asyncio.create_task(consumer._commit_handler.fun(consumer))
        twice = asyncio.Event()
        consumer.commit.side_effect = lambda **_: twice.set() if consumer.commit.await_count else None
        await asyncio.wait_for(twice.wait(), PATIENCE)
        committing.cancel()
        consumer.commit = AsyncMock()
        await PlainConsumer.on_stop(consumer)
        consumer.commit.assert_awaited_once_with(start_new_transaction=False)

    on_a_loop(check)


def test_faust_does_not_recognise_a_commit_that_was_refused_by_a_rebalance() -> None:
    """It looks for words that aiokafka breaks over two lines, and crashes: our thread has a `_commit` of its own."""
    assert '"already rebalanced" in str(exc)' in inspect.getsource(driver.AIOKafkaConsumerThread._commit)
    assert "already rebalanced" not in str(CommitFailedError())


def test_a_refused_commit_of_ours_is_tried_again_and_crashes_nothing() -> None:
    async def check() -> None:
        source = our_source()
        thread = plain_consumer(source.app)._thread
        thread._consumer = SimpleNamespace(assignment=lambda: {TOPIC}, commit=AsyncMock(side_effect=CommitFailedError()))
        thread.crash = AsyncMock()
        assert await thread._commit({TOPIC: 3}) is False
        thread.crash.assert_not_awaited()
        thread._consumer.commit.side_effect = None
        assert await thread._commit({TOPIC: 3}) is True

    on_a_loop(check)


def test_before_shutdown_is_told_while_agents_and_consumer_still_live() -> None:
    """Our drain hangs there: the agent's batch under way must still be able to end, its offsets to be committed."""
    stopping = inspect.getsource(faust.App.on_stop)
    assert stopping.index("_stop_consumer") < stopping.index("on_before_shutdown.send")
    service = inspect.getsource(Service.stop)
    assert service.index("self.on_stop()") < service.index("self._stop_children()")


def test_a_crash_of_any_service_reaches_the_app_and_ends_the_process() -> None:
    failures: list[BaseException] = []

    async def check() -> None:
        source = our_source(failures.append)
        consumer = plain_consumer(source.app)
        consumer.beacon.reattach(source.app.beacon)
        reason = RuntimeError("lost")
        await consumer.crash(reason)
        assert failures[:1] == [reason]

    on_a_loop(check)


# --- records ---------------------------------------------------------------------------------------------------------


def test_a_batch_passes_for_a_record() -> None:
    async def check() -> None:
        source = our_source()
        consumer = plain_consumer(source.app)
        batch = Batch("t", 0, [SimpleNamespace(offset=4), SimpleNamespace(offset=9)], 4)
        message = consumer._to_message(TOPIC, Fetched("t", batch, 3))
        assert (message.topic, message.partition, message.offset, message.tp) == ("t", 0, 9, TOPIC)
        assert message.value == (batch, 3)

    on_a_loop(check)


def test_nothing_is_fetched_before_the_takeover_has_sought() -> None:
    async def check() -> None:
        source = our_source()
        source.attach(SimpleNamespace(assignment=2))  # type: ignore[arg-type]
        thread = plain_consumer(source.app)._thread
        fetched = AsyncMock(return_value={})
        driver_consumer = SimpleNamespace(
            _fetcher=SimpleNamespace(_closed=False, fetched_records=fetched, _subscriptions=SimpleNamespace(fetch_context=_context)),
            _closed=False,
        )
        for sought in (-1, 1):
            source.sought = sought
            assert await thread._fetch_records(driver_consumer, {TOPIC}) == {}
        fetched.assert_not_awaited()

    on_a_loop(check)


class _context:  # noqa: N801 - stands for a method
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def test_a_fetch_that_fails_ends_the_process() -> None:
    """aiokafka has moved the positions of other partitions of that fetch by then: going on would skip their records."""
    failures: list[BaseException] = []

    async def check() -> None:
        source = our_source(failures.append)
        source.attach(SimpleNamespace(assignment=2))  # type: ignore[arg-type]
        source.sought = 2
        thread = plain_consumer(source.app)._thread
        error = RuntimeError("corrupt")
        subscriptions = SimpleNamespace(fetch_context=_context)
        fetcher = SimpleNamespace(_closed=False, fetched_records=AsyncMock(side_effect=error), _subscriptions=subscriptions)
        with pytest.raises(RuntimeError):
            await thread._fetch_records(SimpleNamespace(_fetcher=fetcher, _closed=False), {TOPIC})
        assert failures == [error]

    on_a_loop(check)


@pytest.mark.parametrize(("active", "waited"), [({TOPIC}, FULL_BUFFER_SECONDS), ({TOPIC, OTHER}, 1.0)])
def test_a_fetch_that_leaves_full_buffers_out_waits_for_a_moment_only(active: set[TP], waited: float) -> None:
    """aiokafka answers with the partitions asked for alone: what it has of the others would stand until the time-out."""

    async def check() -> None:
        source = our_source()
        source.attach(SimpleNamespace(assignment=2))  # type: ignore[arg-type]
        source.sought = 2
        thread = plain_consumer(source.app)._thread
        fetched = AsyncMock(return_value={})
        fetcher = SimpleNamespace(_closed=False, fetched_records=fetched, _subscriptions=SimpleNamespace(fetch_context=_context))
        consumer = SimpleNamespace(_fetcher=fetcher, _closed=False, assignment=lambda: {TOPIC, OTHER})
        thread.consumer.source.group = lambda *_: {}
        await thread._fetch_records(consumer, active, timeout=1.0)
        assert fetched.await_args is not None
        assert fetched.await_args.kwargs["timeout"] == waited

    on_a_loop(check)


def test_aiokafka_shows_a_position_only_when_it_is_known() -> None:
    async def check() -> None:
        state = TopicPartitionState(SimpleNamespace(unassign_future=asyncio.Future()))
        assert not state.has_valid_position
        state.reset_to(5)
        assert (state.has_valid_position, state.position) == (True, 5)

    on_a_loop(check)


# --- agents ----------------------------------------------------------------------------------------------------------


async def acked_when_its_reader_fails(manually: bool) -> bool:
    """Whether a stream acks an event whose reader raises: the stream is closed while it waits for the reader."""
    app = plain_app()
    app.flow_control.resume()
    LOOPS.append(app.consumer._thread.thread_loop)
    channel = app.channel()
    stream = app.stream(channel)
    events = aiter(stream.noack() if manually else stream)
    message = ConsumerMessage("t", 0, 5, 0.0, 0, None, None, b"", None, tp=TOPIC, generation_id=app.consumer_generation_id)
    message.incref()
    iterating = asyncio.create_task(anext(events))
    await asyncio.sleep(0)
    await channel.put(faust.Event(app, None, b"", {}, message))
    await asyncio.wait_for(iterating, PATIENCE)
    await events.aclose()
    return message.refcount == 0


def test_a_plain_stream_acks_what_its_reader_failed_on() -> None:
    """The event is acked, and so lost, when an agent's body raises or is cancelled. `noack` is why ours is not."""
    assert asyncio.run(acked_when_its_reader_fails(manually=False))
    assert not asyncio.run(acked_when_its_reader_fails(manually=True))


def test_the_engine_names_no_faust() -> None:
    assert "faust" not in {name.split(".")[0] for name in vars(engine_module)}
