"""The French texts that only FREGATA's API needs. Never a value of a person."""

from connectors.transport.faults import fault
from connectors.transport.values import BadValue, kind_of
from schemas.outcome import Fault

ELEMENT = "Inscription de l'API de FREGATA"
_SIGNALER = "Signaler cette réponse à l'exploitant de FREGATA."
_REMEDE = "Corriger l'inscription dans FREGATA : elle sera relue au prochain passage."


def missing(name: str) -> Fault:
    return fault("CHAMP_MANQUANT", f"{ELEMENT}, champ {name} : valeur obligatoire absente.", _REMEDE)


def bad_value(name: str, bad: BadValue) -> Fault:
    return fault(bad.code, f"{ELEMENT}, champ {name} : {bad.expected} ; trouvé : {bad.found}.", _REMEDE)


def not_an_object(value: object) -> Fault:
    return fault("TYPE_INATTENDU", f"{ELEMENT} : objet attendu ; trouvé : {kind_of(value)}.", _SIGNALER)
