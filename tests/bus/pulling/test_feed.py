"""Pégase's feed over real HTTP: what is asked, what each failure means, how long it is left alone."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import RedirectResponse, Response

from bus.pulling.feed import PegaseFeed, open_feed
from bus.pulling.outage import LONGEST_ASKED, LONGEST_PAUSE, Backoff, SourceAway, retry_after
from tests.bus.outgoing.call_servers import breaking, until_the_end_of_the_request
from tests.bus.pulling.pegase_server import BASE, TOKEN, Pegase, pegase_answering, settings_for
from tests.connectors.deliveries import SECRET
from tests.connectors.pegase.samples import MODIFIED, PERSONAL, vue

NOW = datetime.fromtimestamp(MODIFIED + 3_600, UTC)


@pytest.fixture
def pegase() -> Pegase:
    return Pegase()


@pytest.fixture
def feed(pegase: Pegase, tmp_path: Path) -> Iterator[PegaseFeed]:
    with pegase_answering(pegase) as port:
        made = open_feed(settings_for(port, tmp_path), SECRET)
        made._clock = lambda: NOW
        yield made


def refused_with(feed: PegaseFeed) -> SourceAway:
    with pytest.raises(SourceAway) as away:
        feed.pull(None)
    return away.value


def test_a_page_is_asked_as_pegase_documents_it(pegase: Pegase, feed: PegaseFeed) -> None:
    pegase.hold(vue())
    found = feed.pull(None)
    assert [record.data.cod_etu for record in found.records] == ["000000001"]
    [call] = pegase.calls
    assert (call.method, call.path) == ("GET", f"{BASE}/gestion/flux-inscriptions/pagine")
    assert call.headers["authorization"] == f"Bearer {TOKEN}"
    assert pegase.queries == [{"depuis": "0", "jusqua": str(MODIFIED + 3_600), "page": "0", "taille": "4"}]


def test_a_renewed_token_is_used_at_once(pegase: Pegase, feed: PegaseFeed, tmp_path: Path) -> None:
    pegase.token = "jeton-suivant"
    assert refused_with(feed).code == "ACCES_REFUSE"
    (tmp_path / "pegase_token").write_text("jeton-suivant")
    assert feed.pull(None).complete


@pytest.mark.parametrize(
    ("status", "headers", "code", "asked"),
    [
        (401, {}, "ACCES_REFUSE", None),
        (403, {}, "ACCES_REFUSE", None),
        (429, {"Retry-After": "17"}, "TROP_DE_REQUETES", 17.0),
        (429, {"Retry-After": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}, "TROP_DE_REQUETES", 90.0),
        (429, {"Retry-After": "bientôt".encode().decode("latin-1")}, "TROP_DE_REQUETES", None),
        (500, {}, "SOURCE_EN_ERREUR", None),
        (503, {"Retry-After": "120"}, "SOURCE_EN_ERREUR", 120.0),
        (404, {}, "REPONSE_INATTENDUE", None),
        (204, {}, "REPONSE_INATTENDUE", None),
    ],
)
def test_each_refusal_has_its_code_and_what_it_asks_for(
    pegase: Pegase, feed: PegaseFeed, status: int, headers: dict[str, str], code: str, asked: float | None
) -> None:
    pegase.answers = [Response(status_code=status, headers=headers)]
    away = refused_with(feed)
    assert (away.code, away.retry_after) == (code, asked)


def test_a_redirect_is_not_followed(pegase: Pegase, feed: PegaseFeed) -> None:
    pegase.answers = [RedirectResponse("/ailleurs")]
    assert refused_with(feed).code == "REPONSE_INATTENDUE"
    assert len(pegase.calls) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>TESTARD</html>",
        b'{"page": 0',
        b'{"page": 0, "page": 1}',
        b"[" * 100_000,
        b"null",
        b'{"page": NaN}',
        b'{"page": 0, "totalElements": 1, "totalPages": 1, "resultats": {"nom": "TESTARD"}}',
        b"\xff\xfe\x00",
    ],
)
def test_an_answer_that_is_no_page_is_an_outage_that_quotes_nothing(pegase: Pegase, feed: PegaseFeed, body: bytes) -> None:
    pegase.answers = [Response(body, media_type="application/json")]
    away = refused_with(feed)
    assert away.code == "REPONSE_ILLISIBLE"
    assert not [value for value in PERSONAL if value in str(away)]


def test_an_answer_over_the_limit_is_not_read(pegase: Pegase, tmp_path: Path) -> None:
    with pegase_answering(pegase) as port:
        for rank in range(4):
            pegase.hold(vue(rank, nomUsage="x" * 5_000))
        feed = open_feed(settings_for(port, tmp_path, max_answer_bytes=1_000), SECRET)
        assert refused_with(feed).code == "REPONSE_ILLISIBLE"


def test_a_cut_answer_is_no_shorter_page(tmp_path: Path) -> None:
    def cut(link: socket.socket) -> None:
        until_the_end_of_the_request(link)
        link.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n" + b'{"page": 0}')

    with breaking(cut) as (_, port):
        assert refused_with(open_feed(settings_for(port, tmp_path), SECRET)).code == "REPONSE_ILLISIBLE"


def test_silence_and_absence_are_outages(pegase: Pegase, tmp_path: Path) -> None:
    pegase.silent = True
    with pegase_answering(pegase) as port:
        slow = open_feed(settings_for(port, tmp_path, timeout_seconds=1), SECRET)
        assert refused_with(slow).code == "SOURCE_INJOIGNABLE"
    nobody = open_feed(settings_for(port, tmp_path), SECRET)
    assert refused_with(nobody).code == "SOURCE_INJOIGNABLE"


def test_a_private_address_is_called_only_where_it_is_allowed(tmp_path: Path) -> None:
    feed = open_feed(settings_for(9, tmp_path, private_networks=""), SECRET)
    assert refused_with(feed).code == "ADRESSE_INTERDITE"


def test_a_registration_that_moves_while_pages_are_turned_is_not_jumped_over(pegase: Pegase, feed: PegaseFeed) -> None:
    for rank in range(9):
        pegase.hold(vue(rank, derniereModification=MODIFIED + rank))
    later: list[Any] = []

    def touch() -> None:
        if len(pegase.queries) == 1 and not later:
            later.append(1)
            pegase.hold(vue(0, derniereModification=MODIFIED + 7_200))

    pegase.before = touch
    read: set[str] = set()
    cursor: str | None = None
    complete = False
    while not complete:
        found = feed.pull(cursor)
        cursor, complete = found.cursor, found.complete
        read |= {record.data.cod_etu for record in found.records}
    assert later
    assert read == {f"{rank:09d}" for rank in range(9)}


def test_pauses_grow_are_bounded_and_grant_what_is_asked_within_reason() -> None:
    backoff = Backoff()
    assert [backoff.after() for _ in range(5)] == [1, 2, 4, 8, 16]
    assert backoff.after(90.0) == 90
    assert max(backoff.after() for _ in range(2_000)) == LONGEST_PAUSE
    assert backoff.after(10.0**9) == LONGEST_ASKED
    backoff.reset()
    assert backoff.after(0.5) == 1


@pytest.mark.parametrize("said", ["", "-5", "1e9", "٣", "x" * 5_000, "Mon, 99 Foo 2026 99:99:99 GMT", "Mon, 07 Sep 2026 10:00:00"])
def test_an_unreadable_delay_is_none(said: str) -> None:
    assert retry_after({"retry-after": said}, NOW) is None


def test_a_date_that_has_passed_is_no_delay() -> None:
    assert retry_after({"retry-after": "Mon, 07 Sep 2020 10:00:00 GMT"}, NOW) == 0
