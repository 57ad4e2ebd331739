"""From an effect in PostgreSQL to a message on a real SMTP server: exactly one, or an uncertainty that is shown."""

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy
from structlog.testing import capture_logs

from bus.outgoing.files import Mode
from bus.outgoing.mail import TEST_SECRET, MailCarrier, NotDrawn
from bus.outgoing.mail_message import REPLACED
from bus.outgoing.one_by_one import OneByOne, later, refused
from bus.settings import SmtpSettings
from schemas.outcome import Attachment, DrawnSecret, OutgoingMail
from tests.bus.outgoing.effects import Died, add, dying_at, make_due, put_in, row, states, suspension
from tests.bus.outgoing.mail_servers import STAGES, Mailbox, serving, smtp

SINK = "essai.courriels"
PAYLOAD = {"a": ["un@scenes.example"], "objet": "Élèves à vérifier", "texte": "Bonjour.\n"}
SECRET = "Zx9-quatorze-secret"


class Mails:
    """A mail sink for the tests: the payload says everything."""

    name = SINK
    system = "essai"
    processor = "comptes"
    hourly_ceiling = 50

    def compose(self, payload: Mapping[str, Any]) -> OutgoingMail:
        secret = DrawnSecret("mot_de_passe", ("OF1",)) if payload.get("secret") else None
        joined = tuple(Attachment(name, content.encode()) for name, content in payload.get("pieces", {}).items())
        desk = tuple(payload.get("bureaux", ()))
        return OutgoingMail(payload["objet"], payload["texte"], tuple(payload["a"]), desk, payload.get("html", ""), joined, secret)


class Drawing:
    """Stands for the owner of the accounts."""

    def __init__(self, *faults: NotDrawn) -> None:
        self.faults = list(faults)
        self.asked: list[tuple[str, str, DrawnSecret]] = []

    def __call__(self, sink: str, effect: str, secret: DrawnSecret) -> str:
        self.asked.append((sink, effect, secret))
        if self.faults:
            raise self.faults.pop(0)
        return SECRET


def outgoing(database: sqlalchemy.Engine, settings: SmtpSettings, *, die_at: str = "", drawing: Drawing | None = None) -> OneByOne:
    return OneByOne(database, [MailCarrier(Mails(), settings, drawing or Drawing())], dying_at(die_at))


def test_observation_opens_no_conversation(database: sqlalchemy.Engine) -> None:
    add(database, SINK, PAYLOAD, {**PAYLOAD, "secret": True})
    drawing = Drawing()
    with serving() as (box, port):
        outgoing(database, smtp(port), drawing=drawing).once()
    assert (box.sessions, drawing.asked, states(database)) == (0, [], {"OBSERVE": 2})


def test_an_active_sink_sends_one_message_whose_id_is_the_effect_s(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [effect] = add(database, SINK, {**PAYLOAD, "html": "<p>Bonjour</p>", "pieces": {"liste.csv": "NNE\r\n0512\r\n"}})
    with serving() as (box, port):
        for _ in range(2):
            outgoing(database, smtp(port)).once()
    [received] = box.received
    assert received.recipients == ["un@scenes.example"]
    assert received.message["Message-ID"] == f"<{effect}@bus.example>"
    assert received.message["Subject"] == PAYLOAD["objet"]
    kinds = [part.get_content_type() for part in received.message.walk() if not part.is_multipart()]
    assert kinds == ["text/plain", "text/html", "text/csv"]
    assert (row(database, effect).state, row(database, effect).answer) == ("FAIT", "250")


def test_a_redirected_sink_writes_to_the_test_address_alone_and_draws_no_secret(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.REDIRIGE, "essai@bus.example")
    two = ["un@scenes.example", "deux@scenes.example", "un@scenes.example"]
    add(database, SINK, {**PAYLOAD, "a": two, "texte": "Mot : {mot_de_passe}", "secret": True})
    drawing = Drawing()
    with serving() as (box, port):
        outgoing(database, smtp(port), drawing=drawing).once()
    [received] = box.received
    assert (received.recipients, received.message[REPLACED]) == (["essai@bus.example"], "2")
    assert b"scenes.example" not in received.content
    assert received.message.get_content().strip() == f"Mot : {TEST_SECRET}"
    assert drawing.asked == []


def test_a_desk_is_found_in_the_settings_the_most_precise_name_first(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    for sequence, department in enumerate(("031", "974")):
        add(database, SINK, {**PAYLOAD, "a": [], "bureaux": [f"draaf.{department}", "draaf"]}, sequence=sequence)
    with serving() as (box, port):
        outgoing(database, smtp(port)).once()
    assert [received.recipients for received in box.received] == [["occitanie@etat.example"], ["draaf@etat.example"]]


def test_a_desk_without_an_address_suspends_the_sink_and_loses_nothing(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {**PAYLOAD, "a": [], "bureaux": ["guichet"]})
    with serving() as (box, port):
        outgoing(database, smtp(port)).once()
    assert "« guichet »" in (suspension(database, SINK) or "")
    assert (states(database), box.sessions) == ({"A_FAIRE": 1}, 0)


def test_no_mail_server_in_the_settings_suspends_the_sink(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, PAYLOAD)
    outgoing(database, SmtpSettings()).once()
    assert "PASSERELLE_SMTP__HOST" in (suspension(database, SINK) or "")
    assert states(database) == {"A_FAIRE": 1}


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_goes_away_at_any_stage_gets_exactly_one_message_or_an_uncertainty(database: sqlalchemy.Engine, stage: str) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {**PAYLOAD, "texte": "Une ligne de plus.\n" * 60_000})
    with serving(Mailbox(breaks=stage)) as (box, port):
        patient = smtp(port, timeout_seconds=15, conversation_seconds=30)  # a megabyte, on a machine that may be busy
        outgoing(database, patient).once()
        box.breaks = ""
        make_due(database)
        for _ in range(2):
            outgoing(database, patient).once()
    assert len(box.received) == 1
    assert states(database) == {"INCERTAIN" if stage == "end" else "FAIT": 1}


@pytest.mark.parametrize(
    ("point", "end", "messages"),
    [("effect_begun", "FAIT", 1), ("before_engaging", "FAIT", 1), ("effect_engaged", "INCERTAIN", 0), ("effect_carried", "INCERTAIN", 1)],
)
def test_a_crash_at_each_step_leaves_one_message_or_an_uncertainty(
    database: sqlalchemy.Engine, point: str, end: str, messages: int
) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, PAYLOAD)
    with serving() as (box, port):
        with pytest.raises(Died):
            outgoing(database, smtp(port), die_at=point).once()
        for _ in range(2):
            outgoing(database, smtp(port)).once()
    assert (states(database), len(box.received)) == ({end: 1}, messages)


