"""From a payment file as Luciole sends it to what Chorus is given: the first content of a name, once."""

from typing import Any

import msgspec

from schemas.outcome import Effect, Event, Outcome
from schemas.records.chorus import FichierPaiement

SINK = "chorus.paiements"


class Envoye(msgspec.Struct, frozen=True):
    """This payment file was given to Chorus."""

    evenement: str
    """`ce_id` of the record it came from."""


def decide(_reglages: None, state: Envoye | None, event: Event) -> Outcome:
    """Pure. The procedure refuses a second content under the same name; here it is simply not sent."""
    if state is not None:
        return Outcome(state, counted="deja_envoye", because="Ce fichier de paiement est déjà parti.")
    data: FichierPaiement = event.data
    payload: dict[str, Any] = {
        "fichier": data.fichier,
        "instructeur": data.instructeur,
        "lignes": [msgspec.structs.asdict(ligne) for ligne in data.lignes],
    }
    return Outcome(Envoye(event.id), effects=(Effect(SINK, payload, group=data.fichier),), because="Fichier de paiement pour Chorus.")
