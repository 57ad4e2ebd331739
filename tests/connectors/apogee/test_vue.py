"""Rows of the view: what they become, what is refused, and how far the view was read. Invented rows."""

# ruff: noqa: DTZ001 - the view's dates are wall clocks, without a zone

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from connectors.apogee.vue import ApogeeVue, Row, Window, before, utc
from connectors.transport.faults import CODES
from schemas.outcome import Pulled
from tests.connectors.deliveries import SECRET

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
WALL = datetime(2026, 9, 7, 10, 0)
TEXTS: dict[str, str | None] = {
    "UAI": "0781944P",
    "COD_ANU": "2026",
    "COD_IND": "900001",
    "COD_ETU": "21907",
    "COD_NNE_IND": "1111037734",
    "COD_CLE_NNE_IND": "L",
    "NUM_BRS_ETU": None,
    "LIB_NOM_PAT_IND": "TESTARD",
    "LIB_PR1_IND": "Zélie",
    "DATE_NAI_IND": "2007-03-12",
    "COD_ETP": "L1INFO",
    "COD_VRS_VET": "120",
    "COD_DIP": "LINFO  ",
    "COD_BRS": "01",
    "ETA_IAE": "E",
    "ETA_PMT_IAE": "P",
    "TEM_IAE_PRM": "O",
}
PERSONAL = ("TESTARD", "Zélie", "2007", "1111037734", "21907", "900001")


def row(instant: datetime | None = WALL, occurrence: str = "1", **changes: str | None) -> Row:
    texts = TEXTS | changes
    keys = tuple(texts[name] or "-" for name in ("COD_ANU", "COD_IND", "COD_ETP", "COD_VRS_VET"))
    return Row(instant, (*keys, occurrence), texts)


def window(start: datetime = WALL - timedelta(hours=1), top: datetime = WALL + timedelta(minutes=5)) -> Window:
    return Window(start, top, None, first=True)


def pulled(*rows: Row, vue: ApogeeVue | None = None, outside: tuple[Row, ...] = (), full: bool = False, after: str | None = None) -> Pulled:
    return (vue or ApogeeVue(SECRET)).pulled(after, window(), rows, outside, full, NOW)


def the_record(*rows: Row, vue: ApogeeVue | None = None) -> Any:
    [record] = pulled(*rows, vue=vue).records
    return record


def cursor_of(page: Pulled) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(page.cursor)
    return found


# --- mapping ----------------------------------------------------------------------------------------------------------


def test_a_row_is_the_registration_that_an_export_would_give() -> None:
    record = the_record(row())
    assert record.name == "inscription"
    assert record.time == datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
    data = record.data
    assert (data.uai, data.cod_anu, data.cod_ind, data.cod_etu, data.cod_etp, data.cod_vrs_vet) == (
        "0781944P", "2026", "900001", "21907", "L1INFO", "120",
    )  # fmt: skip
    assert (data.nne, data.cle_nne, data.num_brs, data.nom, data.prenom) == ("1111037734", "L", None, "TESTARD", "Zélie")
    assert (data.date_nai, data.dat_mod_iae) == (date(2007, 3, 12), record.time)
    assert (data.type, data.eta_iae, data.eta_pmt_iae, data.tem_iae_prm, data.cod_brs) == ("IA_CONSTATEE", "E", "P", True, "01")


def test_spaces_that_fill_a_fixed_column_are_no_part_of_a_code() -> None:
    assert the_record(row()).data.cod_dip == "LINFO"


def test_dates_are_of_the_zone_of_the_setting() -> None:
    assert the_record(row(), vue=ApogeeVue(SECRET, zone=ZoneInfo("Indian/Reunion"))).time == datetime(2026, 9, 7, 6, 0, tzinfo=UTC)
    assert the_record(row(datetime(2026, 1, 7, 10, 0))).time == datetime(2026, 1, 7, 9, 0, tzinfo=UTC)
    vue = ApogeeVue(SECRET)
    aware = datetime(2026, 9, 7, 7, 30, tzinfo=UTC)
    [record] = vue.pulled(None, vue.window(None, NOW, aware=True), [row(aware)], (), False, NOW).records
    assert record.time == aware


def test_the_setting_gives_the_establishment_that_the_view_does_not_say() -> None:
    assert the_record(row(UAI=None), vue=ApogeeVue(SECRET, uai="0341088Y")).data.uai == "0341088Y"
    [refused] = pulled(row(UAI=None)).not_taken
    assert [(fault.code, "UAI" in fault.message) for fault in refused.faults] == [("CHAMP_MANQUANT", True)]


