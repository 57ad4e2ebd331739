"""The journal keeps the days whose records an input may still hold, and no more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy
from sqlalchemy import text

from bus.database.connection import connect
from bus.database.journal_days import KEPT_DAYS, PARTITIONS, RETENTION, database_now, days_kept_for, keep_journal, prepare_journal
from bus.database.migrate import migrate
from bus.engine.statements import Statements
from tests.services import Services
from topics.catalogue import CATALOGUE


@pytest.fixture
def database(services: Services, schema: str) -> Iterator[sqlalchemy.Engine]:
    engine = connect(services.database, schema)
    migrate(engine, schema)
    with engine.begin() as connection:
        for days in (0, KEPT_DAYS, KEPT_DAYS + 1, 400):
            prepare_journal(connection, datetime.now(UTC) - timedelta(days=days))
    yield engine
    engine.dispose()


def kept(database: sqlalchemy.Engine) -> list[str]:
    with database.begin() as connection:
        return sorted(name.rsplit("_", 1)[-1] for name in connection.execute(PARTITIONS).scalars())


def test_no_topic_keeps_its_records_longer_than_the_journal_its_days() -> None:
    assert all(topic.retention_days < KEPT_DAYS for topic in CATALOGUE)


def test_days_that_no_input_holds_any_more_are_dropped(database: sqlalchemy.Engine) -> None:
    oldest = f"{datetime.now(UTC) - timedelta(days=KEPT_DAYS):%Y%m%d}"
    before = kept(database)
    assert before[0] < oldest
    with database.begin() as connection:
        dropped = keep_journal(connection)
    assert kept(database) == [day for day in before if day >= oldest]
    assert len(dropped) == len([day for day in before if day < oldest]) > 0
    with database.begin() as connection:
        assert keep_journal(connection) == []


def test_a_journal_in_use_is_left_for_another_day(database: sqlalchemy.Engine) -> None:
    before = kept(database)
    with database.begin() as reader:
        reader.execute(text("SELECT count(*) FROM journal"))
        with database.begin() as connection:
            assert keep_journal(connection) == []
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
    assert kept(database) == before


def test_the_days_that_no_input_of_a_processor_reaches_are_not_searched(database: sqlalchemy.Engine) -> None:
    inputs = ("apogee.inscriptions.v1",)
    assert all(RETENTION[topic] < days_kept_for(inputs) < KEPT_DAYS for topic in inputs)
    with database.begin() as connection:
        since = database_now(connection) - timedelta(days=days_kept_for(inputs))
        query = Statements("p").known.compile(database)
        values = query.construct_params({"ids": [str(UUID(int=1))], "since": since})
        plan = "".join(connection.exec_driver_sql(f"EXPLAIN {query}", values).scalars())
    searched = {day for day in kept(database) if f"journal_{day}" in plan}
    assert searched == {day for day in kept(database) if day >= f"{since:%Y%m%d}"}
    assert searched != set(kept(database))
