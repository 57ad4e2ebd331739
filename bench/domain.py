"""A whole domain at work: its real workers as processes, phases of records published to them, the time until all is at rest.

What comes in is encoded beforehand, as a connector does when it takes it: the clock runs from the first record published to
the moment when every group has read everything, no deadline is due and nothing waits to be published.
"""

import asyncio
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from aiokafka import AIOKafkaProducer
from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from bench.environment import PROJECT
from bus import topic_admin
from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.database.schema_store import SchemaTable
from bus.deployment import Deployment
from bus.engine.assembly import check_processor, inputs_of, partitioner, topics_of
from bus.lag import GroupInputs, measure
from bus.processors import find_processor
from bus.registry_client import RegistryAccess, RegistryClient
from schemas.codec import encode
from schemas.envelope import Envelope
from schemas.identity import from_source
from schemas.outcome import Record
from tests.services import Services
from topics.catalogue import CATALOGUE

PATIENCE = 600.0
WINDOW = 5_000
Message = tuple[str, bytes, bytes, int, list[tuple[str, bytes]]]


class NotDone(Exception):
    """A worker ended, or the domain never came to rest; the text says which."""


@dataclass(frozen=True, slots=True)
class Phase:
    """How long a phase took."""

    name: str
    records: int
    seconds: float


