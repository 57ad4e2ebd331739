"""Rows of projections on a real PostgreSQL: many together are written as each would be alone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, MetaData, Numeric, Table, Text, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from bus.database.connection import connect
from bus.database.rows import check_column, write_rows
from bus.processors import projection_tables
from schemas.outcome import Row
from tests.services import Services

COUNT = 24


def table(name: str, *more: Column[Any]) -> Table:
    return Table(
        name,
        MetaData(),
        Column("dossier", Text, primary_key=True),
        Column("rang", Integer, primary_key=True, autoincrement=False),
        Column("montant", Numeric(12, 2)),
        Column("jour", Date),
        Column("quand", DateTime(timezone=True)),
        Column("vrai", Boolean),
        *more,
    )


PLAIN, WITH_LIST = table("plain"), table("with_list", Column("mots", ARRAY(Text)), Column("detail", JSONB))


@pytest.fixture
def database(services: Services, schema: str) -> Iterator[sqlalchemy.Engine]:
    engine = connect(services.database, schema)
    for each in (PLAIN, WITH_LIST):
        each.metadata.create_all(engine)
    yield engine
    engine.dispose()


def values(n: int) -> dict[str, Any]:
    if n % 5 == 4:
        return dict.fromkeys(("montant", "jour", "quand", "vrai"))
    return {
        "montant": Decimal(n) / 4,
        "jour": date(2026, 2, 1 + n),
        "quand": datetime(2026, 1, 1, n, tzinfo=UTC),
        "vrai": n % 2 == 0,
    }


def row(into: Table, n: int, said: dict[str, Any] | None) -> Row:
    return Row(into.name, {"dossier": f"d'{n};", "rang": n}, said)


def write(database: sqlalchemy.Engine, *rows: Row) -> None:
    with database.begin() as connection:
        write_rows(connection, {"plain": PLAIN, "with_list": WITH_LIST}, rows)


def read(database: sqlalchemy.Engine, of: Table) -> list[dict[str, Any]]:
    with database.begin() as connection:
        return [dict(found) for found in connection.execute(select(of).order_by(of.c.rang)).mappings()]


@pytest.mark.parametrize("into", [PLAIN, WITH_LIST], ids=["plain", "with lists"])
def test_many_rows_are_read_back_as_they_were_given(database: sqlalchemy.Engine, into: Table) -> None:
    more: dict[str, Any] = {"mots": ["à", "b,{}"], "detail": [{"é": 'a"', "liste": [1, None]}]} if into is WITH_LIST else {}
    given = [{"dossier": f"d'{n};", "rang": n, **values(n), **more} for n in range(COUNT)]
    write(database, *(row(into, n, {**values(n), **more}) for n in range(COUNT)))
    assert read(database, into) == given


def test_a_later_row_of_a_key_is_written_over_it_and_keeps_what_it_does_not_say(database: sqlalchemy.Engine) -> None:
    write(database, *(row(PLAIN, n, values(n)) for n in range(COUNT)))
    write(database, *(row(PLAIN, n, {"montant": Decimal("9.99")}) for n in range(COUNT)))
    assert read(database, PLAIN) == [{"dossier": f"d'{n};", "rang": n, **values(n), "montant": Decimal("9.99")} for n in range(COUNT)]


def test_what_is_deleted_and_written_again_in_one_batch_keeps_nothing_of_before(database: sqlalchemy.Engine) -> None:
    write(database, *(row(PLAIN, n, values(n)) for n in range(COUNT)))
    write(database, *(each for n in range(COUNT) for each in (row(PLAIN, n, None), row(PLAIN, n, {"vrai": True}))))
    empty = dict.fromkeys(("montant", "jour", "quand"))
    assert read(database, PLAIN) == [{"dossier": f"d'{n};", "rang": n, **empty, "vrai": True} for n in range(COUNT)]
    write(database, *(row(PLAIN, n, None) for n in range(COUNT)))
    assert read(database, PLAIN) == []


@pytest.mark.parametrize("kind", [LargeBinary(), Float(), ARRAY(Float())])
def test_a_column_that_json_cannot_carry_is_refused_before_anything_is_written(database: sqlalchemy.Engine, kind: Any) -> None:
    other = table("other", Column("autre", kind))
    with database.begin() as connection, pytest.raises(TypeError, match=r"other\.autre"):
        write_rows(connection, {"other": other}, [row(other, 1, {"autre": None})])


def test_a_text_that_postgresql_refuses_is_refused_and_leaves_its_neighbours_unwritten(database: sqlalchemy.Engine) -> None:
    with pytest.raises(DBAPIError):
        write(database, row(WITH_LIST, 1, {"mots": ["a"]}), row(WITH_LIST, 2, {"mots": ["b\x00"]}))
    assert read(database, WITH_LIST) == []


@pytest.mark.parametrize("text", ["", "null", '"', "\\", "é\u2028\U0001f600", "{a,b}", "\t\n", "NaN"])
def test_any_text_is_read_back_letter_by_letter(database: sqlalchemy.Engine, text: str) -> None:
    write(database, row(WITH_LIST, 1, {"mots": [text, None], "detail": {"t": text}}))
    assert [(found["mots"], found["detail"]) for found in read(database, WITH_LIST)] == [([text, None], {"t": text})]


def test_amounts_and_instants_are_exact(database: sqlalchemy.Engine) -> None:
    said = {"montant": Decimal("9999999999.99"), "jour": date(1, 1, 1), "quand": datetime(2026, 3, 29, 1, 0, 0, 1, tzinfo=UTC)}
    write(database, row(PLAIN, 1, said))
    assert {name: read(database, PLAIN)[0][name] for name in said} == said


def test_an_absent_value_is_null_whatever_its_type(database: sqlalchemy.Engine) -> None:
    write(database, row(WITH_LIST, 1, dict.fromkeys(("montant", "mots", "detail"))))
    with database.begin() as connection:
        absent = select(WITH_LIST.c.rang).where(*(WITH_LIST.c[name].is_(sqlalchemy.null()) for name in ("montant", "mots", "detail")))
        assert connection.execute(absent).scalars().all() == [1]


def test_the_tables_of_every_projection_can_be_written() -> None:
    for each in projection_tables().values():
        for of in each.columns:
            check_column(of)
