"""The French texts that only Pégase's feed needs. Never a value of a person."""

from connectors.transport.faults import fault
from schemas.outcome import Fault

_SIGNALER = "Signaler cette réponse à l'exploitant de Pégase."
_REMEDE = "Corriger l'inscription dans Pégase : elle sera relue dès qu'elle aura changé."


def missing(where: str, name: str) -> Fault:
    return fault("CHAMP_MANQUANT", f"{where}, champ {name} : valeur obligatoire absente.", _REMEDE)


def bad_value(where: str, name: str, code: str, expected: str, found: str) -> Fault:
    return fault(code, f"{where}, champ {name} : {expected} ; trouvé : {found}.", _REMEDE)


def not_an_object(where: str, found: str) -> Fault:
    return fault("TYPE_INATTENDU", f"{where} : objet attendu ; trouvé : {found}.", _SIGNALER)


def contradictory_states(where: str) -> Fault:
    return fault(
        "ETAT_INCOHERENT",
        f"{where} : statutInscription et statusInscription se contredisent.",
        _SIGNALER,
    )
