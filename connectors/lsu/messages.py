"""French texts of what is wrong in a LSU file. Never a value of a person."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

REDO = "Refaire l'export vers LSU dans le logiciel de vie scolaire."


def unknown_pupil(what: str, rank: int) -> Fault:
    return fault("REFERENCE_INCONNUE", f"{what} n° {rank} : son élève n'est pas dans la liste des élèves du fichier.", REDO)


def duplicate(rank: int) -> Fault:
    return fault(
        "IDENTIFIANT_EN_DOUBLE", f"Élève n° {rank} : son identifiant SIECLE (id-be) est déjà celui d'un autre élève du fichier.", REDO
    )


def no_pupil() -> Fault:
    return fault("LISTE_VIDE", "Le fichier ne contient aucun élève.", REDO)


def several_years(found: int) -> Fault:
    return fault("MILLESIME_INVALIDE", f"Les périodes du fichier sont de {found} années différentes.", REDO)
