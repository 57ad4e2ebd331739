"""The view of Apogée on the real PostgreSQL: order, paging, overlap, zones, read-only, bad rows."""

# ruff: noqa: DTZ001 - the view's dates are wall clocks, without a zone

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import oracle
from sqlalchemy.types import DateTime

from bus.pulling.outage import SourceAway
from bus.pulling.view import SqlView, Statements, open_view
from connectors.apogee.vue import COLUMNS, CREATED, DATED, KEYS, REQUIRED, ApogeeVue, Window
from schemas.outcome import Pulled, Record
from tests.bus.pulling.apogee_base import ApogeeBase
from tests.connectors.deliveries import SECRET
from tests.services import Services

MORNING = datetime(2026, 9, 7, 9, 0)
NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
"""10:00 in Paris."""


@pytest.fixture
def apogee(services: Services, schema: str) -> Iterator[ApogeeBase]:
    made = ApogeeBase(services, schema)
    yield made
    made.close()


class Reader:
    """Pulls as the bus does, with a clock of its own."""

    def __init__(self, view: SqlView) -> None:
        self.view = view
        self.cursor: str | None = None
        self.now = NOW
        view._clock = lambda: self.now

    def page(self) -> Pulled:
        page = self.view.pull(self.cursor)
        self.cursor = page.cursor
        return page

    def sweep(self) -> list[Pulled]:
        pages = [self.page()]
        while not pages[-1].complete:
            pages.append(self.page())
        return pages


@pytest.fixture
def reader(apogee: ApogeeBase) -> Iterator[Reader]:
    view = open_view(apogee.settings(), SECRET)
    yield Reader(view)
    view._engine.dispose()


def taken(pages: list[Pulled]) -> list[Record]:
    return [record for page in pages for record in page.records]


def individuals(pages: list[Pulled]) -> list[str]:
    return [record.data.cod_ind for record in taken(pages)]


def test_rows_come_in_the_order_of_their_modification_page_by_page(apogee: ApogeeBase, reader: Reader) -> None:
    for number in range(7):
        apogee.register(900_001 + number, MORNING - timedelta(minutes=number))
    pages = reader.sweep()
    assert [len(page.records) for page in pages] == [3, 3, 1]
    assert individuals(pages) == [str(900_001 + number) for number in reversed(range(7))]
    first = taken(pages)[0].data
    assert (first.cod_etu, first.cod_etp, first.cod_vrs_vet, first.nne) == ("910007", "L1INFO", "120", "0000900007")
    assert first.dat_mod_iae == datetime(2026, 9, 7, 6, 54, tzinfo=UTC)


def test_rows_of_one_instant_are_all_read_whatever_the_page(apogee: ApogeeBase, reader: Reader) -> None:
    for number in range(10):
        apogee.register(900_001 + number, MORNING)
    apogee.register(900_003, MORNING, cod_etp="M1INFO")
    apogee.register(900_003, MORNING, num_occ_iae=2)
    found = taken(reader.sweep())
    assert len(found) == len({record.position for record in found}) == 12


def test_a_page_at_the_very_end_is_followed_by_an_empty_one_and_the_sweep_ends(apogee: ApogeeBase, reader: Reader) -> None:
    for number in range(3):
        apogee.register(900_001 + number, MORNING)
    assert [len(page.records) for page in reader.sweep()] == [3, 0]


def test_a_row_dated_early_and_committed_late_is_read(apogee: ApogeeBase, reader: Reader) -> None:
    apogee.register(900_001, MORNING)
    reader.sweep()
    apogee.register(900_002, MORNING - timedelta(minutes=14))
    apogee.register(900_003, MORNING - timedelta(minutes=16))
    again = reader.sweep()
    assert individuals(again) == ["900002", "900001"], "the third is older than the overlap"


def test_a_change_while_pages_are_turned_is_read_in_the_same_or_the_next_sweep(apogee: ApogeeBase, reader: Reader) -> None:
    for number in range(6):
        apogee.register(900_001 + number, MORNING + timedelta(minutes=number))
    first = reader.page()
    apogee.register(900_005, MORNING + timedelta(minutes=30), eta_iae="A")
    pages = [first, *reader.sweep()]
    assert sorted(set(individuals(pages))) == [str(900_001 + number) for number in range(6)]
    assert [record.data.eta_iae for record in taken(pages) if record.data.cod_ind == "900005"] == ["A"]


