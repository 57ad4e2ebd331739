"""From a late step to the line of the file of lateness notices: one notice, one line (R-CHA-35)."""

from typing import Any

from schemas.outcome import Effect, Event, Outcome
from schemas.records.rentree import Retard

SINK = "rentree.retards"


def decide(state: Any, event: Event) -> Outcome:
    """Pure; leaves the state of the processor as it is."""
    data: Retard = event.data
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
