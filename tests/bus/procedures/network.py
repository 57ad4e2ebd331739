"""The processors of a domain side by side on the real services, with a virtual clock, held against `simulate` in memory.

A scenario is played as people would: what comes in is published as its connectors make it, time is moved on from one due
deadline to the next, and nothing goes on before every group has read everything.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from sqlalchemy import text

from bus import topic_admin
from bus.engine.assembly import inputs_of, topics_of
from bus.lag import GroupInputs, measure
from bus.processors import domain_of
from bus.simulate.history import History
from bus.simulate.installation import Installation as Simulated
from bus.simulate.installed import installed
from bus.simulate.runner import Step, run, steps_of
from bus.simulate.scenario import load
from schemas.codec import decode, encode
from schemas.contracts import contract_of
from schemas.envelope import Envelope
from schemas.outcome import Event, Processor
from tests.bus.engine.installation import Installation
from tests.bus.engine.running import Running, started
from tests.services import Services
from tests.waiting import PATIENCE
from topics.catalogue import CATALOGUE

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
OUTSIDE = ("safir.titulaires.v1", "extranet.comptes.v1")
"""Topics that connectors write and that a processor of another domain reads."""

Said = tuple[str, str, str, str, str]
"""Topic, id, name, key and value of a record that a processor published."""


@dataclass(frozen=True)
class Played:
    """A scenario and what `simulate` makes of it."""

    steps: list[Step]
    end: datetime
    history: History

    def said(self, processors: Iterable[Processor]) -> set[Said]:
        names = {processor.name for processor in processors}
        ours = [each for each in self.history.published if not each.entered and each.by in names]
        return {_said(each.topic, each.id, each.name, each.key, _as_read(each.topic, each.name, each.data)) for each in ours}

    def rows(self, processors: Iterable[Processor]) -> dict[str, dict[str, Any]]:
        """Table → key → values, as they stand in the end."""
        names = {processor.name for processor in processors}
        tables: dict[str, dict[str, Any]] = {}
        for change in self.history.rows:
            if change.processor in names:
                row = change.row
                table, key = tables.setdefault(row.table, {}), _plain(dict(row.key))
                if row.values is None:
                    table.pop(key, None)
                else:
                    table[key] = {**table.get(key, {}), **row.values}
        return {name: {key: json.loads(_plain(values)) for key, values in table.items()} for name, table in tables.items()}

    def effects(self) -> list[str]:
        return sorted(_plain({"sink": effect.sink, "payload": effect.payload}) for _, effect in self.history.effects)


def simulated(domain: str, name: str, simulated_bus: Simulated | None = None) -> Played:
    """A scenario of the project, played in memory."""
    bus = simulated_bus or installed()
    scenario = load(SCENARIOS / domain / f"{name}.yaml", bus)
    steps = steps_of(scenario, bus)
    return Played(steps, scenario.end, run(scenario, bus, steps))


class Died(Exception):
    """What a probe raises where a process would have been killed: nothing is drained, nothing is acknowledged."""


class Clock:
    """What every member takes for the time."""

    def __init__(self) -> None:
        self.now = BEGINNING

    def __call__(self) -> datetime:
        return self.now


class Network:
    """Processors that share topics, tables and one clock."""

    def __init__(self, services: Services, prefix: str, schema: str, processors: Sequence[Processor]) -> None:
        self.processors = tuple(processors)
        self.parts = {processor.name: Installation(services, prefix, schema, processor) for processor in processors}
        self.any = next(iter(self.parts.values()))
        self.clock = Clock()
        self.members: dict[str, Running] = {}
        self.died: set[str] = set()
        """Processors one of whose members died as it was told to."""
        self._kafka = self.any.kafka
        wanted = {topic for processor in processors for topic in topics_of(processor)} | set(OUTSIDE)
        self.topics = [topic for topic in CATALOGUE if topic.name in wanted]
        with topic_admin.administration(self._kafka) as client:
            deployment = self.any.deployment
            topic_admin.create(client, topic_admin.missing(client, self.topics, deployment), deployment)
        self._ids = self.any.registry.schema_ids({topic.name: self.any.deployment.topic(topic.name) for topic in self.topics})
        self._groups = [GroupInputs(processor.name, inputs_of(processor)) for processor in processors]

    def close(self) -> None:
        for part in self.parts.values():
            part.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """A member a processor; all leave cleanly, what one failed with is raised."""
        async with AsyncExitStack() as exits:
            for name in self.parts:
                await self.start(name)
                exits.push_async_callback(self._leave, name)
            yield

    async def start(self, name: str, probe: Callable[[str], None] | None = None) -> None:
        """A member of this processor, in place of the one before."""
        self.members[name] = await started(self.parts[name], now=self.clock, probe=probe, batch_size=200)

    async def kill(self, name: str, point: str, at: datetime) -> None:
        """From now on, this processor's member dies the first time it passes the point at this instant or later; then another
        takes its tasks over."""
        await self._leave(name)

        def probe(reached: str) -> None:
            if reached == point and self.clock.now >= at and name not in self.died:
                self.died.add(name)
                raise Died

        await self.start(name, probe)

    async def _leave(self, name: str) -> None:
        member = self.members[name]
        if member.task.done():
            await member.task
        else:
            await member.leave()

    # --- giving and waiting ------------------------------------------------------------------------------------------

    async def play(self, played: Played) -> None:
        """All of the scenario, to its end."""
        async with AIOKafkaProducer(**self._kafka, acks="all", enable_idempotence=True) as producer:
            before: set[str] = set()
            for step in played.steps:
                await self.pass_time(step.clock)
                topics = {event.topic for event in step.entered.events}
                if topics != before:
                    await self.rest()  # nothing orders two topics of one instant but the order of the scenario
                await self.give(producer, step.entered.events)
                before = topics
            await self.pass_time(played.end)
            await self.rest()

    async def give(self, producer: AIOKafkaProducer, events: Iterable[Event]) -> None:
        """Publish and wait for the acknowledgements."""
        waiting = []
        for event in events:
            if event.topic in self._ids:
                value = encode(event.topic, event.type, event.data, self._ids[event.topic])
                headers = Envelope(event.id, event.type, event.source, event.subject, event.time).headers()
                place = self.any.place(event.topic, event.key)
                real = self.any.deployment.topic(event.topic)
                waiting.append(await producer.send(real, value, key=event.key.encode(), partition=place, headers=headers))
        await asyncio.gather(*waiting)

    async def pass_time(self, until: datetime) -> None:
        """From one due deadline to the next, each followed by all it causes."""
        if self.clock.now == BEGINNING:
            self.clock.now = until
        if until <= self.clock.now:
            return
        await self.rest()
        while (due := await asyncio.to_thread(self._next_due, until)) is not None:
            self.clock.now = due
            await self.rest()
        self.clock.now = until

    async def rest(self, seconds: float = PATIENCE) -> None:
        """Until every group has read everything and no deadline is due. A member that fails meanwhile, but
        for one that was told to die, fails the test."""
        async with asyncio.timeout(seconds):
            with topic_admin.administration(self._kafka) as client:
                while not await asyncio.to_thread(self._at_rest, client):
                    await self._replace_the_dead()
                    await asyncio.sleep(0.02)
            await self._replace_the_dead()

    async def _replace_the_dead(self) -> None:
        for name, member in list(self.members.items()):
            if member.task.done():
                try:
                    await member.task
                except Died:
                    await self.start(name)

    def _at_rest(self, client: Any) -> bool:
        if self.any.query("SELECT 1 FROM deadlines WHERE due <= :now LIMIT 1", now=self.clock.now):
            return False
        return all(each.count == 0 for each in measure(client, self._groups, self.any.deployment))

    def _next_due(self, until: datetime) -> datetime | None:
        found: datetime | None = self.any.query("SELECT min(due) FROM deadlines WHERE due < :until", until=until)[0][0]
        return found

    # --- looking -----------------------------------------------------------------------------------------------------

    async def said(self) -> list[Said]:
        """Every committed record that these processors published, refusals included; deadlines left out."""
        outputs = {topic for processor in self.processors for topic in (*processor.outputs, processor.refusals) if topic}
        return [
            _said(topic, envelope.ce_id, envelope.ce_type, key, data)
            for topic in sorted(outputs)
            async for envelope, key, data in self._read(topic)
            if envelope.ce_source.startswith("/passerelle/")
        ]

    async def _read(self, topic: str) -> AsyncIterator[tuple[Envelope, str, Any]]:
        real = self.any.deployment.topic(topic)
        count = self.any.deployment.partitions(next(each for each in CATALOGUE if each.name == topic))
        async with AIOKafkaConsumer(**self._kafka, isolation_level="read_committed") as consumer:
            partitions = [TopicPartition(real, n) for n in range(count)]
            ends = await consumer.end_offsets(partitions)
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            while any([await consumer.position(tp) < ends[tp] for tp in partitions]):
                for records in (await consumer.getmany(timeout_ms=100)).values():
                    for record in records:
                        _, data = decode(topic, record.value, self.any.registry.schema)
                        yield Envelope.parse(record.headers), record.key.decode(), data

    def rows(self, like: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """The tables and the columns that `like` has."""
        return {name: self._rows(name, rows) for name, rows in like.items()}

    def _rows(self, table: str, like: Mapping[str, Any]) -> dict[str, Any]:
        keys = list(json.loads(next(iter(like)))) if like else []
        with self.any.database.begin() as connection:
            found = [dict(row) for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings()]
        rows = {_plain({name: row[name] for name in keys}): row for row in found}
        return {key: _shown(row, like.get(key, {})) for key, row in rows.items()}

    def effects(self) -> list[str]:
        return sorted(_plain({"sink": row.sink, "payload": row.payload}) for row in self.any.query("SELECT sink, payload FROM effets"))

    def tokens(self) -> list[int]:
        """Every token that OGAPI was given, once each, in order."""
        return [row.jeton for row in self.any.query("SELECT DISTINCT jeton FROM ogapi_montants ORDER BY jeton")]


def of_domain(processors: Iterable[Processor], *domains: str) -> tuple[Processor, ...]:
    return tuple(processor for processor in processors if domain_of(processor) in domains)


def _shown(row: Mapping[str, Any], like: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that `like` gives; what it leaves out must be nothing."""
    shown: dict[str, Any] = json.loads(_plain({name: row[name] for name in like}))
    return shown


def _as_read(topic: str, name: str, data: Any) -> Any:
    """What a reader makes of it: an amount has the decimals of its contract."""
    return decode(topic, encode(topic, name, data, 0), lambda _id: contract_of(topic).schema)[1]


def _said(topic: str, identifier: str, name: str, key: str, data: Any) -> Said:
    return topic, identifier, name, key, _plain(data)


def _plain(value: Any) -> str:
    return msgspec.json.encode(value, order="sorted", enc_hook=str).decode()
