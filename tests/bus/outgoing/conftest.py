"""One migrated schema for all these tests, emptied before each: a migration costs more than most of them."""

import secrets
from collections.abc import Iterator

import pytest
import sqlalchemy
from sqlalchemy import text

from bus.database.connection import connect
from bus.database.migrate import migrate
from tests.services import Services


@pytest.fixture(scope="session")
def effects_schema(services: Services) -> Iterator[str]:
    name = f"t{secrets.token_hex(4)}"
    engine = connect(services.database, name)
    migrate(engine, name)
    yield name
    with engine.begin() as connection:
        connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
    engine.dispose()


@pytest.fixture
def database(services: Services, effects_schema: str) -> Iterator[sqlalchemy.Engine]:
    engine = connect(services.database, effects_schema, idle_seconds=60, lock_seconds=30)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE effets, sinks, consigne CASCADE"))
    yield engine
    engine.dispose()
