"""The control editions (R-AGL-18, R-AGL-19): lists for the registrars of one composante, as CSV that survives a spreadsheet.

Pure: from the rows of the tables, the former edition and a day. An edition says what is new, what is still open and for how
many days, what is gone since the former one, and keeps what people wrote in it: who treats a line, and a comment.

- Name `<list>_<composante>_<AAAA-MM-JJ>.csv`; `sans_composante` for registrations of none. Bytes: see `sinks.delimited`.
- First line: the columns of the list. Lines: new ones first, then the oldest, then those that are gone.
- Last line: `FIN`, then how many are new, open (new ones included) and gone, and the SHA-256 of all the bytes before it.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from schemas.outcome import OutgoingFile
from sinks.delimited import cell, closed, kept, unkept

PARIS = ZoneInfo("Europe/Paris")
SANS_COMPOSANTE = "sans_composante"
IDENTITY = ("UAI", "ANNEE", "COD_IND", "COD_ETP", "COD_VRS_VET")
"""What one line is about, with the list."""
WRITTEN = ("TRAITE_PAR", "COMMENTAIRE")
"""What people write, and the next edition repeats."""
_OTHER = re.compile(r"[^0-9A-Za-z_-]+")
_SCIENTIFIC = re.compile(r"[0-9]+[.,]?[0-9]*E\+[0-9]+", re.IGNORECASE)


class Etat(StrEnum):
    NOUVEAU = "NOUVEAU"
    OUVERT = "OUVERT"
    DISPARU = "DISPARU"


@dataclass(frozen=True, slots=True)
class Liste:
    """One control list: which rows it takes and what it shows of them."""

    code: str
    titre: str
    table: str
    where: Mapping[str, Any]
    columns: tuple[str, ...]
    """Columns of the table that it shows besides the identity, in the order of the file."""
    identifiers: frozenset[str] = frozenset({"cod_etu", "nne", "numero_boursier", "numero_dossier"})

    def takes(self, row: Mapping[str, Any]) -> bool:
        return all(row.get(name) == value for name, value in self.where.items())

    @property
    def header(self) -> tuple[str, ...]:
        shown = tuple(name.upper() for name in self.columns)
        return ("ETAT", "DEPUIS", "JOURS", *IDENTITY, *shown, *WRITTEN)


LISTES = (
    Liste(
        "numeros_boursiers_nne",
        "Liste des numéros boursiers <> numéros NNE",
        "bourses_ecarts",
        {"differents": True},
        ("cod_etu", "nne", "numero_boursier", "nature", "motif"),
    ),
    Liste(
        "boursiers_conditionnels",
        "Liste des boursiers conditionnels",
        "bourses_apogee",
        {"bourse": "CONDITIONNELLE"},
        ("cod_etu", "numero_dossier", "declaree", "motif"),
    ),
    Liste(
        "droits_a_reclamer",
        "Droits d'inscription à réclamer",
        "bourses_droits_a_revoir",
        {"nature": "RECLAMATION", "ouvert": True},
        ("cod_etu", "numero_dossier", "motif"),
    ),
    Liste(
        "droits_a_rembourser",
        "Droits d'inscription à rembourser",
        "bourses_droits_a_revoir",
        {"nature": "REMBOURSEMENT", "ouvert": True},
        ("cod_etu", "numero_dossier", "motif"),
    ),
)


class EditionIllisible(Exception):
    """A former edition that cannot be taken up again. The text is French and says what to do."""


@dataclass(frozen=True, slots=True)
class Ancienne:
    """A former edition, as people gave it back."""

    lines: Mapping[tuple[str, ...], Mapping[str, str]]
    """Identity → the cells of its line; those that were gone are left out."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of one list for one composante."""

    liste: Liste
    composante: str
    file: OutgoingFile
    nouveaux: int
    ouverts: int
    """New ones included."""
    disparus: int
    jours: int
    """For how many days the oldest open line has been open; 0 without any."""


Notes = Mapping[tuple[str, ...], Mapping[str, str]]
"""Identity → what people wrote about that line since (`WRITTEN`)."""


def editer(
    liste: Liste, rows: Iterable[Mapping[str, Any]], jour: date, anciennes: Mapping[str, Ancienne], notes: Notes = MappingProxyType({})
) -> tuple[Edition, ...]:
    """One edition for each composante that has a line now or had one; `anciennes`: composante → its former edition."""
    by_composante: dict[str, list[Mapping[str, Any]]] = {composante: [] for composante in anciennes}
    for row in rows:
        if liste.takes(row):
            by_composante.setdefault(row.get("composante") or "", []).append(row)
    nothing = Ancienne({})
    return tuple(
        _edition(liste, composante, found, jour, anciennes.get(composante, nothing), notes)
        for composante, found in sorted(by_composante.items())
    )


