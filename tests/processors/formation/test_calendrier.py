"""Months, quarters from a start, survey days, zones."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.formation.calendrier import (
    dans_les_mois,
    debut_du_jour,
    dernier_jour,
    ecart,
    est_un_mois,
    jour_local,
    mois_de,
    mois_plus,
    trimestre_de,
)
from schemas.mois import periode

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("sortie", "mois", "due"),
    [
        (date(2007, 7, 1), 6, date(2008, 1, 1)),
        (date(2007, 4, 30), 6, date(2007, 10, 30)),
        (date(2007, 8, 31), 6, date(2008, 2, 29)),
        (date(2006, 8, 31), 6, date(2007, 2, 28)),
        (date(2008, 2, 29), 12, date(2009, 2, 28)),
        (date(2007, 12, 31), 6, date(2008, 6, 30)),
    ],
)
def test_a_survey_day_that_does_not_exist_is_the_last_of_its_month(sortie: date, mois: int, due: date) -> None:
    assert dans_les_mois(sortie, mois) == due


@given(DAYS, st.integers(-36, 36))
def test_months_later_is_in_the_month_counted(jour: date, nombre: int) -> None:
    assert ecart(mois_de(jour), mois_de(dans_les_mois(jour, nombre))) == nombre


@given(DAYS, st.integers(0, 40))
def test_quarters_counted_from_the_start_share_every_month_among_them(jour: date, rang: int) -> None:
    debut = mois_de(jour)
    trimestre = trimestre_de(debut, mois_plus(debut, rang))
    assert mois_plus(debut, rang) in trimestre
    assert ecart(debut, trimestre[0]) % 3 == 0
    assert [ecart(trimestre[0], mois) for mois in trimestre] == [0, 1, 2]


def test_a_period_is_written_as_the_guide_does() -> None:
    assert [periode(mois) for mois in ("2006-10", "2007-02", "2007-08")] == ["Octobre 2006", "Février 2007", "Août 2007"]


def test_february_of_a_leap_year_has_29_days() -> None:
    assert dernier_jour("2008-02") == date(2008, 2, 29)
    assert dernier_jour("2100-02") == date(2100, 2, 28)


@pytest.mark.parametrize("texte", ["2006-13", "2006-00", "06-10", "2006-1", "0000-01", "octobre", "2006-10-01", "２００６-10"])
def test_other_texts_are_no_month(texte: str) -> None:
    assert not est_un_mois(texte)


def test_the_day_is_the_zones_own() -> None:
    instant = datetime(2006, 11, 15, 23, 30, tzinfo=UTC)
    assert jour_local(instant, "Europe/Paris") == date(2006, 11, 16)
    assert jour_local(instant, "America/Guadeloupe") == date(2006, 11, 15)
    assert debut_du_jour(date(2006, 11, 16), "Pacific/Noumea") == datetime(2006, 11, 15, 13, tzinfo=UTC)
