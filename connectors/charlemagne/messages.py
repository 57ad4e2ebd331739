"""French texts of what is wrong in an IMPORT_ELEVES file. Never a value of a person."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

REDO = "Corriger dans le logiciel de l'établissement, puis refaire l'export vers SIECLE."


def no_pupil() -> Fault:
    return fault("LISTE_VIDE", "Le fichier ne contient aucun élève : il doit les contenir tous, scolarisés et sortants.", REDO)


def duplicate(what: str, rank: int, tag: str) -> Fault:
    return fault("IDENTIFIANT_EN_DOUBLE", f"{what} n° {rank} : la valeur de {tag} est déjà celle d'un autre élément du fichier.", REDO)


def unknown_person(rank: int) -> Fault:
    return fault("REFERENCE_INCONNUE", f"Élève n° {rank} : un de ses responsables n'est pas dans la liste PERSONNES du fichier.", REDO)


def no_legal(rank: int) -> Fault:
    return fault("REFERENCE_INCONNUE", f"Élève n° {rank} : il n'a aucun responsable légal ; SIECLE ne l'importera pas.", REDO)


def short_parente(rank: int) -> Fault:
    return fault(
        "CODE_INCONNU",
        f"Élève n° {rank} : un lien de parenté (CODE_PARENTE) n'a pas 2 chiffres ; SIECLE le rejettera, bien que le schéma l'admette.",
        REDO,
    )


def different_names() -> Fault:
    return fault(
        "NOM_ZIP_DIFFERENT",
        "L'archive zip et le fichier XML qu'elle contient ne portent pas le même nom ; SIECLE exige le même : le bus ne la portera pas.",
        "Déposer l'archive telle que le logiciel l'a produite.",
    )


def unusual_name() -> Fault:
    return fault(
        "NOM_DE_FICHIER",
        "Le nom du fichier n'est pas de la forme <UAI>PRIVE<année><AAMMJJhhmmss>.zip que SIECLE attend : le bus ne le portera pas.",
        "Déposer l'archive telle que le logiciel l'a produite.",
    )


def name_and_content_differ() -> Fault:
    return fault(
        "NOM_ET_CONTENU_DIFFERENTS",
        "L'établissement ou l'année du nom du fichier n'est pas celui de son contenu : le bus ne le portera pas à SIECLE.",
        REDO,
    )


def no_archive() -> Fault:
    return fault(
        "PAS_UNE_ARCHIVE",
        "Le fichier XML n'est pas dans son archive zip : SIECLE n'importe que l'archive, et le bus ne lui portera pas ce fichier.",
        "Déposer l'archive telle que le logiciel l'a produite.",
    )


def other_version(version: str) -> Fault:
    return fault(
        "VERSION_NON_IMPORTEE",
        f"Le fichier est de la version {version[:10] or 'non dite'} : SIECLE importe la 3.1, et le bus ne lui portera pas ce fichier.",
        "Mettre à jour le logiciel de l'établissement, puis refaire l'export vers SIECLE.",
    )
