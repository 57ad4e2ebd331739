"""The outgoing files that follow the calendar of the rentrée: notices of lateness, dossiers for SIECLE, nomenclatures for Charlemagne."""

import msgspec

from schemas.outcome import Event, Outcome
from schemas.records.rentree import EtapeSuivie, Retard
from schemas.records.siecle import Fichier as Export
from sinks.charlemagne import nomenclatures
from sinks.rentree import lines
from sinks.siecle import dossiers

INPUTS = ("rentree.suivi.v1", "charlemagne.fichiers.v1", "siecle.nomenclatures.v1")

NO_DOSSIERS, NO_EXPORTS = dossiers.Dossiers(), nomenclatures.Nomenclatures()


class Fichiers(msgspec.Struct, frozen=True):
    """What is on its way in a school."""

    envois: dossiers.Dossiers = NO_DOSSIERS
    exports: nomenclatures.Nomenclatures = NO_EXPORTS


def decide(_reglages: None, state: Fichiers | None, event: Event) -> Outcome:
    """Pure. Each kind of file has its own part of the state."""
    known = state or Fichiers()
    match event.data:
        case Retard():
            return lines.decide(state, event)
        case Export() | EtapeSuivie():
            exports, outcome = nomenclatures.decide(known.exports, event)
            after = msgspec.structs.replace(known, exports=exports)
        case _:
            envois, outcome = dossiers.decide(known.envois, event)
            after = msgspec.structs.replace(known, envois=envois)
    return msgspec.structs.replace(outcome, state=state if after == known else after)
