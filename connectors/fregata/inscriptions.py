"""FREGATA's `GET /inscriptions` → pupils of agricultural établissements, and which établissement is asked next. Pure: `bus` asks.

The API gives all the inscriptions of one établissement and year at once (bursaries facts §5), and does not say what changed:
a record's id is made of its content, so that what is the same again is recognised and left out. Pupils that the Éducation
nationale manages are not FREGATA's to tell; addresses are not taken, nobody here needs them.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any

import msgspec

from connectors.fregata import messages
from connectors.transport import identifier_warnings, values
from connectors.transport.faults import FaultList
from connectors.transport.values import BadValue, kind_of
from schemas.outcome import Doubted, Fault, NotTaken, Pulled, Record
from schemas.records.fregata import InscriptionEleve
from schemas.student_key import StudentKeys

TOPIC = "fregata.inscriptions.v1"
PATH = "/inscriptions"
FIRST_YEAR = 1996
"""`anneeScolaireId` counts from it: 29 is 2025-2026."""
FIRST_MONTH = 8
"""August begins a school year."""
ELEVE = "2"
"""`idStatutApprenant` of the pupils."""
MOST = 20_000
"""Inscriptions of one établissement above which the answer is not one."""


class BadPage(Exception):
    """The answer has not the form of a list of inscriptions; its text says how, without any value."""


class Cursor(msgspec.Struct, frozen=True):
    """The établissement to ask next."""

    suivant: str


@dataclass(frozen=True, slots=True)
class Ask:
    """The parameters of one call."""

    uai: str
    annee: int
    """Year of the rentrée."""

    def query(self) -> dict[str, str]:
        return {
            "rne": self.uai,
            "anneeScolaireId": str(self.annee - FIRST_YEAR),
            "idStatutApprenant": ELEVE,
            "seulementAvecDivision": "true",
        }


@dataclass(frozen=True, slots=True)
class FregataInscriptions:
    """The mapping, and the établissements in turn."""

    secret: bytes = field(repr=False)
    uais: tuple[str, ...] = ()

    name = "fregata.inscriptions"
    system = "fregata"
    topics = (TOPIC,)

    def ask(self, after: str | None, now: datetime) -> Ask:
        """What to ask next, for the school year of `now`. An établissement that is asked no more is passed over."""
        known = msgspec.json.decode(after, type=Cursor).suivant if after else ""
        uai = known if known in self.uais else self.uais[0]
        return Ask(uai, now.year if now.month >= FIRST_MONTH else now.year - 1)

    def pulled(self, ask: Ask, answer: Any) -> Pulled:
        """The établissement's records, refusals and who is next; complete after the last one. Raises BadPage: ask the same again."""
        if not isinstance(answer, list):
            raise BadPage(kind_of(answer))
        if len(answer) > MOST:
            raise BadPage("trop d'inscriptions")
        records: list[Record] = []
        refused: list[NotTaken] = []
        doubted: list[Doubted] = []
        for element in answer:
            if isinstance(element, Mapping) and element.get("estEN") is True:
                continue
            place = _place(ask, element)
            faults, record = self._record(ask, element, place)
            if record is None:
                refused.append(NotTaken(place, faults))
            else:
                records.append(record)
                if warnings := _doubts(record.data):
                    doubted.append(Doubted(place, warnings))
        rank = self.uais.index(ask.uai) + 1
        following = Cursor(self.uais[rank % len(self.uais)])
        last = rank == len(self.uais)
        return Pulled(tuple(records), msgspec.json.encode(following).decode(), tuple(refused), last, tuple(doubted))

    def _record(self, ask: Ask, element: Any, place: str) -> tuple[tuple[Fault, ...], Record | None]:
        if not isinstance(element, Mapping):
            return (messages.not_an_object(element),), None
        faults = FaultList()
        read: dict[str, Any] = {}
        for each in FIELDS:
            found = _inside(element, each.path)
            if found in (None, ""):
                if each.required:
                    faults.add(messages.missing(".".join(each.path)))
                continue
            try:
                read[each.target] = each.read(found)
            except BadValue as bad:
                faults.add(messages.bad_value(".".join(each.path), bad))
        if faults:
            return faults.report(), None
        data = InscriptionEleve(etablissement=ask.uai, annee=ask.annee, **read)
        keys = StudentKeys(self.secret)
        key = keys.of_nne(data.ine) if data.ine else keys.without_nne(ask.uai, data.identifiant)
        content = hmac.digest(self.secret, msgspec.msgpack.encode(data), "sha256").hex()
        subject = f"inscription/{ask.uai}/{ask.annee}"
        return (), Record(TOPIC, "inscription_eleve", key, subject, _since(data), data, place, own_id=f"{place}/{content}")