def test_a_registration_never_modified_is_read_at_its_creation(apogee: ApogeeBase, reader: Reader) -> None:
    apogee.register(900_001, None, dat_cre_iae=MORNING)
    [record] = taken(reader.sweep())
    assert record.time == datetime(2026, 9, 7, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("dated", [None, datetime(2099, 1, 1), "infinity", "-infinity", "4000-01-01 BC", datetime(1850, 1, 1)])
def test_a_row_without_a_readable_date_is_told_and_moves_nothing(apogee: ApogeeBase, reader: Reader, dated: datetime | str | None) -> None:
    apogee.register(900_001, dated)
    apogee.register(900_002, MORNING)
    [page] = reader.sweep()
    assert individuals([page]) == ["900002"]
    assert [fault.code for each in page.not_taken for fault in each.faults] == ["DATE_ABSURDE"]
    apogee.register(900_001, MORNING)
    assert [record.position for record in taken(reader.sweep()) if record.data.cod_ind == "900001"] == [page.not_taken[0].place]


@pytest.mark.parametrize("born", ["infinity", "4000-01-01 BC", "9999-12-31", "20000-01-01"])
def test_a_birth_date_that_python_has_not_stops_no_neighbour(apogee: ApogeeBase, reader: Reader, born: str) -> None:
    apogee.register(900_001, MORNING)
    apogee.register(900_002, MORNING)
    apogee.run("UPDATE individu SET date_nai_ind = :born WHERE cod_ind = 900001", born=born)
    pages = reader.sweep()
    assert "900002" in individuals(pages)


def test_the_search_for_unreadable_dates_is_not_made_at_each_sweep(apogee: ApogeeBase, reader: Reader) -> None:
    apogee.register(900_001, None)
    told = []
    for minutes in (0, 1, 14, 16, 17):
        reader.now = NOW + timedelta(minutes=minutes)
        told.append(sum(len(page.not_taken) for page in reader.sweep()))
    assert told == [1, 0, 0, 1, 0]


def test_a_small_window_of_a_large_table_is_found_by_its_index(apogee: ApogeeBase) -> None:
    apogee.student(900_001)
    apogee.run(
        "INSERT INTO ins_adm_etp (cod_anu, cod_ind, cod_etp, cod_vrs_vet, eta_iae, dat_cre_iae, dat_mod_iae) "
        "SELECT '2026', 900001, 'L' || n, 120, 'E', d, CASE WHEN n % 10 > 0 THEN d END "
        "FROM (SELECT n, timestamp '2026-09-07' - n * interval '10 min' AS d FROM generate_series(1, 20000) n) AS made"
    )
    apogee.run("CREATE INDEX ON ins_adm_etp (dat_cre_iae); ANALYZE ins_adm_etp")
    names = {name: name.lower() for name in ("COD_ANU", "COD_IND", "COD_ETP", "COD_VRS_VET", "NUM_OCC_IAE", DATED, CREATED)}
    statements = Statements(names, DateTime(), "ins_adm_etp")
    query = statements.page(Window(datetime(2026, 9, 6), MORNING, None, first=True), 100)
    with apogee.engine.connect() as connection:
        written = query.compile(connection, compile_kwargs={"literal_binds": True})
        plan = "\n".join(connection.execute(text(f"EXPLAIN {written}")).scalars())
    assert "Bitmap Index Scan" in plan, plan


def test_an_empty_key_hides_no_row(apogee: ApogeeBase, reader: Reader) -> None:
    apogee.run("ALTER TABLE ins_adm_etp DROP CONSTRAINT ins_adm_etp_pkey; ALTER TABLE ins_adm_etp ALTER cod_vrs_vet DROP NOT NULL")
    apogee.run("CREATE UNIQUE INDEX ON ins_adm_etp (cod_anu, cod_ind, cod_etp, cod_vrs_vet, num_occ_iae)")
    for number in range(5):
        apogee.register(900_001 + number, MORNING, cod_vrs_vet=None if number == 2 else 120)
    pages = reader.sweep()
    assert len(taken(pages)) == 4
    [refused] = [each for page in pages for each in page.not_taken]
    assert [(fault.code, "COD_VRS_VET" in fault.message) for fault in refused.faults] == [("CHAMP_MANQUANT", True)]


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        ("timestamp(0) without time zone", "2026-09-07 09:00:00", datetime(2026, 9, 7, 7, tzinfo=UTC)),
        ("timestamp with time zone", "2026-09-07 09:00:00.123456+04", datetime(2026, 9, 7, 5, 0, 0, 123_000, tzinfo=UTC)),
        ("date", "2026-09-07", datetime(2026, 9, 6, 22, tzinfo=UTC)),
    ],
)
def test_every_kind_of_date_column_is_read_and_paged(services: Services, schema: str, kind: str, written: str, read: datetime) -> None:
    apogee = ApogeeBase(services, schema, kind)
    for number in range(7):
        apogee.register(900_001 + number, written)
    view = open_view(apogee.settings(), SECRET)
    reader = Reader(view)
    found = taken(reader.sweep())
    assert len(found) == 7
    assert {record.time for record in found} == {read}
    assert len(taken(reader.sweep())) == 7, "the overlap reads them again"
    view._engine.dispose()
    apogee.close()


