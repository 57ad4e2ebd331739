"""The outgoing files of the bursaries: decisions for Aglaé, what the registrar must change in Apogée."""

from schemas.outcome import Event, Outcome, Processor
from sinks.aglae import lines as aglae
from sinks.apogee import lines as apogee


def decide(reglages: None, state: aglae.EnAttente | None, event: Event) -> Outcome:
    """Pure. A record is a line of one of the files, or of none."""
    effects = apogee.effects_of(event)
    return Outcome(state, effects=effects) if effects else aglae.decide(reglages, state, event)


PROCESSOR = Processor(
    name="bourses.fichiers",
    about="Prépare les lignes des fichiers de bourses : décisions pour Aglaé, changements à faire dans Apogée.",
    inputs=("bourses.decisions.v1", "bourses.suivi.v1"),
    refusals="bourses.refus.v1",
    decide=decide,
    provides=aglae.provides,
    state=aglae.EnAttente,
)