def _doubts(data: InscriptionEleve) -> tuple[Fault, ...]:
    """A key that does not fit is said, never refused."""
    return tuple(identifier_warnings.of_student(data.ine, f"{messages.ELEMENT}, champ apprenant.ine", None)) if data.ine else ()


def _inside(element: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = element
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _since(data: InscriptionEleve) -> datetime:
    """FREGATA does not say when it changed an inscription: its entry, at midnight UTC, else the first day of the school year.
    The same content asked twice has the same instant."""
    day = data.entree_formation or data.entree_etablissement or date(data.annee, FIRST_MONTH, 1)
    return datetime.combine(day, time(), UTC)


def _place(ask: Ask, element: Any) -> str:
    """Names the inscription without naming the pupil."""
    named = element.get("id") if isinstance(element, Mapping) else element
    return "inscription " + sha256(f"{ask.uai}\0{ask.annee}\0{named}".encode("utf-8", "backslashreplace")).hexdigest()[:16]


# --- fields ----------------------------------------------------------------------------------------------------------


def _number(value: Any) -> str:
    """An identifier: a text or a whole number."""
    said: str = _ID.from_json(str(value) if isinstance(value, int) and not isinstance(value, bool) else value)
    return said


def _day(value: Any) -> Any:
    """`2025-09-01`, with or without an hour behind."""
    return values.day().from_json(value[:10] if isinstance(value, str) and value[10:11] in ("T", " ") else value)


def _mef(value: Any) -> str:
    """FREGATA adds a character to the MEF: its public client drops it."""
    said: str = _MEF.from_json(value)
    return said[:-1]


_ID = values.identifier(r"[0-9A-Za-z-]{1,40}", "identifiant de lettres, chiffres et tirets, 40 caractères au plus")
_STATUS = values.identifier(r"[0-9A-Za-z]{1,10}", "code de statut de lettres et de chiffres")
_INE = values.identifier(r"[0-9A-Za-z]{1,13}", "INE de lettres et de chiffres, 13 caractères au plus", upper=True)
_MEF = values.identifier(r"[0-9A-Za-z]{2,12}", "code MEF de lettres et de chiffres")


@dataclass(frozen=True, slots=True)
class _Mapped:
    """One field of the record: where it is in the element, how it is read."""

    target: str
    path: tuple[str, ...]
    read: Callable[[Any], Any]
    required: bool = False


FIELDS: tuple[_Mapped, ...] = (
    _Mapped("identifiant", ("id",), _number, required=True),
    _Mapped("statut", ("statutApprenant", "code"), _STATUS.from_json, required=True),
    _Mapped("ine", ("apprenant", "ine"), _INE.from_json),
    _Mapped("nom", ("apprenant", "nomUsuel"), values.text().from_json),
    _Mapped("prenom", ("apprenant", "prenomUsuel"), values.text().from_json),
    _Mapped("date_naissance", ("apprenant", "dateNaissance"), _day),
    _Mapped("mef", ("sectionReference", "codeMef"), _mef),
    _Mapped("division", ("division", "libelle"), values.text().from_json),
    _Mapped("entree_etablissement", ("dateEntreeEtablissement",), _day),
    _Mapped("sortie_etablissement", ("dateSortieEtablissement",), _day),
    _Mapped("entree_formation", ("dateEntreeFormation",), _day),
    _Mapped("sortie_formation", ("dateSortieFormation",), _day),
)
"""Field of `fregata.inscriptions.v1` ← path in FREGATA's answer."""
