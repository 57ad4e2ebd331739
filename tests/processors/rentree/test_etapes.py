"""The order of the steps: gates refuse, the rest warns, and what does not concern the school is not asked of it."""

from datetime import date
from itertools import combinations
from typing import Any

import pytest

from processors.rentree.procedure import ETAPES, sans_objet
from schemas.records.academie import TypeEtablissement
from tests.processors.rentree.driver import ETAPES as TOPIC
from tests.processors.rentree.driver import UAI, Driver, at, codes, ligne, named

JUIN = at(2024, 6, 3, 8)


def ouvert(**profil: Any) -> Driver:
    driver = Driver()
    driver.profil(JUIN, **profil)
    return driver


def test_a_new_profile_opens_the_23_rows_of_the_year() -> None:
    driver = ouvert()
    rows = named(driver.outputs, "etape_suivie")
    assert [row.numero for row in rows] == list(range(1, 24))
    assert {row.numero for row in rows if row.statut == "SANS_OBJET"} == {8, 21}
    assert all(row.libelle == ETAPES[row.numero].libelle for row in rows)


def test_a_gate_refuses_and_names_the_missing_step() -> None:
    driver = ouvert()
    (refus,) = named(driver.etape(14, at(2024, 6, 4, 9)), "refus")
    assert refus.code == "ETAPE_PREALABLE_MANQUANTE"
    assert "étape 13 « Ouvrir la nouvelle année (N+1) »" in refus.message
    assert driver.annee().faites == ()


def test_a_gate_wants_the_step_before_done_before_not_only_declared() -> None:
    driver = ouvert()
    driver.etape(13, at(2024, 7, 10, 9), date(2024, 7, 10))
    assert codes(driver.etape(7, at(2024, 7, 11, 9), date(2024, 7, 9))) == ["ETAPE_PREALABLE_MANQUANTE"]
    assert codes(driver.etape(7, at(2024, 7, 11, 10), date(2024, 7, 10))) == []


def test_an_inferred_step_that_misses_only_warns() -> None:
    driver = ouvert(type="CITE_SCOLAIRE")
    for rank, numero in enumerate((10, 11, 12)):
        driver.etape(numero, at(2024, 6, 5 + rank, 9))
    published = driver.etape(13, at(2024, 6, 20, 9))
    assert codes(published) == []
    assert [each.manquantes for each in named(published, "avertissement")] == [(8, 9)]
    assert ligne(published, 13).manquantes == (8, 9)


def test_a_step_without_object_never_counts_as_missing() -> None:
    driver = ouvert(omogen=True)
    driver.etape(5, at(2024, 6, 5, 9))
    driver.etape(13, at(2024, 6, 6, 9))
    assert named(driver.etape(7, at(2024, 6, 7, 9)), "avertissement") == []


@pytest.mark.parametrize(("type_", "omogen"), [(t, o) for t in ("COLLEGE", "LYCEE", "CITE_SCOLAIRE", "ECOLE") for o in (True, False)])
def test_exactly_one_of_the_two_cases_is_asked_of_each_school(type_: TypeEtablissement, omogen: bool) -> None:
    asked = {numero for numero, etape in ETAPES.items() if sans_objet(etape, type_, omogen) is None}
    if type_ == "ECOLE":
        assert asked == set()
        return
    assert ({21, 22} & asked) == ({21} if omogen else {22})
    assert (6 in asked) == (not omogen)
    assert (8 in asked) == (type_ in ("LYCEE", "CITE_SCOLAIRE"))
    assert (9 in asked) == (type_ in ("COLLEGE", "CITE_SCOLAIRE"))


def test_dependencies_never_go_round() -> None:
    before = {numero: {*etape.exige, *etape.suit, *(etape.suit_avec_omogen or ())} for numero, etape in ETAPES.items()}
    reached = {numero: set(each) for numero, each in before.items()}
    for _ in ETAPES:
        reached = {numero: each.union(*(reached[other] for other in each)) for numero, each in reached.items()}
    assert not [numero for numero, each in reached.items() if numero in each]
    assert not [pair for pair in combinations(ETAPES, 2) if ETAPES[pair[0]].libelle == ETAPES[pair[1]].libelle]


