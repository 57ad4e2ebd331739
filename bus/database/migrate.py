"""Brings an installation's PostgreSQL schema to this release's tables (Alembic)."""

from importlib.resources import files

import sqlalchemy
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

MIGRATION_LIMIT = "10min"


class SchemaBehind(Exception):
    """The database's tables are not this release's; the text names the remedy."""


def migrate(engine: sqlalchemy.Engine, schema: str) -> None:
    """Create the schema when it is missing and run the migrations it lacks. Two processes may do it at once.

    A migration waits and stands as long as it needs: the limits of a worker's transactions are not for it."""
    with engine.begin() as connection:
        for limit in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {limit} = '{MIGRATION_LIMIT}'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('passerelle migrations'))"))
        connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))
        connection.execute(text(f'SET LOCAL search_path TO "{schema}"'))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check_schema(engine: sqlalchemy.Engine) -> None:
    """Raise SchemaBehind unless the tables are this release's."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.begin() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != head:
        raise SchemaBehind(
            f"Les tables de PostgreSQL sont à la version {found}, ce programme attend {head} : « passerelle database migrate --execute »."
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("bus.database") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
