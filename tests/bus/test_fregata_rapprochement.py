"""`fregata_rapprochement` on a real PostgreSQL: what FREGATA knows against what was sent to it, per établissement and year."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import text

from bus.database.rows import write_rows
from bus.processors import projection_tables
from schemas.outcome import Row

SENT = datetime(2026, 12, 1, 9, tzinfo=UTC)


def inscrit(uai: str, number: int, annee: int = 2026, sorti: date | None = None) -> Row:
    values = {"statut": "2501", "sortie_etablissement": sorti, "cle": f"k-{number}", "ce_id": f"i-{number}"}
    return Row("fregata_inscriptions", {"etablissement": uai, "annee": annee, "identifiant": str(number)}, values)


def decision(uai: str, dossier: str, bordereau: str = "B1", annee: int = 2026, day: int = 2) -> Row:
    values = {
        "annee": annee,
        "decision": "ATTRIBUEE",
        "montant_theorique": Decimal("600.00"),
        "visible_le": date(2026, 12, day),
        "envoye_le": SENT,
        "jeton": 1,
        "ce_id": f"d-{dossier}-{bordereau}",
    }
    return Row("fregata_decisions", {"etablissement": uai, "bordereau": bordereau, "dossier": dossier}, values)


def perdu(uai: str, dossier: str, annee: int = 2026) -> Row:
    return Row("luciole_non_reconduits", {"etablissement": uai, "dossier": dossier}, {"annee": annee, "raison": "Clos.", "vu_le": SENT})


def seen(database: sqlalchemy.Engine, *rows: Row) -> list[dict[str, Any]]:
    with database.begin() as connection:
        write_rows(connection, projection_tables(), rows)
        found = connection.execute(text("SELECT * FROM fregata_rapprochement ORDER BY etablissement, annee"))
        return [dict(row) for row in found.mappings()]


def test_an_etablissement_served_counts_each_dossier_once_whatever_its_terms(database: sqlalchemy.Engine) -> None:
    rows = [inscrit("0341088Y", n, sorti=date(2026, 11, 3) if n == 3 else None) for n in range(1, 4)]
    rows += [decision("0341088y", "D1"), decision("0341088Y", "D1", "B2", day=9), decision("0341088Y", "D2")]
    assert seen(database, *rows) == [
        {
            "etablissement": "0341088Y",
            "annee": 2026,
            "inscrits": 3,
            "presents": 2,
            "dossiers_transmis": 2,
            "derniere_decision_le": date(2026, 12, 9),
            "dossiers_non_reconduits": 0,
            "constat": "RIEN_A_SIGNALER",
        }
    ]


@pytest.mark.parametrize(
    ("rows", "constat"),
    [
        ([inscrit("0341088Y", 1)], "RIEN_TRANSMIS"),
        ([inscrit("0341088Y", 1), perdu("0341088Y", "D1")], "RIEN_TRANSMIS"),
        ([decision("0341088Y", "D1")], "INCONNU_DE_FREGATA"),
        ([inscrit("0341088Y", 1), decision("0341088Y", "D1"), decision("0341088Y", "D2")], "PLUS_DE_DOSSIERS_QUE_D_INSCRITS"),
        ([inscrit("0341088Y", 1), decision("0341088Y", "D1"), perdu("0341088Y", "D2")], "DOSSIERS_NON_RECONDUITS"),
        ([perdu("0341088Y", "D1")], "DOSSIERS_SANS_ENVOI"),
    ],
)
def test_each_difference_is_named(database: sqlalchemy.Engine, rows: list[Row], constat: str) -> None:
    assert [each["constat"] for each in seen(database, *rows)] == [constat]


def test_years_and_etablissements_are_kept_apart(database: sqlalchemy.Engine) -> None:
    rows = [inscrit("0341088Y", 1, 2025), inscrit("0300139B", 2), decision("0341088Y", "D1"), decision("0300139B", "D2")]
    assert [(each["etablissement"], each["annee"], each["constat"]) for each in seen(database, *rows)] == [
        ("0300139B", 2026, "RIEN_A_SIGNALER"),
        ("0341088Y", 2025, "RIEN_TRANSMIS"),
        ("0341088Y", 2026, "INCONNU_DE_FREGATA"),
    ]
