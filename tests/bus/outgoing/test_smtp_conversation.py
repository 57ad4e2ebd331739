"""Real SMTP conversations: what each end of them means."""

from pathlib import Path

import pytest

from bus.outgoing.files import State
from bus.outgoing.one_by_one import Verdict
from bus.outgoing.smtp_conversation import SmtpServer
from bus.settings import SmtpSettings
from tests.bus.outgoing.mail_servers import STAGES, Mailbox, certificate, serving, smtp

MESSAGE = b"Subject: essai\r\n\r\nBonjour\r\n.\r\n..deux points\r\n"
TO = ("a@scenes.example", "b@scenes.example")


class Engaged:
    """Counts the calls of `engage` and remembers what the server had then."""

    def __init__(self, box: Mailbox) -> None:
        self.box = box
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1
        assert self.box.received == []


def send(settings: SmtpSettings, box: Mailbox, message: bytes = MESSAGE) -> tuple[Verdict, int]:
    engaged = Engaged(box)
    verdict = SmtpServer(settings).send("passerelle@bus.example", TO, message, engaged)
    return verdict, engaged.calls


def test_a_message_arrives_whole_at_all_its_recipients() -> None:
    with serving() as (box, port):
        verdict, engaged = send(smtp(port), box)
    assert (verdict.state, verdict.answer, engaged) == (State.DONE, "250", 1)
    [received] = box.received
    assert (received.sender, received.recipients) == ("passerelle@bus.example", list(TO))
    assert received.content == MESSAGE


@pytest.mark.parametrize("stage", STAGES)
def test_a_server_that_goes_away_before_the_last_line_leaves_a_retry_and_after_it_an_uncertainty(stage: str) -> None:
    with serving(Mailbox(breaks=stage)) as (box, port):
        verdict, engaged = send(smtp(port), box, MESSAGE * 20_000)
    if stage == "end":
        assert (verdict.state, engaged, len(box.received)) == (State.UNCERTAIN, 1, 1)
    else:
        assert (verdict.state, engaged, box.received) == (State.TODO, 0, [])
    assert verdict.whole_sink == (stage in ("greeting", "EHLO"))


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT", "DATA", "end"])
def test_a_silent_server_is_left_after_the_time_of_the_settings(stage: str) -> None:
    with serving(Mailbox(silent=stage)) as (box, port):
        verdict, _ = send(smtp(port, timeout_seconds=3), box)
    assert verdict.state is (State.UNCERTAIN if stage == "end" else State.TODO)


def test_a_conversation_that_never_ends_is_cut_though_each_step_is_in_time() -> None:
    with serving(Mailbox(silent="RCPT")) as (box, port):
        verdict, _ = send(smtp(port, timeout_seconds=60, conversation_seconds=1), box)
    assert (verdict.state, box.received) == (State.TODO, [])


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA", "end"])
@pytest.mark.parametrize(("code", "state"), [(451, State.TODO), (550, State.REFUSED)])
def test_an_answer_says_not_now_or_never(stage: str, code: int, state: State) -> None:
    with serving(Mailbox(answers={stage: f"{code} a@scenes.example unknown"})) as (box, port):
        verdict, _ = send(smtp(port), box)
    assert (verdict.state, verdict.answer) == (state, f"{'FIN' if stage == 'end' else stage} {code}")
    assert not verdict.whole_sink
    assert box.received == []


def test_one_recipient_refused_keeps_the_message_from_all() -> None:
    with serving() as (box, port):
        box.answers["RCPT"] = "550 no"
        verdict, _ = send(smtp(port), box)
    assert (verdict.state, box.received) == (State.REFUSED, [])


def test_a_server_that_closes_its_service_rests_the_whole_sink() -> None:
    with serving(Mailbox(answers={"MAIL": "421 closing"})) as (box, port):
        verdict, _ = send(smtp(port), box)
    assert (verdict.state, verdict.whole_sink) == (State.TODO, True)


def test_no_server_at_all_rests_the_whole_sink() -> None:
    with serving() as (box, port):
        pass
    verdict, engaged = send(smtp(port), box)
    assert (verdict.state, verdict.whole_sink, engaged) == (State.TODO, True, 0)


def test_a_break_in_engage_sends_nothing() -> None:
    def engage() -> None:
        raise KeyError

    with serving() as (box, port), pytest.raises(KeyError):
        SmtpServer(smtp(port)).send("passerelle@bus.example", TO, MESSAGE, engage)
    assert box.received == []


@pytest.mark.parametrize("secret", ["plain secret", "très secret"])
def test_starttls_and_login(tmp_path: Path, secret: str) -> None:
    made = certificate(tmp_path)
    password = tmp_path / "password"
    password.write_text(f"{secret}\n")
    login = {"security": "starttls", "ca_file": made.file, "username": "bus", "password_file": password}
    box = Mailbox(users={"bus": secret})
    with serving(box, tls_context=made.context, require_starttls=True, auth_required=True) as (box, port):
        good, _ = send(smtp(port, **login), box)
        password.write_text("autre\n")
        wrong, _ = send(smtp(port, **login), box)
    assert (good.state, len(box.received)) == (State.DONE, 1)
    assert (wrong.state, wrong.answer, wrong.whole_sink) == (State.TODO, "CONNEXION 535", True)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(tmp_path: Path) -> None:
    made = certificate(tmp_path)
    with serving(tls_context=made.context) as (box, port):
        verdict, _ = send(smtp(port, security="starttls"), box)
    assert (verdict.answer, box.received) == ("CONNEXION SSLCertVerificationError", [])


def test_a_server_without_starttls_is_not_spoken_to_in_clear() -> None:
    with serving() as (box, port):
        verdict, _ = send(smtp(port, security="starttls"), box)
    assert (verdict.state, verdict.whole_sink, box.received) == (State.TODO, True, [])


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    made = certificate(tmp_path)
    with serving(ssl_context=made.context) as (box, port):
        verdict, _ = send(smtp(port, security="tls", ca_file=made.file), box)
    assert (verdict.state, len(box.received)) == (State.DONE, 1)


def test_a_verdict_never_repeats_what_the_server_wrote() -> None:
    with serving(Mailbox(answers={"RCPT": "550 <a@scenes.example> inconnu"})) as (box, port):
        verdict, _ = send(smtp(port), box)
    assert "@" not in verdict.answer
