"""FREGATA's inscriptions as rows: who is where, and nothing that names a pupil."""

from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import replace

from schemas.outcome import Event, Row
from schemas.records.fregata import InscriptionEleve
from sinks.fregata import PROCESSOR
from sinks.fregata.tables import INSCRIPTIONS

ELEVE = InscriptionEleve(
    etablissement="0341088Y",
    annee=2026,
    identifiant="77-1",
    statut="2501",
    ine="123456789AB",
    nom="Invente",
    prenom="Nom",
    date_naissance=date(2010, 4, 1),
    mef="2473110131",
    division="2NDE A",
    entree_etablissement=date(2026, 9, 1),
)


def row(said: InscriptionEleve | None, key: str = "k-1", name: str = "e-1") -> Row | None:
    event = Event(name, "inscription_eleve", datetime(2026, 9, 1, tzinfo=UTC), key, "s", "/fregata", PROCESSOR.inputs[0], said)
    rows = PROCESSOR.decide(None, None, event).rows
    return rows[0] if rows else None


def written(said: InscriptionEleve) -> dict[str, Any]:
    made = row(said)
    assert made is not None
    assert made.values is not None
    return {**made.key, **made.values}


def test_a_row_has_every_column_of_its_table() -> None:
    assert set(written(ELEVE)) == set(INSCRIPTIONS.c.keys())


def test_nothing_of_a_row_names_the_pupil() -> None:
    found = set(written(ELEVE).values())
    assert found.isdisjoint({ELEVE.ine, ELEVE.nom, ELEVE.prenom, ELEVE.date_naissance})
    assert written(ELEVE)["cle"] == "k-1"


def test_what_is_said_later_is_written_over_the_same_row() -> None:
    first, later = row(ELEVE), row(replace(ELEVE, division="2NDE B", sortie_etablissement=date(2026, 11, 3)), name="e-2")
    assert first is not None
    assert later is not None
    assert first.key == later.key == {"etablissement": "0341088Y", "annee": 2026, "identifiant": "77-1"}
    assert later.values is not None
    assert (later.values["division"], later.values["sortie_etablissement"], later.values["ce_id"]) == ("2NDE B", date(2026, 11, 3), "e-2")


def test_a_deletion_writes_nothing() -> None:
    assert row(None) is None
