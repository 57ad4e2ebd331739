"""Texts of SIECLE's own deposit checks that reading decides, exact (R-PRO-73), and ours. Never a value of a person."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

REDO = "Refaire l'export des liens élèves/groupes depuis PRONOTE et déposer le fichier ZIP sans le renommer ni l'ouvrir."


def malformed_name() -> Fault:
    return fault(
        "NOM_DE_FICHIER",
        "Nom du fichier mal formaté!",
        "Le nom attendu est <UAI>ELEGROUPE<millésime><AAMMJJhhmmss>.zip. " + REDO,
    )


def different_names() -> Fault:
    return fault(
        "NOM_ZIP_DIFFERENT",
        "Nom de fichier .zip incorrect ! Le nom du fichier .zip doit être indique à celui du fichier .xml.",
        REDO,
    )


def invalid(count: int) -> Fault:
    return fault(
        "XML_NON_VALIDE",
        "Fichier XML non valide. Impossible d'importer ce fichier.",
        f"{count} anomalie{'s' if count > 1 else ''} de structure à corriger dans PRONOTE. {REDO}" if count else REDO,
    )


def other_school() -> Fault:
    return fault(
        "NOM_ET_CONTENU_DIFFERENTS",
        "L'établissement du nom du fichier n'est pas celui du contenu du fichier (balise UAJ).",
        REDO,
    )


def other_year() -> Fault:
    """The name's year and the content's differ: one of them at least is not the year in use."""
    return fault(
        "NOM_ET_CONTENU_DIFFERENTS",
        "Année du fichier différente de l'année utilisée !",
        "L'année du nom du fichier n'est pas celle de son contenu (balise ANNEE_SCOLAIRE) : vérifier la version et le paramétrage du "
        "client PRONOTE et sa connexion internet, puis refaire la procédure.",
    )


def long_group(code: str) -> Fault:
    return fault(
        "GROUPE_TROP_LONG",
        f'Le code du groupe "{code}" dépasse 8 caractères : le schéma publié de SIECLE n\'en admet que 8.',
        "Vérifier que ce groupe porte bien ce nom dans STS-WEB ; sinon, le renommer dans PRONOTE et dans STS-WEB.",
    )


REDO_COURS = "Refaire l'export des cours dans EDT (EXP_COURS) et déposer le fichier sans le modifier."


def no_school() -> Fault:
    return fault(
        "UAI_INCONNU",
        "L'export des cours d'EDT ne dit pas de quel établissement il vient, et le nom du fichier non plus.",
        "Ajouter l'UAI de l'établissement au nom du fichier (EXP_COURS_9830418M.xml), puis le déposer de nouveau.",
    )


def no_course() -> Fault:
    return fault("LISTE_VIDE", "Le fichier ne contient aucun cours.", REDO_COURS)


def too_many_courses(limit: int) -> Fault:
    return fault("FICHIER_TROP_GROS", f"Le fichier contient plus de {limit} cours.", REDO_COURS)
