"""The consigne on a real PostgreSQL: bytes in, the same bytes out, kept as long as they are claimed and no longer."""

import hashlib
import io
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import BinaryIO

import pytest
import sqlalchemy
from sqlalchemy import func, select, update

from bus.consigne import GRACE, PIECE, SWEPT_EVERY, Consigne, Forgotten, Sweeping, WrongDigest
from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.database.transport_tables import consigne, consigne_morceaux
from connectors.transport.deliveries import ChangedWhileRead
from tests.services import Services
from topics.catalogue import CATALOGUE

TOPIC = "pronote.fichiers.v1"
DAYS = next(topic.retention_days for topic in CATALOGUE if topic.name == TOPIC)
LARGE = Random(11).randbytes(2 * PIECE + 17)


@pytest.fixture
def database(services: Services, schema: str) -> Iterator[sqlalchemy.Engine]:
    engine = connect(services.database, schema, pool=8)
    migrate(engine, schema)
    yield engine
    engine.dispose()


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def opened(content: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(content)


def keep(store: Consigne, content: bytes) -> bool:
    return store.keep(sha(content), len(content), opened(content))


def joined(store: Consigne, content: bytes) -> bytes:
    return b"".join(store.read(sha(content)))


def count(database: sqlalchemy.Engine, table: sqlalchemy.Table) -> int:
    with database.begin() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def later(database: sqlalchemy.Engine, much: timedelta) -> None:
    """As if that much time had passed."""
    with database.begin() as connection:
        connection.execute(update(consigne).values(kept_until=consigne.c.kept_until - much))


@pytest.mark.parametrize("content", [b"", b"x", LARGE[:PIECE], LARGE])
def test_the_bytes_come_out_as_they_went_in(database: sqlalchemy.Engine, content: bytes) -> None:
    store = Consigne(database)
    assert keep(store, content)
    assert joined(store, content) == content


def test_what_is_there_is_not_written_again_nor_even_read(database: sqlalchemy.Engine) -> None:
    store = Consigne(database)
    assert keep(store, LARGE)

    def unread() -> BinaryIO:
        raise AssertionError("read again")

    assert not store.keep(sha(LARGE), len(LARGE), unread)
    assert count(database, consigne_morceaux) == 3


def test_bytes_that_are_not_those_of_the_digest_are_not_stored(database: sqlalchemy.Engine) -> None:
    store = Consigne(database)
    with pytest.raises(ChangedWhileRead):
        store.keep(sha(LARGE), len(LARGE), opened(LARGE[:-1]))
    assert (count(database, consigne), count(database, consigne_morceaux)) == (0, 0)


def test_several_that_store_the_same_file_at_once_store_it_once(database: sqlalchemy.Engine) -> None:
    store = Consigne(database)
    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(lambda _: keep(store, LARGE), range(4))) == 1
    assert joined(store, LARGE) == LARGE


def test_what_no_event_claims_is_forgotten_after_the_grace_and_not_before(database: sqlalchemy.Engine) -> None:
    store = Consigne(database)
    keep(store, LARGE)
    later(database, GRACE - timedelta(minutes=1))
    assert store.sweep() == 0
    later(database, timedelta(minutes=2))
    assert store.sweep() == 1
    assert (count(database, consigne), count(database, consigne_morceaux)) == (0, 0)
    with pytest.raises(Forgotten):
        joined(store, LARGE)


def test_what_an_event_claims_is_kept_as_long_as_its_topic_and_no_longer(database: sqlalchemy.Engine) -> None:
    store = Consigne(database)
    keep(store, LARGE)
    keep(store, b"other")
    assert store.claim(sha(LARGE), TOPIC)
    later(database, timedelta(days=DAYS, minutes=-1))
    assert store.sweep() == 1
    assert joined(store, LARGE) == LARGE
    later(database, timedelta(minutes=2))
    assert store.sweep() == 1


def test_a_file_given_again_is_kept_anew_and_never_for_less(database: sqlalchemy.Engine) -> None:
    store = Consigne(database)
    keep(store, LARGE)
    store.claim(sha(LARGE), TOPIC)
    later(database, timedelta(days=DAYS - 1))
    keep(store, LARGE)
    later(database, timedelta(days=2))
    assert store.sweep() == 0
    store.claim(sha(LARGE), TOPIC)
    keep(store, LARGE)
    later(database, timedelta(days=DAYS - 1))
    assert store.sweep() == 0


def test_a_claim_on_what_was_swept_is_told(database: sqlalchemy.Engine) -> None:
    assert not Consigne(database).claim(sha(LARGE), TOPIC)


def test_bytes_that_changed_in_the_database_are_found_and_missing_ones_too(database: sqlalchemy.Engine) -> None:
    store = Consigne(database)
    keep(store, LARGE)
    with database.begin() as connection:
        connection.execute(update(consigne_morceaux).where(consigne_morceaux.c.rank == 2).values(content=b"x" * PIECE))
    with pytest.raises(WrongDigest):
        joined(store, LARGE)
    with database.begin() as connection:
        connection.execute(consigne_morceaux.delete().where(consigne_morceaux.c.rank == 3))
    with pytest.raises(Forgotten):
        joined(store, LARGE)


class Noise(io.RawIOBase):
    """Bytes that nobody holds whole."""

    def __init__(self, pieces: int) -> None:
        self._left = pieces
        self._block = Random(5).randbytes(PIECE)

    def read(self, size: int = -1) -> bytes:
        self._left -= 1
        return self._block[:size] if self._left >= 0 else b""


def test_a_file_of_forty_mebibytes_passes_in_a_few(database: sqlalchemy.Engine) -> None:
    pieces = 40
    digest = hashlib.sha256()
    for _ in range(pieces):
        digest.update(Noise(1).read(PIECE))
    store, name = Consigne(database), digest.hexdigest()
    tracemalloc.start()
    try:
        assert store.keep(name, pieces * PIECE, lambda: Noise(pieces))  # type: ignore[arg-type,return-value]
        assert sum(len(piece) for piece in store.read(name)) == pieces * PIECE
        assert tracemalloc.get_traced_memory()[1] < 12 * PIECE
    finally:
        tracemalloc.stop()


def test_sweeps_come_now_and_then(database: sqlalchemy.Engine) -> None:
    now = [0.0]
    sweeping = Sweeping(database, lambda: now[0])
    store = Consigne(database)
    assert sweeping.once() == 0
    keep(store, LARGE)
    later(database, GRACE * 2)
    assert sweeping.once() == 0
    now[0] += SWEPT_EVERY
    assert sweeping.once() == 1
