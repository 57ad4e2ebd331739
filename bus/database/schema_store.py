"""Schemas seen, kept in PostgreSQL: a registry outage stops nothing already known."""

import sqlalchemy
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bus.database.tables import schemas_seen


class SchemaTable:
    """The `SchemaStore` of one registry. Ids are that registry's own, so its address is part of the key."""

    def __init__(self, database: sqlalchemy.Engine, registry: str) -> None:
        self._database = database
        self._registry = registry

    def get(self, schema_id: int) -> str | None:
        table = schemas_seen
        query = select(table.c.text).where(table.c.registry == self._registry, table.c.id == schema_id).limit(1)
        with self._database.begin() as connection:
            return connection.execute(query).scalar()

    def put(self, schema_id: int, subject: str, text: str) -> None:
        statement = insert(schemas_seen).values(registry=self._registry, id=schema_id, subject=subject, text=text)
        with self._database.begin() as connection:
            connection.execute(statement.on_conflict_do_nothing())

    def find(self, subject: str, text: str) -> int | None:
        table = schemas_seen
        query = select(table.c.id).where(table.c.registry == self._registry, table.c.subject == subject, table.c.text == text)
        with self._database.begin() as connection:
            return connection.execute(query).scalar()