def relire(liste: Liste, content: bytes) -> Ancienne:
    """A former edition, also as a spreadsheet saved it: UTF-8 or Windows, `;` or tabulation or comma, plain identifiers.

    Raises EditionIllisible where a spreadsheet turned an identifier into a number: its digits are lost.
    """
    text = _text(content)
    first = text.split("\n", 1)[0]
    separator = max(";\t,", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(row)]
    except csv.Error:
        raise EditionIllisible(f"Ce n'est pas une édition « {liste.titre} » : ce n'est pas un fichier CSV.") from None
    if not rows or not {"ETAT", *IDENTITY, *WRITTEN}.issubset(rows[0]):
        raise EditionIllisible(f"Ce n'est pas une édition « {liste.titre} » : sa première ligne n'en a pas les colonnes.")
    lines: dict[tuple[str, ...], Mapping[str, str]] = {}
    for number, row in enumerate(rows[1:], start=2):
        if row[0] == "FIN":
            break
        if len(row) < len(rows[0]):
            raise EditionIllisible(
                f"Ligne {number} : {len(row)} colonnes au lieu de {len(rows[0])}. Rendre l'édition avec toutes ses colonnes."
            )
        named = {name: unkept(value) for name, value in zip(rows[0], row, strict=False)}
        if any(_SCIENTIFIC.fullmatch(named.get(name, "")) for name in IDENTITY):
            raise EditionIllisible(
                f"Ligne {number} : un tableur a changé un identifiant en nombre (1,11E+10). Rouvrir l'édition d'origine en gardant ces "
                "colonnes en texte."
            )
        if named["ETAT"] != Etat.DISPARU:
            lines[tuple(named[name] for name in IDENTITY)] = named
    return Ancienne(lines)


def nom_de(liste: Liste, composante: str, jour: date) -> str:
    """The file's name: it names a list, a composante and a day, never a person."""
    return f"{liste.code}_{_OTHER.sub('-', composante) or SANS_COMPOSANTE}_{jour.isoformat()}.csv"


def _edition(liste: Liste, composante: str, rows: Sequence[Mapping[str, Any]], jour: date, ancienne: Ancienne, notes: Notes) -> Edition:
    opened: dict[tuple[str, ...], Mapping[str, Any]] = {_identity(row): row for row in rows}
    new = [identity for identity in opened if identity not in ancienne.lines]
    known = [identity for identity in opened if identity in ancienne.lines]
    gone = [identity for identity in ancienne.lines if identity not in opened]
    by_age = sorted(known, key=lambda identity: (_jour(opened[identity]["depuis"]), identity))
    written = {identity: {**ancienne.lines.get(identity, {}), **notes.get(identity, {})} for identity in (*opened, *gone)}
    lines: list[tuple[str, ...]] = [liste.header]
    lines += [_line(liste, Etat.NOUVEAU, opened[identity], jour, written[identity]) for identity in sorted(new)]
    lines += [_line(liste, Etat.OUVERT, opened[identity], jour, written[identity]) for identity in by_age]
    lines += [_gone(liste, written[identity]) for identity in sorted(gone)]
    content = closed(lines, (str(len(new)), str(len(opened)), str(len(gone))))
    days = max(((jour - _jour(row["depuis"])).days for row in rows), default=0)
    return Edition(liste, composante, OutgoingFile(nom_de(liste, composante, jour), content), len(new), len(opened), len(gone), days)


def _line(liste: Liste, etat: Etat, row: Mapping[str, Any], jour: date, written: Mapping[str, str]) -> tuple[str, ...]:
    since = _jour(row["depuis"])
    shown = tuple(_shown(liste, name, row.get(name)) for name in liste.columns)
    notes = tuple(cell(written.get(name, "")) for name in WRITTEN)
    return (etat, since.isoformat(), str((jour - since).days), *(kept(part) for part in _identity(row)), *shown, *notes)


def _gone(liste: Liste, named: Mapping[str, str]) -> tuple[str, ...]:
    """The line as the former edition had it."""
    identifiers = {name.upper() for name in liste.identifiers} | set(IDENTITY)
    return (Etat.DISPARU, *(kept(named.get(name)) if name in identifiers else cell(named.get(name)) for name in liste.header[1:]))


def _shown(liste: Liste, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return kept(value) if name in liste.identifiers else cell(value)


def _identity(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[name.lower()]) for name in IDENTITY)


def _jour(instant: datetime) -> date:
    return instant.astimezone(PARIS).date()


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace").replace("\r\n", "\n")