def test_a_step_of_the_other_case_is_refused() -> None:
    driver = ouvert(omogen=True)
    assert codes(driver.etape(6, at(2024, 6, 5, 9))) == ["SANS_OBJET"]
    assert codes(driver.etape(22, at(2024, 9, 20, 9))) == ["SANS_OBJET"]


def test_the_setting_speaks_for_a_school_whose_academy_does_not_say() -> None:
    driver = ouvert(omogen=None)
    assert codes(driver.etape(21, at(2024, 9, 20, 9))) == ["SANS_OBJET"]


def test_a_correction_replaces_the_date_and_the_same_again_is_a_duplicate() -> None:
    driver = ouvert()
    driver.etape(4, at(2024, 6, 10, 9), date(2024, 6, 9))
    assert ligne(driver.etape(4, at(2024, 6, 11, 9), date(2024, 6, 8)), 4).fait_le == date(2024, 6, 8)
    assert driver.etape(4, at(2024, 6, 12, 9), date(2024, 6, 8)) == []


def test_a_step_that_another_rests_on_is_neither_moved_after_it_nor_taken_back() -> None:
    driver = ouvert()
    driver.etape(13, at(2024, 7, 1, 9))
    driver.etape(14, at(2024, 7, 2, 9))
    assert codes(driver.etape(13, at(2024, 7, 3, 9))) == ["ETAPE_SUIVANTE_FAITE"]
    assert codes(driver.acte("etape_annulee", at(2024, 7, 3, 10), numero=13)) == ["ETAPE_SUIVANTE_FAITE"]
    driver.acte("etape_annulee", at(2024, 7, 3, 11), numero=14)
    assert ligne(driver.acte("etape_annulee", at(2024, 7, 3, 12), numero=13), 13).statut == "A_FAIRE"


@pytest.mark.parametrize(
    ("numero", "fait_le", "code"),
    [(0, None, "ETAPE_INCONNUE"), (24, None, "ETAPE_INCONNUE"), (1, date(2024, 6, 6), "DATE_FUTURE")],
)
def test_nonsense_is_refused(numero: int, fait_le: date | None, code: str) -> None:
    assert codes(ouvert().etape(numero, at(2024, 6, 5, 9), fait_le)) == [code]


def test_the_day_is_the_schools_not_utc() -> None:
    driver = Driver()
    driver.profil(at(2018, 1, 5, 0), "9830418M", 2018)
    late = at(2018, 1, 9, 14)
    assert ligne(driver.etape(1, late, uai="9830418M", annee=2018), 1).fait_le == date(2018, 1, 10)


def test_what_comes_before_the_profile_waits_for_it_in_order() -> None:
    driver = Driver()
    driver.etape(13, at(2024, 6, 1, 9))
    driver.etape(7, at(2024, 6, 2, 9))
    assert driver.outputs == []
    driver.profil(JUIN)
    assert [each.numero for each in driver.annee().faites] == [7, 13]
    assert codes(driver.outputs) == []


def test_a_school_of_the_first_degree_is_sent_to_its_own_procedure() -> None:
    driver = ouvert(type="ECOLE")
    assert codes(driver.etape(1, at(2024, 6, 5, 9))) == ["PREMIER_DEGRE"]


def test_years_stand_beside_each_other_and_the_oldest_one_leaves() -> None:
    driver = Driver()
    for annee in (2022, 2023, 2024, 2025):
        driver.profil(at(2025, 6, 1, 8), UAI, annee)
    assert codes(driver.etape(1, at(2025, 6, 2, 8), annee=2022)) == ["ANNEE_PASSEE"]
    assert codes(driver.etape(1, at(2025, 6, 2, 9), annee=2023)) == []


def test_a_deletion_changes_nothing() -> None:
    driver = ouvert()
    before = driver.annee()
    driver._send(TOPIC, "etape", at(2024, 6, 6, 9), UAI, "s", None)
    assert driver.annee() == before
