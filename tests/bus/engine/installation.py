"""A test's own installation on the real services: its topics, its tables, what it publishes and what came out."""

import asyncio
import random
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
import sqlalchemy
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from kafka import TopicPartition as KafkaPartition
from kafka.admin import OffsetSpec
from sqlalchemy import text

from bus import topic_admin
from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.database.schema_store import SchemaTable
from bus.deployment import Deployment
from bus.engine.aiokafka_source import AiokafkaSource
from bus.engine.assembly import Encoder, build_encoder, build_engine, partitioner, publisher_of, topics_of
from bus.engine.runner import Runner
from bus.processors import projection_tables
from bus.registry_client import RegistryAccess, RegistryClient
from schemas.codec import decode, encode
from schemas.envelope import Envelope
from schemas.outcome import Event, Processor
from schemas.records.aglae import Dossier
from schemas.records.apogee import Inscription
from tests.bus.engine import chain
from tests.services import Services
from topics.catalogue import CATALOGUE

TypeIa = Literal["IA_CONSTATEE", "IA_CREEE", "IA_MODIFIEE", "IA_ANNULEE", "IA_RESILIEE"]

START = datetime(2026, 9, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Sent:
    """One event given to the bus, as the oracle sees it."""

    event: Event


class Installation:
    """One deployment under its own prefix and schema."""

    def __init__(self, services: Services, prefix: str, schema: str, processor: Processor = chain.PROCESSOR) -> None:
        self.services = services
        self.schema = schema
        self.processor = processor
        self.deployment = Deployment(prefix=prefix)
        self.kafka = {"bootstrap_servers": services.kafka}
        self.opened: list[sqlalchemy.Engine] = []
        self.database = self.connected()
        migrate(self.database, schema)
        self.registry = RegistryClient(RegistryAccess(services.registry), SchemaTable(self.database, services.registry))
        wanted = [topic for topic in CATALOGUE if topic.name in topics_of(processor)]
        with topic_admin.administration(self.kafka) as client:
            topic_admin.create(client, topic_admin.missing(client, wanted, self.deployment), self.deployment)
        self.encoder: Encoder = build_encoder(processor, self.registry, self.deployment)
        self.place = partitioner(self.deployment)

    def connected(self) -> sqlalchemy.Engine:
        engine = connect(self.services.database, self.schema)
        self.opened.append(engine)
        return engine

    def close(self) -> None:
        self.registry.close()
        for engine in self.opened:
            engine.dispose()

    # --- giving ------------------------------------------------------------------------------------------------------

    def headers(self, event: Event) -> list[tuple[str, bytes]]:
        return Envelope(event.id, event.type, event.source, event.subject, event.time).headers()

    async def publish(self, events: Iterable[Event]) -> None:
        """Publish in order; returns when all are acknowledged."""
        async with AIOKafkaProducer(**self.kafka, acks="all", enable_idempotence=True, linger_ms=5) as producer:
            given = list(events)
            ids = self.registry.schema_ids({event.topic: self.deployment.topic(event.topic) for event in given})
            waiting = []
            for event in given:
                value = encode(event.topic, event.type, event.data, ids[event.topic])
                waiting.append(await self._send(producer, event.topic, event.key, value, self.headers(event)))
            await asyncio.gather(*waiting)

    async def publish_raw(self, topic: str, key: str | None, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> None:
        async with AIOKafkaProducer(**self.kafka) as producer:
            await (await self._send(producer, topic, key, value, headers))

    async def _send(self, producer: AIOKafkaProducer, topic: str, key: str | None, value: Any, headers: Any) -> Any:
        partition = self.place(topic, key) if key is not None else 0
        raw = None if key is None else key.encode()
        return await producer.send(self.deployment.topic(topic), value, key=raw, partition=partition, headers=headers)

    # --- running in this process -------------------------------------------------------------------------------------

    def assembled(self, batch_size: int = 50, session_ms: int = 6000, probe: Any = None, now: Any = None) -> tuple[AiokafkaSource, Runner]:
        """A source and a runner on aiokafka, in this event loop."""
        probe = probe or (lambda _point: None)
        engine = build_engine(self.processor, self.connected(), self.registry, self.encoder, self.deployment, projection_tables(), probe)
        source = AiokafkaSource(
            engine.topics,
            self.deployment.group(self.processor.name),
            self.kafka,
            self.deployment.topic,
            batch_size=batch_size,
            session_ms=session_ms,
        )

        def identity(topics: Iterable[str]) -> Any:
            with topic_admin.administration(self.kafka) as client:
                return topic_admin.cluster_identity(client), topic_admin.topic_ids(client, topics, self.deployment)

        publisher = publisher_of(self.processor, self.deployment, self.kafka, probe)
        extra = {} if now is None else {"now": now}
        runner = Runner(engine, source.log, identity, publisher, self.place, self.encoder.deadline, source.fail, **extra)
        return source, runner

    # --- looking -----------------------------------------------------------------------------------------------------

    async def outputs(self, topic: str = "bourses.decisions.v1") -> list[tuple[Envelope, str, Any]]:
        """Every committed record of the topic, in order within a partition: envelope, key, data."""
        real = self.deployment.topic(topic)
        async with AIOKafkaConsumer(**self.kafka, isolation_level="read_committed") as consumer:
            partitions = [TopicPartition(real, n) for n in range(4)]
            ends = await consumer.end_offsets(partitions)
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            found = []
            while any([await consumer.position(tp) < ends[tp] for tp in partitions]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    for record in records:
                        _, data = decode(topic, record.value, self.registry.schema)
                        found.append((Envelope.parse(record.headers), record.key.decode(), data))
        return found

    def query(self, sql: str, **values: Any) -> list[Any]:
        with self.database.begin() as connection:
            return list(connection.execute(text(sql), values))

    def consumed(self) -> bool:
        """Every input was consumed up to its present end, by the checkpoints."""
        with topic_admin.administration(self.kafka) as client:
            names = [*self.processor.inputs]
            ends = client.list_partition_offsets(
                {KafkaPartition(self.deployment.topic(n), p): OffsetSpec.LATEST for n in names for p in range(4)}
            )
        rows = self.query("SELECT topic, partition, next_offset FROM checkpoints")
        have = {(self.deployment.topic(row.topic), row.partition): row.next_offset for row in rows}
        return all(have.get((tp.topic, tp.partition), -1) >= end.offset for tp, end in ends.items())


def feed(count: int, seed: int = 1, keys: int = 40, repeats: float = 0.05) -> list[Event]:
    """Registrations and dossiers of `keys` students, some sent again with the same id, at once or much later."""
    rng = random.Random(seed)
    events: list[Event] = []
    for n in range(count):
        key = uuid.uuid5(uuid.NAMESPACE_OID, f"{seed}/{rng.randrange(keys)}").hex
        event = inscription(key, n, seed=seed) if rng.random() < 0.6 else dossier(key, n, seed=seed)
        events.append(event)
        if rng.random() < repeats:
            events.append(rng.choice(events[-400:]))
    return events


def inscription(key: str, n: int, *, type: TypeIa = "IA_CREEE", cod_brs: str | None = None, subject: str = "", seed: int = 1) -> Event:
    data = Inscription(
        type=type,
        uai="0781944P",
        cod_anu="2026",
        cod_ind=str(n),
        cod_etu=str(n),
        cod_etp="L1",
        cod_vrs_vet="1",
        cod_brs=cod_brs,
        eta_iae="E",
    )
    identifier = str(uuid.uuid5(uuid.NAMESPACE_OID, f"inscription {seed} {n} {type}"))
    return Event(
        identifier, "inscription", START + timedelta(seconds=n), key, subject or f"ia/{n}", "/apogee", "apogee.inscriptions.v1", data
    )


def dossier(key: str, n: int, *, annee: int = 2026, seed: int = 1) -> Event:
    data = Dossier(numero=f"2026VER{n:011d}", annee=annee, numero_boursier=f"{n:011d}", etat="CONDITIONNEL")
    identifier = str(uuid.uuid5(uuid.NAMESPACE_OID, f"dossier {seed} {n}"))
    return Event(identifier, "dossier", START + timedelta(seconds=n), key, f"dossier/{annee}", "/aglae", "aglae.dossiers.v1", data)


def with_id(event: Event, identifier: str) -> Event:
    return msgspec.structs.replace(event, id=identifier)
