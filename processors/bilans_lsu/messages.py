"""Every French text about a LSU file held against SIECLE and STS-WEB. Examples are identifiers of SIECLE and of STS-WEB, never names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.outcome import Refusal

MONTRES = 10
"""Examples that a message gives."""


@dataclass(frozen=True, slots=True)
class Constat:
    """One finding; only an anomaly asks for the file to be made again."""

    gravite: Literal["ANOMALIE", "INFORMATION"]
    code: str
    message: str
    remede: str


LIBELLES: Mapping[str, str] = {
    "ID_BE_INCONNU": "Élèves dont l'id-be n'est pas dans SIECLE",
    "DIVISION_DIFFERENTE": "Élèves dont la division n'est pas celle de SIECLE (id-be)",
    "DIVISION_INCONNUE": "Divisions inconnues de SIECLE et de STS-WEB",
    "DISCIPLINE_INCONNUE": "Disciplines inconnues de la nomenclature",
    "ID_STS_INCONNU": "Enseignants dont l'id-sts n'est pas dans STS-WEB",
}

RIEN_A_CROISER = Constat(
    "INFORMATION",
    "RIEN_A_CROISER",
    "Aucun export de SIECLE ni de STS-WEB de cet établissement n'est donné : seul le fichier lui-même est contrôlé.",
    "Donner aussi l'export Élèves, Structures, Nomenclature et le fichier sts_emp (passerelle controler : avec --avec).",
)


def exemples(values: Iterable[str]) -> str:
    """The first ones in their order, and how many there are."""
    found = sorted(set(values))
    return ", ".join(found[:MONTRES]) + (f"… ({len(found)} en tout)" if len(found) > MONTRES else "")


def absents(code: str, values: Iterable[str]) -> Constat:
    return Constat(
        "ANOMALIE",
        code,
        f"{LIBELLES[code]} : {exemples(values)}.",
        "Actualiser la base du logiciel (synchros 1 et 2), puis refaire le fichier.",
    )


def autre_annee(bilans: int, fichiers: Mapping[str, int]) -> Constat:
    """`fichiers`: name → its year."""
    told = ", ".join(f"{name} ({year})" for name, year in sorted(fichiers.items()))
    return Constat(
        "INFORMATION",
        "ANNEE_AUTRE",
        f"Les bilans sont de l'année {bilans} ; ne leur sont pas comparés, parce qu'ils sont d'une autre année : {told}.",
        "Refaire ces exports pour l'année des bilans, ou les bilans pour l'année en cours.",
    )


INSTANTANE_INCOMPLET = Refusal(
    "INSTANTANE_INCOMPLET",
    "Le fichier n'est pas arrivé entier : les bilans du LSU ne lui sont pas comparés.",
    "Déposer à nouveau le fichier.",
)


def trop_grand(fichier: str) -> Refusal:
    return Refusal(
        "FICHIER_TROP_GRAND",
        f"{fichier} a plus de lignes que le bus n'en garde pour un établissement : les bilans du LSU ne lui sont pas comparés.",
        "Comparer les fichiers avec « passerelle controler FICHIER --avec FICHIER… ».",
    )
