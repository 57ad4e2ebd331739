"""The French texts that only Apogée's deliveries need."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

EXPECTED = "événements d'inscription (JSON), export d'inscriptions (CSV)"
STATE_BY_DEFAULT = "toutes les inscriptions sont lues comme en cours (E)"


def contradictory_state(where: str, line: int | None, event_type: str, state: str, expected: str) -> Fault:
    return fault(
        "ETAT_INCOHERENT",
        f"{where} eta_iae : {state} avec un événement {event_type}, qui va avec {expected}. L'envoi est pris tel quel.",
        "Vérifier l'état de l'inscription dans Apogée.",
        line,
    )


def same_event_id(line: int, first: int) -> Fault:
    return fault(
        "EVENEMENT_EN_DOUBLE",
        f"Élément {line}, champ event_id : le même identifiant que l'élément {first}, avec un autre contenu.",
        "Donner un identifiant propre à chaque événement ; ne le garder que pour renvoyer le même.",
        line,
    )


# --- rows of the view -------------------------------------------------------------------------------------------------


def row_without(where: str, column: str) -> Fault:
    return fault("CHAMP_MANQUANT", f"{where}, colonne {column} : valeur obligatoire absente.", "Renseigner cette valeur dans Apogée.")


def row_value(where: str, column: str, code: str, expected: str, found: str) -> Fault:
    remede = "Corriger la valeur dans Apogée, ou la vue ; la ligne sera relue dès que DAT_MOD_IAE changera."
    return fault(code, f"{where}, colonne {column} : {expected} ; trouvé : {found}.", remede)


def answer_refused(code: str, element: str) -> Fault:
    """What a web service of Apogée answered about one student, when it cannot be used."""
    what = f"élément {element} de la réponse" if element else "réponse"
    remede = "Chercher l'étudiant dans Apogée et corriger ; il sera redemandé à son prochain événement."
    return fault(code, f"Services web d'Apogée, {what} : l'inscription n'a pas pu être complétée et reste telle qu'elle est venue.", remede)


def unreadable_date(where: str, column: str) -> Fault:
    return fault(
        "DATE_ABSURDE",
        f"{where}, colonne {column} : date absente, antérieure à 1900 ou à venir ; la ligne n'est pas lue.",
        "Corriger la date dans Apogée, ou dans la vue prendre DAT_CRE_IAE quand DAT_MOD_IAE est vide ; la ligne sera alors lue.",
    )
