"""The keeper of slices: one state per slice. It adds what it is given, hands it to a collecte that passes, and forgets."""

from typing import Any

import msgspec

from processors.depot_siecle.messages import TRANCHE_PLEINE
from processors.depot_siecle.tranches import TAMPON, TOPIC, TRANCHE
from schemas.outcome import Emitted, Event, Outcome
from schemas.records import siecle as records

COLLECTES = "siecle.depots.collectes.v1"


class Tranche(msgspec.Struct, frozen=True):
    """The parts of one slice, in the order in which they came."""

    parts: tuple[bytes, ...] = ()


def decide(_reglages: Any, state: Tranche | None, event: Event) -> Outcome:
    """Keep, give or forget. A slice that has nothing gives nothing, and the school sees it."""
    match event.data:
        case records.Tranche() as given:
            parts = (*(state.parts if state else ()), given.contenu)
            if sum(map(len, parts)) > TRANCHE + TAMPON:
                return Outcome(state, refusal=TRANCHE_PLEINE, because=TRANCHE_PLEINE.message)
            return Outcome(Tranche(parts), because="gardée")
        case records.TrancheOubliee():
            return Outcome(None, because="oubliée")
        case records.Collecte() as collecte:
            porte = records.ContenuPorte(cle=event.key, parts=state.parts if state else ())
            return Outcome(state, (suivante(collecte, (*collecte.contenus, porte)),), because="emportée")
        case _:
            raise KeyError(event.type)


def suivante(collecte: records.Collecte, contenus: tuple[records.ContenuPorte, ...]) -> Emitted:
    """The collecte at its next slice, or back at its school."""
    if collecte.reste:
        onward = msgspec.structs.replace(collecte, reste=collecte.reste[1:], contenus=contenus)
        return Emitted(TOPIC, "collecte", onward, key=collecte.reste[0], subject=f"collecte/{collecte.uai}/{collecte.numero}")
    done = records.CollecteFaite(
        uai=collecte.uai,
        motif=collecte.motif,
        numero=collecte.numero,
        contenus=tuple(records.ContenuCollecte(cle=each.cle, parts=each.parts) for each in contenus),
    )
    return Emitted(COLLECTES, "collecte_faite", done, key=collecte.uai, subject=f"collecte/{collecte.uai}/{collecte.numero}")
