"""The file of lateness notices, and the rows of the calendar."""

import csv
import io
import json
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from schemas.outcome import Event
from schemas.records import RECORDS
from schemas.records.rentree import EcheanceDecalee, FermetureSuivie, Retard
from sinks.rentree import FICHIERS, TABLES
from sinks.rentree.projections import PROJECTIONS
from sinks.rentree.retards import Retards
from sinks.rentree.tables import METADATA

AT = datetime(2024, 9, 16, tzinfo=UTC)
RETARD = Retard(
    uai="0840001V",
    annee=2024,
    numero=18,
    libelle="Exportation vers SCONET",
    echeance=date(2024, 9, 15),
    jours_de_retard=1,
    a_faire="Début septembre",
)


def event(name: str, data: Any, topic: str = "rentree.suivi.v1") -> Event:
    return Event("ce-1", name, AT, "0840001V", "s", "/passerelle/rentree", topic, data)


def stored(payload: Any) -> dict[str, Any]:
    """As `effets` gives it back."""
    found: dict[str, Any] = json.loads(msgspec.json.encode(payload))
    return found


def test_a_notice_is_one_line_with_school_step_deadline_and_days() -> None:
    (effect,) = FICHIERS.decide(None, None, event("retard", RETARD)).effects
    file = Retards().write(7, (stored(effect.payload),))
    assert file.name == "rentree_retards_000007.csv"
    text = file.content.decode("utf-8-sig")
    assert list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";")) == [
        {
            "UAI": "0840001V",
            "ANNEE": "2024",
            "NUMERO": "18",
            "LIBELLE": "Exportation vers SCONET",
            "A_FAIRE": "Début septembre",
            "ECHEANCE": "15/09/2024",
            "JOURS_DE_RETARD": "1",
        }
    ]
    assert text.count("\r\n") == text.count("\n") == 2


def test_the_same_lot_gives_the_same_bytes_and_no_formula() -> None:
    line = {**msgspec.to_builtins(RETARD), "libelle": "=1+1\nx"}
    first, second = (Retards().write(1, (line,)) for _ in range(2))
    assert first == second
    assert "'=1+1 x" in first.content.decode()


def test_what_is_no_notice_makes_no_line() -> None:
    data = FermetureSuivie(
        uai="0840001V", reference="F", systeme="SIECLE", debut=date(2024, 6, 1), fin=date(2024, 6, 2), annulee=False, etapes=()
    )
    outcome = FICHIERS.decide(None, None, event("fermeture_suivie", data))
    assert (outcome.effects, outcome.counted) == ((), "sans_fichier")


def test_every_record_of_the_follow_up_has_its_table() -> None:
    assert set(PROJECTIONS) == {*RECORDS["rentree.suivi.v1"], *RECORDS["rentree.refus.v1"]}
    assert {each.table for each in PROJECTIONS.values()} == set(METADATA.tables)


def test_rows_are_of_the_columns_of_their_table_and_lists_are_plain() -> None:
    moved = EcheanceDecalee(annee=2024, numero=3, echeance=date(2024, 7, 5))
    data = FermetureSuivie(
        uai="0840001V", reference="F", systeme="SIECLE", debut=date(2024, 6, 1), fin=date(2024, 6, 2), annulee=False, etapes=(moved,)
    )
    (row,) = TABLES.decide(None, None, event("fermeture_suivie", data)).rows
    table = METADATA.tables[row.table]
    assert {*row.key, *(row.values or {})} == set(table.columns.keys())
    assert tuple(row.key) == tuple(column.name for column in table.primary_key)
    assert row.values is not None
    assert row.values["etapes"] == [{"annee": 2024, "numero": 3, "echeance": "2024-07-05"}]


def test_a_deletion_writes_no_row() -> None:
    assert TABLES.decide(None, None, event("retard", None)).counted == "sans_ligne"
