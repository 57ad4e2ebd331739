from collections.abc import Iterator

import pytest

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
