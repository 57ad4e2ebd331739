"""The addresses of the synchronous answer. None of them changes anything but a detection (R-AGL-02, R-AGL-07).

- `GET /v1/bourses/{nne}?annee=&uai=&cod_etp=` and the same question as JSON by `POST /v1/bourses`, so that the NNE need not
  stand in an address. The token needs `bourses:lire`. 200 with POSITIVE, or with one waiting body, the same bytes and the
  same headers whatever the doubt.
- `GET /v4/cnous/etudiant_boursier/ine?ine=&recipient=&campaignYear=`: see `bus.answers.particulier`.
- `/health`: the process lives. `/ready`: it has read everything that stood in the topic at its start.

No NNE reaches a log, a trace or a metric: what is logged of a question is its route, its answer's status and its duration.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Mapping
from logging import DEBUG
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from bus.answers import messages as say
from bus.answers import particulier
from bus.answers.asked import ANNEE, FIELDS, BadQuestion, checked_nne, question_in, question_of
from bus.answers.ceiling import Ceiling
from bus.answers.desk import Desk
from bus.push.messages import SLOW_BODY, body_of
from bus.tokens import Token, TokenFile, TokensRefused
from processors.bourses.reponse import Reponse
from schemas.outcome import Fault

BODY_BYTES = 10_000
BODY_SECONDS = 10.0
BY_ADDRESS = "/v1/bourses"
JSON = "application/json"
RETRY_AFTER = {"Retry-After": "2"}
NO_STORE = {"Cache-Control": "no-store"}
CLOSE = {"Connection": "close"}
_NO_TOKEN = body_of((say.NO_TOKEN,))
log = structlog.get_logger("bus.answers")


class Refused(Exception):
    """The request ends here."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.response = JSONResponse(body, status, {**NO_STORE, **(headers or {})})


class Answers:
    """The endpoints over one read model."""

    def __init__(self, desk: Desk, tokens: TokenFile, calls_per_second: int, clock: Callable[[], float] = time.time) -> None:
        self._desk = desk
        self._tokens = tokens
        self._ceiling = Ceiling(calls_per_second)
        self._clock = clock
        self._log = log.bind()
        self._bodies: Mapping[str, bytes] = {
            answer.reponse: json.dumps(answer.corps, ensure_ascii=False).encode() for answer in (Reponse("POSITIVE"), Reponse("ATTENTE"))
        }
        """Each body is made once: two waiting answers are the same bytes."""
        self._starts: Mapping[str, Message] = {kind: _start_of(body) for kind, body in self._bodies.items()}
        self._ends: Mapping[str, Message] = {kind: {"type": "http.response.body", "body": body} for kind, body in self._bodies.items()}

    # --- our own form ------------------------------------------------------------------------------------------------

    async def at_once(self, nne: str, scope: Scope, receive: Receive, send: Send) -> None:
        """GET /v1/bourses/{nne} without a framework's objects around it: most of what an answer cost (see `bench`)."""
        started = time.monotonic()
        status = 200
        try:
            self._permit(_authorization(scope["headers"]))
            kind = self._answer(nne, scope["query_string"])
        except Refused as refused:
            status = refused.response.status_code
            await refused.response(scope, receive, send)
        else:
            await send(self._starts[kind])
            await send(self._ends[kind])
        self._note("GET /v1/bourses/{nne}", status, started)

    async def by_body(self, request: Request) -> Response:
        started = time.monotonic()
        try:
            self._permit(request.headers.get("authorization", ""))
            asked = await _body(request)
            kind = self._answer(asked.get("nne"), asked)
            response = Response(self._bodies[kind], 200, NO_STORE, JSON)
        except Refused as refused:
            response = refused.response
        self._note("POST /v1/bourses", response.status_code, started)
        return response

    def _permit(self, authorization: str) -> None:
        """Before anything is read of what is asked. Raises Refused."""
        if not self._token(authorization, _NO_TOKEN).may(say.READ):
            raise Refused(403, body_of((say.NO_SCOPE,)))

    def _answer(self, nne: Any, asked: bytes | Mapping[str, Any]) -> str:
        """`POSITIVE` or `ATTENTE` to an address's query or a body's fields. Raises Refused."""
        try:
            nne = checked_nne(nne)
            question = question_in(asked) if isinstance(asked, bytes) else question_of(asked)
        except BadQuestion as bad:
            raise Refused(422, body_of((bad.fault,))) from None
        if not self._desk.open:
            raise Refused(503, body_of((say.NOT_READY,)), RETRY_AFTER)
        return self._desk.answer(nne, question).reponse

    # --- API Particulier's form --------------------------------------------------------------------------------------

    async def cnous(self, request: Request) -> Response:
        started = time.monotonic()
        try:
            response = self._cnous(request)
        except Refused as refused:
            response = refused.response
        self._note("GET /v4/cnous/etudiant_boursier/ine", response.status_code, started)
        return response

    def _cnous(self, request: Request) -> Response:
        token = self._token(request.headers.get("authorization", ""), particulier.NO_TOKEN)
        allowance = self._ceiling.call(token.name, self._clock())
        headers = allowance.headers
        if not allowance.allowed:
            raise Refused(429, particulier.TOO_MANY, headers)
        scopes = tuple(scope for scope in token.scopes if scope in particulier.SCOPES)
        if not scopes:
            raise Refused(403, particulier.NO_RIGHT, headers)
        ine, annee = self._asked(request, headers)
        droits, sure = self._desk.known(ine)
        if not sure:
            raise Refused(504, particulier.AWAY, headers)
        body = particulier.answer(droits, annee, True, scopes)
        if body is None:
            raise Refused(404, particulier.NOT_FOUND, headers)
        return JSONResponse(body, 200, {**NO_STORE, **headers})

    def _asked(self, request: Request, headers: Mapping[str, str]) -> tuple[str, int | None]:
        recipient = request.query_params.get("recipient")
        if not recipient:
            raise Refused(422, particulier.NO_RECIPIENT, headers)
        if not particulier.valid_siret(recipient):
            raise Refused(422, particulier.BAD_RECIPIENT, headers)
        ine = request.query_params.get("ine", "")
        if not particulier.INE.fullmatch(ine):
            raise Refused(422, particulier.BAD_INE, headers)
        year = request.query_params.get("campaignYear")
        if year is None:
            return ine, None
        if not ANNEE.fullmatch(year) or int(year) < particulier.FIRST_CAMPAIGN:
            raise Refused(400, particulier.BAD_REQUEST, headers)
        return ine, int(year)

    # --- common ------------------------------------------------------------------------------------------------------

    def _note(self, route: str, status: int, started: float) -> None:
        if self._log.is_enabled_for(DEBUG):
            self._log.debug("answers.asked", route=route, status=status, seconds=round(time.monotonic() - started, 4))

    def _token(self, authorization: str, refusal: Mapping[str, Any]) -> Token:
        kind, _, presented = authorization.partition(" ")
        challenge = {"WWW-Authenticate": 'Bearer realm="passerelle"'}
        if kind.lower() != "bearer" or not presented.strip():
            raise Refused(401, refusal, challenge)
        try:
            token = self._tokens.holder(presented.strip())
        except TokensRefused as error:
            log.error("answers.tokens_unreadable", cause=str(error))
            raise Refused(503, body_of((say.NOT_READY,)), RETRY_AFTER) from None
        if token is None:
            raise Refused(401, refusal, challenge)
        return token

    async def ready(self, _request: Request) -> Response:
        """503 while catching up. Not being fresh is told, and is no reason to be taken out: the answer is then to wait."""
        state = {
            "etat": "pret" if self._desk.open else "rattrapage",
            "a_jour": self._desk.fresh,
            "etudiants": self._desk.students,
        }
        return JSONResponse(state, 200 if self._desk.open else 503)


