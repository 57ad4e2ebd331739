"""A LSU file held against SIECLE and STS-WEB: `id-be`, `id-sts`, disciplines, divisions. `controler` and the bus say what this says."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from processors.bilans_lsu import messages
from processors.bilans_lsu.messages import Constat
from schemas.records import lsu, siecle, sts

Ligne = tuple[str | None, ...]
"""What is kept of a row: what it is, then its identifiers and codes. No name, no date."""

ELEVE, DIVISION, MATIERE, PERSONNE = "E", "D", "M", "P"
COMPARES = ("epp", "local")
"""Types of teachers whose `id-sts` is one of STS-WEB."""


def convertir(record: Any) -> Ligne | None:
    """The row of a record of SIECLE, of STS-WEB or of a LSU file; None when nothing of it is compared."""
    reader = _LIGNES.get(type(record))
    return None if reader is None else reader(record)


def _eleve(row: siecle.Eleve) -> Ligne:
    return (ELEVE, row.eleve_id, *(each.code_structure for each in row.structures if each.type_structure == "D"))


_LIGNES: Mapping[type, Callable[[Any], Ligne]] = {
    siecle.Eleve: _eleve,
    siecle.Division: lambda row: (DIVISION, row.code_structure),
    siecle.Matiere: lambda row: (MATIERE, row.code_matiere),
    sts.Division: lambda row: (DIVISION, row.code_structure),
    sts.Matiere: lambda row: (MATIERE, row.code_matiere),
    sts.Individu: lambda row: (PERSONNE, row.type, row.id),
    lsu.Eleve: lambda row: (ELEVE, row.id_be, row.code_division),
    lsu.Discipline: lambda row: (MATIERE, row.code),
    lsu.Enseignant: lambda row: (PERSONNE, row.type, row.id_sts),
}


@dataclass(frozen=True, slots=True)
class Connu:
    """What the files of SIECLE and of STS-WEB say of a school. Empty: not known, and then nothing is held against it."""

    eleves: Mapping[str | None, frozenset[str | None]]
    """ELEVE_ID → the pupil's divisions."""
    divisions: frozenset[str | None]
    matieres: frozenset[str | None]
    personnes: frozenset[Ligne]
    """Type and identifier."""

    @classmethod
    def de(cls, lignes: Iterable[Ligne]) -> "Connu":
        found = _par_nature(lignes)
        return cls(
            {ligne[0]: frozenset(ligne[1:]) for ligne in found[ELEVE]},
            frozenset(ligne[0] for ligne in found[DIVISION]),
            frozenset(ligne[0] for ligne in found[MATIERE]),
            frozenset(found[PERSONNE]),
        )

    @property
    def rien(self) -> bool:
        return not (self.eleves or self.divisions or self.matieres or self.personnes)


@dataclass(frozen=True, slots=True)
class Bilans:
    """What a LSU file says, in its order."""

    eleves: tuple[Ligne, ...]
    """`id-be` and division."""
    disciplines: tuple[str | None, ...]
    enseignants: tuple[Ligne, ...]
    """Type and `id-sts`."""

    @classmethod
    def de(cls, lignes: Iterable[Ligne]) -> "Bilans":
        found = _par_nature(lignes)
        return cls(tuple(found[ELEVE]), tuple(ligne[0] for ligne in found[MATIERE]), tuple(found[PERSONNE]))


def _par_nature(lignes: Iterable[Ligne]) -> dict[str, list[Ligne]]:
    found: dict[str, list[Ligne]] = {ELEVE: [], DIVISION: [], MATIERE: [], PERSONNE: []}
    for kind, *values in lignes:
        found[str(kind)].append(tuple(values))
    return found


def croiser(bilans: Bilans, connu: Connu) -> tuple[Constat, ...]:
    """What does not agree, most serious first; nothing where nothing is known of a kind."""
    return (messages.RIEN_A_CROISER,) if connu.rien else tuple(_ecarts(bilans, connu))


def _ecarts(bilans: Bilans, connu: Connu) -> Iterator[Constat]:
    eleves, divisions = connu.eleves, connu.divisions
    if eleves:
        yield from _dit("ID_BE_INCONNU", (who for who, _ in bilans.eleves if who not in eleves))
        moved = (who for who, division in bilans.eleves if who in eleves and division and division not in eleves[who])
        yield from _dit("DIVISION_DIFFERENTE", moved)
    if divisions:
        yield from _dit("DIVISION_INCONNUE", (division for _, division in bilans.eleves if division and division not in divisions))
    if connu.matieres:
        yield from _dit("DISCIPLINE_INCONNUE", (code for code in bilans.disciplines if code not in connu.matieres))
    if connu.personnes:
        strangers = (each for each in bilans.enseignants if each[0] in COMPARES and each not in connu.personnes)
        yield from _dit("ID_STS_INCONNU", (f"{kind} {identifier}" for kind, identifier in strangers))


def _dit(code: str, values: Iterable[str | None]) -> Iterator[Constat]:
    found = [value or "(vide)" for value in values]
    if found:
        yield messages.absents(code, found)


def meme_annee(millesime: int | None, autre: int | None, sts_decalee: bool = False) -> bool:
    """Whether two files are of one school year, as far as they tell; `sts_decalee`: STS-WEB may label it a year later (R-PRO-07)."""
    return millesime is None or autre is None or autre == millesime or (sts_decalee and autre == millesime + 1)