def test_names_in_capitals_are_found_too(apogee: ApogeeBase, reader: Reader) -> None:
    capitals = ", ".join(f'{name.lower()} AS "{name}"' for name in REQUIRED)
    apogee.run(f'CREATE VIEW "V_CAPITALES" AS SELECT {capitals} FROM v_passerelle')
    apogee.register(900_001, MORNING)
    view = open_view(apogee.settings(view=apogee.settings().view.replace("v_passerelle", "V_CAPITALES")), SECRET)
    other = Reader(view)
    assert individuals(other.sweep()) == ["900001"]
    view._engine.dispose()


def test_nothing_can_be_written_through_the_connection(apogee: ApogeeBase) -> None:
    """A view that writes stands for whatever could: the transaction refuses it."""
    apogee.run("CREATE TABLE trace (n int)")
    apogee.run(
        "CREATE FUNCTION ecrit() RETURNS numeric LANGUAGE sql VOLATILE SET search_path FROM CURRENT "
        "AS 'INSERT INTO trace VALUES (1) RETURNING 1::numeric'"
    )
    apogee.run("CREATE VIEW v_ecrit AS SELECT *, ecrit() AS cod_cge2 FROM v_passerelle WHERE ecrit() = 1")
    apogee.register(900_001, MORNING)
    view = open_view(apogee.settings(view=apogee.settings().view.replace("v_passerelle", "v_ecrit")), SECRET)
    with pytest.raises(SourceAway) as away:
        view.pull(None)
    assert away.value.code in {"SOURCE_INJOIGNABLE", "VUE_INVALIDE"}
    assert "ReadOnlySqlTransaction" in str(away.value)
    view._engine.dispose()


KEYS_ALONE = "cod_anu, cod_ind, cod_etp, cod_vrs_vet"


@pytest.mark.parametrize(
    ("made", "cause"),
    [
        ("", "NoSuchTableError"),
        (f"CREATE VIEW v_passerelle AS SELECT {KEYS_ALONE} FROM ins_adm_etp", "COD_ETU, DAT_MOD_IAE, ETA_IAE"),
        (
            f"CREATE VIEW v_passerelle AS SELECT {KEYS_ALONE}, cod_ind AS cod_etu, eta_iae, 'hier' AS dat_mod_iae FROM ins_adm_etp",
            "n'est pas une date",
        ),
    ],
)
def test_a_view_that_cannot_serve_is_said_so(apogee: ApogeeBase, reader: Reader, made: str, cause: str) -> None:
    apogee.run(f"DROP VIEW v_passerelle; {made}")
    with pytest.raises(SourceAway) as away:
        reader.page()
    assert away.value.code == "VUE_INVALIDE"
    assert cause in str(away.value)


def test_a_database_that_is_away_or_slow_is_an_outage_that_names_no_data(apogee: ApogeeBase) -> None:
    apogee.run("CREATE VIEW v_lente AS SELECT v.* FROM v_passerelle v, (SELECT pg_sleep(30)) AS lent")
    apogee.register(900_001, MORNING)
    slow = open_view(apogee.settings(view=apogee.settings().view.replace("v_passerelle", "v_lente"), statement_seconds=1), SECRET)
    nobody = open_view(apogee.settings(url="postgresql://lecteur@127.0.0.1:1/apogee"), SECRET)
    for view in (slow, nobody):
        with pytest.raises(SourceAway) as away:
            view.pull(None)
        assert away.value.code == "SOURCE_INJOIGNABLE"
        assert "TESTARD" not in str(away.value)
        view._engine.dispose()


def test_the_same_questions_are_valid_for_oracle() -> None:
    """Compiled, not run: no Oracle is at hand."""
    names = {name: name.lower() for name in (*COLUMNS, *KEYS, DATED, CREATED)}
    statements = Statements(names, DateTime(), "apogee.v_passerelle")
    window = Window(MORNING, MORNING, (MORNING, ("2026", "900001", "L1INFO", "120", "1")), first=False)
    for query in (statements.page(window, 500), statements.outside(window)):
        written = str(query.compile(dialect=oracle.dialect()))  # type: ignore[no-untyped-call]
        assert "FETCH FIRST" in written
        assert "VARCHAR2" in written
        assert "LIMIT" not in written


def test_the_setting_begins_the_first_sweep(apogee: ApogeeBase) -> None:
    apogee.register(900_001, datetime(2025, 9, 7, 9, 0))
    apogee.register(900_002, MORNING)
    view = open_view(apogee.settings(since="2026-07-01"), SECRET)
    [page] = Reader(view).sweep()
    assert individuals([page]) == ["900002"]
    assert page.not_taken == ()
    assert isinstance(apogee.settings().connector(SECRET), ApogeeVue)
    view._engine.dispose()
