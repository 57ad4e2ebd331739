"""A bus of schools of its own for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.bus.ecoles.bus_of_schools import BusOfSchools, processors
from tests.services import Services

MakeBus = Callable[[str, str], BusOfSchools]


@pytest.fixture
def make_bus(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[MakeBus]:
    """Gives a bus from names of processors and names of systems, each separated by spaces."""
    made: list[BusOfSchools] = []

    def make(names: str, systems: str) -> BusOfSchools:
        made.append(BusOfSchools(services, prefix, schema, tmp_path, processors(*names.split()), systems.split()))
        return made[-1]

    yield make
    for each in made:
        each.close()
