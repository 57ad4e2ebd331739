"""FREGATA's API over real HTTP and a real broker: signed requests, failures, nothing lost and nothing doubled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from bus import topic_admin
from bus.pulling.fregata import FregataApi, open_api
from bus.pulling.ledger import PullLedger
from bus.pulling.outage import SourceAway
from bus.settings import FregataSettings
from connectors.fregata.inscriptions import PATH, TOPIC
from connectors.fregata.signature import Signed, verify
from tests.bus.outgoing.call_servers import Call, Desk, answering
from tests.bus.pulling.ordering import counted, sweeps, told_apart
from tests.bus.receiving import Receiving, receiving
from tests.connectors.deliveries import SECRET
from tests.connectors.fregata.samples import inscription
from tests.services import Services
from topics.catalogue import CATALOGUE

BASE, KEY_ID, KEY = "/fregata/api", "passerelle", "cle-d-essai"
FIRST, SECOND = "0341088Y", "0300139B"


@dataclass
class Fregata(Desk):
    """A stand-in: it holds inscriptions by établissement and answers signed requests alone."""

    held: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    queries: list[dict[str, str]] = field(default_factory=list)

    def reply(self, call: Call, query: dict[str, str]) -> Response:
        if call.path != BASE + PATH or call.method != "GET":
            return Response(status_code=404)
        if not isinstance(verify(call.headers, {KEY_ID: KEY.encode()}, datetime.now(UTC)), Signed):
            return Response(status_code=401)
        self.queries.append(query)
        return JSONResponse(self.held.get(query["rne"], []))


@pytest.fixture
def fregata() -> Fregata:
    return Fregata()


@pytest.fixture
def api(fregata: Fregata, tmp_path: Path) -> Iterator[FregataApi]:
    (tmp_path / "fregata_key").write_text(KEY + "\n")
    with answering(fregata) as (_, port):
        settings = FregataSettings(
            url=f"http://127.0.0.1:{port}{BASE}", key_id=KEY_ID, key_file=tmp_path / "fregata_key", uais=f"{FIRST}, {SECOND}, {FIRST}",
            private_networks="127.0.0.0/8", timeout_seconds=20, call_seconds=30,
        )  # fmt: skip
        yield open_api(settings, SECRET)


def test_each_establishment_is_asked_by_a_signed_request(fregata: Fregata, api: FregataApi) -> None:
    fregata.held = {FIRST: [inscription(1)], SECOND: [inscription(2), inscription(3)]}
    first = api.pull(None)
    second = api.pull(first.cursor)
    assert [len(first.records), len(second.records)] == [1, 2]
    assert (first.complete, second.complete) == (False, True)
    assert [query["rne"] for query in fregata.queries] == [FIRST, SECOND]


def test_a_request_signed_at_another_time_is_refused_and_shown(fregata: Fregata, api: FregataApi) -> None:
    api._clock = lambda: datetime.now(UTC) - timedelta(minutes=30)
    with pytest.raises(SourceAway) as away:
        api.pull(None)
    assert away.value.code == "ACCES_REFUSE"
    assert fregata.queries == []


def test_a_renewed_key_is_used_at_once(fregata: Fregata, api: FregataApi, tmp_path: Path) -> None:
    (tmp_path / "fregata_key").write_text("une autre")
    with pytest.raises(SourceAway):
        api.pull(None)
    (tmp_path / "fregata_key").write_text(KEY)
    assert api.pull(None).records == ()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response(status_code=503, headers={"Retry-After": "30"}), "SOURCE_EN_ERREUR"),
        (Response(status_code=404), "REPONSE_INATTENDUE"),
        (Response(b"{"), "REPONSE_ILLISIBLE"),
        (Response(b'{"inscriptions": []}', media_type="application/json"), "REPONSE_ILLISIBLE"),
    ],
)
def test_an_answer_that_is_none_is_an_outage(fregata: Fregata, api: FregataApi, answer: Response, code: str) -> None:
    fregata.answers = [answer]
    with pytest.raises(SourceAway) as away:
        api.pull(None)
    assert away.value.code == code


class Died(Exception):
    """Stands for SIGKILL."""


@pytest.fixture
def bus(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[Receiving]:
    with receiving(services, prefix, schema, tmp_path) as made:
        with topic_admin.administration(made.kafka) as client:
            topic_admin.create(client, [topic for topic in CATALOGUE if topic.name == TOPIC], made.deployment)
        yield made


def test_rounds_publish_what_is_new_once_whatever_the_step_where_one_dies(bus: Receiving, fregata: Fregata, api: FregataApi) -> None:
    fregata.held = {FIRST: [inscription(rank) for rank in range(1, 4)] + [inscription(9, id=None)], SECOND: [inscription(4)]}
    assert counted(sweeps(bus, api)) == (4, 0, 1)
    assert counted(sweeps(bus, api)) == (0, 4, 0)
    fregata.held[SECOND] += [inscription(5)]
    fregata.held[FIRST][0] = inscription(1, dateSortieFormation="2026-01-15")
    for step in ("pulled", "published"):

        def dies(reached: str, at: str = step) -> None:
            if reached == at:
                raise Died

        with pytest.raises(Died):
            sweeps(bus, api, probe=dies)
    sweeps(bus, api, 2)
    came = told_apart(bus.came(TOPIC))
    assert sorted(one.data.identifiant for one in came.values()) == ["5001", "5001", "5002", "5003", "5004", "5005"]
    assert len(PullLedger(bus.database).open_refusals(api.name)) == 1
    fregata.held[FIRST][3] = inscription(6)
    assert counted(sweeps(bus, api))[0] == 1


def test_an_inscription_that_becomes_again_what_it_was_is_published_again_once(bus: Receiving, fregata: Fregata, api: FregataApi) -> None:
    first, second = inscription(1), inscription(1, dateSortieFormation="2026-01-15")
    for content in (first, second, first, first, second, first):
        fregata.held = {FIRST: [content]}
        sweeps(bus, api, 2)
    came = bus.came(TOPIC)
    assert [one.data.sortie_formation is None for one in came] == [True, False, True, False, True]
    assert len(told_apart(came)) == len(came)


@pytest.mark.parametrize("step", ["pulled", "published"])
def test_a_content_that_came_back_has_one_id_wherever_one_dies(bus: Receiving, fregata: Fregata, api: FregataApi, step: str) -> None:
    def dies(reached: str) -> None:
        if reached == step:
            raise Died

    for content in (inscription(1), inscription(1, dateSortieFormation="2026-01-15")):
        fregata.held = {FIRST: [content]}
        sweeps(bus, api, 2)
    fregata.held = {FIRST: [inscription(1)]}
    with pytest.raises(Died):
        sweeps(bus, api, probe=dies)
    sweeps(bus, api, 2)
    assert len(told_apart(bus.came(TOPIC))) == 3
