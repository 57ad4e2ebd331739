"""The consigne: bytes of files that no message carries, in PostgreSQL, named by their digest (docs/adr/0009).

An event carries the digest, the size and the name of a file: a claim check. The bytes are committed before that event is
published. They are kept as long as the topic of the event is; what no event came to claim is forgotten after `GRACE`. Several
processes, on several machines, may store, read and sweep at once. No call holds a whole file in memory.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import BinaryIO

import sqlalchemy
import structlog
from sqlalchemy import delete, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from bus.database.transport_tables import consigne, consigne_morceaux
from connectors.transport.deliveries import ChangedWhileRead
from topics.catalogue import CATALOGUE

PIECE = 1024 * 1024
"""Bytes of a row."""
GRACE = timedelta(days=3)
"""How long bytes wait for the event that claims them: an inbox stopped over a weekend finds them again."""
SWEPT_EVERY = 600.0
"""Seconds between two sweeps of a process."""

_INSERTED = literal_column("(xmax = 0)", sqlalchemy.Boolean)
"""Of an upserted row: whether it was not there."""

log = structlog.get_logger("bus.consigne")


class Forgotten(Exception):
    """No such bytes: nothing stored them, or their time is over."""


class WrongDigest(Exception):
    """The bytes that are stored are not those of their digest."""


class Consigne:
    """The store of an installation. Each call is one transaction, or reads one row at a time; an outage raises DBAPIError."""

    def __init__(self, database: sqlalchemy.Engine) -> None:
        self._database = database

    def keep(self, sha256: str, size: int, opened: Callable[[], BinaryIO]) -> bool:
        """Store the bytes for `GRACE` at least; False when they were there: nothing is then read or written again.

        Raises ChangedWhileRead, and stores nothing, when the bytes are not those of the digest.
        """
        until = func.now() + GRACE
        longer = func.greatest(consigne.c.kept_until, until)
        row = insert(consigne).values(sha256=sha256, size=size, kept_until=until)
        upsert = row.on_conflict_do_update(index_elements=[consigne.c.sha256], set_={"kept_until": longer}).returning(_INSERTED)
        with self._database.begin() as connection:
            new = bool(connection.execute(upsert).scalar_one())
            if new:
                with opened() as stream:
                    self._write(connection, sha256, size, stream)
        return new

    def claim(self, sha256: str, topic: str) -> bool:
        """An event of that topic claims the bytes: they are kept as long as it is. False when they are not there any more."""
        days = next(each.retention_days for each in CATALOGUE if each.name == topic)
        until = func.greatest(consigne.c.kept_until, func.now() + timedelta(days=days))
        with self._database.begin() as connection:
            return connection.execute(update(consigne).where(consigne.c.sha256 == sha256).values(kept_until=until)).rowcount == 1

    def read(self, sha256: str) -> Iterator[bytes]:
        """The bytes, a piece at a time. Raises Forgotten at once, or at their end WrongDigest: nothing may be used before it."""
        digest, rank = hashlib.sha256(), 0
        with self._database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            size = connection.execute(select(consigne.c.size).where(consigne.c.sha256 == sha256)).scalar()
            if size is None:
                raise Forgotten(sha256)
            for rank in range(1, -(-size // PIECE) + 1):
                place = (consigne_morceaux.c.sha256 == sha256, consigne_morceaux.c.rank == rank)
                piece = connection.execute(select(consigne_morceaux.c.content).where(*place)).scalar()
                if piece is None:
                    raise Forgotten(sha256)
                digest.update(piece)
                yield bytes(piece)
        if digest.hexdigest() != sha256:
            raise WrongDigest(sha256)

    def sweep(self) -> int:
        """Forget what is kept no longer; how many files. One file a transaction: a large one hinders nobody."""
        count = 0
        while self._forget_one():
            count += 1
        if count:
            log.info("consigne_swept", count=count)
        return count

    def _write(self, connection: sqlalchemy.Connection, sha256: str, size: int, stream: BinaryIO) -> None:
        digest, rank, written = hashlib.sha256(), 0, 0
        while piece := stream.read(PIECE):
            rank += 1
            written += len(piece)
            digest.update(piece)
            connection.execute(insert(consigne_morceaux).values(sha256=sha256, rank=rank, content=piece))
        if (digest.hexdigest(), written) != (sha256, size):
            raise ChangedWhileRead

    def _forget_one(self) -> bool:
        over = select(consigne.c.sha256).where(consigne.c.kept_until < func.now()).limit(1).with_for_update(skip_locked=True)
        with self._database.begin() as connection:
            return connection.execute(delete(consigne).where(consigne.c.sha256.in_(over))).rowcount > 0


class Sweeping:
    """Sweeps now and then: `once` may be called as often as one likes."""

    def __init__(self, database: sqlalchemy.Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._consigne = Consigne(database)
        self._clock = clock
        self._next = clock()

    def once(self) -> int:
        """How many files were forgotten."""
        if self._clock() < self._next:
            return 0
        self._next = self._clock() + SWEPT_EVERY
        return self._consigne.sweep()
