"""A whole small bus of schools on the real services: inboxes, processors with their tables and files, a clock that can be moved.

Files are dropped as a school would; what is looked at are rows, outgoing files and the ledger of the inbox.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
from aiokafka import AIOKafkaConsumer, TopicPartition
from kafka import KafkaAdminClient
from sqlalchemy import text

from bus import topic_admin
from bus.consigne import Consigne
from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.database.schema_store import SchemaTable
from bus.deployment import Deployment
from bus.engine.aiokafka_source import AiokafkaSource
from bus.engine.assembly import build_encoder, build_engine, inputs_of, partitioner, publisher_of, topics_of
from bus.engine.runner import Runner
from bus.inbox.folders import Folders
from bus.inbox.inbox import Inbox, Patience
from bus.inbox.ledger import Ledger
from bus.lag import GroupInputs, measure
from bus.outgoing.files import Mode, OutgoingFiles
from bus.processors import find_processor, projection_tables
from bus.publishing import RecordPublisher
from bus.registry_client import RegistryAccess, RegistryClient
from connectors.registry import push_connectors
from schemas.codec import decode
from schemas.outcome import Processor
from sinks.registry import FILE_SINKS
from tests.connectors.deliveries import SECRET
from tests.services import Services
from tests.waiting import PATIENCE
from topics.catalogue import CATALOGUE

AT_ONCE = Patience(quiet=0.0, incomplete=0.0)


@dataclass
class Clock:
    """The engine's: real time, moved forward by hand to make a night pass."""

    moved: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def set(self, instant: datetime) -> None:
        """It is that instant now, and time goes on from there."""
        self.moved = instant - datetime.now(UTC)


@dataclass
class _Member:
    source: AiokafkaSource
    task: "asyncio.Task[None]"
    database: sqlalchemy.Engine


