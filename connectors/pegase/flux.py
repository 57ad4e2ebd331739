"""Pégase's `flux-inscriptions` → registrations, and how far the feed was read. Pure: `bus.pulling.feed` asks.

The feed gives pages of the registrations modified between two instants (bursaries facts §2.4). Its pages are numbered, so a
registration modified while they are turned leaves its page and moves its neighbours: a sweep whose total changes is begun
again on a shorter span. The next span starts a little before the end of the last one (the overlap).
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec

from connectors.apogee.registrations import TOPIC, record_of, warnings_of
from connectors.pegase import messages
from connectors.transport import values
from connectors.transport.faults import FaultList
from connectors.transport.values import BadValue, Kind, kind_of
from schemas.outcome import Doubted, Fault, NotTaken, Pulled, Record
from schemas.records.apogee import Inscription
from schemas.student_key import StudentKeys

PATH = "/gestion/flux-inscriptions/pagine"
LATEST = 4_102_444_800
"""2100-01-01 in epoch seconds: a later modification is absurd."""


class BadPage(Exception):
    """The answer has not the form of a page; its text says how, without any value."""


class Unstable(Exception):
    """The total changes from page to page, even on the shortest span."""


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the feed was read, in epoch seconds."""

    start: int
    until: int = 0
    """The end of the span under way; 0: none is."""
    page: int = 0
    """The next page of it."""
    total: int = -1
    """How many registrations its first page said there are."""
    span: int = 0
    """The longest span to ask for; 0: up to the present."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The parameters of one call."""

    start: int
    until: int
    page: int
    size: int

    def query(self) -> dict[str, str]:
        return {"depuis": str(self.start), "jusqua": str(self.until), "page": str(self.page), "taille": str(self.size)}


