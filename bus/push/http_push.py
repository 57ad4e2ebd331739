"""The process that takes pushed events: `POST /v1/<system>/evenements`, one JSON object or a list, all or nothing.

202 is said only when the brokers have acknowledged every record under a receipt that was stored before. `/health` tells
that the process lives, `/ready` that it could accept now.
"""

import asyncio
import hashlib
import io
import re
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
import uvicorn
import uvloop
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from bus import logging
from bus.publishing import KafkaAway, TooLarge
from bus.push import messages as say
from bus.push.protocol import PunctualProtocol
from bus.receipts import KeyReused, Receipt, Receipts
from bus.registry_client import RegistryAway, RegistryRefuses
from bus.settings import Settings, load_settings
from bus.tokens import Token, TokenFile, TokensRefused, scope_of
from bus.transports import Transports, build_transports
from connectors.registry import Connector
from schemas.codec import Unencodable
from schemas.outcome import Accepted, Delivery, Fault, Refused

BODY_SECONDS = 30.0
IN_PROGRESS = 16
RETRY_AFTER = 10
KEEP_ALIVE_SECONDS = 5

OUTAGES = (KafkaAway, RegistryAway, RegistryRefuses, OperationalError, InterfaceError, InternalError, PoolExhausted)
_READING_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError, AssertionError, Unencodable)
_MALFORMED = frozenset(
    {"JSON_INVALIDE", "JSON_TROP_PROFOND", "CHAMP_EN_DOUBLE", "CARACTERE_NUL", "ENCODAGE_INCONNU", "ENCODAGE_INVALIDE", "FICHIER_VIDE"}
)
"""Codes of a body that is no JSON (400); the others are of JSON that says something wrong (422)."""
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

log = structlog.get_logger("bus.http")