class Domain:
    """An installation of its own with the workers of some processors."""

    def __init__(self, services: Services, workers: Mapping[str, int], folder: Path) -> None:
        self.services = services
        self.deployment = Deployment(prefix=f"bench{secrets.token_hex(3)}.")
        self.schema = f"bench_{secrets.token_hex(4)}"
        self.database = connect(services.database, self.schema, lock_seconds=60, idle_seconds=60, statement_seconds=120)
        self.phases: list[Phase] = []
        self._kafka = {"bootstrap_servers": services.kafka}
        self._processors = [find_processor(name) for name in workers]
        migrate(self.database, self.schema)
        wanted = {topic for processor in self._processors for topic in topics_of(processor)}
        self._topics = [topic for topic in CATALOGUE if topic.name in wanted]
        with topic_admin.administration(self._kafka) as client:
            topic_admin.create(client, self._topics, self.deployment)
        with RegistryClient(RegistryAccess(services.registry), SchemaTable(self.database, services.registry)) as registry:
            self._ids = registry.schema_ids({topic.name: self.deployment.topic(topic.name) for topic in self._topics})
        self._place = partitioner(self.deployment)
        self._workers = [(name, self._start(name, folder / f"{name}-{n}.log")) for name, count in workers.items() for n in range(count)]

    def close(self) -> None:
        """End the workers, remove the topics and the tables."""
        for _, process in self._workers:
            process.terminate()
        for _, process in self._workers:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        with self.database.begin() as connection:
            connection.execute(text(f'DROP SCHEMA "{self.schema}" CASCADE'))
        self.database.dispose()
        with topic_admin.administration(self._kafka) as client:
            client.delete_topics([self.deployment.topic(topic.name) for topic in self._topics])

    def _start(self, name: str, log: Path) -> subprocess.Popen[bytes]:
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("PASSERELLE_")},
            "KAFKA_BOOTSTRAP_SERVERS": self.services.kafka,
            "SCHEMA_REGISTRY_URL": self.services.registry,
            "DATABASE_URL": self.services.database,
            "PASSERELLE_PREFIX": self.deployment.prefix,
            "PASSERELLE_DATABASE__SCHEMA": self.schema,
        }
        with log.open("wb") as stream:
            command = [sys.executable, "-m", "bus.engine.worker", name]
            return subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=stream, stderr=stream)

    # --- phases ------------------------------------------------------------------------------------------------------

    def wait_for_the_workers(self) -> None:
        """Every task is taken."""
        wanted = sum(check_processor(processor, self.deployment) for processor in self._processors)
        self._until(lambda: self.one("SELECT count(*) FROM tasks WHERE epoch > 0") >= wanted)

    def phase(self, name: str, records: Sequence[Record], until: Callable[[], bool] | None = None) -> None:
        """Publish them and wait until what a person would wait for is seen; without `until`, until all is at rest."""
        messages = [self._message(record) for record in records]
        began = time.monotonic()
        asyncio.run(self._publish(messages))
        if until is not None:
            self._until(until)
        else:
            with topic_admin.administration(self._kafka) as client:
                groups = [GroupInputs(processor.name, inputs_of(processor)) for processor in self._processors]
                self._until(lambda: self._at_rest(client, groups))
        self.phases.append(Phase(name, len(records), time.monotonic() - began))

    def _message(self, record: Record) -> Message:
        identifier = from_source("bench", record.own_id or record.position)
        headers = Envelope(identifier, record.name, "/bench", record.subject, record.time).headers()
        value = encode(record.topic, record.name, record.data, self._ids[record.topic])
        place = self._place(record.topic, record.key)
        return self.deployment.topic(record.topic), record.key.encode(), value, place, headers

    async def _publish(self, messages: Sequence[Message]) -> None:
        options: dict[str, Any] = {"acks": "all", "enable_idempotence": True, "linger_ms": 5, "max_batch_size": 256 * 1024}
        async with AIOKafkaProducer(**self._kafka, **options) as producer:
            for start in range(0, len(messages), WINDOW):
                await asyncio.gather(
                    *[await self._send(producer, *batch) for batch in _batches(producer, messages[start : start + WINDOW])]
                )

    async def _send(self, producer: AIOKafkaProducer, topic: str, place: int, batch: Any) -> Any:
        return await producer.send_batch(batch, topic, partition=place)

    def _at_rest(self, client: Any, groups: Sequence[GroupInputs]) -> bool:
        if self.one("SELECT (SELECT count(*) FROM deadlines WHERE due <= now()) + (SELECT count(*) FROM outbox)"):
            return False
        return all(each.count == 0 for each in measure(client, groups, self.deployment))

    def _until(self, true: Any) -> None:
        deadline = time.monotonic() + PATIENCE
        while not true():
            ended = [name for name, process in self._workers if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                raise NotDone(f"travailleurs arrêtés : {', '.join(ended)}" if ended else f"pas au repos en {PATIENCE:.0f} s")
            time.sleep(0.25)

    # --- looking -----------------------------------------------------------------------------------------------------

    def one(self, query: str) -> Any:
        with self.database.begin() as connection:
            return connection.execute(text(query)).scalar_one()

    def processor_seconds(self) -> dict[str, float]:
        """Processor time of each worker so far, user and system."""
        found: dict[str, float] = {}
        for name, process in self._workers:
            times = psutil.Process(process.pid).cpu_times()
            found[name] = found.get(name, 0.0) + times.user + times.system
        return found


def _batches(producer: AIOKafkaProducer, messages: Sequence[Message]) -> Iterator[tuple[str, int, Any]]:
    """Filled batches of one topic and partition each, in the order of their records: what is fed must not cost more than what is
    measured, and a record at a time costs four times as much."""
    filling: dict[tuple[str, int], Any] = {}
    for topic, key, value, place, headers in messages:
        batch = filling.get((topic, place)) or filling.setdefault((topic, place), producer.create_batch())
        if batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
            batch.close()
            yield topic, place, batch
            batch = filling[topic, place] = producer.create_batch()
            if batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
                raise NotDone(f"un enregistrement de {topic} dépasse la taille d'un lot")
    for (topic, place), batch in filling.items():
        batch.close()
        yield topic, place, batch


@contextmanager
def watched(domain: Domain) -> Iterator[dict[str, Any]]:
    """What the block cost: processor seconds of each worker and of the whole machine, and how loaded it was before."""
    found: dict[str, Any] = {"load_before": os.getloadavg()[0]}
    before, machine = domain.processor_seconds(), _busy()
    yield found
    after = domain.processor_seconds()
    found["processor_seconds"] = {name: after[name] - before[name] for name in after}
    found["machine_processor_seconds"] = _busy() - machine


def _busy() -> float:
    """Processor seconds that anything on this machine used."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def result(domain: Domain, cost: Mapping[str, Any], expected: Sequence[tuple[str, object, object]], at_most: float) -> dict[str, Any]:
    """As kept in build/bench.json. Raises NotDone when a figure is not what had to come: its duration would mean nothing."""
    wrong = [f"{what} : {found}, attendu {wanted}" for what, found, wanted in expected if found != wanted]
    if wrong:
        raise NotDone(" ; ".join(wrong))
    total = sum(phase.seconds for phase in domain.phases)
    return {
        "phases": [{"name": phase.name, "records": phase.records, "seconds": phase.seconds} for phase in domain.phases],
        "total_seconds": total,
        **cost,
        "found": {what: str(found) for what, found, _ in expected},
        "ratios": [{"of": "durée (s)", "to": "", "wanted": at_most, "ratio": total, "reached": total <= at_most}],
    }


def show(console: Console, title: str, found: Mapping[str, Any]) -> None:
    """The phases, the total, and what the machine was doing meanwhile."""
    table = Table(title=title, title_justify="left")
    for heading in ("phase", "enregistrements", "secondes"):
        table.add_column(heading, justify="left" if heading == "phase" else "right")
    for phase in found["phases"]:
        table.add_row(phase["name"], f"{phase['records']:,}".replace(",", " "), f"{phase['seconds']:.1f}")
    table.add_row("en tout", "", f"{found['total_seconds']:.1f}")
    console.print(table)
    ours = found["processor_seconds"]
    for name, seconds in ours.items():
        console.print(f"  processeur de {name} : {seconds:.1f} s")
    cores, total = psutil.cpu_count() or 1, found["total_seconds"]
    share = 100 * found["machine_processor_seconds"] / (cores * total)
    console.print(
        f"  toute la machine : {found['machine_processor_seconds']:.0f} s de processeur ({share:.0f} % de ses {cores} cœurs), dont "
        f"{sum(ours.values()):.0f} s pour ces travailleurs ; charge moyenne avant la mesure : {found['load_before']:.1f}"
    )
    for what, figure in found["found"].items():
        console.print(f"  {what} : {figure}")
    limit = found["ratios"][0]
    console.print(f"  voulu : au plus {limit['wanted']:g} s ; {'atteint' if limit['reached'] else 'NON ATTEINT'}\n")


def record(topic: str, name: str, key: str, subject: str, at: datetime, data: Any, own_id: str) -> Record:
    """A record as a connector would publish it."""
    return Record(topic, name, key, subject, at, data, own_id, own_id)
