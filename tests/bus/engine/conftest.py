"""An installation of its own for each test of the engine."""

from collections.abc import Iterator

import pytest

from tests.bus.engine.installation import Installation
from tests.services import Services


@pytest.fixture
def installation(services: Services, prefix: str, schema: str) -> Iterator[Installation]:
    made = Installation(services, prefix, schema)
    yield made
    made.close()
