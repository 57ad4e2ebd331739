"""French texts of what is wrong in a delivery of ONDE. Never a value of a person."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

REDO = "Refaire l'extraction dans ONDE et déposer le fichier CSV sans l'enregistrer dans un tableur."


def unknown_header() -> Fault:
    return fault(
        "FICHIER_INCONNU",
        "La première ligne n'est celle d'aucune extraction d'ONDE (élèves, responsables ou enseignants).",
        REDO,
        1,
    )


def unknown_column(rank: int) -> Fault:
    return fault(
        "COLONNE_INCONNUE",
        f"Ligne 1 : la colonne de rang {rank} est inconnue ; elle n'est pas reprise.",
        "Aucune action si ONDE a ajouté une colonne ; signaler son nom pour qu'elle soit ajoutée.",
        1,
    )


def no_school() -> Fault:
    return fault(
        "UAI_INCONNU",
        "L'extraction d'ONDE ne dit pas de quelle école elle vient, et le nom du fichier non plus.",
        "Renommer le fichier en ajoutant l'UAI de l'école, par exemple CSVExtraction_0840001V.csv, puis le déposer à nouveau.",
    )


def archive_name() -> Fault:
    return fault(
        "NOM_DE_FICHIER",
        "Une archive pour ONDE porte le nom <UAI>.ZIP, et cet UAI est celui de l'école.",
        "Déposer le fichier ZIP tel que Charlemagne l'a produit (dossier Export\\BE1D).",
    )


def empty_archive() -> Fault:
    return fault("ZIP_CONTENU", "L'archive zip est vide.", "Refaire l'export de la base élèves dans Charlemagne.")


def footer(line: int) -> Fault:
    return fault("NOMBRE_DE_CHAMPS", f"Ligne {line} : dernière ligne sans élève, laissée de côté.", "Aucune action.", line)
