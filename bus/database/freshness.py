"""Marks of freshness (architecture §4): of each task, an instant before which nothing said is left undone.

A mark is written once everything that stood in the inputs after that instant was read is consumed, decided and published, but
for what is set aside: a dead letter, and what queues behind it. Whoever reads a mark therefore reads those keys with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, func, select, union
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from bus.database.tables import dead_letters, holds, states
from bus.dead_letters import OPEN
from bus.engine.transient import Transient, is_transient

METADATA = MetaData()

FRESHNESS = Table(
    "freshness",
    METADATA,
    Column("processor", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("up_to", DateTime(timezone=True), nullable=False, comment="Everything said before this instant is published."),
)

COUNTABLE = 20_000
"""Keys set aside that a reader still looks at one by one."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the tasks of a processor have done, at one moment."""

    up_to: datetime | None
    """The oldest mark of the tasks; None while one of them has none."""
    aside: frozenset[str] | None
    """Keys of which something that was said is not decided: an open dead letter, or records that queue behind one. The mark
    does not speak for them. None: too many to tell apart. Never older than `up_to`."""


class Marks:
    """The marks of one processor's tasks."""

    def __init__(self, database: sqlalchemy.Engine, processor: str) -> None:
        self._database = database
        self._processor = processor

    def write(self, up_to: Mapping[int, datetime]) -> None:
        """Partition → instant. A mark never goes back. Raises Transient."""
        rows = [{"processor": self._processor, "partition": partition, "up_to": instant} for partition, instant in sorted(up_to.items())]
        statement = insert(FRESHNESS)
        later = {"up_to": func.greatest(FRESHNESS.c.up_to, statement.excluded.up_to)}
        upsert = statement.on_conflict_do_update(index_elements=["processor", "partition"], set_=later)
        try:
            with self._database.begin() as connection:
                connection.execute(upsert, rows)
        except DBAPIError as error:
            if is_transient(error):
                raise Transient("PostgreSQL ne prend pas les marques de fraîcheur") from error
            raise

    def look(self, partitions: int) -> Look:
        """The marks of the `partitions` tasks, then what is set aside. Raises Transient."""
        try:
            with self._database.connect() as connection:
                oldest = self._oldest(connection, partitions)  # first: what a task sets aside is committed before its mark
                return Look(oldest, self._aside(connection))
        except DBAPIError as error:
            if is_transient(error):
                raise Transient("PostgreSQL ne rend pas les marques de fraîcheur") from error
            raise

    def states_of(self, keys: Iterable[str]) -> tuple[bytes, ...]:
        """The states of these keys, packed as the engine keeps them. Raises Transient."""
        mine = (states.c.processor == self._processor, states.c.key.in_(list(keys)), states.c.value.is_not(None))
        try:
            with self._database.connect() as connection:
                return tuple(connection.execute(select(states.c.value).where(*mine)).scalars())
        except DBAPIError as error:
            if is_transient(error):
                raise Transient("PostgreSQL ne rend pas les états") from error
            raise

    def _oldest(self, connection: sqlalchemy.Connection, partitions: int) -> datetime | None:
        query = select(FRESHNESS.c.partition, FRESHNESS.c.up_to).where(FRESHNESS.c.processor == self._processor)
        found = {row.partition: row.up_to for row in connection.execute(query)}
        return min(found.values()) if found.keys() >= set(range(partitions)) else None

    def _aside(self, connection: sqlalchemy.Connection) -> frozenset[str] | None:
        letters = select(dead_letters.c.key).where(
            dead_letters.c.processor == self._processor, dead_letters.c.state == OPEN, dead_letters.c.key.is_not(None)
        )
        query = union(letters, select(holds.c.key).where(holds.c.processor == self._processor)).limit(COUNTABLE + 1)
        keys = frozenset(connection.execute(query).scalars())
        return keys if len(keys) <= COUNTABLE else None
