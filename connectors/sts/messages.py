"""French texts of what is wrong in a file of STS Web. Never a value of a person."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

REDO = "Refaire l'export « Emploi du temps » dans STS Web et déposer le fichier sans l'ouvrir."


def other_name() -> Fault:
    return fault(
        "NOM_ET_CONTENU_DIFFERENTS",
        "L'établissement ou l'année du nom du fichier n'est pas celui de son contenu.",
        "Vérifier l'année choisie dans STS Web (menu « Campagne »), puis refaire l'export.",
    )


def duplicate(what: str, rank: int) -> Fault:
    return fault("IDENTIFIANT_EN_DOUBLE", f"{what} n° {rank} : son identifiant est déjà celui d'un autre élément du fichier.", REDO)


def unknown_teacher(structure: str) -> Fault:
    return fault(
        "REFERENCE_INCONNUE",
        f"Un enseignant d'un service de « {structure} » n'est pas dans la liste des individus du fichier.",
        "Vérifier le service dans STS Web.",
    )


def no_division() -> Fault:
    return fault("LISTE_VIDE", "Le fichier ne contient aucune division.", REDO)
