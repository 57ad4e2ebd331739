"""The files of the synchros that a school's systems give each other: those of 1 and 3 at once, those of 2 when their bundle is complete,
those of 5 when they are deposited."""

import msgspec

from schemas.outcome import Event, Outcome
from sinks.edt import lines
from sinks.pronote import lot
from sinks.siecle import liens

STS_WEB = "sts.fichiers.v1"
LOTS = ("siecle.fichiers.v1", "siecle.nomenclatures.v1", "synchros.etats.v1")
INPUTS = (STS_WEB, "pronote.fichiers.v1", "siecle.suivi_depots.v1", *LOTS)

NOTHING, NO_LOT = liens.Liens(), lot.Lots()


class Fichiers(msgspec.Struct, frozen=True):
    """What is on its way in a school."""

    sts: lines.EnCours | None = None
    depots: liens.Liens = NOTHING
    lots: lot.Lots = NO_LOT


def decide(_reglages: None, state: Fichiers | None, event: Event) -> Outcome:
    """Pure. Each topic has its own part of the state."""
    state = state or Fichiers()
    if event.topic == STS_WEB:
        outcome = lines.decide(None, state.sts, event)
        return msgspec.structs.replace(outcome, state=msgspec.structs.replace(state, sts=outcome.state))
    if event.topic in LOTS:
        lots, outcome = lot.decide(state.lots, event)
        return msgspec.structs.replace(outcome, state=msgspec.structs.replace(state, lots=lots))
    after, outcome = liens.decide(state.depots, event)
    return msgspec.structs.replace(outcome, state=msgspec.structs.replace(state, depots=after))
