"""What commands that change an installation need: its settings and its database, closed at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy
from sqlalchemy.exc import OperationalError

from bus.database.connection import connect
from bus.settings import Settings, load_settings
from bus.told import Told


class DatabaseAway(Told):
    """PostgreSQL does not answer."""


@contextmanager
def database_session() -> Iterator[tuple[Settings, sqlalchemy.Engine]]:
    """The settings and an engine on the installation's schema."""
    settings = load_settings()
    database = connect(settings.database.address().render_as_string(hide_password=False), settings.database.db_schema)
    try:
        yield settings, database
    except OperationalError as error:
        raise DatabaseAway("PostgreSQL ne répond pas : vérifier l'adresse, ou démarrer la pile (« passerelle up »).") from error
    finally:
        database.dispose()