async def _body(request: Request) -> Mapping[str, Any]:
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                content += chunk
                if len(content) > BODY_BYTES:
                    raise Refused(413, body_of((say.BAD_BODY,)), CLOSE)
        asked = json.loads(content)
    except TimeoutError:
        raise Refused(408, body_of((SLOW_BODY,)), CLOSE) from None
    except (ValueError, RecursionError, ClientDisconnect):
        raise Refused(400, body_of((say.BAD_BODY,))) from None
    if not isinstance(asked, dict) or not FIELDS.issuperset(asked) or not all(isinstance(value, str | int) for value in asked.values()):
        raise Refused(422, body_of((say.BAD_BODY,)))
    return asked


async def _not_by_this(_request: Request) -> Response:
    """HEAD: an answer is a body. GET never comes here."""
    raise HTTPException(405, headers={"Allow": "GET"})


async def _alive(_request: Request) -> Response:
    return JSONResponse({"etat": "vivant"})


async def _http_error(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    faults: Mapping[int, Fault] = {404: say.UNKNOWN_PATH, 405: say.BAD_METHOD}
    return JSONResponse(body_of((faults.get(status, say.FAILED),)), status, NO_STORE)


async def _failed(_request: Request, error: Exception) -> Response:
    """The type alone: a trace's texts may quote what was asked."""
    log.error("answers.failed", error=type(error).__name__)
    return JSONResponse(body_of((say.FAILED,)), 500, NO_STORE)


def _start_of(body: bytes) -> Message:
    headers = [*((name.lower(), text) for name, text in NO_STORE.items()), ("content-length", str(len(body))), ("content-type", JSON)]
    return {"type": "http.response.start", "status": 200, "headers": [(name.encode(), text.encode()) for name, text in headers]}


def _authorization(headers: Iterable[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == b"authorization":
            return value.decode("latin-1")
    return ""


class Application:
    """The ASGI application: the question that must be fast, then all the others."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._others = Starlette(
            routes=[
                Route("/v1/bourses/{nne}", _not_by_this, methods=["GET"]),
                Route("/v1/bourses", answers.by_body, methods=["POST"]),
                Route("/v4/cnous/etudiant_boursier/ine", answers.cnous, methods=["GET"]),
                Route("/health", _alive, methods=["GET"]),
                Route("/ready", answers.ready, methods=["GET"]),
            ],
            exception_handlers={HTTPException: _http_error, Exception: _failed},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET":
            address, _, nne = scope["path"].rpartition("/")
            if address == BY_ADDRESS and nne:
                try:
                    return await self._answers.at_once(nne, scope, receive, send)
                except Exception as error:  # noqa: BLE001 - as the others: the caller gets a 500, the log the error's type
                    response = await _failed(Request(scope), error)
                    return await response(scope, receive, send)
        return await self._others(scope, receive, send)


def create_app(answers: Answers) -> Application:
    """The ASGI application."""
    return Application(answers)
