"""What is late, when it is said, and how often: deadlines of the year, holidays, closures."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.rentree import calendrier
from processors.rentree.reglages import METROPOLE, Calendrier, JourDeLAnnee, Reglages, Vacances
from processors.rentree.state import Fermeture
from schemas.records.academie import Periode
from tests.processors.rentree.driver import UAI, Driver, at, codes, ligne, named

PARIS = ZoneInfo("Europe/Paris")


def local(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=PARIS).astimezone(UTC)


def fermeture(systeme: str, debut: date, fin: date, annulee: bool = False) -> Fermeture:
    return Fermeture("F", systeme, debut, fin, at(2025, 1, 1), annulee)


@pytest.mark.parametrize(
    ("numero", "dernier"),
    [(3, date(2024, 6, 30)), (9, date(2024, 7, 13)), (13, date(2024, 9, 1)), (18, date(2024, 9, 15)), (22, date(2025, 5, 31))],
)
def test_a_step_is_late_from_the_first_instant_after_its_last_day(numero: int, dernier: date) -> None:
    driver = Driver()
    driver.profil(at(2024, 3, 1, 8))
    instant = datetime.combine(dernier + timedelta(days=1), time.min, PARIS).astimezone(UTC)
    assert numero not in [each.numero for each in named(driver.until(instant - timedelta(seconds=1)), "retard")]
    assert [(each.echeance, each.jours_de_retard) for each in named(driver.until(instant), "retard") if each.numero == numero] == [
        (dernier, 1)
    ]


def test_on_its_last_day_a_step_is_not_late_whatever_happens_then() -> None:
    driver = Driver()
    driver.profil(at(2024, 6, 1, 8))
    assert named(driver.etape(1, local(2024, 6, 30, 23)), "retard") == []


def test_a_step_without_a_date_is_never_late() -> None:
    driver = Driver()
    driver.profil(at(2024, 3, 1, 8))
    driver.until(at(2025, 12, 1))
    assert {each.numero for each in named(driver.outputs, "retard")}.isdisjoint({1, 2, 7, 20, 23})


def test_a_notice_is_given_once_and_leaves_the_table_when_the_step_is_done() -> None:
    driver = Driver()
    driver.profil(at(2024, 6, 1, 8))
    driver.until(at(2024, 7, 20))
    published = driver.etape(9, at(2024, 7, 20, 9), date(2024, 7, 16))
    assert len([each for each in named(driver.outputs, "retard") if each.numero == 9]) == 1
    assert (ligne(published, 9).statut, ligne(published, 9).jours_de_retard) == ("FAITE", 3)


def test_a_profile_that_comes_late_finds_what_is_late_with_its_true_days() -> None:
    driver = Driver()
    published = driver.profil(at(2024, 7, 20, 8))
    assert {each.numero: each.jours_de_retard for each in named(published, "retard")} == {3: 20, 4: 20, 5: 20, 6: 20, 9: 7}


def test_one_reminder_a_week_groups_every_late_step() -> None:
    driver = Driver()
    driver.profil(at(2024, 6, 1, 8))
    driver.until(local(2024, 7, 31))
    rappels = named(driver.outputs, "rappel")
    assert [each.semaine for each in rappels] == ["2024-W27", "2024-W28", "2024-W29", "2024-W30", "2024-W31"]
    assert [len(each.etapes) for each in rappels] == [4, 4, 5, 5, 5]


def test_no_reminder_goes_out_in_the_schools_holidays() -> None:
    driver = Driver()
    driver.profil(at(2024, 6, 1, 8), zone_vacances="C")
    driver.until(local(2024, 12, 31))
    days = [each.time.astimezone(PARIS) for each in driver.outputs if each.name == "rappel"]
    assert days
    assert not [day for day in days if date(2024, 7, 6) <= day.date() <= date(2024, 9, 1)]
    assert not [day for day in days if date(2024, 10, 19) <= day.date() <= date(2024, 11, 3)]
    assert all(day.hour == 8 and day.weekday() < 5 for day in days)


def test_the_schools_own_holidays_replace_those_of_its_zone() -> None:
    driver = Driver()
    own = (Periode(debut=date(2024, 7, 15), fin=date(2024, 7, 17)),)
    driver.profil(at(2024, 6, 1, 8), zone_vacances="C", vacances=own)
    driver.until(local(2024, 7, 20))
    days = [each.time.astimezone(PARIS).date() for each in driver.outputs if each.name == "rappel"]
    assert days == [date(2024, 7, 1), date(2024, 7, 8), date(2024, 7, 18)]


def test_reminders_stop_some_time_after_the_year() -> None:
    driver = Driver(Reglages(jours_de_rappel=10))
    driver.profil(at(2024, 6, 1, 8))
    driver.until(local(2026, 1, 1))
    assert max(each.time for each in driver.outputs if each.name == "rappel") < local(2025, 6, 11)


def test_nothing_is_reminded_once_all_is_done() -> None:
    driver = Driver()
    driver.profil(at(2024, 6, 20, 8))
    driver.until(local(2024, 7, 2))
    for numero in (3, 4, 5, 6):
        driver.etape(numero, local(2024, 7, 3, 10))
    assert named(driver.until(local(2024, 7, 13)), "rappel") == []


def test_another_calendar_is_a_setting() -> None:
    tard = Calendrier(
        nom="tard",
        departements=("084",),
        structures=JourDeLAnnee(8, 1),
        bilans=METROPOLE.bilans,
        rentree=METROPOLE.rentree,
        effectifs=METROPOLE.effectifs,
        fenetre_debut=METROPOLE.fenetre_debut,
        fenetre_fin=METROPOLE.fenetre_fin,
    )
    driver = Driver(Reglages(calendriers=(METROPOLE, tard)))
    driver.profil(at(2024, 6, 1, 8))
    driver.profil(at(2024, 6, 1, 8), "0750001A")
    assert ligne([o for o in driver.outputs if o.key == UAI], 3).echeance == date(2024, 7, 31)
    assert ligne([o for o in driver.outputs if o.key == "0750001A"], 3).echeance == date(2024, 6, 30)


@pytest.mark.parametrize(
    "wrong",
    [
        {"calendriers": ()},
        {"heure_rappel": 24},
        {"vacances": (Vacances("A", date(2025, 1, 2), date(2025, 1, 1)),)},
        {"jours_rendus": 0},
        {"periodicite_envois": -1},
    ],
)
def test_settings_that_cannot_be_applied_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"attendu|finit"):
        Reglages(**wrong)  # type: ignore[arg-type]


# --- closures --------------------------------------------------------------------------------------------------------


def test_a_closure_over_the_last_day_gives_back_the_days_it_took() -> None:
    closed = (fermeture("SIECLE", date(2025, 6, 28), date(2025, 7, 2)),)
    assert calendrier.decalee(date(2025, 6, 30), ("SIECLE",), closed, 7) == date(2025, 7, 5)


def test_a_closure_just_before_the_last_day_counts_and_an_older_one_does_not() -> None:
    just = (fermeture("SIECLE", date(2025, 6, 26), date(2025, 6, 27)),)
    old = (fermeture("SIECLE", date(2025, 6, 1), date(2025, 6, 20)),)
    assert calendrier.decalee(date(2025, 6, 30), ("SIECLE",), just, 7) == date(2025, 7, 2)
    assert calendrier.decalee(date(2025, 6, 30), ("SIECLE",), old, 7) == date(2025, 6, 30)


def test_a_closure_of_another_system_or_a_cancelled_one_moves_nothing() -> None:
    closed = (fermeture("LSU", date(2025, 6, 28), date(2025, 7, 2)), fermeture("SIECLE", date(2025, 6, 28), date(2025, 7, 2), True))
    assert calendrier.decalee(date(2025, 6, 30), ("SIECLE",), closed, 7) == date(2025, 6, 30)


days = st.integers(-40, 40).map(lambda n: date(2025, 6, 30) + timedelta(days=n))


@given(st.lists(st.tuples(days, st.integers(0, 20)), max_size=4))
def test_a_moved_deadline_is_never_earlier_and_never_on_a_closed_day(closures: list[tuple[date, int]]) -> None:
    closed = [fermeture("SIECLE", debut, debut + timedelta(days=length)) for debut, length in closures]
    moved = calendrier.decalee(date(2025, 6, 30), ("SIECLE",), closed, 7)
    assert moved >= date(2025, 6, 30)
    assert not [each for each in closed if each.debut <= moved <= each.fin]
    assert open_days(closed, moved) >= min(7, open_days([], date(2025, 6, 30)))


def open_days(closed: Iterable[Fermeture], until: date) -> int:
    """Days of the last week before the deadline, and after, on which the system answers."""
    start = date(2025, 6, 24)
    lived = (start + timedelta(days=n) for n in range((until - start).days + 1))
    return sum(1 for day in lived if not any(each.debut <= day <= each.fin for each in closed))


def test_a_closure_reaches_every_school_once_whenever_each_becomes_known() -> None:
    driver = Driver()
    driver.profil(at(2025, 3, 1, 8), annee=2025)
    driver.fermeture(at(2025, 6, 1, 8), "SIECLE", date(2025, 6, 30), date(2025, 7, 1))
    driver.profil(at(2025, 6, 2, 8), "0840009Z", 2025)
    driver.profil(at(2025, 6, 2, 8), "0750001A", 2025)
    told = {each.uai: each for each in named(driver.outputs, "fermeture_suivie")}
    assert set(told) == {UAI, "0840009Z", "0750001A"}
    assert [each.numero for each in told[UAI].etapes] == [3, 5, 6]
    driver.fermeture(at(2025, 6, 3, 8), "SIECLE", date(2025, 6, 30), date(2025, 7, 1))
    assert len(named(driver.outputs, "fermeture_suivie")) == 6


def test_a_closure_of_some_departements_reaches_only_them() -> None:
    driver = Driver()
    driver.profil(at(2025, 3, 1, 8), annee=2025)
    driver.profil(at(2025, 3, 1, 8), "0750001A", 2025)
    driver.fermeture(at(2025, 6, 1, 8), "SIECLE", date(2025, 6, 30), date(2025, 7, 1), departements=("075",))
    assert [each.uai for each in named(driver.outputs, "fermeture_suivie")] == ["0750001A"]


def test_a_closure_told_after_the_deadline_takes_the_lateness_back_and_its_cancellation_gives_it_again() -> None:
    driver = Driver()
    driver.profil(at(2025, 3, 1, 8), annee=2025)
    driver.until(local(2025, 7, 1, 9))
    published = driver.fermeture(local(2025, 7, 1, 10), "SIECLE", date(2025, 6, 29), date(2025, 7, 3))
    assert ligne(published, 3).statut == "A_FAIRE"
    published = driver.fermeture(local(2025, 7, 2, 10), "SIECLE", date(2025, 6, 29), date(2025, 7, 3), annulee=True)
    assert ligne(published, 3).statut == "EN_RETARD"
    assert codes(driver.outputs) == []


def test_an_older_announcement_that_comes_later_is_not_believed() -> None:
    driver = Driver()
    driver.profil(at(2025, 3, 1, 8), annee=2025)
    driver.fermeture(at(2025, 6, 5, 8), "SIECLE", date(2025, 6, 30), date(2025, 7, 1), annulee=True)
    assert driver._send("academie.fermetures.v1", "fermeture", at(2025, 6, 4, 8), "national", "f", _announced()) == []


def _announced() -> object:
    from schemas.records.academie import Fermeture as Announced

    return Announced(reference="F1", systeme="SIECLE", debut=date(2025, 6, 30), fin=date(2025, 7, 1))


def test_a_closure_that_ends_before_it_begins_is_refused() -> None:
    assert codes(Driver().fermeture(at(2025, 6, 1, 8), "SIECLE", date(2025, 7, 1), date(2025, 6, 30))) == ["DATES_INVERSEES"]
