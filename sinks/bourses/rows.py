"""From decisions and refusals to rows: the last situation of each registration, and every decision, mark and refusal.

What follows from a decision is in `sinks.bourses.suivi`.
"""

from typing import Any

from schemas.outcome import Event, Outcome, Row
from schemas.records.bourses import DossierMarque, MiseEnPaiement, Notification, Refus, Situation, Validation
from sinks.bourses import suivi

Decision = Validation | MiseEnPaiement | Notification


def decide(_reglages: None, state: None, event: Event) -> Outcome:
    """Pure; keeps no state: a record writes its row over the one of equal key."""
    match event.data:
        case Situation() as record:
            row = _situation(event, record)
        case Validation() | MiseEnPaiement() | Notification() as record:
            row = _decision(event, record)
        case DossierMarque() as record:
            row = _mark(event, record)
        case Refus() as record:
            row = _refusal(event, record)
        case _:
            rows = suivi.rows_of(event)
            return Outcome(state, rows=rows) if rows else Outcome(state, counted="sans_ligne")
    return Outcome(state, rows=(row,))


def _situation(event: Event, record: Situation) -> Row:
    values = {
        "cod_etu": record.cod_etu,
        "statut": record.statut,
        "motif": record.motif,
        "premiere": record.premiere,
        "numero_dossier": record.numero_dossier,
        "depuis": event.time,
        **_traced(event, record.evenements),
    }
    return Row("bourses_inscriptions", _registration(record), values)


def _decision(event: Event, record: Decision) -> Row:
    nature = f"notification_{record.nature.lower()}" if isinstance(record, Notification) else event.type
    values = {
        "cod_etu": record.cod_etu,
        "voeu_rang": record.voeu_rang if isinstance(record, Validation) else None,
        "echelon": None if isinstance(record, Validation) else record.echelon,
        "montant_annuel": None if isinstance(record, Validation) else record.montant_annuel,
        "motif": record.motif,
        "decide_le": event.time,
        **_traced(event, record.evenements),
    }
    return Row("bourses_decisions", {"numero_dossier": record.numero_dossier, **_registration(record), "nature": nature}, values)


def _mark(event: Event, record: DossierMarque) -> Row:
    key = {"numero_dossier": record.numero_dossier, **_registration(record), "raison": record.raison}
    values = {
        "cod_etu": record.cod_etu,
        "motif": record.motif,
        "marque_le": event.time,
        **_traced(event, record.evenements),
    }
    return Row("bourses_dossiers_marques", key, values)


def _refusal(event: Event, record: Refus) -> Row:
    values = {
        "code": record.code,
        "message": record.message,
        "remede": record.remede,
        "type_evenement": record.type_evenement,
        "source": record.source,
        "sujet": record.sujet,
        "refuse_le": event.time,
        "ce_id": event.id,
        "cle": event.key,
    }
    return Row("bourses_refus", {"evenement": record.evenement, "processeur": record.processeur}, values)


def _registration(record: Situation | Decision | DossierMarque) -> dict[str, Any]:
    return {
        "uai": record.uai,
        "annee": record.annee,
        "cod_ind": record.cod_ind,
        "cod_etp": record.cod_etp,
        "cod_vrs_vet": record.cod_vrs_vet,
    }


def _traced(event: Event, evenements: tuple[str, ...]) -> dict[str, Any]:
    return {"evenements": list(evenements), "ce_id": event.id, "cle": event.key}
