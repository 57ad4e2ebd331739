"""SMTP servers for the tests: aiosmtpd as it is, or made to answer badly, slowly, or to go away at a given stage."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bus.settings import SmtpSettings
from tests.waiting import PATIENCE

STAGES = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "body", "end")
"""Where a server may go away: at once, in answer to a command, after 354, or once it has the whole message."""


@dataclass
class Received:
    """A message that the server took."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        read = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read


@dataclass
class Mailbox:
    """What a server took, and how it behaves. `breaks` and `silent` name a stage; `answers` gives the reply of a stage, once each."""

    received: list[Received] = field(default_factory=list)
    breaks: str = ""
    silent: str = ""
    keeps: bool = True
    """Whether a message whose end is never answered was kept all the same."""
    answers: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    sessions: int = 0


class Handler:
    """aiosmtpd's hooks."""

    def __init__(self, box: Mailbox) -> None:
        self.box = box

    async def handle_EHLO(self, server: "Server", session: Any, _envelope: Any, hostname: str, responses: list[str]) -> list[str]:  # noqa: N802
        session.host_name = hostname
        spoiled = await server.spoiled("EHLO")
        return [spoiled] if spoiled else responses

    async def handle_MAIL(self, server: "Server", _session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        return await server.spoiled("MAIL") or "250 OK"

    async def handle_RCPT(self, server: "Server", _session: Any, envelope: Any, address: str, _options: list[str]) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return await server.spoiled("RCPT") or "250 OK"

    async def handle_DATA(self, server: "Server", _session: Any, envelope: Any) -> str:  # noqa: N802
        spoiled = self.box.answers.pop("end", "")
        if not spoiled and self.box.keeps:
            self.box.received.append(Received(envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        return await server.spoiled("end") or spoiled or "250 OK"


class Server(SMTP):
    """aiosmtpd's server that can go away or fall silent."""

    box: Mailbox

    def connection_made(self, transport: Any) -> None:
        self.box.sessions += 1
        if self.box.breaks == "greeting":
            transport.abort()
            return
        super().connection_made(transport)

    async def spoiled(self, stage: str) -> str:
        """The reply that this stage was told to give; the connection cut or silent where it was told so."""
        if self.box.breaks == stage:
            self._cut()
            await asyncio.sleep(3_600)
        if self.box.silent == stage:
            await asyncio.sleep(3_600)
        return self.box.answers.pop(stage, "")

    def _cut(self) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        spoiled = await self.spoiled("DATA")
        if spoiled:
            await self.push(spoiled)
        elif self.box.breaks == "body":
            await self.push("354 go on")
            self._cut()
        else:
            await super().smtp_DATA(arg)


@contextmanager
def serving(box: Mailbox | None = None, *, ssl_context: ssl.SSLContext | None = None, **options: Any) -> Iterator[tuple[Mailbox, int]]:
    """A mailbox and its port of 127.0.0.1; the server runs in a thread of its own."""
    chosen = box or Mailbox()
    if chosen.users:
        options["authenticator"] = lambda _s, _session, _e, _m, given: AuthResult(
            success=chosen.users.get(given.login.decode()) == given.password.decode(), handled=False
        )
    made = type("Spoiled", (Server,), {"box": chosen})
    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)  # a connection cut on purpose is no news
    server = loop.run_until_complete(
        loop.create_server(lambda: made(Handler(chosen), loop=loop, hostname="localhost", **options), "127.0.0.1", 0, ssl=ssl_context)
    )
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield chosen, server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def smtp(port: int, **changes: Any) -> SmtpSettings:
    """Settings for a server of the tests: in clear unless told otherwise, patient for two seconds."""
    usual = {
        "host": "127.0.0.1",
        "port": port,
        "security": "aucune",
        "sender": "passerelle@bus.example",
        "desks": "support=aide@luciole.example, draaf=draaf@etat.example, draaf.031=occitanie@etat.example",
        "timeout_seconds": 2,
        "conversation_seconds": 4,
    }
    return SmtpSettings(**{**usual, **changes})


@dataclass(frozen=True)
class Certificate:
    """Of `localhost` and 127.0.0.1, that nobody but its own file vouches for."""

    file: Path
    context: ssl.SSLContext


def certificate(folder: Path) -> Certificate:
    """Made anew: no key is kept in the project."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "localhost.pem", folder / "localhost.key"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    unprotected = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unprotected))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, secret)
    return Certificate(file, context)
