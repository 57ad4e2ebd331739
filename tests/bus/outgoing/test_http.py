"""From an effect in PostgreSQL to a call on a real HTTP server: exactly one, or an uncertainty that is shown."""

import json
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import text
from starlette.responses import RedirectResponse, Response
from structlog.testing import capture_logs

from bus.outgoing.account_secrets import AccountSecrets
from bus.outgoing.files import Mode, State
from bus.outgoing.http import HttpCarrier, is_path, retry_after
from bus.outgoing.mail import NotDrawn
from bus.outgoing.one_by_one import Misconfigured, OneByOne
from bus.safe_http import SafeHttp
from bus.settings import OutgoingHttpSettings
from schemas.outcome import DrawnSecret, OutgoingRequest
from tests.bus.outgoing.call_servers import Desk, answering, breaking, calling, until_the_end_of_the_request
from tests.bus.outgoing.effects import Died, add, dying_at, make_due, put_in, row, states, suspension

SINK = "essai.appels"
NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


class Calls:
    """An HTTP sink for the tests."""

    name = SINK
    system = "essai"
    processor = "bourses"
    hourly_ceiling = 50

    def request(self, payload: Mapping[str, Any]) -> OutgoingRequest:
        return OutgoingRequest(payload.get("chemin", "/droits"), json.dumps(payload["corps"]).encode(), payload.get("methode", "POST"))


def outgoing(database: sqlalchemy.Engine, settings: OutgoingHttpSettings, die_at: str = "") -> OneByOne:
    return OneByOne(database, [HttpCarrier(Calls(), settings, SafeHttp(settings))], dying_at(die_at))


def test_observation_calls_nobody(database: sqlalchemy.Engine) -> None:
    add(database, SINK, {"corps": 1})
    with answering() as (desk, port):
        outgoing(database, calling(SINK, port)).once()
    assert (desk.calls, states(database)) == ([], {"OBSERVE": 1})


