"""FREGATA's list of inscriptions → records: what is taken, what is left, what is refused, who is asked next."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.fregata.inscriptions import BadPage, FregataInscriptions
from schemas.student_key import StudentKeys
from tests.connectors.deliveries import SECRET
from tests.connectors.fregata.samples import inscription

NOW = datetime(2026, 2, 3, 8, tzinfo=UTC)
FIRST, SECOND = "0341088Y", "0300139B"
SOURCE = FregataInscriptions(SECRET, (FIRST, SECOND))


def read(*elements: Any, after: str | None = None) -> Any:
    return SOURCE.pulled(SOURCE.ask(after, NOW), list(elements))


def test_a_pupil_is_taken_without_what_nobody_needs() -> None:
    [record] = read(inscription(1)).records
    data = record.data
    assert (data.etablissement, data.annee, data.identifiant, data.statut) == (FIRST, 2025, "5001", "2501")
    assert (data.ine, data.nom, data.date_naissance) == ("9900000001T", "TESTARD", date(2009, 3, 12))
    assert (data.mef, data.division) == ("2762130632", "2NDE PRO A")
    assert (data.entree_formation, data.sortie_formation) == (date(2025, 9, 1), None)
    assert "Essais" not in str(data)
    assert record.key == StudentKeys(SECRET).of_nne("9900000001T")


def test_a_pupil_without_ine_has_a_key_of_the_establishment() -> None:
    [record] = read(inscription(1, apprenant__ine=None)).records
    assert record.key == StudentKeys(SECRET).without_nne(FIRST, "5001")


def test_a_doubtful_ine_is_said_and_the_pupil_is_taken() -> None:
    found = read(inscription(1, apprenant__ine="1111037734L"), inscription(2, apprenant__ine="1111037734M"))
    assert len(found.records) == 2
    [doubted] = found.doubted
    assert doubted.place == found.records[1].position
    assert [warning.code for warning in doubted.warnings] == ["CLE_NNE_INVALIDE"]


def test_a_pupil_of_the_education_nationale_is_left_out() -> None:
    found = read(inscription(1, estEN=True), inscription(2))
    assert [record.data.identifiant for record in found.records] == ["5002"]
    assert found.not_taken == ()


def test_the_same_content_has_the_same_id_and_another_content_another() -> None:
    [before], [again] = read(inscription(1)).records, read(inscription(1)).records
    [after] = read(inscription(1, dateSortieFormation="2026-01-15")).records
    assert before.own_id == again.own_id != after.own_id
    assert before.position == after.position
    assert before.time == datetime(2025, 9, 1, tzinfo=UTC)


def test_an_inscription_without_a_day_dates_from_its_school_year() -> None:
    [record] = read(inscription(1, dateEntreeFormation=None, dateEntreeEtablissement=None)).records
    assert record.time == datetime(2025, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("element", "code"),
    [
        ("TESTARD", "TYPE_INATTENDU"),
        (inscription(1, id=None), "CHAMP_MANQUANT"),
        (inscription(1, statutApprenant=None), "CHAMP_MANQUANT"),
        (inscription(1, apprenant__dateNaissance="12/03"), "DATE_INVALIDE"),
        (inscription(1, apprenant__ine="TESTARD Zélie"), "IDENTIFIANT_INVALIDE"),
    ],
)
def test_a_bad_element_is_refused_alone_and_quotes_nobody(element: Any, code: str) -> None:
    found = read(element, inscription(2))
    assert len(found.records) == 1
    [refused] = found.not_taken
    assert len(refused.faults) == 1
    said = refused.faults[0]
    assert said.remede
    assert not any(word in f"{refused.place} {said.message}" for word in ("TESTARD", "Zélie", "12/03"))
    assert said.code == code


@pytest.mark.parametrize("answer", [None, {"inscriptions": []}, "[]", 3])
def test_what_is_no_list_is_no_page(answer: Any) -> None:
    with pytest.raises(BadPage):
        SOURCE.pulled(SOURCE.ask(None, NOW), answer)


def test_establishments_are_asked_in_turn_and_the_round_begins_again() -> None:
    asked, after, ends = [], None, []
    for _ in range(3):
        asked.append(SOURCE.ask(after, NOW).uai)
        found = read(after=after)
        after = found.cursor
        ends.append(found.complete)
    assert asked == [FIRST, SECOND, FIRST]
    assert ends == [False, True, False]


def test_an_establishment_that_is_asked_no_more_is_passed_over() -> None:
    after = read().cursor
    assert FregataInscriptions(SECRET, (FIRST,)).ask(after, NOW).uai == FIRST


@pytest.mark.parametrize(("at", "year"), [((2026, 7, 31), "29"), ((2026, 8, 1), "30"), ((2025, 9, 1), "29"), ((2026, 1, 1), "29")])
def test_the_school_year_counts_from_1996_and_begins_in_august(at: tuple[int, int, int], year: str) -> None:
    query = SOURCE.ask(None, datetime(*at, tzinfo=UTC)).query()
    assert query == {"rne": FIRST, "anneeScolaireId": year, "idStatutApprenant": "2", "seulementAvecDivision": "true"}
