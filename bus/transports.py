"""What the processes that receive share: the database, the publisher and the connectors, from the settings."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy

from bus.database.connection import connect
from bus.database.migrate import check_schema
from bus.kafka_clients import aiokafka_options
from bus.publishing import RecordPublisher
from bus.registry_access import registry_client
from bus.registry_client import RegistryClient
from bus.settings import Settings
from connectors.registry import Connector, push_connectors

CONNECTIONS = 8
"""The connection of the inbox's locks, and the short transactions of requests and files."""


@dataclass(frozen=True, slots=True)
class Transports:
    """Made inside a running event loop; `close` ends it."""

    database: sqlalchemy.Engine
    registry: RegistryClient
    publisher: RecordPublisher
    connectors: tuple[Connector, ...]

    async def close(self) -> None:
        await self.publisher.stop()
        self.registry.close()
        self.database.dispose()

    def by(self, transport: str) -> tuple[Connector, ...]:
        """The connectors served by `depot` or `http`."""
        return tuple(each for each in self.connectors if transport in each.transports)


def build_transports(settings: Settings, probe: Callable[[str], None] = lambda _step: None) -> Transports:
    """Raises SchemaBehind when the tables are not this release's."""
    database = connect(settings.database.address().render_as_string(hide_password=False), settings.database.db_schema, pool=CONNECTIONS)
    check_schema(database)
    registry = registry_client(settings, database)
    spool = settings.var / "spool"
    spool.mkdir(parents=True, exist_ok=True, mode=0o700)
    publisher = RecordPublisher(aiokafka_options(settings.kafka), registry, settings.deployment(), spool_folder=str(spool), probe=probe)
    return Transports(database, registry, publisher, push_connectors(settings.student_key()))
