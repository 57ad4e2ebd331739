"""French texts of what is wrong in a page of SIECLE's report. Never a value of a person."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

AGAIN = (
    "Dans SIECLE, « Suivi des échanges » › « Logiciel privé - Liens élève-groupe », cliquer sur la date d'import, puis enregistrer la page "
    "entière (HTML) ou en copier tout le texte dans un fichier .txt."
)


def not_a_report() -> Fault:
    return fault("FICHIER_INCONNU", "Ce n'est ni un compte-rendu d'import des liens élève-groupe, ni leur liste.", AGAIN)


def several_reports() -> Fault:
    return fault("VALEUR_DIVERGENTE", "La page contient plusieurs comptes-rendus : un seul est attendu par fichier.", AGAIN)


def missing_rows(section: int, announced: int, found: int) -> Fault:
    return fault(
        "VALEUR_DIVERGENTE",
        f"Section {section} : {announced} élève(s) annoncé(s), {found} ligne(s) lue(s). La page n'est pas entière.",
        AGAIN,
    )


def too_many_rows(limit: int) -> Fault:
    return fault("TROP_DE_LIGNES", f"Le compte-rendu a plus de {limit} lignes.", AGAIN)


def impossible_day() -> Fault:
    return fault("DATE_IMPOSSIBLE", "La date d'import de la page n'existe pas au calendrier.", AGAIN)
