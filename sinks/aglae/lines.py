"""From decisions to the lines of the file for Aglaé. A validation and its payment are one line: both or none.

The two come as two records, one after the other; the first waits in the state for the second.
"""

from typing import Any

import msgspec

from schemas.outcome import Effect, Event, Outcome, Parked
from schemas.records.bourses import DossierMarque, MiseEnPaiement, Validation

SINK = "aglae.decisions"
VALIDATION = "VALIDATION_ET_PAIEMENT"
MARQUE = "DOSSIER_MARQUE"


class Validee(msgspec.Struct, frozen=True):
    """A validation whose payment has not come yet."""

    numero_dossier: str
    subject: str
    voeu_rang: int | None


class EnAttente(msgspec.Struct, frozen=True):
    """What one student key waits to complete."""

    validees: tuple[Validee, ...] = ()


def decide(_reglages: None, state: EnAttente | None, event: Event) -> Outcome:
    """Pure. One effect for a validation with its payment, one for a mark; situations and notifications make none."""
    match event.data:
        case Validation() as record:
            known = state.validees if state is not None else ()
            validee = Validee(record.numero_dossier, event.subject, record.voeu_rang)
            return Outcome(EnAttente((*known, validee)), because="La ligne attend la mise en paiement.")
        case MiseEnPaiement() as record:
            return _paid(state, event, record)
        case DossierMarque() as record:
            line = {**_shared(MARQUE, record), "raison": record.raison}
            return Outcome(state, effects=(Effect(SINK, line, group=event.subject),))
        case _:
            return Outcome(state, counted="sans_ligne")


def provides(event: Event) -> str | None:
    """A validation is what its payment waits for."""
    return _awaited(event) if isinstance(event.data, Validation) else None


def _paid(state: EnAttente | None, event: Event, record: MiseEnPaiement) -> Outcome:
    waiting = state.validees if state is not None else ()
    validee = next((v for v in waiting if (v.numero_dossier, v.subject) == (record.numero_dossier, event.subject)), None)
    if validee is None:
        return Outcome(state, parked=Parked(_awaited(event), "validation"), because="La validation de ce dossier n'est pas encore venue.")
    rest = tuple(v for v in waiting if v is not validee)
    line = {
        **_shared(VALIDATION, record),
        "voeu_rang": validee.voeu_rang,
        "echelon": record.echelon,
        "montant_annuel": record.montant_annuel,
    }
    return Outcome(EnAttente(rest) if rest else None, effects=(Effect(SINK, line, group=event.subject),))


def _shared(nature: str, record: MiseEnPaiement | DossierMarque) -> dict[str, Any]:
    return {
        "nature": nature,
        "numero_dossier": record.numero_dossier,
        "annee": record.annee,
        "uai": record.uai,
        "cod_etu": record.cod_etu,
        "cod_ind": record.cod_ind,
        "cod_etp": record.cod_etp,
        "cod_vrs_vet": record.cod_vrs_vet,
        "motif": record.motif,
    }


def _awaited(event: Event) -> str:
    return f"validation {event.subject}"