@pytest.mark.parametrize(("answer", "state"), [("450 later", "A_FAIRE"), ("552 too big", "REFUSE")])
def test_the_server_s_answer_is_kept_as_its_stage_and_code(database: sqlalchemy.Engine, answer: str, state: str) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [effect] = add(database, SINK, PAYLOAD)
    with serving(Mailbox(answers={"end": answer})) as (_, port):
        outgoing(database, smtp(port)).once()
    assert (row(database, effect).state, row(database, effect).answer) == (state, f"FIN {answer[:3]}")


@pytest.mark.parametrize(
    "wrong",
    [
        {"objet": "Bonjour\r\nBcc: tous@scenes.example"},
        {"a": ["un@scenes.example\r\nRCPT TO:<tous@scenes.example>"]},
        {"a": ["un@scenes.example", "pas une adresse"]},
        {"a": []},
        {"objet": None},
        {"pieces": {"../../x": "x"}},
        {"secret": True},
    ],
)
def test_a_message_that_cannot_be_made_is_refused_before_any_conversation_and_stops_nobody(
    database: sqlalchemy.Engine, wrong: dict[str, Any]
) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [bad, _] = add(database, SINK, {**PAYLOAD, **wrong}, PAYLOAD)
    with serving() as (box, port):
        outgoing(database, smtp(port)).once()
    assert row(database, bad).state == "REFUSE"
    assert [received.recipients for received in box.received] == [["un@scenes.example"]]


def test_a_secret_is_drawn_when_the_mail_leaves_and_stands_nowhere_else(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [effect] = add(database, SINK, {**PAYLOAD, "texte": "Mot de passe : {mot_de_passe}\n", "secret": True})
    drawing = Drawing()
    with serving() as (box, port), capture_logs() as logs:
        outgoing(database, smtp(port), drawing=drawing).once()
    assert box.received[0].message.get_content().strip() == f"Mot de passe : {SECRET}"
    assert drawing.asked == [(SINK, effect, DrawnSecret("mot_de_passe", ("OF1",)))]
    kept = row(database, effect)
    assert SECRET not in json.dumps(kept.payload) + str(kept.answer) + str(logs)


@pytest.mark.parametrize(("verdict", "state"), [(later("SECRET HTTP 503"), "A_FAIRE"), (refused("SECRET HTTP 404"), "REFUSE")])
def test_without_its_secret_a_mail_does_not_leave(database: sqlalchemy.Engine, verdict: Any, state: str) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {**PAYLOAD, "texte": "{mot_de_passe}", "secret": True})
    with serving() as (box, port):
        outgoing(database, smtp(port), drawing=Drawing(NotDrawn(verdict))).once()
    assert (box.sessions, states(database)) == (0, {state: 1})


def test_a_retry_draws_again_under_the_same_key(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [effect] = add(database, SINK, {**PAYLOAD, "texte": "{mot_de_passe}", "secret": True})
    drawing = Drawing()
    with serving(Mailbox(answers={"RCPT": "451 later"})) as (box, port):
        outgoing(database, smtp(port), drawing=drawing).once()
        make_due(database)
        outgoing(database, smtp(port), drawing=drawing).once()
    assert [asked[1] for asked in drawing.asked] == [effect, effect]
    assert len(box.received) == 1


def test_no_log_names_an_address_a_subject_or_a_text(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, PAYLOAD, PAYLOAD, PAYLOAD)
    with serving(Mailbox(answers={"RCPT": "550 <un@scenes.example> inconnu"})) as (_, port), capture_logs() as logs:
        outgoing(database, smtp(port)).once()
    assert logs
    assert not any(word in str(logs) for word in ("@", "vérifier", "Bonjour", "inconnu"))


def test_a_slow_server_is_left_within_the_time_of_the_settings(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, PAYLOAD)
    with serving(Mailbox(silent="MAIL")) as (box, port):
        began = time.monotonic()
        outgoing(database, smtp(port, timeout_seconds=3)).once()
        assert time.monotonic() - began < 25
    assert (states(database), box.received) == ({"A_FAIRE": 1}, [])
