"""SIECLE's real report against the one that was computed for the same file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from processors.depot_siecle.appariement import norme
from processors.depot_siecle.state import Calcul, Constat

Nature = Literal["DIFFERENT", "MANQUE_DANS_SIECLE", "NON_PREVU"]


class LigneComparee(msgspec.Struct, frozen=True, array_like=True):
    """A row of a report, read or computed."""

    section: Literal["REJET", "ANOMALIE"]
    identifiants: str
    eleve: str
    anomalie: str
    regle: str


@dataclass(frozen=True, slots=True)
class Ecart:
    """A pupil of whom the two reports do not say the same."""

    identifiants: str
    nature: Nature
    lu: str | None
    calcule: str | None


@dataclass(frozen=True, slots=True)
class Comparaison:
    """Differences of numbers as texts, differences of rows one by one."""

    messages: tuple[str, ...]
    ecarts: tuple[Ecart, ...]


def comparer(constat: Constat, lues: Iterable[LigneComparee], calcul: Calcul | None, calculees: Iterable[LigneComparee]) -> Comparaison:
    """Rows are of one pupil by their section and identifiers; a rejected one without identifiers, by name. A list without detail
    is compared by its numbers."""
    if calcul is None:
        return Comparaison(("Aucun calcul n'est connu pour ce fichier : il n'y a rien à comparer.",), ())
    nombres = (
        ("élèves lus", constat.eleves, calcul.eleves),
        ("absents", constat.absents, calcul.absents),
        ("élèves rejetés", constat.rejetes, calcul.rejetes),
        ("élèves importés avec anomalies", constat.anomalies, calcul.anomalies),
    )
    told = tuple(
        f"Nombre d'{label} : {lu} dans SIECLE, {calcule} selon le calcul."
        for label, lu, calcule in nombres
        if lu is not None and calcule is not None and lu != calcule
    )
    return Comparaison(told, _ecarts(_par_eleve(lues), _par_eleve(calculees)) if constat.detaille else ())


def _par_eleve(lignes: Iterable[LigneComparee]) -> dict[tuple[str, str, str], LigneComparee]:
    return {(each.section, each.identifiants, norme(each.eleve) if each.section == "REJET" else ""): each for each in lignes}


def _ecarts(
    lues: Mapping[tuple[str, str, str], LigneComparee], calculees: Mapping[tuple[str, str, str], LigneComparee]
) -> tuple[Ecart, ...]:
    found = []
    for key in sorted({*lues, *calculees}):
        lu, calcule = lues.get(key), calculees.get(key)
        if lu is None or calcule is None:
            nature: Nature = "NON_PREVU" if calcule is None else "MANQUE_DANS_SIECLE"
        elif _differe(lu, calcule):
            nature = "DIFFERENT"
        else:
            continue
        found.append(Ecart(key[1], nature, _dit(lu), _dit(calcule)))
    return tuple(found)


def _differe(lu: LigneComparee, calcule: LigneComparee) -> bool:
    """The text of a rejection is not in the list, and a page may leave the rule out."""
    if lu.regle and lu.regle != calcule.regle:
        return True
    return lu.section == "ANOMALIE" and norme(lu.anomalie) != norme(calcule.anomalie)


def _dit(ligne: LigneComparee | None) -> str | None:
    return None if ligne is None else f"{ligne.anomalie} ({ligne.regle})" if ligne.regle else ligne.anomalie
