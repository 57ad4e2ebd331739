"""After every migration the database has exactly the tables of this release: Alembic finds nothing left to do."""

import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData

from bus.database import edition_tables, freshness, tables, transport_tables
from bus.database.migrate import check_schema, migrate
from sinks.registry import METADATAS

EVERY: tuple[MetaData, ...] = (tables.ENGINE, transport_tables.TRANSPORT, freshness.METADATA, edition_tables.EDITIONS, *METADATAS)
ALEMBIC = "alembic_version"


def differences(engine: sqlalchemy.Engine, *metadatas: MetaData) -> list[object]:
    """What Alembic would still have to do, as its operations; its own table apart."""

    def mine(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
        return not (kind == "table" and name == ALEMBIC)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": mine})
        return list(compare_metadata(context, list(metadatas)))  # type: ignore[arg-type]


def test_the_migrations_make_every_table_as_it_is_declared(database: sqlalchemy.Engine) -> None:
    assert differences(database, *EVERY) == []
    check_schema(database)


def test_no_name_of_a_table_is_declared_twice() -> None:
    names = [name for metadata in EVERY for name in metadata.tables]
    assert sorted(set(names)) == sorted(names)


def test_a_table_without_its_migration_is_seen(database: sqlalchemy.Engine) -> None:
    more = MetaData()
    sqlalchemy.Table("oubliee", more, sqlalchemy.Column("cle", sqlalchemy.Text, primary_key=True))
    (found,) = differences(database, *EVERY, more)
    assert "oubliee" in str(found)


def test_migrating_again_changes_nothing(database: sqlalchemy.Engine, schema: str) -> None:
    migrate(database, schema)
    assert differences(database, *EVERY) == []
