"""Registrations of Pégase on a real broker: a restart anywhere loses nothing and doubles nothing."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from bus.inbox.ledger import SystemLocks
from bus.pulling import worker as pull_worker
from bus.pulling.feed import open_feed
from bus.pulling.ledger import PullLedger
from bus.pulling.pulling import Pulling
from tests.bus.pulling.ordering import counted, kills, sweeps, told_apart
from tests.bus.pulling.pegase_server import Pegase, pegase_answering, settings_for
from tests.bus.receiving import Receiving, receiving
from tests.connectors.deliveries import SECRET
from tests.connectors.pegase.samples import vue
from tests.services import Services


@pytest.fixture
def bus(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[Receiving]:
    with receiving(services, prefix, schema, tmp_path) as made:
        yield made


def recent(rank: int) -> dict[str, Any]:
    return vue(rank, derniereModification=int(time.time()) - 60)


def test_the_overlap_is_counted_and_a_bad_registration_told_once(bus: Receiving) -> None:
    pegase = Pegase()
    with pegase_answering(pegase) as port:
        feed = open_feed(settings_for(port, bus.folder), SECRET)
        for rank in range(9):
            pegase.hold(recent(rank))
        pegase.hold(recent(9) | {"statutInscription": "brouillon"})
        assert counted(sweeps(bus, feed)) == (9, 0, 1)
        assert counted(sweeps(bus, feed)) == (0, 9, 0)
        pegase.hold(recent(3) | {"statutInscription": "annulee"})
        assert counted(sweeps(bus, feed)) == (1, 8, 0)
    came = bus.came()
    assert len(came) == len(told_apart(came)) == 10
    assert {one.envelope.ce_source for one in came} == {"/pegase"}
    assert len(PullLedger(bus.database).open_refusals("pegase.flux")) == 1


def test_a_kill_at_any_step_loses_no_registration_and_gives_each_one_id(bus: Receiving) -> None:
    pegase = Pegase()
    made = 0

    def five_more() -> None:
        nonlocal made
        for rank in range(made, made + 5):
            pegase.hold(recent(rank))
        made += 5

    with pegase_answering(pegase) as port:
        settings = settings_for(port, bus.folder, page_rows=50).model_dump(mode="json")
        kills(bus, dict.fromkeys(("pulled", "published", "recorded"), five_more), pegase=settings)
    came = bus.came()
    found = told_apart(came)
    assert {one.data.cod_etu for one in found.values()} == {f"{rank:09d}" for rank in range(made)}
    assert len(found) == made == 15
    assert len(came) - len(found) == 5, "only the page published by the worker that was killed before its cursor comes again"


def test_an_outage_keeps_the_cursor_is_shown_and_ends_by_itself(bus: Receiving, monkeypatch: pytest.MonkeyPatch) -> None:
    pegase = Pegase(answers=[Response(status_code=401), Response(status_code=429), Response(status_code=503), Response(b"{")])
    pegase.hold(recent(1))
    ledger, locks = PullLedger(bus.database), SystemLocks(bus.database)
    pauses: list[float] = []

    async def short(stop: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)
        if seconds == 33.0:
            stop.set()

    monkeypatch.setattr(pull_worker, "rest", short)
    seen: list[str] = []
    monkeypatch.setattr(ledger, "troubled", lambda _source, code: seen.append(code))

    async def serve(publisher: Any) -> None:
        stop = asyncio.Event()
        pulling = Pulling(open_feed(settings_for(port, bus.folder), SECRET), ledger, publisher)
        await pull_worker.serve(pulling, locks, ledger, stop, interval=33.0)

    with pegase_answering(pegase) as port:
        bus.run(serve)
    locks.close()
    assert seen == ["ACCES_REFUSE", "TROP_DE_REQUETES", "SOURCE_EN_ERREUR", "REPONSE_ILLISIBLE"]
    assert pauses == [1.0, 2.0, 4.0, 8.0, 33.0]
    assert len(bus.came()) == 1
