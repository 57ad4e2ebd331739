"""The addresses of the synchronous answer. None of them changes anything but a detection (R-AGL-02, R-AGL-07).

- `GET /v1/bourses/{nne}?annee=&uai=&cod_etp=` and the same question as JSON by `POST /v1/bourses`, so that the NNE need not
  stand in an address. The token needs `bourses:lire`. 200 with POSITIVE, or with one waiting body, the same bytes and the
  same headers whatever the doubt.
- `GET /v4/cnous/etudiant_boursier/ine?ine=&recipient=&campaignYear=`: see `bus.answers.particulier`.
- `/health`: the process lives. `/ready`: it has read everything that stood in the topic at its start.

No NNE reaches a log, a trace or a metric: what is logged of a question is its route, its answer's status and its duration.
"""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bus.answers import messages as say
from bus.answers import particulier
from bus.answers.ceiling import Ceiling
from bus.answers.detections import Detected, detection_of
from bus.answers.rights import Rights
from bus.http_messages import body_of
from bus.tokens import Token, TokenFile, TokensRefused
from processors.bourses.reponse import Question, Reponse, repondre
from schemas.outcome import Fault
from schemas.student_key import StudentKeys

BODY_BYTES = 10_000
RETRY_AFTER = {"Retry-After": "2"}
NO_STORE = {"Cache-Control": "no-store"}
FIELDS = frozenset({"nne", "annee", "uai", "cod_etp"})
_NNE = re.compile(r"[0-9A-Za-z]{11}")
_ANNEE = re.compile(r"(?:19|20)[0-9]{2}")
_UAI = re.compile(r"[0-9]{7}[A-Za-z]")
_ETAPE = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.+&-]{0,15}")

log = structlog.get_logger("bus.answers")


class Freshness(Protocol):
    """What the feed knows of the read model."""

    @property
    def fresh(self) -> bool: ...
    @property
    def caught_up(self) -> bool: ...
    def sure_of(self, key: str) -> bool: ...


