"""Completes known students from Apogée's web services: registrations that lack a NNE or what their étape says.

Order for each batch of registrations read: asked → published and acknowledged → refusals stored → offsets committed. A crash
in between asks again; what comes of it has the same `ce_id`s as long as Apogée says the same.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from bus.publishing import Prepared, RecordPublisher
from bus.pulling.ledger import PullLedger
from bus.pulling.outage import SourceAway
from bus.safe_http import ClearTarget, EndUnknown, NotSent, PrivateTarget, SafeHttp
from bus.settings import ApogeeWsSettings
from connectors.apogee import messages
from connectors.apogee.completion import NAME, TOPICS, Cause, completed, correction_of, lacking, place_of
from connectors.apogee.web_services import AnswerRefused, RegistrationService, ServiceFailed, StudentService
from connectors.apogee.wsdl import ADMINISTRATIF, ETUDIANT, Described, written
from connectors.transport.soap import Post, Reply, SoapService
from schemas.outcome import NotTaken, Record
from schemas.records.apogee import Inscription

log = structlog.get_logger("bus.pulling.completing")

PATIENCE = 5
"""Faults of the service about one student after which he is refused and the others go on."""
NO_RECEIPT = ""


class Completing:
    """Asks about one registration after another. `pace`: seconds between two questions at least."""

    def __init__(
        self,
        students: StudentService | None,
        registrations: RegistrationService | None,
        ledger: PullLedger,
        publisher: RecordPublisher,
        secret: bytes,
        pace: float = 0.0,
        probe: Callable[[str], None] = lambda _step: None,
    ) -> None:
        self._students = students
        self._registrations = registrations
        self._ledger = ledger
        self._publisher = publisher
        self._secret = secret
        self._pace = pace
        self._probe = probe
        self._failures: dict[str, int] = {}
        self._asked_at = 0.0

    async def take(self, given: Sequence[tuple[Cause, Inscription]]) -> int:
        """How many records were published. Raises SourceAway for Apogée, and what a publisher or a ledger raises: give it again."""
        records: list[Record] = []
        refused: list[NotTaken] = []
        good: list[str] = []
        for cause, registration in given:
            try:
                records += await asyncio.to_thread(self._about, cause, registration)
                good.append(place_of(registration))
            except AnswerRefused as answer:
                refused.append(NotTaken(place_of(registration), (messages.answer_refused(answer.code, answer.element),)))
        await self._publisher.learn(TOPICS)
        distinct = {record.own_id: record for record in records}
        prepared = await self._publisher.prepare(distinct.values(), NAME, NO_RECEIPT)
        assert isinstance(prepared, Prepared)  # a registration that came through the broker, and short codes
        with prepared.spool:
            published = await self._publisher.publish(prepared)
        self._probe("published")
        places = [place for place in good if place not in {each.place for each in refused}]
        await asyncio.to_thread(self._ledger.note, NAME, published, refused, places)
        self._probe("recorded")
        if published or refused:
            log.info("completing.batch", connector=NAME, records=published, count=len(refused))
        return published

    def _about(self, cause: Cause, registration: Inscription) -> list[Record]:
        """The questions about one registration, and what their answers make."""
        lacks = lacking(registration)
        try:
            said = self._students.identifiers(self._slowly(registration.cod_etu)) if lacks.identifiers and self._students else None
            asks_steps = lacks.step and self._registrations is not None
            steps = (
                self._registrations.steps(self._slowly(registration.cod_etu), registration.cod_anu)
                if asks_steps and self._registrations
                else ()
            )
        except ServiceFailed as failed:
            self._give_up_or_wait(place_of(registration), failed)
        self._failures.pop(place_of(registration), None)
        made = (correction_of(registration, said, cause, self._secret), completed(registration, said, steps, cause, self._secret))
        return [record for record in made if record is not None]

    def _slowly(self, cod_etu: str) -> str:
        wait = self._asked_at + self._pace - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._asked_at = time.monotonic()
        return cod_etu

    def _give_up_or_wait(self, place: str, failed: ServiceFailed) -> None:
        """A fault about one student, again and again, must not stop the others; a service that is down must wait."""
        if failed.of_student:
            self._failures[place] = self._failures.get(place, 0) + 1
            if self._failures[place] >= PATIENCE:
                del self._failures[place]
                raise AnswerRefused(failed.code)
        raise SourceAway(failed.code, failed.cause)


def post_by(client: SafeHttp, authorization: Callable[[], str | None]) -> Post:
    """Sends envelopes through the guards of every call to the outside."""

    def post(address: str, envelope: bytes, headers: Any) -> Reply:
        granted = authorization()
        given = {**headers, **({"Authorization": granted} if granted else {})}
        try:
            answer = client.send("POST", address, envelope, given, lambda: None)
        except (PrivateTarget, ClearTarget) as refused:
            raise SourceAway("ADRESSE_INTERDITE", type(refused).__name__) from None
        except (NotSent, EndUnknown, OSError) as broken:
            raise SourceAway("SOURCE_INJOIGNABLE", type(broken).__name__) from None
        if answer.status == 429:
            raise SourceAway("TROP_DE_REQUETES", "429")
        return Reply(answer.status, answer.headers.get("content-type", "").partition(";")[0].strip().lower(), answer.body)

    return post


def open_services(settings: ApogeeWsSettings) -> tuple[StudentService | None, RegistrationService | None]:
    """Those that the settings give an address. Raises BadDescription for a site's own WSDL that cannot be used."""
    post = post_by(SafeHttp(settings.calls()), settings.authorization)

    def service(described: Described, address: str) -> SoapService:
        own = settings.wsdl_dir / f"{described.service}.wsdl" if settings.wsdl_dir else None
        return SoapService(own.read_bytes() if own else written(described), address, (described.operation,), post)

    students = StudentService(service(ETUDIANT, settings.etudiant_url)) if settings.etudiant_url else None
    registrations = RegistrationService(service(ADMINISTRATIF, settings.administratif_url)) if settings.administratif_url else None
    return students, registrations