def test_an_active_sink_calls_once_with_the_effect_s_key_and_its_token(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [effect] = add(database, SINK, {"corps": {"montant": "166.50"}})
    tokens = tmp_path / "tokens.json"
    tokens.write_text(json.dumps({SINK: "jeton-secret"}))
    with answering() as (desk, port), capture_logs() as logs:
        for _ in range(2):
            outgoing(database, calling(SINK, port, tokens_file=tokens)).once()
    [call] = desk.calls
    assert (call.method, call.path, json.loads(call.body)) == ("POST", "/v1/droits", {"montant": "166.50"})
    headers = {name: call.headers[name] for name in ("idempotency-key", "content-type", "authorization")}
    assert headers == {"idempotency-key": effect, "content-type": "application/json", "authorization": "Bearer jeton-secret"}
    assert (row(database, effect).state, row(database, effect).answer) == ("FAIT", "HTTP 200")
    assert not any(word in str(logs) for word in ("jeton", "166.50", "127.0.0.1"))


def test_a_redirected_sink_calls_the_test_address_alone_without_the_token(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.json"
    tokens.write_text(json.dumps({SINK: "jeton-secret"}))
    with answering() as (real, port), answering() as (trial, other):
        put_in(database, SINK, Mode.REDIRIGE, f"http://127.0.0.1:{other}/essai/")
        add(database, SINK, {"corps": 1})
        outgoing(database, calling(SINK, port, tokens_file=tokens)).once()
    assert (real.calls, [call.path for call in trial.calls]) == ([], ["/essai/droits"])
    assert "authorization" not in trial.calls[0].headers


@pytest.mark.parametrize(
    ("status", "state"),
    [
        *((code, "FAIT") for code in (200, 201, 202, 204)),
        *((code, "REFUSE") for code in (302, 307, 400, 401, 403, 404, 409, 410, 422)),
        *((code, "A_FAIRE") for code in (408, 425, 429, 503)),
        *((code, "INCERTAIN") for code in (500, 502, 504)),
    ],
)
def test_what_each_answer_means(database: sqlalchemy.Engine, status: int, state: str) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [effect] = add(database, SINK, {"corps": 1})
    with answering(Desk(answers=[Response(status_code=status)])) as (desk, port):
        outgoing(database, calling(SINK, port)).once()
    assert len(desk.calls) == 1
    assert (row(database, effect).state, row(database, effect).answer) == (state, f"HTTP {status}")


def test_a_pause_asked_for_rests_the_sink_for_as_long_and_then_the_same_key_comes_back(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [first, second] = add(database, SINK, {"corps": 1}, {"corps": 2})
    with answering(Desk(answers=[Response(status_code=503, headers={"Retry-After": "120"})])) as (desk, port):
        running = outgoing(database, calling(SINK, port))
        running.once()
        with database.begin() as connection:
            wait = connection.execute(text("SELECT extract(epoch FROM due_at - now()) FROM effets WHERE due_at IS NOT NULL")).scalar_one()
        running.once()
        assert (len(desk.calls), 115 < float(wait) <= 120) == (1, True)
        make_due(database)
        outgoing(database, calling(SINK, port)).once()
    assert [call.headers["idempotency-key"] for call in desk.calls] == [first, first, second]


def test_nobody_there_is_tried_again_and_silence_is_not(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {"corps": 1})
    with answering() as (_, port):
        pass
    outgoing(database, calling(SINK, port)).once()
    assert states(database) == {"A_FAIRE": 1}
    make_due(database)
    with answering(Desk(silent=True)) as (desk, port):
        outgoing(database, calling(SINK, port, timeout_seconds=3)).once()
        make_due(database)
        outgoing(database, calling(SINK, port, timeout_seconds=3)).once()
    assert (len(desk.calls), states(database)) == (1, {"INCERTAIN": 1})


def _takes_and_leaves(link: socket.socket) -> None:
    until_the_end_of_the_request(link)


def test_a_server_that_takes_the_call_and_goes_leaves_an_uncertainty(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {"corps": 1})
    with breaking(_takes_and_leaves) as (seen, port):
        for _ in range(2):
            outgoing(database, calling(SINK, port)).once()
    assert (len(seen), states(database)) == (1, {"INCERTAIN": 1})


@pytest.mark.parametrize(
    ("point", "end", "calls"),
    [("effect_begun", "FAIT", 1), ("before_engaging", "FAIT", 1), ("effect_engaged", "INCERTAIN", 0), ("effect_carried", "INCERTAIN", 1)],
)
def test_a_crash_at_each_step_leaves_one_call_or_an_uncertainty(database: sqlalchemy.Engine, point: str, end: str, calls: int) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {"corps": 1})
    with answering() as (desk, port):
        with pytest.raises(Died):
            outgoing(database, calling(SINK, port), point).once()
        for _ in range(2):
            outgoing(database, calling(SINK, port)).once()
    assert (states(database), len(desk.calls)) == ({end: 1}, calls)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"urls": ""}, "PASSERELLE_OUTGOING_HTTP__URLS"),
        ({"private_networks": ""}, "PASSERELLE_OUTGOING_HTTP__PRIVATE_NETWORKS"),
        ({"urls": f"{SINK}=http://93.184.216.34/x"}, "https"),
    ],
)
def test_an_address_that_may_not_be_called_suspends_the_sink_and_loses_nothing(
    database: sqlalchemy.Engine, changes: dict[str, Any], words: str
) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {"corps": 1})
    with answering() as (desk, port):
        outgoing(database, calling(SINK, port, **changes)).once()
    assert words in (suspension(database, SINK) or "")
    assert (desk.calls, states(database)) == ([], {"A_FAIRE": 1})


@pytest.mark.parametrize("wrong", [{"corps": 1, "chemin": "/../admin"}, {"corps": 1, "methode": "CONNECT"}, {}])
def test_a_call_that_cannot_be_made_is_refused_and_stops_nobody(database: sqlalchemy.Engine, wrong: dict[str, Any]) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [bad, _] = add(database, SINK, wrong, {"corps": 1})
    with answering() as (desk, port):
        outgoing(database, calling(SINK, port)).once()
    assert (row(database, bad).state, len(desk.calls), states(database)) == ("REFUSE", 1, {"REFUSE": 1, "FAIT": 1})