@dataclass
class BusOfSchools:
    """One deployment under its own prefix and schema. `systems` are those whose inbox is served."""

    services: Services
    prefix: str
    schema: str
    folder: Path
    processors: Sequence[Processor]
    systems: Sequence[str]
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.deployment = Deployment(prefix=self.prefix)
        self.kafka: dict[str, Any] = {"bootstrap_servers": self.services.kafka}
        self.database = connect(self.services.database, self.schema, pool=16)
        migrate(self.database, self.schema)
        self.registry = RegistryClient(RegistryAccess(self.services.registry), SchemaTable(self.database, self.services.registry))
        self.connectors = {each.system: each for each in push_connectors(SECRET) if each.system in self.systems}
        assert len(self.connectors) == len(self.systems)
        wanted = {name for processor in self.processors for name in topics_of(processor)}
        wanted |= {name for connector in self.connectors.values() for name in connector.topics}
        with topic_admin.administration(self.kafka) as client:
            topic_admin.create(client, [topic for topic in CATALOGUE if topic.name in wanted], self.deployment)
        self.administration = KafkaAdminClient(**self.kafka)
        self.members: list[_Member] = []
        self.told = 0
        self.inboxes: dict[str, Inbox] = {}

    def close(self) -> None:
        self.administration.close()
        self.registry.close()
        self.database.dispose()

    # --- running -----------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def running(self) -> AsyncIterator["BusOfSchools"]:
        """Every processor has its tasks; what one fails with fails the test."""
        publisher = RecordPublisher(self.kafka, self.registry, self.deployment)
        for system, connector in self.connectors.items():
            folders = Folders.of(self.folder / "inbox", system)
            folders.make()
            self.inboxes[system] = Inbox(connector, folders, Ledger(self.database), publisher, Consigne(self.database), AT_ONCE)
        async with AsyncExitStack() as exits:
            exits.push_async_callback(publisher.stop)
            for processor in self.processors:
                member = self._member(processor)
                self.members.append(member)
                exits.push_async_callback(_left, member)
            await self.until(self._taken, 120.0)
            yield self

    def _member(self, processor: Processor) -> _Member:
        engine_database = connect(self.services.database, self.schema)
        encoder = build_encoder(processor, self.registry, self.deployment)
        engine = build_engine(processor, engine_database, self.registry, encoder, self.deployment, projection_tables())
        group = self.deployment.group(processor.name)
        source = AiokafkaSource(engine.topics, group, self.kafka, self.deployment.topic, session_ms=6000)

        def identity(topics: Iterable[str]) -> tuple[str, Mapping[str, str]]:
            with topic_admin.administration(self.kafka) as client:
                return topic_admin.cluster_identity(client), topic_admin.topic_ids(client, topics, self.deployment)

        publisher = publisher_of(processor, self.deployment, self.kafka, lambda _point: None)
        place = partitioner(self.deployment)
        runner = Runner(engine, source.log, identity, publisher, place, encoder.deadline, source.fail, now=self.clock.now)
        return _Member(source, asyncio.create_task(source.run(runner, every=0.1)), engine_database)

    def _taken(self) -> bool:
        return bool(self.one("SELECT count(*) FROM tasks") == 4 * len(self.processors))

    async def until(self, condition: Callable[[], Any], seconds: float = PATIENCE) -> None:
        """Wait until the condition holds; a processor that fails meanwhile fails the test."""
        async with asyncio.timeout(seconds):
            while not await asyncio.to_thread(condition):
                for member in self.members:
                    if member.task.done():
                        await member.task
                await asyncio.sleep(0.02)

    async def settled(self, seconds: float = PATIENCE) -> None:
        """Wait until nothing is under way: every processor has decided all that it was given, and published what that made."""
        await self.until(self._quiet, seconds)

    def _quiet(self) -> bool:
        """A record is behind its group until what it made is published; so nothing behind, and nothing new meanwhile, is the end."""
        groups = [GroupInputs(each.name, inputs_of(each)) for each in self.processors]
        first, second = (measure(self.administration, groups, self.deployment) for _ in range(2))
        ends = [(each.topic, each.partition, each.end) for each in first]
        behind = [each for each in (*first, *second) if each.count or (each.committed is None and each.end)]
        return not behind and ends == [(each.topic, each.partition, each.end) for each in second]

    # --- giving ------------------------------------------------------------------------------------------------------

    async def drop(self, system: str, name: str, content: bytes) -> str:
        """As a school would; returns how the inbox settled it: ARCHIVED, IGNORED or REFUSED."""
        inbox = self.inboxes[system]
        (self.folder / "inbox" / system / "depot" / name).write_bytes(content)
        known = "SELECT state FROM depots WHERE system = :system AND name = :name AND settled_at IS NOT NULL ORDER BY sequence"
        before = len(self.rows(known, system=system, name=name))
        async with asyncio.timeout(PATIENCE):
            while len(found := self.rows(known, system=system, name=name)) == before:
                await inbox.cycle()
        return str(found[-1]["state"])

    async def drop_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """`system/name` and bytes, one after the other, as `bus.samples` gives them; each must be taken."""
        for path, content in files:
            system, _, name = path.partition("/")
            assert (path, await self.drop(system, name, content)) == (path, "ARCHIVED")

    async def tell(self, system: str, *events: Mapping[str, Any]) -> None:
        """Events of our own format, dropped as one JSON file. Each is `{"evenement": …, …}`."""
        self.told += 1
        content = json.dumps(events, ensure_ascii=False, default=str).encode()
        assert await self.drop(system, f"evenements_{self.told}.json", content) == "ARCHIVED", self.reports(system)

    # --- looking -----------------------------------------------------------------------------------------------------

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        with self.database.begin() as connection:
            return [dict(row) for row in connection.execute(text(sql), values).mappings()]

    def one(self, sql: str, **values: Any) -> Any:
        """The first cell; None when there is no row."""
        found = self.rows(sql, **values)
        return next(iter(found[0].values())) if found else None

    def refusals(self, table: str) -> list[str]:
        """Codes, in the order of the events refused."""
        return [row["code"] for row in self.rows(f"SELECT code FROM {table} ORDER BY publie_le, ce_id")]

    async def came(self, topic: str, name: str) -> list[Any]:
        """The data of every committed record of that name, in order within a partition."""
        real = self.deployment.topic(topic)
        async with AIOKafkaConsumer(**self.kafka, isolation_level="read_committed") as consumer:
            places = [TopicPartition(real, number) for number in range(4)]
            ends = await consumer.end_offsets(places)
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            found = []
            while any([await consumer.position(place) < ends[place] for place in places]):
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found += [decode(topic, record.value, self.registry.schema) for record in records]
        return [data for each, data in found if each == name]

    def reports(self, system: str) -> list[str]:
        """What the quarantine of a system says."""
        return [path.read_text() for path in sorted((self.folder / "inbox" / system / "quarantaine").glob("*.txt"))]

    def written(self) -> dict[str, bytes]:
        """One round of the file sinks, all active: `system/name` → bytes."""
        with self.database.begin() as connection:
            for sink in FILE_SINKS:
                inserted = "INSERT INTO sinks (sink, mode, last_lot) VALUES (:sink, :mode, 0)"
                statement = f"{inserted} ON CONFLICT (sink) DO UPDATE SET mode = excluded.mode"
                connection.execute(text(statement), {"sink": sink.name, "mode": Mode.ACTIF.value})
        outbox = self.folder / "outbox"
        OutgoingFiles(self.database, outbox, FILE_SINKS).once()
        return {str(path.relative_to(outbox)): path.read_bytes() for path in sorted(outbox.glob("*/*")) if path.is_file()}

    def dead_letters(self) -> list[dict[str, Any]]:
        return self.rows("SELECT processor, code, reason FROM dead_letters")


async def _left(member: _Member) -> None:
    """A clean stop; what it failed with is raised."""
    if not member.task.done():
        member.source.stop()
    try:
        await member.task
    finally:
        member.database.dispose()


def processors(*names: str) -> tuple[Processor, ...]:
    return tuple(find_processor(name) for name in names)