class Refused(Exception):
    """The request ends here."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.response = JSONResponse(body, status, {**NO_STORE, **(headers or {})})


class Answers:
    """The endpoints over one read model."""

    def __init__(
        self,
        keys: StudentKeys,
        rights: Rights,
        freshness: Freshness,
        tokens: TokenFile,
        detected: Callable[[Detected], None],
        calls_per_second: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._rights = rights
        self._freshness = freshness
        self._tokens = tokens
        self._detected = detected
        self._ceiling = Ceiling(calls_per_second)
        self._clock = clock
        self._bodies: Mapping[str, bytes] = {
            answer.reponse: json.dumps(answer.corps, ensure_ascii=False).encode() for answer in (Reponse("POSITIVE"), Reponse("ATTENTE"))
        }
        """Each body is made once: two waiting answers are the same bytes."""

    # --- our own form ------------------------------------------------------------------------------------------------

    async def by_address(self, request: Request) -> Response:
        asked = {
            "nne": request.path_params["nne"],
            **{name: request.query_params[name] for name in FIELDS - {"nne"} if name in request.query_params},
        }
        return self._counted("GET /v1/bourses/{nne}", lambda: self._answer(request, asked))

    async def by_body(self, request: Request) -> Response:
        try:
            asked = await _body(request)
        except Refused as refused:
            response = refused.response
            return self._counted("POST /v1/bourses", lambda: response)
        return self._counted("POST /v1/bourses", lambda: self._answer(request, asked))

    def _answer(self, request: Request, asked: Mapping[str, Any]) -> Response:
        token = self._token(request, body_of((say.NO_TOKEN,)))
        if not token.may(say.READ):
            raise Refused(403, body_of((say.NO_SCOPE,)))
        nne, question = _question(asked)
        if not self._freshness.caught_up:
            raise Refused(503, body_of((say.NOT_READY,)), RETRY_AFTER)
        key = self._keys.of_nne(nne)
        reponse = repondre(self._rights.of(key), question, self._freshness.fresh and self._freshness.sure_of(key))
        found = detection_of(key, question, reponse)
        if found is not None:
            self._detected(found)
        return Response(self._bodies[reponse.reponse], 200, NO_STORE, "application/json")

    # --- API Particulier's form --------------------------------------------------------------------------------------

    async def cnous(self, request: Request) -> Response:
        return self._counted("GET /v4/cnous/etudiant_boursier/ine", lambda: self._cnous(request))

    def _cnous(self, request: Request) -> Response:
        token = self._token(request, particulier.NO_TOKEN)
        allowance = self._ceiling.call(token.name, self._clock())
        headers = allowance.headers
        if not allowance.allowed:
            raise Refused(429, particulier.TOO_MANY, headers)
        scopes = tuple(scope for scope in token.scopes if scope in particulier.SCOPES)
        if not scopes:
            raise Refused(403, particulier.NO_RIGHT, headers)
        ine, annee = self._asked(request, headers)
        key = self._keys.of_nne(ine)
        if not (self._freshness.fresh and self._freshness.sure_of(key)):
            raise Refused(504, particulier.AWAY, headers)
        body = particulier.answer(self._rights.of(key), annee, True, scopes)
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
        if not _ANNEE.fullmatch(year) or int(year) < particulier.FIRST_CAMPAIGN:
            raise Refused(400, particulier.BAD_REQUEST, headers)
        return ine, int(year)

    # --- common ------------------------------------------------------------------------------------------------------

    def _counted(self, route: str, answer: Callable[[], Response]) -> Response:
        started = time.monotonic()
        try:
            response = answer()
        except Refused as refused:
            response = refused.response
        log.debug("answers.asked", route=route, status=response.status_code, seconds=round(time.monotonic() - started, 4))
        return response

    def _token(self, request: Request, refusal: Mapping[str, Any]) -> Token:
        kind, _, presented = request.headers.get("authorization", "").partition(" ")
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
            "etat": "pret" if self._freshness.caught_up else "rattrapage",
            "a_jour": self._freshness.fresh,
            "etudiants": len(self._rights),
        }
        return JSONResponse(state, 200 if self._freshness.caught_up else 503)


def _question(asked: Mapping[str, Any]) -> tuple[str, Question]:
    nne, annee, uai, cod_etp = (asked.get(name) for name in ("nne", "annee", "uai", "cod_etp"))
    for value, pattern, fault, required in (
        (nne, _NNE, say.BAD_NNE, True),
        (annee, _ANNEE, say.BAD_YEAR, True),
        (uai, _UAI, say.BAD_UAI, False),
        (cod_etp, _ETAPE, say.BAD_ETAPE, False),
    ):
        if (value is None and required) or (value is not None and not pattern.fullmatch(str(value))):
            raise Refused(422, body_of((fault,)))
    return str(nne), Question(int(str(annee)), str(uai).upper() if uai is not None else None, None if cod_etp is None else str(cod_etp))


async def _body(request: Request) -> Mapping[str, Any]:
    content = bytearray()
    try:
        async for chunk in request.stream():
            content += chunk
            if len(content) > BODY_BYTES:
                raise Refused(413, body_of((say.BAD_BODY,)), {"Connection": "close"})
        asked = json.loads(content)
    except (ValueError, RecursionError, ClientDisconnect):
        raise Refused(400, body_of((say.BAD_BODY,))) from None
    if not isinstance(asked, dict) or not FIELDS.issuperset(asked) or not all(isinstance(value, str | int) for value in asked.values()):
        raise Refused(422, body_of((say.BAD_BODY,)))
    return asked


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


def create_app(answers: Answers) -> Starlette:
    """The ASGI application."""
    return Starlette(
        routes=[
            Route("/v1/bourses/{nne}", answers.by_address, methods=["GET"]),
            Route("/v1/bourses", answers.by_body, methods=["POST"]),
            Route("/v4/cnous/etudiant_boursier/ine", answers.cnous, methods=["GET"]),
            Route("/health", _alive, methods=["GET"]),
            Route("/ready", answers.ready, methods=["GET"]),
        ],
        exception_handlers={HTTPException: _http_error, Exception: _failed},
    )