def test_what_is_read_again_has_the_same_id_and_a_change_another_even_in_the_same_second() -> None:
    first, again, changed = the_record(row()), the_record(row()), the_record(row(ETA_IAE="A"))
    assert first.own_id == again.own_id
    assert first.own_id != changed.own_id
    assert first.position == changed.position


@pytest.mark.parametrize(
    "change",
    [{"COD_NNE_IND": "1111037735"}, {"LIB_PR1_IND": "Zoé"}, {"DATE_NAI_IND": "2007-03-13"}, {"NUM_BRS_ETU": "0906018155T"}],
)
def test_two_contents_never_share_an_id(change: dict[str, str]) -> None:
    """Equal ids with other contents would be conflicts, and the later one would be lost."""
    assert the_record(row()).own_id != the_record(row(WALL, "1", **change)).own_id


def test_two_occurrences_of_one_registration_are_two_places() -> None:
    first, second = pulled(row(), row(occurrence="2")).records
    assert first.position != second.position


def test_the_id_and_the_place_show_nothing_of_the_student_and_depend_on_the_secret() -> None:
    record = the_record(row())
    assert not [value for value in PERSONAL if value in f"{record.own_id}|{record.position}|{record.key}|{record.subject}"]
    assert the_record(row(), vue=ApogeeVue(b"another-secret-of-32-bytes-long!")).own_id != record.own_id


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "column"),
    [
        ({"ETA_IAE": "X"}, "CODE_INCONNU", "ETA_IAE"),
        ({"TEM_IAE_PRM": "1"}, "BOOLEEN_INVALIDE", "TEM_IAE_PRM"),
        ({"DATE_NAI_IND": "0044-03-15"}, "DATE_ABSURDE", "DATE_NAI_IND"),
        ({"COD_ETU": None}, "CHAMP_MANQUANT", "COD_ETU"),
        ({"ETA_IAE": None}, "CHAMP_MANQUANT", "ETA_IAE"),
        ({"COD_ETP": "L1 INFO"}, "IDENTIFIANT_INVALIDE", "COD_ETP"),
        ({"LIB_NOM_PAT_IND": "x" * 201}, "TEXTE_TROP_LONG", "LIB_NOM_PAT_IND"),
        ({"COD_ANU": "26"}, "IDENTIFIANT_INVALIDE", "COD_ANU"),
    ],
)
def test_a_bad_row_is_refused_and_its_neighbours_are_taken(change: dict[str, Any], code: str, column: str) -> None:
    page = pulled(row(COD_IND="900002"), row(**change), row(COD_IND="900003"))
    assert len(page.records) == 2
    [refused] = page.not_taken
    [fault] = refused.faults
    assert fault.code == code
    assert f"colonne {column} :" in fault.message
    assert "modifiée le 2026-09-07 10:00:00" in fault.message
    assert fault.remede


def test_a_refusal_names_no_person_even_where_columns_are_crossed() -> None:
    crossed = row(COD_ANU="TESTARD", COD_ETP="TESTARD", COD_VRS_VET="1111037734", ETA_IAE="Zélie", COD_ETU="né en 2007")
    page = pulled(crossed, row(ETA_IAE="X"), outside=(row(None),))
    said = " ".join(f"{each.place} {fault.message} {fault.remede}" for each in page.not_taken for fault in each.faults)
    assert not [value for value in PERSONAL if value in said], said
    assert {fault.code for each in page.not_taken for fault in each.faults} <= CODES


def test_doubtful_keys_are_said_and_the_row_is_taken() -> None:
    page = pulled(row(), row(COD_IND="900002", COD_CLE_NNE_IND="M", UAI="0781944A"))
    assert len(page.records) == 2
    assert page.not_taken == ()
    [doubted] = page.doubted
    assert doubted.place == page.records[1].position
    assert {warning.code for warning in doubted.warnings} == {"CLE_NNE_INVALIDE", "CLE_UAI_INVALIDE"}
    said = " ".join(f"{doubted.place} {warning.message} {warning.remede}" for warning in doubted.warnings)
    assert "modifiée le 2026-09-07 10:00:00" in said
    assert not [value for value in PERSONAL if value in said.replace("modifiée le 2026-09-07", "")], said


def test_the_place_of_a_refusal_is_that_of_its_later_record() -> None:
    [refused] = pulled(row(ETA_IAE="X")).not_taken
    assert refused.place == the_record(row()).position


def test_rows_that_no_window_reaches_are_refused_for_their_date() -> None:
    page = pulled(outside=(row(None), row(None, COD_IND="900002")))
    assert page.records == ()
    assert [fault.code for each in page.not_taken for fault in each.faults] == ["DATE_ABSURDE"] * 2


# --- how far ----------------------------------------------------------------------------------------------------------