@pytest.mark.parametrize("path", ["", "/x", "/x/y%20z", "/x?a=1&b=2"])
def test_paths_that_a_sink_may_add(path: str) -> None:
    assert is_path(path)


@pytest.mark.parametrize(
    "path", ["x", "//hote/x", "/x/../y", "/%2e%2e/y", "/x y", "/x\r\nHost: y", "/é", "@hote/x", ":80/x", "/x#y", "/..\\y", "/.%2E/y"]
)
def test_paths_that_a_sink_may_not_add(path: str) -> None:
    assert not is_path(path)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Tue, 01 Sep 2026 08:02:00 GMT", 120.0),
        ("Tue, 01 Sep 2026 07:00:00 GMT", 0.0),
        ("", None),
        ("bientôt", None),
        ("-5", None),
        ("٣", None),
        ("9" * 400, 999_999_999.0),
    ],
)
def test_a_pause_is_read_as_a_number_or_a_date(said: str, seconds: float | None) -> None:
    assert retry_after(said, NOW) == seconds


# --- passwords drawn by the owner of the accounts --------------------------------------------------------------------

NAME = "mot_de_passe"
ASKED = DrawnSecret(NAME, ("OF1", "OF2"))


def drawn(settings: OutgoingHttpSettings) -> str:
    return AccountSecrets(settings, SafeHttp(settings))("comptes.courriels", "effet-1", ASKED)


def test_the_password_is_asked_of_the_accounts_owner_under_the_effect_s_key() -> None:
    with answering(Desk(answers=[Response(json.dumps({NAME: "Zx9-quatorze"}))])) as (desk, port):
        assert drawn(calling(NAME, port)) == "Zx9-quatorze"
    [call] = desk.calls
    assert (call.method, json.loads(call.body)) == ("POST", {"identifiants": ["OF1", "OF2"]})
    assert call.headers["idempotency-key"] == "effet-1"


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"mot_de_passe": 12345678}', '{"mot_de_passe": "court"}', '{"mot_de_passe": "deux\\nlignes !"}', "[" * 100_000],
)
def test_a_password_that_cannot_be_read_leaves_the_mail_unsent(body: str) -> None:
    with answering(Desk(answers=[Response(body)])) as (_, port), pytest.raises(NotDrawn) as fault:
        drawn(calling(NAME, port, max_answer_bytes=200_000))
    assert (fault.value.verdict.state, fault.value.verdict.answer) == (State.REFUSED, "SECRET ILLISIBLE")


@pytest.mark.parametrize(("status", "state"), [(404, State.REFUSED), (503, State.TODO), (500, State.TODO), (307, State.REFUSED)])
def test_what_the_accounts_owner_answers_decides_of_the_mail(status: int, state: State) -> None:
    answer = RedirectResponse("http://127.0.0.1:1/") if status == 307 else Response(status_code=status)
    with answering(Desk(answers=[answer])) as (_, port), pytest.raises(NotDrawn) as fault:
        drawn(calling(NAME, port))
    assert (fault.value.verdict.state, fault.value.verdict.answer) == (state, f"SECRET HTTP {status}")


def test_a_silent_accounts_owner_is_asked_again_later() -> None:
    with answering(Desk(silent=True)) as (_, port), pytest.raises(NotDrawn) as fault:
        drawn(calling(NAME, port, timeout_seconds=3))
    assert (fault.value.verdict.state, fault.value.verdict.whole_sink) == (State.TODO, True)


def test_without_an_accounts_owner_the_sink_says_which_setting_is_missing() -> None:
    with pytest.raises(Misconfigured, match=f"« {NAME}=https://… ».*comptes.courriels"):
        drawn(OutgoingHttpSettings())
