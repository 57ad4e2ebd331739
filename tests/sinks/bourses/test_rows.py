"""Decisions and refusals become rows of tables that exist, once each."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.schema import CreateTable

from schemas.outcome import Event, Row
from schemas.records import bourses
from sinks.bourses import PROCESSOR
from sinks.bourses.tables import METADATA, TABLES

WHEN = datetime(2026, 7, 1, 8, tzinfo=UTC)
COMMON: dict[str, Any] = {
    "annee": 2026,
    "uai": "0781944P",
    "cod_ind": "4012",
    "cod_etu": "22600123",
    "cod_etp": "L1INFO",
    "cod_vrs_vet": "120",
    "motif": "L'inscription correspond au vœu 1 du dossier.",
    "evenements": ("r1", "d1"),
}
NUMERO = "2026VER1111037734L"
SITUATION = bourses.Situation(statut="DEFINITIF", numero_dossier=NUMERO, **COMMON)
VALIDATION = bourses.Validation(numero_dossier=NUMERO, voeu_rang=1, **COMMON)
PAIEMENT = bourses.MiseEnPaiement(numero_dossier=NUMERO, echelon="1", montant_annuel=Decimal("1665.00"), **COMMON)
NOTIFICATION = bourses.Notification(nature="DEFINITIVE", numero_dossier=NUMERO, echelon="1", montant_annuel=Decimal("1665.00"), **COMMON)
MARQUE = bourses.DossierMarque(numero_dossier=NUMERO, raison="SANS_VOEU", **COMMON)
REFUS = bourses.Refus(
    code="ANNEE_INVALIDE",
    message="Non.",
    remede="Corriger.",
    processeur="bourses",
    evenement="e1",
    type_evenement="inscription",
    source="/apogee",
)
ALL = [
    ("situation", SITUATION),
    ("validation", VALIDATION),
    ("mise_en_paiement", PAIEMENT),
    ("notification", NOTIFICATION),
    ("dossier_marque", MARQUE),
    ("refus", REFUS),
]


def event(name: str, data: object, ce_id: str = "c1") -> Event:
    return Event(ce_id, name, WHEN, "3f" * 16, "ia/…", "/passerelle/bourses", "bourses.decisions.v1", data)


def row(name: str, data: object, ce_id: str = "c1") -> Row:
    (only,) = PROCESSOR.decide(None, None, event(name, data, ce_id)).rows
    return only


@pytest.mark.parametrize(("name", "data"), ALL)
def test_every_record_has_its_row_with_the_columns_of_its_table(name: str, data: object) -> None:
    made = row(name, data)
    table = TABLES[made.table]
    assert made.values is not None
    assert {*made.key, *made.values} == {column.name for column in table.columns}
    assert set(made.key) == {column.name for column in table.primary_key}
    given = {**made.key, **made.values}
    assert not [column.name for column in table.columns if not column.nullable and given[column.name] is None]


def test_a_later_situation_takes_the_place_of_the_former() -> None:
    later = bourses.Situation(statut="ANNULEE", **COMMON)
    assert row("situation", SITUATION).key == row("situation", later, "c2").key


def test_the_three_records_of_a_payment_are_three_rows_and_stay_three_when_they_come_again() -> None:
    made = [(row(name, data, ce_id).table, tuple(row(name, data, ce_id).key.items())) for name, data in ALL[1:4] for ce_id in ("c1", "c2")]
    assert len(set(made)) == 3


def test_the_amount_stays_exact() -> None:
    values = row("mise_en_paiement", PAIEMENT).values
    assert values is not None
    assert (values["montant_annuel"], values["echelon"]) == (Decimal("1665.00"), "1")


def test_a_mark_of_another_reason_is_another_row() -> None:
    other = bourses.DossierMarque(numero_dossier=NUMERO, raison="PAIEMENT_A_REVOIR", **COMMON)
    assert row("dossier_marque", MARQUE).key != row("dossier_marque", other).key


def test_a_record_of_a_newer_release_is_counted_and_makes_no_row() -> None:
    outcome = PROCESSOR.decide(None, None, event("inconnu", None))
    assert (outcome.rows, outcome.counted) == ((), "sans_ligne")


def test_every_table_and_column_says_what_it_holds() -> None:
    assert all(table.comment for table in TABLES.values())
    assert not [f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns if not column.comment]


def test_the_tables_are_those_of_postgresql() -> None:
    engine = create_engine("postgresql+psycopg://")
    made = "\n".join(str(CreateTable(table).compile(engine)) for table in METADATA.sorted_tables)
    assert "NUMERIC(10, 2)" in made
    assert "TIMESTAMP WITH TIME ZONE" in made
    assert "TEXT[]" in made
    assert all(name.startswith("bourses_") for name in TABLES)
    assert {"bourses_inscriptions", "bourses_decisions", "bourses_dossiers_marques", "bourses_refus"} <= set(TABLES)
