"""An arena of its own for each test of faults."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.arena import Arena
from tests.services import Services


@pytest.fixture
def arena(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[Arena]:
    made = Arena(services, prefix, schema, tmp_path)
    yield made
    made.close()
