"""Where the races are run: topics under a prefix of their own, filled once, and a PostgreSQL schema emptied before each run."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from sqlalchemy import select, text

from bench.course import Course
from bench.feed import Fed
from bus import topic_admin
from bus.database import tables
from bus.database.connection import connect
from bus.database.journal_days import prepare_journal
from bus.database.migrate import migrate
from bus.database.schema_store import SchemaTable
from bus.deployment import Deployment
from bus.engine.assembly import check_processor, partitioner, topics_of
from bus.registry_client import RegistryAccess, RegistryClient
from schemas.codec import encode
from schemas.outcome import Processor
from tests.services import Services
from topics.catalogue import CATALOGUE

WINDOW = 5_000
PATIENCE = 120.0
SEEN = tables.schemas_seen


@dataclass(frozen=True, slots=True)
class Published:
    """A record that a run left in an output topic."""

    topic: str
    key: bytes
    value: bytes
    headers: dict[str, bytes]


class Arena:
    """The topics of one measure, with what there is to read."""

    def __init__(self, services: Services, processor: Processor, fed: Sequence[Fed]) -> None:
        self.services = services
        self.processor = processor
        self.fed = fed
        self.deployment = Deployment(prefix=f"bench{secrets.token_hex(3)}.")
        self._kafka = {"bootstrap_servers": services.kafka}
        self._runs = 0
        self._schema = f"bench_{secrets.token_hex(4)}"
        self._database = connect(services.database, self._schema, lock_seconds=PATIENCE, idle_seconds=PATIENCE, statement_seconds=PATIENCE)
        migrate(self._database, self._schema)
        self.schema_ids = self._registered()
        self._wanted = [topic for topic in CATALOGUE if topic.name in topics_of(processor)]
        with topic_admin.administration(self._kafka) as client:
            topic_admin.create(client, self._wanted, self.deployment)
        asyncio.run(self._publish())

    def close(self) -> None:
        """Remove the topics and the tables."""
        with self._database.begin() as connection:
            connection.execute(text(f'DROP SCHEMA "{self._schema}" CASCADE'))
        self._database.dispose()
        with topic_admin.administration(self._kafka) as client:
            client.delete_topics([self.deployment.topic(topic.name) for topic in self._wanted])

    def _registered(self) -> dict[str, int]:
        store = SchemaTable(self._database, self.services.registry)
        with RegistryClient(RegistryAccess(self.services.registry), store) as registry:
            return registry.schema_ids({topic: self.deployment.topic(topic) for topic in topics_of(self.processor)})

    def course(self) -> Course:
        """A new run's course: everything is to be read again, by a group of its own, into empty tables."""
        self._runs += 1
        with self._database.begin() as connection:
            connection.execute(text(f"TRUNCATE {', '.join(table.name for table in tables.ENGINE.tables.values() if table is not SEEN)}"))
            prepare_journal(connection, datetime.now(UTC))
        return Course(
            kafka=self.services.kafka,
            registry=self.services.registry,
            database=self.services.database,
            schema=self._schema,
            prefix=self.deployment.prefix,
            group=f"{self.deployment.prefix}group-{self._runs}",
            processor=self.processor.name,
            schema_ids=self.schema_ids,
            partitions=check_processor(self.processor, self.deployment),
            fed=sorted({each.record.topic for each in self.fed}),
        )

    def states(self) -> dict[str, bytes]:
        """What the last run left: key → state as stored."""
        query = select(tables.states.c.key, tables.states.c.value).where(tables.states.c.processor == self.processor.name)
        with self._database.begin() as connection:
            return {key: value for key, value in connection.execute(query) if value is not None}

    # --- Kafka -------------------------------------------------------------------------------------------------------

    async def _publish(self) -> None:
        place = partitioner(self.deployment)
        async with AIOKafkaProducer(**self._kafka, acks="all", enable_idempotence=True, linger_ms=5, max_batch_size=256 * 1024) as producer:
            waiting = []
            for each in self.fed:
                record = each.record
                value = encode(record.topic, record.name, record.data, self.schema_ids[record.topic])
                waiting.append(
                    await producer.send(
                        self.deployment.topic(record.topic),
                        value,
                        key=record.key.encode(),
                        partition=place(record.topic, record.key),
                        headers=each.headers,
                    )
                )
                if len(waiting) == WINDOW:
                    await asyncio.gather(*waiting)
                    waiting = []
            await asyncio.gather(*waiting)

    def watch(self) -> Callable[[], list[Published]]:
        """From now on: a function that gives what has been published to the outputs since, committed."""
        before = asyncio.run(self._ends())
        return lambda: asyncio.run(self._since(before))

    def _outputs(self) -> Iterable[TopicPartition]:
        for topic in self._wanted:
            if topic.name in self.processor.outputs:
                yield from (TopicPartition(self.deployment.topic(topic.name), p) for p in range(self.deployment.partitions(topic)))

    async def _ends(self) -> dict[TopicPartition, int]:
        async with self._consumer() as consumer:
            ends: dict[TopicPartition, int] = await consumer.end_offsets(list(self._outputs()))
            return ends

    def _consumer(self) -> AIOKafkaConsumer:
        return AIOKafkaConsumer(**self._kafka, isolation_level="read_committed", enable_auto_commit=False)

    async def _since(self, before: dict[TopicPartition, int]) -> list[Published]:
        async with self._consumer() as consumer:
            ends = await consumer.end_offsets(list(before))
            consumer.assign(list(before))
            for place, offset in before.items():
                consumer.seek(place, offset)
            return [published async for published in self._read(consumer, ends)]

    async def _read(self, consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> AsyncIterator[Published]:
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            fetched: dict[TopicPartition, list[Any]] = await consumer.getmany(timeout_ms=200)
            for place, records in fetched.items():
                name = self.deployment.catalogue_name(place.topic) or place.topic
                for record in records:
                    yield Published(name, record.key, record.value, dict(record.headers))
