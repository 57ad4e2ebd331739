"""PostgreSQL, Kafka and the registry go away in turn under a worker that its supervisor starts again."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from bus.stack import kafka, postgres, processes, registry, stack
from bus.stack.places import Places
from tests.bus.engine.installation import feed
from tests.bus.engine.running import read
from tests.chaos.arena import SEEDS, Arena
from tests.services import Kind, Services, embedded_places

pytestmark = pytest.mark.broker
SCHEMA = "away"


@pytest.fixture(scope="module")
def own_places() -> Iterator[Places]:
    """A stack of this file's own, for its services to be taken away."""
    with embedded_places() as places:
        stack.up(places)
        yield places


@pytest.fixture
def arena(own_places: Places, tmp_path: Path) -> Iterator[Arena]:
    """On the own stack: the other tests' services are not touched."""
    found = stack.up(own_places)
    address = make_url(found.database).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as link:
        link.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(SCHEMA)))
        link.execute(sql.SQL("create schema {}").format(sql.Identifier(SCHEMA)))
    services = Services(found.kafka, found.registry, found.database, Kind.EMBEDDED, own_places)
    made = Arena(services, f"{tmp_path.name[:20].replace('_', '-')}.", SCHEMA, tmp_path)
    yield made
    made.close()


def down(places: Places, service: str) -> None:
    if service == postgres.SERVICE:
        assert postgres.stop(places)
    else:
        assert processes.stop(places.pid(service))


@pytest.mark.parametrize("seed", SEEDS)
def test_services_that_go_away_in_turn_cost_time_and_nothing_else(arena: Arena, own_places: Places, seed: int) -> None:
    arena.give(feed(6000, seed=seed, keys=100))
    arena.keep()
    arena.reads(300)

    assert arena.kept is not None
    working = arena.kept
    down(own_places, postgres.SERVICE)
    arena.until(lambda: working.said("waiting_for_the_outside") or working.ended, "the worker waits for PostgreSQL")
    assert working.ended is None
    stack.up(own_places)
    arena.installation.database.dispose()
    arena.until(lambda: working.said("outside_is_back"), "it goes on by itself", alive=[working])
    arena.reads(read(arena.installation) + 200)

    working = arena.kept
    reached = read(arena.installation)
    down(own_places, kafka.SERVICE)
    arena.until(lambda: working.ended or read(arena.installation) > reached, "it is busy or ends")
    stack.up(own_places)
    arena.reads(read(arena.installation) + 200)

    down(own_places, registry.SERVICE)
    arena.reads(read(arena.installation) + 100)
    arena.stop(arena.kept)
    arena.reads(read(arena.installation) + 200)
    stack.up(own_places)

    arena.settled()
    arena.check(copies=True)