@dataclass(frozen=True, slots=True)
class PegaseFlux:
    """The mapping and the spans of one feed."""

    secret: bytes = field(repr=False)
    overlap: int = 900
    since: int = 0
    size: int = 500

    name = "pegase.flux"
    system = "pegase"
    topics = (TOPIC,)

    def ask(self, after: str | None, now: datetime) -> Ask:
        """What to ask next."""
        cursor = self._read(after)
        return Ask(cursor.start, cursor.until or self._until(cursor, now), cursor.page, self.size)

    def pulled(self, after: str | None, ask: Ask, answer: Any, now: datetime) -> Pulled:
        """The page's records, refusals and what to ask after it. Raises BadPage and Unstable: ask the same again."""
        elements, total, pages = _page(answer, ask)
        cursor = self._read(after)
        records: list[Record] = []
        refused: list[NotTaken] = []
        doubted: list[Doubted] = []
        for element in elements:
            place = _place(element)
            faults, record = self._record(element, place, now)
            if record is None:
                refused.append(NotTaken(place, faults))
            else:
                records.append(record)
                if warnings := tuple(warnings_of(record.data, f"{_named(_when(element))}, champ", None)):
                    doubted.append(Doubted(place, warnings))
        following, complete = self._next(cursor, ask, total, ask.page + 1 >= pages, now)
        records.sort(key=lambda record: record.time)
        return Pulled(tuple(records), msgspec.json.encode(following).decode(), tuple(refused), complete, tuple(doubted))

    # --- how far ------------------------------------------------------------------------------------------------------

    def _read(self, after: str | None) -> Cursor:
        return msgspec.json.decode(after, type=Cursor) if after else Cursor(self.since)

    def _until(self, cursor: Cursor, now: datetime) -> int:
        present = int(now.timestamp())
        return min(present, cursor.start + cursor.span) if cursor.span else present

    def _shortest(self) -> int:
        return self.overlap + 60

    def _next(self, cursor: Cursor, ask: Ask, total: int, last: bool, now: datetime) -> tuple[Cursor, bool]:
        if ask.page and total != cursor.total:
            if ask.until - ask.start <= self._shortest():
                raise Unstable
            return Cursor(ask.start, span=max(self._shortest(), (ask.until - ask.start) // 2)), False
        if not last:
            return Cursor(ask.start, ask.until, ask.page + 1, total, cursor.span), False
        present = int(now.timestamp())
        longer = cursor.span * 2
        reached = Cursor(max(ask.start, ask.until - self.overlap), span=longer if ask.start + longer < present else 0)
        return reached, not cursor.span or ask.until < ask.start + cursor.span

    # --- one element --------------------------------------------------------------------------------------------------

    def _record(self, element: Any, place: str, now: datetime) -> tuple[tuple[Fault, ...], Record | None]:
        if not isinstance(element, dict):
            return (messages.not_an_object(_named(""), kind_of(element)),), None
        where = _named(_when(element))
        faults = FaultList()
        if {element.get("statutInscription"), element.get("statusInscription")} >= {"valide", "annulee"}:
            faults.add(messages.contradictory_states(where))
        read: dict[str, Any] = {}
        for each in FIELDS:
            found = next((element[name] for name in each.names if element.get(name) not in (None, "", [])), None)
            if found is None:
                if each.required:
                    faults.add(messages.missing(where, each.names[0]))
                continue
            try:
                read[each.target] = each.read(found)
            except BadValue as bad:
                faults.add(messages.bad_value(where, each.names[0], bad.code, bad.expected, bad.found))
        if faults:
            return faults.report(), None
        record = record_of(Inscription(**read), StudentKeys(self.secret), now, place)
        content = hmac.digest(self.secret, msgspec.msgpack.encode(record.data), "sha256").hex()
        return (), Record(
            record.topic, record.name, record.key, record.subject, record.time, record.data, place, own_id=f"flux/{place}/{content}"
        )


def _page(answer: Any, ask: Ask) -> tuple[list[Any], int, int]:
    """The elements, how many there are in all, on how many pages."""
    if not isinstance(answer, dict):
        raise BadPage(kind_of(answer))
    numbers = [answer.get(name) for name in ("page", "totalElements", "totalPages")]
    if not all(isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in numbers):
        raise BadPage("page, totalElements ou totalPages")
    page, total, pages = (int(each or 0) for each in numbers)
    elements = answer.get("resultats")
    if not isinstance(elements, list) or len(elements) > ask.size:
        raise BadPage("resultats")
    if page != ask.page:
        raise BadPage("une autre page que celle demandée")
    if not elements and page + 1 < pages:
        raise BadPage("page vide avant la dernière")
    return elements, total, pages


def _place(element: Any) -> str:
    """Names the registration without naming the student: what identifies it, as a digest."""
    named = element if isinstance(element, Mapping) else {"element": element}
    names = ("UAI", "uai", "idApprenant", "codeApprenant", "anneeUniversitaire", "formation", "periode", "element")
    parts = [str(_code_in(named.get(name))) for name in names]
    return "inscription " + sha256("\0".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _named(modified: str) -> str:
    """How a registration is named in a French sentence."""
    return f"Inscription du flux, modifiée le {modified or '(sans date)'}"


def _when(element: Mapping[str, Any]) -> str:
    try:
        return _epoch(element.get("derniereModification")).isoformat(" ", "seconds")
    except BadValue:
        return ""


def _code_in(value: Any) -> Any:
    """A nomenclature is given as its code or as an object that holds it."""
    return value.get("code") if isinstance(value, Mapping) else value


def _epoch(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValue("TYPE_INATTENDU", "secondes depuis 1970, en nombre entier", kind_of(value))
    if not 0 < value < LATEST:
        raise BadValue("DATE_ABSURDE", "date entre 1970 et 2100", "nombre hors limites")
    return datetime.fromtimestamp(value, UTC)


def _of(kind: Kind) -> Callable[[Any], Any]:
    """Nomenclatures and identifiers: a text, or an object with its code."""

    def read(value: Any) -> Any:
        return kind.from_json(_code_in(value))

    return read


def _year(value: Any) -> str:
    """`2026`, 2026, `2026-2027` or `{code: …}`: the year of the rentrée."""
    inner = _code_in(value)
    said: str = values.identifier(r"(?:19|20)[0-9]{2}(?:[-/](?:19|20)[0-9]{2})?", "année comme 2026 ou 2026-2027").from_json(
        str(inner) if isinstance(inner, int) and not isinstance(inner, bool) else inner
    )
    return said[:4]


def _bursaries(value: Any) -> str:
    """The codes in order, joined by `+`; the first alone when they do not fit."""
    if not isinstance(value, list):
        raise BadValue("TYPE_INATTENDU", "liste de bourses", kind_of(value))
    codes = sorted({_CODE.from_json(_code_in(each)) for each in value})
    joined = "+".join(codes)
    return joined if len(joined) <= 16 else str(codes[0])


def _state(value: Any) -> str:
    return {"valide": "E", "annulee": "A"}[values.code(("valide", "annulee")).from_json(value)]


def _payment(value: Any) -> str:
    """`paye` and `en_attente` have a letter of Apogée; the other two are kept as Pégase writes them."""
    said: str = values.code(("non_paye", "en_attente", "paye", "valide")).from_json(value)
    return {"paye": "P", "en_attente": "A"}.get(said, said)


_CODE = values.identifier(r"[0-9A-Za-z][0-9A-Za-z_.+&-]{0,39}", "code de 40 caractères au plus, sans espace")
_UAI = values.identifier(r"[0-9]{7}[A-Z]", "UAI de 7 chiffres et une lettre", upper=True)
_LEARNER = values.identifier(r"[0-9A-Za-z-]{1,40}", "identifiant de 40 caractères au plus")
_STUDENT = values.identifier(r"[0-9A-Za-z]{1,20}", "identifiant de lettres et de chiffres, 20 caractères au plus")
_INE = values.identifier(r"[0-9A-Za-z]{1,13}", "INE de lettres et de chiffres, 13 caractères au plus")


@dataclass(frozen=True, slots=True)
class _Mapped:
    """One field of the registration: the names it may have in the feed, how it is read."""

    target: str
    names: tuple[str, ...]
    read: Callable[[Any], Any]
    required: bool = False


FIELDS: tuple[_Mapped, ...] = (
    _Mapped("uai", ("UAI", "uai"), _of(_UAI), required=True),
    _Mapped("cod_anu", ("anneeUniversitaire",), _year, required=True),
    _Mapped("cod_ind", ("idApprenant",), _LEARNER.from_json, required=True),
    _Mapped("cod_etu", ("codeApprenant",), _STUDENT.from_json, required=True),
    _Mapped("nne", ("INE", "ine"), _INE.from_json),
    _Mapped("nom", ("nomFamille",), values.text().from_json),
    _Mapped("prenom", ("prenom",), values.text().from_json),
    _Mapped("date_nai", ("dateDeNaissance",), values.day().from_json),
    _Mapped("cod_etp", ("formation",), _of(_CODE), required=True),
    _Mapped("cod_vrs_vet", ("periode",), _of(_CODE), required=True),
    _Mapped("cod_rgi", ("regime",), _of(_CODE)),
    _Mapped("cod_brs", ("boursesCompletes", "bourses"), _bursaries),
    _Mapped("eta_iae", ("statutInscription", "statusInscription"), _state, required=True),
    _Mapped("eta_pmt_iae", ("statutPaiement",), _payment),
    _Mapped("tem_iae_prm", ("inscriptionPrincipale",), values.boolean().from_json),
    _Mapped("dat_mod_iae", ("derniereModification",), _epoch, required=True),
)
"""Field of `apogee.inscriptions.v1` ← field of Pégase. What Pégase has and Apogée has not is left out."""
