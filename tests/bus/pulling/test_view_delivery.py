"""Registrations of the view on a real broker: nothing lost, nothing doubled, whatever ends in between."""

import asyncio
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bus.inbox.ledger import Overtaken, SystemLocks
from bus.publishing import KafkaAway
from bus.pulling import worker as pull_worker
from bus.pulling.ledger import PullLedger
from bus.pulling.outage import SourceAway
from bus.pulling.pulling import Pulling
from bus.pulling.view import SqlView, open_view
from schemas.outcome import Pulled
from tests.bus.pulling.apogee_base import ApogeeBase
from tests.bus.pulling.ordering import counted, kills, sweeps, told_apart
from tests.bus.receiving import Receiving, receiving
from tests.connectors.deliveries import SECRET
from tests.services import Services

RECENT = datetime.now().replace(microsecond=0) - timedelta(hours=3)  # noqa: DTZ005 - a wall clock, hours ago in any zone


@pytest.fixture
def bus(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[Receiving]:
    with receiving(services, prefix, schema, tmp_path) as made:
        yield made


@pytest.fixture
def apogee(bus: Receiving, services: Services, schema: str) -> Iterator[ApogeeBase]:
    made = ApogeeBase(services, schema)
    yield made
    made.close()


@pytest.fixture
def view(apogee: ApogeeBase) -> Iterator[SqlView]:
    made = open_view(apogee.settings(), SECRET)
    yield made
    made._engine.dispose()


def state_of(bus: Receiving) -> dict[str, Any]:
    return PullLedger(bus.database).states()["apogee.vue"]


def test_what_the_overlap_reads_again_is_counted_and_not_published_again(bus: Receiving, apogee: ApogeeBase, view: SqlView) -> None:
    for number in range(7):
        apogee.register(900_001 + number, RECENT - timedelta(minutes=number))
    assert counted(sweeps(bus, view)) == (7, 0, 0)
    assert counted(sweeps(bus, view)) == (0, 7, 0)
    apogee.register(900_003, RECENT, eta_iae="A")
    assert counted(sweeps(bus, view)) == (1, 6, 0)
    came = bus.came()
    assert len(came) == len(told_apart(came)) == 8
    assert {one.envelope.ce_source for one in came} == {"/apogee"}
    state = state_of(bus)
    assert (state["published"], state["duplicates"], state["refused"], state["trouble"]) == (8, 13, 0, None)
    assert state["complete_at"] is not None


def test_what_is_no_longer_read_again_is_forgotten(bus: Receiving, apogee: ApogeeBase, view: SqlView) -> None:
    for number in range(5):
        apogee.register(900_001 + number, RECENT - timedelta(days=number))
    sweeps(bus, view, 2)
    with bus.database.begin() as connection:
        kept = connection.exec_driver_sql("SELECT count(*) FROM releves_vus").scalar_one()
    assert kept == 1
    assert len(bus.came()) == 5


def test_a_bad_row_is_told_once_and_closed_when_it_is_mended(bus: Receiving, apogee: ApogeeBase, view: SqlView) -> None:
    apogee.register(900_001, RECENT)
    apogee.register(900_002, RECENT, eta_iae="X")
    apogee.register(900_003, RECENT)
    ledger = PullLedger(bus.database)
    assert counted(sweeps(bus, view, 2)) == (2, 2, 1)
    [refusal] = ledger.open_refusals("apogee.vue")
    assert [fault.code for fault in refusal.faults] == ["CODE_INCONNU"]
    assert "un des codes E, A, R, C" in refusal.faults[0].message
    apogee.register(900_002, RECENT + timedelta(minutes=1), eta_iae="A")
    sweeps(bus, view)
    assert ledger.open_refusals() == []
    assert len(bus.came()) == 3
    apogee.register(900_002, RECENT + timedelta(minutes=2), eta_iae="Z")
    assert counted(sweeps(bus, view))[2] == 1, "refused again"
    assert len(ledger.open_refusals()) == 1


def test_a_doubtful_key_is_listed_as_long_as_it_stays_so_at_the_source(bus: Receiving, apogee: ApogeeBase, view: SqlView) -> None:
    apogee.student(900_001, "1111037734")
    apogee.register(900_001, RECENT)
    ledger = PullLedger(bus.database)
    assert counted(sweeps(bus, view)) == (1, 0, 0)
    [doubt] = ledger.open_doubts("apogee.vue")
    assert [fault.code for fault in doubt.faults] == ["CLE_NNE_INVALIDE"]
    sweeps(bus, view)
    assert [each.since for each in ledger.open_doubts()] == [doubt.since], "read again, it is the same"
    apogee.register(900_001, RECENT + timedelta(minutes=1), eta_iae="X")
    assert counted(sweeps(bus, view))[2] == 1
    assert (len(ledger.open_refusals()), ledger.open_doubts()) == (1, [])
    apogee.register(900_001, RECENT + timedelta(minutes=2), eta_iae="E")
    assert counted(sweeps(bus, view))[2] == 0
    assert (ledger.open_refusals(), len(ledger.open_doubts())) == ([], 1)
    apogee.run("UPDATE individu SET cod_cle_nne_ind = 'L'")
    apogee.register(900_001, RECENT + timedelta(minutes=3))
    sweeps(bus, view)
    assert (ledger.open_refusals(), ledger.open_doubts()) == ([], [])


def test_a_kill_at_any_step_loses_no_registration_and_gives_each_one_id(bus: Receiving, apogee: ApogeeBase) -> None:
    """`published` is between the broker's acknowledgement and the watermark."""
    made = 0

    def five_more() -> None:
        nonlocal made
        for number in range(made, made + 5):
            apogee.register(900_001 + number, RECENT + timedelta(seconds=number))
        made += 5

    steps = dict.fromkeys(("pulled", "published", "recorded"), five_more)
    settings = apogee.settings(page_rows=50).model_dump(mode="json") | {"url": bus.services.database}
    kills(bus, steps, apogee_vue=settings)
    came = bus.came()
    found = told_apart(came)
    assert {one.data.cod_ind for one in found.values()} == {str(900_001 + number) for number in range(made)}
    assert len(found) == made == 15
    assert len(came) - len(found) == 5, "only the page published by the worker that was killed before the watermark comes again"


def test_no_watermark_passes_before_the_broker_has_acknowledged(bus: Receiving, apogee: ApogeeBase, view: SqlView) -> None:
    apogee.register(900_001, RECENT)
    ledger = PullLedger(bus.database)

    async def ask(publisher: Any) -> None:
        await Pulling(view, ledger, publisher).page()

    async def without_broker(publisher: Any) -> None:
        pulling = Pulling(view, ledger, publisher)
        await publisher.learn(view.topics)
        with pytest.raises(KafkaAway):
            await pulling.page()

    bus.run(without_broker, kafka={"bootstrap_servers": "127.0.0.1:1"}, patience=1.0)
    assert ledger.read("apogee.vue").cursor is None
    bus.run(ask)
    assert ledger.read("apogee.vue").cursor is not None
    assert len(bus.came()) == 1


def test_a_worker_that_was_overtaken_moves_nothing(bus: Receiving, apogee: ApogeeBase, view: SqlView) -> None:
    for number in range(2):
        apogee.register(900_001 + number, RECENT)
    once: list[int] = []

    def other_worker(step: str) -> None:
        if step == "published" and not once:
            once.append(1)
            reading = ledger.read("apogee.vue")
            with bus.database.begin() as connection:
                connection.exec_driver_sql(f"UPDATE releves SET version = {reading.version + 1}")

    ledger = PullLedger(bus.database)
    with pytest.raises(Overtaken):
        sweeps(bus, view, probe=other_worker)
    assert ledger.read("apogee.vue").cursor is None
    sweeps(bus, view)
    assert len(told_apart(bus.came())) == 2


class Failing:
    """A source that is away a few times, then answers."""

    name, system = "apogee.vue", "apogee"
    topics: tuple[str, ...] = ("apogee.inscriptions.v1",)

    def __init__(self, view: SqlView, outages: list[Exception]) -> None:
        self._view = view
        self._outages = outages
        self.asked: list[str | None] = []

    def pull(self, after: str | None) -> Pulled:
        self.asked.append(after)
        if self._outages:
            raise self._outages.pop(0)
        return self._view.pull(after)


@pytest.mark.parametrize(
    ("outages", "shown"),
    [
        ([SourceAway("SOURCE_INJOIGNABLE"), SourceAway("VUE_INVALIDE")], ["SOURCE_INJOIGNABLE", "VUE_INVALIDE"]),
        ([KeyError("MARTINEZ"), struct.error("MARTINEZ")], ["LECTURE_EN_ERREUR"]),
    ],
)
def test_an_outage_of_the_source_or_a_mistake_of_ours_is_shown_waited_out_and_loses_nothing(
    bus: Receiving, apogee: ApogeeBase, view: SqlView, outages: list[Exception], shown: list[str]
) -> None:
    apogee.register(900_001, RECENT)
    source = Failing(view, list(outages))
    ledger, locks = PullLedger(bus.database), SystemLocks(bus.database)
    troubles: list[str | None] = []

    async def serve(publisher: Any) -> None:
        stop = asyncio.Event()
        pulling = Pulling(source, ledger, publisher)
        serving = asyncio.create_task(pull_worker.serve(pulling, locks, ledger, stop, interval=0.05))
        while len(source.asked) < 4:
            await asyncio.sleep(0.05)
            troubles.append((await asyncio.to_thread(ledger.states)).get("apogee.vue", {}).get("trouble"))
        stop.set()
        await serving

    bus.run(serve)
    locks.close()
    assert source.asked[:3] == [None] * 3, "the same is asked again"
    assert [code for code in dict.fromkeys(troubles) if code] == shown
    assert state_of(bus)["trouble"] is None
    assert len(bus.came()) == 1
