"""From FREGATA's inscriptions to rows: who is where and since when. Names, birth dates and INE stay in FREGATA: nobody needs them here."""

from typing import Any

from schemas.outcome import Event, Outcome, Row
from schemas.records.fregata import InscriptionEleve

TABLE = "fregata_inscriptions"
KEY = ("etablissement", "annee", "identifiant")
KEPT = (
    "statut",
    "mef",
    "division",
    "entree_etablissement",
    "sortie_etablissement",
    "entree_formation",
    "sortie_formation",
)
"""Columns of the names of the contract's fields."""


def decide(_reglages: None, state: Any, event: Event) -> Outcome:
    """Pure: what FREGATA says last of an inscription is written over what it said before."""
    if event.data is None:
        return Outcome(state, counted="sans_ligne")
    said: InscriptionEleve = event.data
    values = {name: getattr(said, name) for name in KEPT}
    return Outcome(state, rows=(Row(TABLE, {name: getattr(said, name) for name in KEY}, {**values, "cle": event.key, "ce_id": event.id}),))
