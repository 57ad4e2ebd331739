"""HTTP servers for the tests: a real one (starlette on uvicorn), and a socket that goes away where it is told to."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bus.settings import OutgoingHttpSettings
from tests.bus.outgoing.mail_servers import Certificate
from tests.waiting import PATIENCE

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True)
class Call:
    """What a server was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Desk:
    """The calls a server had; `answers` are given in turn, then 200. `silent`: it never answers."""

    calls: list[Call] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    silent: bool = False

    def reply(self, _call: Call, _query: dict[str, str]) -> Response:
        """What is answered once `answers` are used up."""
        return Response(json.dumps({"fait": True}))


@contextmanager
def answering(desk: Desk | None = None, secured: Certificate | None = None) -> Iterator[tuple[Desk, int]]:
    """A desk and its port of 127.0.0.1."""
    chosen = desk or Desk()

    async def answer(request: Request) -> Response:
        call = Call(request.method, request.url.path, dict(request.headers), await request.body())
        chosen.calls.append(call)
        if chosen.silent:
            await asyncio.sleep(3_600)
        return chosen.answers.pop(0) if chosen.answers else chosen.reply(call, dict(request.query_params))

    app = Starlette(routes=[Route("/{path:path}", answer, methods=METHODS)])
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    if secured is not None:
        config.ssl_certfile, config.ssl_keyfile = str(secured.file), str(secured.file.with_suffix(".key"))
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield chosen, listening.getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        thread.join(PATIENCE)
        listening.close()


@contextmanager
def breaking(act: Callable[[socket.socket], None]) -> Iterator[tuple[list[int], int]]:
    """A server that does `act` with each connection and drops it; how many there were, and its port."""
    listening = socket.create_server(("127.0.0.1", 0))
    seen: list[int] = []

    def serve() -> None:
        while True:
            try:
                link, _ = listening.accept()
            except OSError:
                return
            seen.append(1)
            with link:
                try:
                    act(link)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield seen, listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(PATIENCE)


def until_the_end_of_the_request(link: socket.socket) -> bytes:
    """All of a request with a Content-Length."""
    whole = b""
    while b"\r\n\r\n" not in whole:
        part = link.recv(65_536)
        if not part:
            return whole
        whole += part
    head, _, body = whole.partition(b"\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0)
    while len(body) < length and (part := link.recv(65_536)):
        body += part
    return head + b"\r\n\r\n" + body


def calling(sink: str, port: int, **changes: Any) -> OutgoingHttpSettings:
    """Settings that allow 127.0.0.1, in clear, and are patient for two seconds."""
    usual = {
        "urls": f"{sink}=http://127.0.0.1:{port}/v1",
        "private_networks": "127.0.0.0/8",
        "timeout_seconds": 2,
        "call_seconds": 4,
        "max_answer_bytes": 10_000,
    }
    return OutgoingHttpSettings(**{**usual, **changes})
