"""The answers on the real server: what a socket can do to it that a test client cannot."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvloop

from bus import tokens
from bus.answers import app as answers_app
from bus.answers.app import Answers, create_app
from bus.answers.desk import Desk
from bus.answers.detections import Detected
from bus.answers.rights import Rights
from bus.push.http_push import Server, server_of
from bus.push.protocol import PunctualProtocol
from bus.tokens import TokenFile
from schemas.records.bourses import Droits
from schemas.student_key import StudentKeys
from tests.bus.answers.serving import NNE, SECRET, UAI, Mark, year
from tests.waiting import PATIENCE

Address = tuple[str, int]


@contextmanager
def listening(folder: Path) -> Iterator[tuple[Address, str]]:
    """A server in a thread with its own loop: its address and a token."""
    file = folder / "tokens.json"
    token = tokens.create(file, "essai", ("bourses:lire",))
    rights = Rights()
    rights.take(StudentKeys(SECRET).of_nne(NNE), Droits(annees=(year(),)))
    detected: list[Detected] = []
    app = create_app(Answers(Desk(StudentKeys(SECRET), rights, Mark(), detected.append), TokenFile(file), 20))
    servers: list[Server] = []
    made = threading.Event()

    async def serve(listener: socket.socket) -> None:
        servers.append(server_of(app, "127.0.0.1", 0))
        made.set()
        await servers[0].serve(sockets=[listener])

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=lambda: uvloop.run(serve(listener)))
        thread.start()
        made.wait(PATIENCE)
        try:
            yield listener.getsockname(), token
        finally:
            servers[0].stop()
            thread.join(PATIENCE)


def said(link: socket.socket) -> bytes:
    """Everything until the server closes; what came before a reset counts."""
    came = b""
    try:
        while more := link.recv(65_536):
            came += more
    except ConnectionResetError:
        pass
    return came


def question(token: str, *headers: str) -> bytes:
    lines = (f"GET /v1/bourses/{NNE}?annee=2026&uai={UAI} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", *headers)
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def test_questions_sent_before_their_answers_are_answered_in_order(tmp_path: Path) -> None:
    with listening(tmp_path) as (address, token), socket.create_connection(address, timeout=PATIENCE) as link:
        link.sendall(question(token) + question("inconnu") + question(token, "Connection: close"))
        came = said(link)
    statuses = [part[:3] for part in came.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"401", b"200"]
    assert came.count(b'{"reponse": "POSITIVE"}') == 2
    assert b"server:" not in came.lower()


def test_a_body_that_does_not_come_is_408_and_nothing_is_read_for_who_may_not_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers_app, "BODY_SECONDS", 0.3)
    with listening(tmp_path) as (address, token):
        for bearer, status in ((token, b"408"), ("inconnu", b"401")):
            with socket.create_connection(address, timeout=PATIENCE) as link:
                head = f"POST /v1/bourses HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {bearer}\r\nContent-Length: 100\r\n\r\n{{"
                link.sendall(head.encode())
                assert link.recv(4096).startswith(b"HTTP/1.1 " + status)


def test_headers_that_come_too_slowly_close_the_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PunctualProtocol, "header_seconds", 0.3)
    with listening(tmp_path) as (address, token):
        for begun in (b"", b"\r\n", b"GET /health HTTP/1.1\r\nHost", question(token)[:-2]):
            with socket.create_connection(address, timeout=PATIENCE) as link:
                link.sendall(begun)
                assert said(link) == b""


@pytest.mark.parametrize(
    "begun",
    [
        b"GET /health HTTP/1.1\r\nHost: x\r\nX: ",
        b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 10,
        b"GET /",
        b"POST /v1/bourses HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
        b"POST /v1/bourses HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer TOKEN\r\nTransfer-Encoding: chunked\r\n\r\n1;",
    ],
    ids=["header", "headers", "address", "trailer", "chunk extension"],
)
def test_what_is_no_body_and_never_ends_is_cut(tmp_path: Path, begun: bytes) -> None:
    with listening(tmp_path) as (address, token), socket.create_connection(address, timeout=PATIENCE) as link:
        link.sendall(begun.replace(b"TOKEN", token.encode()))
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            link.sendall(b"x" * 20_000_000)


@pytest.mark.parametrize(
    "sent",
    [
        b"PAS DU HTTP\r\n\r\n",
        b"POST /v1/bourses HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/bourses HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET /\xe9 HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=["no http", "two lengths of a body", "two content-lengths", "space before a colon", "address beyond ASCII"],
)
def test_what_is_no_request_is_400_and_the_end(tmp_path: Path, sent: bytes) -> None:
    with listening(tmp_path) as (address, _), socket.create_connection(address, timeout=PATIENCE) as link:
        link.sendall(sent)
        assert said(link).startswith(b"HTTP/1.1 400")


def test_a_request_to_change_protocol_is_answered_as_any_other(tmp_path: Path) -> None:
    with listening(tmp_path) as (address, token), socket.create_connection(address, timeout=PATIENCE) as link:
        link.sendall(question(token, "Connection: Upgrade", "Upgrade: websocket"))
        assert link.recv(4096).startswith(b"HTTP/1.1 200")
