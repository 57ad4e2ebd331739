"""French texts of what is wrong in a SIECLE export. Never a value of a person."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

REDO = "Refaire l'export dans SIECLE (Mise à jour › Exportations › En XML) et le déposer sans l'ouvrir."


def empty_list(what: str) -> Fault:
    return fault("LISTE_VIDE", f"L'export ne contient aucun élément {what} : il en faut au moins un.", REDO)


def duplicate(what: str, rank: int) -> Fault:
    return fault("IDENTIFIANT_EN_DOUBLE", f"{what} n° {rank} : son identifiant est déjà celui d'un autre élément du fichier.", REDO)


def unknown_reference(what: str, rank: int, target: str) -> Fault:
    return fault("REFERENCE_INCONNUE", f"{what} n° {rank} : {target} n'est pas dans le fichier ; l'élément est laissé de côté.", REDO)


def diverging_elenoet(rank: int) -> Fault:
    return fault(
        "VALEUR_DIVERGENTE",
        f"Élève n° {rank} : l'attribut et la balise ELENOET diffèrent ; l'attribut est retenu.",
        "Vérifier le numéro de l'élève dans SIECLE.",
    )
