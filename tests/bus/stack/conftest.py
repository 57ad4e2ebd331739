from collections.abc import Iterator

import pytest

from bus.stack import stack
from bus.stack.places import Places
from tests.services import embedded_places


@pytest.fixture(scope="package")
def embedded() -> Iterator[Places]:
    """A running stack that these tests may look at."""
    with embedded_places() as places:
        stack.up(places)
        yield places
