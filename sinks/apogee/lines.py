"""From what follows a bursary decision to the lines of the file for Apogée."""

from collections.abc import Mapping
from typing import Any

from schemas.outcome import Effect, Event
from schemas.records.bourses import PassageDefinitif, ReclamationDroits, RemboursementDroits

SINK = "apogee.bourses"

PASSAGE = "PASSAGE_DEFINITIF"
RECLAMATION = "DROITS_A_RECLAMER"
RECLAMATION_LEVEE = "DROITS_A_NE_PLUS_RECLAMER"
REMBOURSEMENT = "DROITS_A_REMBOURSER"
REMBOURSEMENT_LEVE = "DROITS_A_NE_PLUS_REMBOURSER"


def effects_of(event: Event) -> tuple[Effect, ...]:
    """One line for a bursary that becomes definitive, for fees to claim or to refund, and when there is no more to do so."""
    match event.data:
        case PassageDefinitif() as record:
            nature = PASSAGE
        case ReclamationDroits() as record:
            nature = RECLAMATION if record.ouverte else RECLAMATION_LEVEE
        case RemboursementDroits() as record:
            nature = REMBOURSEMENT if record.ouvert else REMBOURSEMENT_LEVE
        case _:
            return ()
    return (Effect(SINK, _line(nature, record), group=event.subject),)


def _line(nature: str, record: PassageDefinitif | ReclamationDroits | RemboursementDroits) -> Mapping[str, Any]:
    return {
        "nature": nature,
        "annee": record.annee,
        "uai": record.uai,
        "composante": record.composante,
        "cod_etu": record.cod_etu,
        "cod_ind": record.cod_ind,
        "cod_etp": record.cod_etp,
        "cod_vrs_vet": record.cod_vrs_vet,
        "numero_dossier": record.numero_dossier,
        "motif": record.motif,
    }
