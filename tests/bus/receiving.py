"""A test's own installation of what receives: its topics, its ledger, its inbox, and what came out on its topics."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy
from aiokafka import AIOKafkaConsumer, TopicPartition
from sqlalchemy import select

from bus import topic_admin
from bus.consigne import Consigne
from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.database.schema_store import SchemaTable
from bus.database.transport_tables import depots
from bus.deployment import Deployment
from bus.inbox.folders import Folders
from bus.inbox.inbox import Inbox, Patience
from bus.inbox.ledger import Ledger
from bus.publishing import RecordPublisher
from bus.registry_client import RegistryAccess, RegistryClient
from bus.transports import Transports
from connectors.registry import Connector, push_connectors
from schemas.codec import decode
from schemas.envelope import Envelope
from tests.connectors.deliveries import SECRET
from tests.services import Services
from topics.catalogue import CATALOGUE

Result = TypeVar("Result")

REGISTRATIONS = "apogee.inscriptions.v1"
DOSSIERS = "aglae.dossiers.v1"
AT_ONCE = Patience(quiet=0.0, incomplete=0.0)


@dataclass(frozen=True)
class Came:
    """A record as a reader of the topic sees it."""

    envelope: Envelope
    key: str
    partition: int
    name: str
    data: Any


class Receiving:
    """One deployment under its own prefix and schema."""

    def __init__(self, services: Services, prefix: str, schema: str, folder: Path) -> None:
        self.services = services
        self.schema = schema
        self.folder = folder
        self.kafka: dict[str, Any] = {"bootstrap_servers": services.kafka}
        self.deployment = Deployment(prefix=prefix)
        self.database = self.connected()
        migrate(self.database, schema)
        with topic_admin.administration(self.kafka) as client:
            topic_admin.create(client, [topic for topic in CATALOGUE if topic.name in (REGISTRATIONS, DOSSIERS)], self.deployment)
        self.registry = self.registry_at(services.registry, timeout=60.0)
        self.connectors = push_connectors(SECRET)

    def connected(self) -> sqlalchemy.Engine:
        return connect(self.services.database, self.schema, pool=8)

    def registry_at(self, url: str, timeout: float = 2.0) -> RegistryClient:
        """In seconds: short for one that is to be away."""
        return RegistryClient(RegistryAccess(url, timeout=timeout), SchemaTable(self.database, url))

    def given(self) -> dict[str, Any]:
        """What a process of its own needs to serve this deployment."""
        key_file = self.folder / "key"
        key_file.write_bytes(SECRET)
        return {
            "prefix": self.deployment.prefix,
            "schema": self.schema,
            "var": str(self.folder),
            "key_file": str(key_file),
            "kafka": self.services.kafka,
            "registry": self.services.registry,
            "database": self.services.database,
        }

    def close(self) -> None:
        self.registry.close()
        self.database.dispose()

    def publisher(self, **options: Any) -> RecordPublisher:
        """Made inside the loop that uses it."""
        kafka = options.pop("kafka", self.kafka)
        registry = options.pop("registry", self.registry)
        return RecordPublisher(kafka, registry, self.deployment, **options)

    def transports(self, publisher: RecordPublisher) -> Transports:
        return Transports(self.database, self.registry, publisher, self.connectors)

    def connector(self, system: str) -> Connector:
        return next(each for each in self.connectors if each.system == system)

    # --- the inbox ---------------------------------------------------------------------------------------------------

    def folders(self, system: str = "apogee") -> Folders:
        folders = Folders.of(self.folder / "inbox", system)
        folders.make()
        return folders

    def drop(self, name: str, content: bytes | str, system: str = "apogee") -> Path:
        path = self.folders(system).depot / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def inbox(
        self,
        publisher: RecordPublisher,
        system: str = "apogee",
        patience: Patience = AT_ONCE,
        connector: Connector | None = None,
        probe: Callable[[str], None] = lambda _step: None,
    ) -> Inbox:
        served = connector or self.connector(system)
        return Inbox(served, self.folders(system), Ledger(self.database), publisher, Consigne(self.database), patience, probe)

    def served(self, system: str = "apogee", cycles: int = 2, connector: Connector | None = None, **options: Any) -> list[Any]:
        """Run cycles of a new inbox to their end."""

        async def serve() -> list[Any]:
            publisher = self.publisher(**options)
            try:
                inbox = self.inbox(publisher, system, connector=connector)
                return [await inbox.cycle() for _ in range(cycles)]
            finally:
                await publisher.stop()

        return asyncio.run(serve())

    def run(self, work: Callable[[RecordPublisher], Coroutine[Any, Any, Result]], **options: Any) -> Result:
        """Run a coroutine with a publisher of its own."""

        async def around() -> Result:
            publisher = self.publisher(**options)
            try:
                return await work(publisher)
            finally:
                await publisher.stop()

        return asyncio.run(around())

    # --- looking -----------------------------------------------------------------------------------------------------

    def rows(self, table: sqlalchemy.Table = depots) -> list[dict[str, Any]]:
        order = table.c.sequence if table is depots else table.c.received_at
        with self.database.begin() as connection:
            return [dict(row) for row in connection.execute(select(table).order_by(order)).mappings()]

    def came(self, topic: str = REGISTRATIONS) -> list[Came]:
        return asyncio.run(self._came(topic))

    async def _came(self, topic: str) -> list[Came]:
        real = self.deployment.topic(topic)
        async with AIOKafkaConsumer(**self.kafka, isolation_level="read_committed") as consumer:
            partitions = [TopicPartition(real, number) for number in range(4)]
            ends = await consumer.end_offsets(partitions)
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            found: list[Came] = []
            while any([await consumer.position(place) < ends[place] for place in partitions]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    for record in records:
                        name, data = decode(topic, record.value, self.registry.schema)
                        found.append(Came(Envelope.parse(record.headers), record.key.decode(), record.partition, name, data))
        return found


@contextmanager
def receiving(services: Services, prefix: str, schema: str, folder: Path) -> Iterator[Receiving]:
    made = Receiving(services, prefix, schema, folder)
    try:
        yield made
    finally:
        made.close()
