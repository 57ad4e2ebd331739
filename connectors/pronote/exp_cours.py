"""EXP_COURS of EDT read: a TABLE of Cours. Index Education's own export, not the Ministry's; the bus never writes it."""

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import msgspec

from connectors.pronote import messages
from connectors.transport import document_messages as say
from connectors.transport.binding import Attribute, Tag, Text, binding
from connectors.transport.faults import FaultList
from connectors.transport.snapshot import Rows
from connectors.transport.typed import typed
from connectors.transport.values import BadValue, kind_of
from connectors.transport.xml import XmlSource
from schemas.records import RECORDS, edt

TOPIC = "edt.cours.v1"
KIND = "pronote.exp_cours"
TYPE = "exp_cours"
ROOT, ROW = "TABLE", "Cours"
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MAX_COURS = 100_000

_HOURS = re.compile(r"([0-9]{1,3})[hH]([0-5][0-9])")
_UAI = re.compile(r"(?<![0-9A-Za-z])(\d{7}[A-Z])(?![0-9A-Za-z])", re.ASCII | re.IGNORECASE)


class Cours(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Cours, as written."""

    attribut_numero: Annotated[Text, Attribute("numero")] = None
    numero: Text = None
    duree: Text = None
    frequence: Text = None
    mat_code: Text = None
    mat_libelle: Text = None
    prof_nom: Text = None
    prof_prenom: Text = None
    classe: Text = None
    salle: Text = None
    alternance: Text = None
    modalite: Text = None
    co_enseignement: Annotated[Text, Tag("CO-ENS.")] = None
    ponderation: Annotated[Text, Tag("POND.")] = None
    jour: Text = None
    debut: Annotated[Text, Tag("H.DEBUT")] = None
    effectif: Text = None


def recognises(source: XmlSource) -> bool:
    """By its root element, which says what it is a table of."""
    return source.root == ROOT and source.namespace is None and source.attributes.get("nom") == ROW


def school_of(name: str) -> str | None:
    """The UAI in a file's name: the export does not hold it."""
    found = _UAI.search(name)
    return found[1].upper() if found else None


def read(source: XmlSource, uai: str, faults: FaultList, warnings: FaultList) -> Rows:
    """The records of the file, in its order. Raises Unreadable."""
    rows, unknown = Rows(RECORDS[TOPIC]), set[str]()
    for rank, row in enumerate(_read(source, unknown), start=1):
        if rank > MAX_COURS:
            faults.add(messages.too_many_courses(MAX_COURS))
            break
        record = _record(row, rank, uai, faults)
        if record is not None:
            rows.add("cours", f"cours/{rank}", record)
    if not rows.count and not faults:
        faults.add(messages.no_course())
    warnings.extend(say.unknown_element(tag, ROW) for tag in sorted(unknown))
    return rows


def minutes(text: str) -> int:
    """1h30 in minutes. Raises BadValue."""
    found = _HOURS.fullmatch(text)
    if found is None:
        raise BadValue("DUREE_INVALIDE", "durée comme 1h00", kind_of(text))
    return int(found[1]) * 60 + int(found[2])


def heure(text: str) -> str:
    """09h00 as 09:00. Raises BadValue."""
    found = _HOURS.fullmatch(text)
    if found is None or int(found[1]) > 23:
        raise BadValue("HEURE_INVALIDE", "heure comme 09h00", kind_of(text))
    return f"{int(found[1]):02d}:{found[2]}"


def jour(text: str) -> int:
    """1 for lundi. Raises BadValue."""
    if text.casefold() not in JOURS:
        raise BadValue("JOUR_INVALIDE", "jour de la semaine, de lundi à dimanche", kind_of(text))
    return JOURS.index(text.casefold()) + 1


def _read(source: XmlSource, unknown: set[str]) -> Iterator[Cours]:
    reader = binding(Cours).read
    for _, element in source.rows({ROW: frozenset({ROOT})}):
        yield reader(element, unknown)


def _record(row: Cours, rank: int, uai: str, faults: FaultList) -> edt.Cours | None:
    before = faults.count
    own: dict[str, Any] = {
        "duree_minutes": _value(minutes, row.duree, "DUREE", rank, faults),
        "jour": _value(jour, row.jour, "JOUR", rank, faults),
        "heure_debut": _value(heure, row.debut, "H.DEBUT", rank, faults),
    }
    record: edt.Cours | None = typed(edt.Cours, row, ROW, rank, faults, uai=uai, rang=rank, numero=row.numero or row.attribut_numero, **own)
    return record if faults.count == before else None


def _value(read: Callable[[str], Any], text: Text, tag: str, rank: int, faults: FaultList) -> Any:
    if not text or not text.strip():
        return None
    try:
        return read(text.strip())
    except BadValue as bad:
        faults.add(say.bad_value(bad.code, tag, ROW, rank, bad.expected, bad.found))
        return None