def test_the_first_sweep_begins_at_the_setting_and_goes_to_the_present_of_the_view() -> None:
    vue = ApogeeVue(SECRET, since=datetime(2026, 7, 1))
    asked = vue.window(None, NOW, aware=False)
    assert (asked.start, asked.top, asked.after, asked.first) == (datetime(2026, 7, 1), WALL + timedelta(minutes=5), None, True)
    asked = vue.window(None, NOW, aware=True)
    assert (asked.start.astimezone(UTC), asked.top) == (datetime(2026, 6, 30, 22, tzinfo=UTC), NOW + timedelta(minutes=5))


def test_a_full_page_is_followed_by_the_rows_after_its_last_one_within_the_same_bounds() -> None:
    vue = ApogeeVue(SECRET)
    page = pulled(row(WALL - timedelta(minutes=9)), row(WALL - timedelta(minutes=8)), vue=vue, full=True)
    assert page.complete is False
    asked = vue.window(page.cursor, NOW + timedelta(hours=3), aware=False)
    assert (asked.start, asked.top, asked.first) == (window().start, window().top, False)
    assert asked.after == (WALL - timedelta(minutes=8), ("2026", "900001", "L1INFO", "120", "1"))


def test_the_next_sweep_begins_an_overlap_before_the_latest_row() -> None:
    vue = ApogeeVue(SECRET, overlap=timedelta(minutes=20))
    page = pulled(row(WALL - timedelta(minutes=4)), vue=vue)
    assert page.complete
    assert vue.window(page.cursor, NOW, aware=False).start == WALL - timedelta(minutes=24)


def test_the_latest_row_of_earlier_pages_counts() -> None:
    vue = ApogeeVue(SECRET)
    page = pulled(row(WALL - timedelta(minutes=2)), vue=vue, full=True)
    last = pulled(vue=vue, after=page.cursor)
    assert cursor_of(last)["start"] == (WALL - timedelta(minutes=17)).isoformat()


def test_a_row_ahead_of_the_clock_does_not_carry_the_watermark_with_it() -> None:
    page = pulled(row(WALL + timedelta(minutes=4)))
    assert len(page.records) == 1
    assert cursor_of(page)["start"] == (WALL - timedelta(minutes=15)).isoformat()


def test_a_refused_row_does_not_hold_the_watermark_back() -> None:
    page = pulled(row(WALL - timedelta(minutes=1), ETA_IAE="X"))
    assert cursor_of(page)["start"] == (WALL - timedelta(minutes=16)).isoformat()


def test_the_watermark_never_goes_back() -> None:
    page = pulled(row(window().start + timedelta(minutes=1)))
    assert cursor_of(page)["start"] == window().start.isoformat()


def test_nothing_read_leaves_the_watermark_where_it_is() -> None:
    vue = ApogeeVue(SECRET)
    first = pulled(row(WALL - timedelta(minutes=2)), vue=vue)
    assert pulled(vue=vue, after=first.cursor).cursor == first.cursor


# --- the hour that autumn repeats -------------------------------------------------------------------------------------

PARIS = ZoneInfo("Europe/Paris")
LATE = datetime(2026, 10, 25, 2, 58)
"""A time of day that comes twice: 00:58 and 01:58 UTC."""


def test_in_the_hour_that_comes_twice_the_overlap_is_an_hour_longer() -> None:
    assert before(LATE, timedelta(minutes=15), PARIS) == datetime(2026, 10, 25, 1, 43)
    assert before(datetime(2026, 10, 25, 3, 10), timedelta(minutes=15), PARIS) == datetime(2026, 10, 25, 2, 55)
    assert before(LATE.replace(tzinfo=UTC), timedelta(minutes=15), PARIS) == LATE.replace(tzinfo=UTC) - timedelta(minutes=15)


def test_what_was_written_before_the_clock_went_back_is_not_to_come() -> None:
    second_pass = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert ApogeeVue(SECRET).window(None, second_pass, aware=False).top >= LATE
    first_pass = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)
    assert ApogeeVue(SECRET).window(None, first_pass, aware=False).top < LATE


def test_a_row_of_the_second_pass_is_read_although_its_clock_is_behind() -> None:
    vue = ApogeeVue(SECRET)
    first = vue.window(None, datetime(2026, 10, 25, 0, 59, tzinfo=UTC), aware=False)
    page = vue.pulled(None, first, [row(LATE)], (), False, NOW)
    following = vue.window(page.cursor, datetime(2026, 10, 25, 1, 3, tzinfo=UTC), aware=False)
    assert following.start <= datetime(2026, 10, 25, 2, 2) <= following.top


def test_instants_are_kept_to_the_millisecond() -> None:
    assert utc(datetime(2026, 9, 7, 10, 0, 0, 123_456), PARIS) == datetime(2026, 9, 7, 8, 0, 0, 123_000, tzinfo=UTC)
