"""Rows of Luciole's projections: every column exists, lists that shrink take their rows back."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from schemas.outcome import Event, Row
from schemas.records import RECORDS
from schemas.records import luciole as records
from sinks.luciole import PROCESSOR
from sinks.luciole.rows import SEVERAL, TABLES, Montre, decide
from sinks.luciole.tables import TABLES as DECLARED
from tests.processors.luciole.driver import E1, E2, START, Bus, Says, X, Y, Z

AT = datetime(2026, 6, 5, 8, 12, tzinfo=UTC)


def event(topic: str, name: str, **data: Any) -> Event:
    return Event("e-1", name, AT, "k", "s", "/luciole", topic, RECORDS[topic][name](**data))


def told(state: Montre | None, **data: Any) -> tuple[Montre | None, tuple[Row, ...]]:
    name = data.pop("name")
    outcome = decide(None, state, event("luciole.suivi.v1", name, **data))
    return outcome.state, outcome.rows


def whole_story() -> Bus:
    """One of everything: a send, a refusal, a rejection asked for, a stuck holder, an interruption."""
    bus = Bus()
    says = Says(bus)
    for rank, uai in enumerate((E1, E2)):
        says.rattache(X, uai)
        says.pret(uai, "D1", "D2", bordereau=f"B{rank}", fichier=f"F{rank}", who=X)
    says.prepare(X)
    bus.settle()
    says.modification(E1, "D1")
    bus.settle()
    says.constat(E2, date(2026, 5, 30))
    bus.settle()
    says.envoie(X)
    bus.settle()
    says.envoie(Y, E2)
    bus.pass_time(10)
    says.fin(X)
    bus.pass_time(24 * 60)
    says.envoie(X, E2)
    says.envoie(Z, E1)
    bus.pass_time(31)
    return bus


def test_every_row_of_a_whole_story_fits_its_declared_table() -> None:
    states: dict[str, Any] = {}
    written = set()
    for one in whole_story().published:
        if one.topic in PROCESSOR.inputs:
            outcome = decide(None, states.get(one.key), one)
            states[one.key] = outcome.state
            assert outcome.counted != "sans_ligne" or one.type in ("selection", "envoi_commence", "envoi_arrete"), one.type
            for row in outcome.rows:
                table = DECLARED[row.table]
                assert set(row.key) == {column.name for column in table.primary_key}
                assert set(row.values or ()) <= {column.name for column in table.columns} - set(row.key)
                written.add(row.table)
    assert {"ogapi_montants", "fregata_decisions", "fregata_file", "luciole_etapes", "luciole_verrou", "luciole_non_servis"} <= written


def test_every_table_is_written_by_some_record() -> None:
    simple = {table for table, _ in TABLES.values()}
    several = {
        "luciole_etablissements", "luciole_envois", "fregata_file", "luciole_non_servis", "luciole_non_reconduits", "luciole_verrou",
        "luciole_file",
    }  # fmt: skip
    assert simple | several == set(DECLARED)
    assert not set(SEVERAL) & set(TABLES)


def test_the_columns_of_simple_records_are_those_of_their_table() -> None:
    for topic in PROCESSOR.inputs:
        for name, struct in RECORDS[topic].items():
            if name in TABLES:
                table, key = TABLES[name]
                columns = {column.name for column in DECLARED[table].columns}
                assert set(struct.__struct_fields__) <= columns, name
                assert set(key) <= columns


def test_a_queue_that_shrinks_takes_its_last_places_back() -> None:
    def place(rank: int) -> records.PlaceFile:
        return records.PlaceFile(instructeur=X, place=rank, attente_estimee_minutes=30, depuis=AT)

    about: dict[str, Any] = {"name": "verrou_etat", "detenteur": Y, "depuis": AT, "jeton": 3, "support_appele": False}
    state, _ = told(None, file=(place(1), place(2), place(3)), **about)
    state, rows = told(state, file=(place(1),), **about)
    assert [(row.key["place"], row.values is None) for row in rows if row.table == "luciole_file"] == [(1, False), (2, True), (3, True)]
    assert rows[0].values is not None
    assert rows[0].values["en_attente"] == 1


def test_a_dossier_that_is_sent_leaves_the_list_of_those_not_renewed() -> None:
    one, two = (records.DossierNonReconduit(dossier=d, annee=2025, raison="sans date de décision") for d in ("D1", "D2"))
    state, _ = told(None, name="dossiers_non_reconduits", etablissement=E1, nombre=2, dossiers=(one, two))
    state, rows = told(state, name="dossiers_non_reconduits", etablissement=E1, nombre=1, dossiers=(two,))
    gone = [row.key["dossier"] for row in rows if row.table == "luciole_non_reconduits" and row.values is None]
    assert gone == ["D1"]


def test_an_etablissement_that_is_served_leaves_the_list() -> None:
    state, _ = told(None, name="etablissements_non_servis", instructeur=X, etablissements=(E1, E2), servis=(), remede="Envoyez.")
    state, rows = told(state, name="etablissements_non_servis", instructeur=X, etablissements=(E2,), servis=(E1,), remede="Envoyez.")
    assert [(row.key["etablissement"], row.values is None) for row in rows] == [(E1, True), (E2, False)]


def test_two_sends_of_one_day_add_up_in_the_queue_that_people_see() -> None:
    line: dict[str, Any] = {
        "name": "ligne_envoi", "etablissement": E1, "instructeur": X, "envoye": "OK", "debut": START, "fin": AT,
        "nombre_montants": 0, "bordereaux": ("B1",), "visible_le": date(2026, 6, 6),
    }  # fmt: skip
    state, _ = told(None, jeton=1, nombre_dossiers=2, **line)
    state, rows = told(state, jeton=2, nombre_dossiers=3, **line)
    queue = next(row for row in rows if row.table == "fregata_file")
    assert queue.values == {"attendues": 5, "publiees": 0, "publiees_le": None}
    state, rows = told(state, name="decisions_publiees", etablissement=E1, visible_le=date(2026, 6, 6), nombre=5)
    assert rows[0].values == {"publiees": 5, "publiees_le": AT}


@pytest.mark.parametrize("topic", ["ogapi.montants.v1", "fregata.decisions.v1"])
def test_an_amount_and_a_decision_keep_their_own_columns(topic: str) -> None:
    about: dict[str, Any] = {"etablissement": E1, "bordereau": "B1", "dossier": "D1", "jeton": 1}
    if topic.startswith("ogapi"):
        one = event(topic, "montant", montant=Decimal("456.00"), effectif_le=AT, instructeur=X, **about)
    else:
        one = event(topic, "decision", montant_theorique=Decimal("468.00"), visible_le=date(2026, 6, 6), envoye_le=AT, **about)
    row = decide(None, None, one).rows[0]
    assert row.key == {"etablissement": E1, "bordereau": "B1", "dossier": "D1"}
    assert row.values is not None
    assert ("montant" in row.values) != ("montant_theorique" in row.values)


def test_a_call_taken_back_is_a_row_beside_the_call_with_its_token() -> None:
    started = datetime(2026, 6, 5, 8, 0, tzinfo=UTC)
    void = {"message": "m", "cause": "c", "remede": "r", "instructeur": X, "depuis": started, "fin": AT, "jeton": 7}
    [row] = decide(None, None, event("support.appels.v1", "appel_sans_objet", **void)).rows
    assert (row.table, row.key) == ("support_appels", {"ce_id": "e-1"})
    assert row.values is not None
    assert {"ce_id", *row.values} == set(DECLARED["support_appels"].c.keys())
    assert (row.values["motif"], row.values["jeton"], row.values["depuis"]) == ("SANS_OBJET", 7, started)
