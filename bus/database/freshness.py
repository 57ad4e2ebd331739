"""Marks of freshness (architecture §4): of each task, an instant before which nothing said is left undone.

A mark is written once everything that stood in the inputs after that instant was read is consumed, decided and published.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy
from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from bus.engine import Transient, is_transient

METADATA = MetaData()

FRESHNESS = Table(
    "freshness",
    METADATA,
    Column("processor", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("up_to", DateTime(timezone=True), nullable=False, comment="Everything said before this instant is published."),
)


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

    def oldest(self, partitions: int) -> datetime | None:
        """The oldest mark of the `partitions` tasks; None while one of them has none. Raises Transient."""
        query = select(FRESHNESS.c.partition, FRESHNESS.c.up_to).where(FRESHNESS.c.processor == self._processor)
        try:
            with self._database.connect() as connection:
                found = {row.partition: row.up_to for row in connection.execute(query)}
        except DBAPIError as error:
            if is_transient(error):
                raise Transient("PostgreSQL ne rend pas les marques de fraîcheur") from error
            raise
        return min(found.values()) if found.keys() >= set(range(partitions)) else None
