from collections.abc import Iterator

import pytest

from bus.stack import secrets, stack
from bus.stack.places import Places
from tests.services import embedded_places


@pytest.fixture(scope="session")
def embedded() -> Iterator[Places]:
    """A running embedded stack with its secrets, that tests may look at but not stop."""
    with embedded_places() as places:
        stack.up(places)
        secrets.make(places.var / "secrets", ("apogee",))
        yield places
