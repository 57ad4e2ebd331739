"""From a late step to the line of the file of lateness notices: one notice, one line (R-CHA-35)."""

from schemas.outcome import Effect, Event, Outcome
from schemas.records.rentree import Retard

SINK = "rentree.retards"


def decide(_reglages: None, state: None, event: Event) -> Outcome:
    """Pure; keeps no state."""
    data = event.data
    if not isinstance(data, Retard):
        return Outcome(state, counted="sans_ligne")
    line = {
        "uai": data.uai,
        "annee": data.annee,
        "numero": data.numero,
        "libelle": data.libelle,
        "a_faire": data.a_faire,
        "echeance": data.echeance,
        "jours_de_retard": data.jours_de_retard,
    }
    return Outcome(state, effects=(Effect(SINK, line),), because="avis de retard")
