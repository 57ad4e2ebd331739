"""The outgoing files that follow the calendar of the rentrée: notices of lateness, dossiers for SIECLE."""

import msgspec

from schemas.outcome import Event, Outcome
from schemas.records.rentree import Retard
from sinks.rentree import lines
from sinks.siecle import dossiers

INPUTS = ("rentree.suivi.v1", "charlemagne.fichiers.v1")

NO_DOSSIERS = dossiers.Dossiers()


class Fichiers(msgspec.Struct, frozen=True):
    """What is on its way in a school."""

    envois: dossiers.Dossiers = NO_DOSSIERS


def decide(_reglages: None, state: Fichiers | None, event: Event) -> Outcome:
    """Pure. Each kind of file has its own part of the state."""
    if isinstance(event.data, Retard):
        return lines.decide(state, event)
    known = state or Fichiers()
    after, outcome = dossiers.decide(known.envois, event)
    same = after == known.envois
    return msgspec.structs.replace(outcome, state=state if same else msgspec.structs.replace(known, envois=after))
