from collections.abc import Iterator

import pytest
import sqlalchemy

from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.stack import secrets, stack
from bus.stack.places import Places
from tests.services import Services, embedded_places


@pytest.fixture(scope="session")
def embedded(services: Services) -> Iterator[Places]:
    """A running embedded stack with its secrets, that tests may look at but not stop: the session's own where it is one."""
    if services.places is not None:
        secrets.make(services.places.var / "secrets", ("apogee",))
        yield services.places
        return
    with embedded_places() as places:
        stack.up(places)
        secrets.make(places.var / "secrets", ("apogee",))
        yield places


@pytest.fixture
def database(services: Services, schema: str) -> Iterator[sqlalchemy.Engine]:
    """The tables of the bus, in the test's own schema."""
    engine = connect(services.database, schema)
    migrate(engine, schema)
    yield engine
    engine.dispose()
