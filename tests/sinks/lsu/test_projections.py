"""Correspondences as rows: one row an element, and a head that says which rows hold."""

from datetime import UTC, datetime
from typing import Any

from schemas.outcome import Event
from schemas.records import RECORDS, lsu
from sinks.lsu import TABLES
from sinks.lsu.projections import CONTROLES, CORRESPONDANCES, PROJECTIONS
from sinks.lsu.tables import METADATA

AT = datetime(2018, 8, 8, 9, 2, tzinfo=UTC)
UAI = "9830418M"


def row(name: str, data: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    (made,) = TABLES.decide(None, None, Event("e", name, AT, UAI, "", "/test", CORRESPONDANCES, data)).rows
    assert made.values is not None
    return made.table, dict(made.key), dict(made.values)


def test_every_record_of_the_correspondences_and_of_the_checks_has_its_table() -> None:
    assert set(PROJECTIONS) == {*RECORDS[CORRESPONDANCES], *RECORDS[CONTROLES]}
    assert {each.table for each in PROJECTIONS.values()} == set(METADATA.tables)


def test_a_choice_to_make_is_a_row_with_its_propositions_in_order() -> None:
    near = (lsu.Proposition(sts="epp/1", libelle="ARNAUD VERONIQUE"), lsu.Proposition(sts="epp/9", libelle="ARNAUD PAUL"))
    found = lsu.Correspondance(uai=UAI, nature="PROFESSEUR", edt="ARNAUD DELOY VERONIQUE", statut="PROPOSEE", propositions=near)
    table, key, values = row("correspondance", found)
    assert table == "lsu_correspondances"
    assert key == {"uai": UAI, "nature": "PROFESSEUR", "edt": "ARNAUD DELOY VERONIQUE"}
    assert (values["statut"], values["sts"], values["publie_le"]) == ("PROPOSEE", None, AT)
    assert [each["sts"] for each in values["propositions"]] == ["epp/1", "epp/9"]


def test_a_choice_made_is_written_over_the_row_of_its_element() -> None:
    before = row("correspondance", lsu.Correspondance(uai=UAI, nature="GROUPE", edt="4ANG1", statut="SANS"))
    after = row("correspondance", lsu.Correspondance(uai=UAI, nature="GROUPE", edt="4ANG1", statut="CHOISIE", sts="4ANG2"))
    assert before[:2] == after[:2]
    assert after[2]["sts"] == "4ANG2"


def test_heads_are_one_row_a_school_and_nature() -> None:
    head = lsu.Correspondances(uai=UAI, nature="CLASSE", exactes=1, choisies=2, proposees=3, sans=4, fichier_sts="f")
    assert row("correspondances", head)[:2] == ("lsu_correspondances_bilans", {"uai": UAI, "nature": "CLASSE"})
    checked = lsu.ServicesVerifies(uai=UAI, services=3, manquants=2, fichier_sts="f")
    table, key, values = row("services_verifies", checked)
    assert (table, key, values["manquants"]) == ("lsu_services_verifies", {"uai": UAI}, 2)


def test_a_lsu_file_is_one_row_with_what_is_to_be_mended() -> None:
    defect = lsu.ConstatBilans(gravite="ANOMALIE", code="ID_BE_INCONNU", message="m", remede="r")
    found = lsu.BilansControles(uai=UAI, fichier="b.xml", eleves=2, enseignants=1, anomalies=1, compares=("e.xml",), constats=(defect,))
    table, key, values = row("bilans_controles", found)
    assert (table, key) == ("lsu_bilans_controles", {"uai": UAI, "fichier": "b.xml"})
    assert (values["anomalies"], values["constats"][0]["code"]) == (1, "ID_BE_INCONNU")
