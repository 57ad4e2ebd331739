"""The registry client of an installation, from its settings."""

import sqlalchemy

from bus.database.schema_store import SchemaTable
from bus.registry_client import RegistryAccess, RegistryClient
from bus.settings import Settings


def registry_client(settings: Settings, database: sqlalchemy.Engine) -> RegistryClient:
    """A client that keeps what it sees in `database`: a registry that is away stops nothing already known."""
    user, password = settings.registry.credentials() or (None, None)
    access = RegistryAccess(settings.registry.url, user, password, settings.registry.ca_file)
    return RegistryClient(access, SchemaTable(database, settings.registry.url))
