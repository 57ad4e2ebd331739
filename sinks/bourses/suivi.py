"""From what follows a decision to rows: Apogée's status, pieces, fees to review, control lists, amounts, detections.

A table of what is open loses its row when it closes: a piece no longer asked for, a defect that is gone.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from schemas.outcome import Event, Row
from schemas.records import bourses

REGISTRATION = ("uai", "annee", "cod_ind", "cod_etp", "cod_vrs_vet")


def rows_of(event: Event) -> tuple[Row, ...]:
    """The rows of one record of the follow-up; none for a record that no table holds."""
    make = MAPPINGS.get(type(event.data))
    return () if make is None else tuple(make(event))


def _row(event: Event, table: str, keys: tuple[str, ...], *, also: Mapping[str, Any] | None = None, left_out: tuple[str, ...] = ()) -> Row:
    """The record's own fields, those of `keys` as the key; lists of texts as lists."""
    said = {name: list(value) if isinstance(value, tuple) else value for name, value in msgspec.structs.asdict(event.data).items()}
    said |= also or {}
    key = {name: said.pop(name) for name in keys}
    traced = {"depuis": event.time, "ce_id": event.id, "cle": event.key}
    return Row(table, key, {**traced, **{name: value for name, value in said.items() if name not in left_out}})


def _gone(row: Row) -> Row:
    return Row(row.table, row.key, None)


def _statut(event: Event) -> Iterable[Row]:
    yield _row(event, "bourses_apogee", REGISTRATION)


def _piece(event: Event) -> Iterable[Row]:
    row = _row(event, "bourses_pieces", (*REGISTRATION, "piece"), left_out=("demandee",))
    yield row if event.data.demandee else _gone(row)


def _passage(event: Event) -> Iterable[Row]:
    yield _row(event, "bourses_passages", REGISTRATION)


def _reclamation(event: Event) -> Iterable[Row]:
    also = {"nature": "RECLAMATION", "ouvert": event.data.ouverte}
    yield _row(event, "bourses_droits_a_revoir", (*REGISTRATION, "nature"), also=also, left_out=("ouverte",))


def _remboursement(event: Event) -> Iterable[Row]:
    yield _row(event, "bourses_droits_a_revoir", (*REGISTRATION, "nature"), also={"nature": "REMBOURSEMENT"})


def _ecart(event: Event) -> Iterable[Row]:
    row = _row(event, "bourses_ecarts", (*REGISTRATION, "nature"), left_out=("ouvert",))
    yield row if event.data.ouvert else _gone(row)


def _notification(event: Event) -> Iterable[Row]:
    yield _row(event, "bourses_notifications_dossier", ("numero_dossier", "nature"))


def _montant(event: Event) -> Iterable[Row]:
    record: bourses.MontantEnVigueur = event.data
    yield _row(event, "bourses_montants", ("numero_dossier",), left_out=("mensualites",))
    for due in record.mensualites:
        values = {"montant": due.montant, "ce_id": event.id, "cle": event.key}
        yield Row("bourses_mensualites", {"numero_dossier": record.numero_dossier, "mois": due.mois}, values)


def _crous(event: Event) -> Iterable[Row]:
    yield _row(event, "bourses_crous_sans_suite", ("numero_boursier", "annee"))


def _anomalie(event: Event) -> Iterable[Row]:
    yield _row(event, "bourses_anomalies", ("numero_dossier", "code"))


def _demande(event: Event) -> Iterable[Row]:
    yield _row(event, "bourses_demandes", ("numero_boursier", "annee"))


def _detection(event: Event) -> Iterable[Row]:
    record: bourses.Detection = event.data
    key = {"cle": event.key, "annee": record.annee, "uai": record.uai}
    values = {"message": record.message, "raison": record.raison, "a_rejouer": record.a_rejouer}
    yield Row("bourses_detections", key, {**values, "detecte_le": event.time, "ce_id": event.id})


MAPPINGS: Mapping[type[Any], Callable[[Event], Iterable[Row]]] = {
    bourses.StatutApogee: _statut,
    bourses.DemandePiece: _piece,
    bourses.PassageDefinitif: _passage,
    bourses.ReclamationDroits: _reclamation,
    bourses.RemboursementDroits: _remboursement,
    bourses.EcartIdentifiant: _ecart,
    bourses.NotificationDossier: _notification,
    bourses.MontantEnVigueur: _montant,
    bourses.LigneCrousSansSuite: _crous,
    bourses.AnomalieDossier: _anomalie,
    bourses.DemandeEnregistree: _demande,
    bourses.Detection: _detection,
}
