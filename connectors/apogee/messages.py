"""The French texts that only Apogée's deliveries need."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

EXPECTED = "événements d'inscription (JSON), export d'inscriptions (CSV)"
STATE_BY_DEFAULT = "toutes les inscriptions sont lues comme en cours (E)"


def contradictory_state(where: str, line: int, event_type: str, state: str, expected: str) -> Fault:
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
