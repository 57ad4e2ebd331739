"""Rows of projections on a real PostgreSQL: many together are written as each would be alone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, Integer, MetaData, Numeric, Table, Text, select
from sqlalchemy.dialects.postgresql import JSONB

from bus.database import rows as module
from bus.database.connection import connect
from bus.database.rows import write_rows
from schemas.outcome import Row
from tests.services import Services

COUNT = 3 * module.TOGETHER


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


@pytest.mark.parametrize("into", [PLAIN, WITH_LIST], ids=["in one statement", "one by one"])
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