class Answered(Exception):
    """The request ends here with this answer."""

    def __init__(self, status: int, *faults: Fault, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.response = JSONResponse(say.body_of(faults), status, headers)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request, and all of them together, may take."""

    body_bytes: int
    body_seconds: float = BODY_SECONDS
    in_progress: int = IN_PROGRESS


class Push:
    """The endpoint. One instance per process."""

    def __init__(self, transports: Transports, tokens: TokenFile, limits: Limits) -> None:
        self._transports = transports
        self._connectors = {connector.system: connector for connector in transports.by("http")}
        self._tokens = tokens
        self._limits = limits
        self._receipts = Receipts(transports.database)
        self._in_progress = 0

    async def answer(self, request: Request) -> Response:
        """Answer one push. Only the route's shape, the token's name and counts reach the log."""
        started = time.monotonic()
        system = request.path_params["system"]
        system = system if system in self._connectors else "inconnu"
        try:
            response = await self._counted(request)
        except Answered as answered:
            response = answered.response
        except OUTAGES as error:
            log.warning("http.waits", system=system, error=type(error).__name__)
            response = Answered(503, say.AWAY, headers={"Retry-After": str(RETRY_AFTER)}).response
        except ClientDisconnect:
            response = Response(status_code=400)
        log.info("http.push", system=system, status=response.status_code, seconds=round(time.monotonic() - started, 3))
        return response

    async def _counted(self, request: Request) -> Response:
        if self._in_progress >= self._limits.in_progress:
            raise Answered(429, say.BUSY, headers={"Retry-After": "1"})
        self._in_progress += 1
        try:
            return await self._push(request)
        finally:
            self._in_progress -= 1

    async def _push(self, request: Request) -> Response:
        token = self._authenticated(request)
        system = request.path_params["system"]
        if not token.may(scope_of(system)):
            raise Answered(403, say.no_scope(system) if system in self._connectors else say.UNKNOWN_TOKEN)
        connector = self._connectors.get(system)
        if connector is None:
            raise Answered(404, say.UNKNOWN_PATH)
        _check_media_type(request)
        key = _idempotency_key(request)
        body = await self._body(request)
        return await self._take(connector, token, key, body, request)

    def _authenticated(self, request: Request) -> Token:
        kind, _, presented = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not presented.strip():
            raise Answered(401, say.NO_TOKEN, headers={"WWW-Authenticate": 'Bearer realm="passerelle"'})
        try:
            token = self._tokens.holder(presented.strip())
        except TokensRefused as error:
            log.error("http.tokens_unreadable", cause=str(error))
            raise Answered(503, say.AWAY, headers={"Retry-After": str(RETRY_AFTER)}) from None
        if token is None:
            raise Answered(401, say.UNKNOWN_TOKEN, headers={"WWW-Authenticate": 'Bearer realm="passerelle", error="invalid_token"'})
        return token

    async def _body(self, request: Request) -> bytes:
        limit = self._limits.body_bytes
        declared = request.headers.get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()):
            raise Answered(400, say.BAD_LENGTH)
        if int(declared[:20]) > limit:
            raise Answered(413, say.too_big(limit), headers={"Connection": "close"})
        body = bytearray()
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > limit:
                        raise Answered(413, say.too_big(limit), headers={"Connection": "close"})
        except TimeoutError:
            raise Answered(408, say.SLOW_BODY, headers={"Connection": "close"}) from None
        return bytes(body)

    async def _take(self, connector: Connector, token: Token, key: str | None, body: bytes, request: Request) -> Response:
        """The receipt first, then the broker, then 202."""
        sha256 = hashlib.sha256(body).hexdigest()
        known = await self._known(connector.system, token, key, sha256)
        if known is not None and known.records is not None:
            return _accepted(known.receipt, known.records, ())
        received = known.received_at if known else datetime.now(UTC)
        answer = await self._read(connector, body, request.headers.get("content-type", ""), received)
        await self._transports.publisher.learn(connector.topics)
        receipt = known or await self._open(connector.system, token, key, sha256, answer.kind, received)
        if receipt.received_at != received:
            answer = await self._read(connector, body, request.headers.get("content-type", ""), receipt.received_at)
        records = await self._publish(connector.system, receipt.receipt, answer, request.headers.get("traceparent"))
        await asyncio.to_thread(self._receipts.published, receipt.receipt, records)
        return _accepted(receipt.receipt, records, answer.warnings)

    async def _known(self, system: str, token: Token, key: str | None, sha256: str) -> Receipt | None:
        if key is None:
            return None
        try:
            return await asyncio.to_thread(self._receipts.find, system, token.name, key, sha256)
        except KeyReused:
            raise Answered(422, say.KEY_REUSED) from None

    async def _open(self, system: str, token: Token, key: str | None, sha256: str, kind: str, received: datetime) -> Receipt:
        try:
            return await asyncio.to_thread(self._receipts.open, system, token.name, key, sha256, kind, received)
        except KeyReused:
            raise Answered(422, say.KEY_REUSED) from None

    async def _read(self, connector: Connector, body: bytes, media_type: str, received: datetime) -> Accepted:
        delivery = Delivery("", len(body), lambda: io.BytesIO(body), received, media_type)
        try:
            answer = await asyncio.to_thread(connector.accept, delivery)
        except _READING_ERRORS:
            log.exception("http.connector_failed", system=connector.system)
            raise Answered(500, say.FAILED) from None
        if isinstance(answer, Refused):
            raise Answered(400 if answer.faults[0].code in _MALFORMED else 422, *answer.faults)
        return answer

    async def _publish(self, system: str, receipt: str, answer: Accepted, traceparent: str | None) -> int:
        trace = traceparent if traceparent and _TRACEPARENT.fullmatch(traceparent) else None
        publisher = self._transports.publisher
        try:
            prepared = await publisher.prepare(answer.records, system, receipt, trace)
        except Unencodable:
            log.exception("http.unencodable", system=system, receipt=receipt)
            raise Answered(500, say.FAILED) from None
        if isinstance(prepared, TooLarge):
            raise Answered(422, prepared.fault)
        with prepared.spool:
            return await publisher.publish(prepared)


def _check_media_type(request: Request) -> None:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if media_type != "application/json" or encoding != "identity":
        raise Answered(415, say.BAD_TYPE)


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not _KEY.fullmatch(key):
        raise Answered(400, say.BAD_KEY)
    return key


def _accepted(receipt: str, records: int, warnings: tuple[Fault, ...]) -> Response:
    body: dict[str, Any] = {"recu": records, "recepisse": receipt}
    if warnings:
        body["avertissements"] = say.shown(warnings)
    return JSONResponse(body, 202)


async def _alive(_request: Request) -> Response:
    return JSONResponse({"etat": "vivant"})


def _readiness(transports: Transports) -> Any:
    def database_answers() -> None:
        with transports.database.begin() as connection:
            connection.execute(text("SELECT 1"))

    async def ready(_request: Request) -> Response:
        topics = [topic for connector in transports.by("http") for topic in connector.topics]
        away: list[str] = []
        for what, check in (
            ("kafka", transports.publisher.check),
            ("registre", lambda: transports.publisher.learn(topics)),
            ("base", lambda: asyncio.to_thread(database_answers)),
        ):
            try:
                await check()
            except OUTAGES:
                away.append(what)
        status = 503 if away else 200
        return JSONResponse({"etat": "indisponible" if away else "pret", "absents": away}, status)

    return ready


def create_app(transports: Transports, tokens: TokenFile, limits: Limits) -> Starlette:
    """The ASGI application. `transports` stay the caller's to close."""
    return Starlette(
        routes=[
            Route("/v1/{system}/evenements", Push(transports, tokens, limits).answer, methods=["POST"]),
            Route("/health", _alive, methods=["GET"]),
            Route("/ready", _readiness(transports), methods=["GET"]),
        ],
        exception_handlers={HTTPException: _http_error, Exception: _failed},
    )


async def _http_error(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    fault = {404: say.UNKNOWN_PATH, 405: say.BAD_METHOD}.get(status, say.FAILED)
    return JSONResponse(say.body_of((fault,)), status, headers)


async def _failed(_request: Request, error: Exception) -> Response:
    log.error("http.failed", exc_info=error)
    return JSONResponse(say.body_of((say.FAILED,)), 500)


class Server(uvicorn.Server):
    """uvicorn without its own signal handling, which ends the process by the signal before we have closed anything."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        """Take no new request, answer those in progress, end."""
        self.should_exit = True


def server_of(app: ASGIApp, host: str, port: int) -> Server:
    """uvicorn without access log (it would name addresses), with deadlines and no header that tells what we run."""
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=PunctualProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=20,
            limit_concurrency=256,
            backlog=256,
        )
    )


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; requests in progress are answered first."""
    transports = build_transports(settings)
    tokens = TokenFile(settings.http.tokens_file or settings.var / "secrets" / "http_tokens.json")
    app = create_app(transports, tokens, Limits(settings.http.max_body_bytes))
    server = server_of(app, settings.http.host, settings.http.port)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    try:
        await server.serve()
    finally:
        await transports.close()


def main() -> int:
    settings = load_settings()
    logging.configure(settings.log_level)
    uvloop.run(run(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
