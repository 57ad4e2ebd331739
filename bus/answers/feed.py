"""Keeps the read model up to the topic `bourses.droits.v1`, from its first record at each start; knows up to when and for whom."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from bus.answers.rights import TOPIC, Rights
from bus.database.freshness import Look
from bus.engine.transient import Transient
from bus.registry_client import RegistryAway
from schemas.codec import Undecodable, WriterSchema, decode

POLL_MS = 100
MARK_SECONDS = 1.0
RETRY_SECONDS = 2.0

LookAtTasks = Callable[[], Look]
"""Up to when everything said is published, and the keys that this does not hold for; blocking; may raise Transient."""
EVERYONE = ""
"""No key: stands for all of them when they are too many to tell apart."""

log = structlog.get_logger("bus.answers")


class Feed:
    """The consumer. `run` ends only with the process or when the topic cannot be read as it is."""

    def __init__(
        self,
        rights: Rights,
        kafka: Mapping[str, Any],
        topic: str,
        partitions: int,
        writer_schema: WriterSchema,
        look: LookAtTasks,
        fresh_for: timedelta,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._rights = rights
        self._kafka = kafka
        self._partitions = [TopicPartition(topic, number) for number in range(partitions)]
        self._writer_schema = writer_schema
        self._look = look
        self._fresh_for = fresh_for
        self._now = now
        self._fresh_until: datetime | None = None
        self._aside: dict[str, datetime] = {}
        self.caught_up = False
        """Everything that stood in the topic at the start is read: before that, nothing is answered."""
        self.undecodable = 0
        """Records that could not be read: their students' former rights are forgotten, so that they answer ATTENTE."""

    @property
    def fresh(self) -> bool:
        """Whether everything said until less than the permitted delay ago is in the read model."""
        mark = self._fresh_until
        return self.caught_up and mark is not None and self._now() - mark < self._fresh_for

    def sure_of(self, key: str) -> bool:
        """Whether the mark holds for this student: nothing that was said of them is set aside, or was until a moment ago."""
        return key not in self._aside and EVERYONE not in self._aside

    @property
    def mark(self) -> datetime | None:
        """Up to when everything said is in the read model."""
        return self._fresh_until

    async def run(self) -> None:
        """Read for ever. A broker that goes away leaves the model as it is, which soon is not fresh."""
        while True:
            consumer = AIOKafkaConsumer(
                **self._kafka, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest", isolation_level="read_committed"
            )
            try:
                await consumer.start()
                await self._read(consumer)
            except (KafkaError, RegistryAway) as error:
                log.warning("answers.waits", error=type(error).__name__)
            finally:
                with contextlib.suppress(KafkaError):
                    await consumer.stop()
            await asyncio.sleep(RETRY_SECONDS)

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        consumer.assign(self._partitions)
        await consumer.seek_to_beginning(*self._partitions)
        start = await consumer.end_offsets(self._partitions)
        pending: tuple[datetime, Mapping[TopicPartition, int]] | None = None
        looked = 0.0
        while True:
            batches = await consumer.getmany(timeout_ms=POLL_MS)
            records = [record for batch in batches.values() for record in batch]
            if records:
                await asyncio.to_thread(self._take, records)
            if not self.caught_up and await self._reached(consumer, start):
                self.caught_up = True
                log.info("answers.ready", count=len(self._rights))
            if pending is None and monotonic() - looked >= MARK_SECONDS:
                looked = monotonic()
                pending = await self._next_mark(consumer)
            if pending is not None and await self._reached(consumer, pending[1]):
                self._advance(pending[0])
                pending = None

    async def _next_mark(self, consumer: AIOKafkaConsumer) -> tuple[datetime, Mapping[TopicPartition, int]] | None:
        """A mark counts once what was published before it is read: the ends are asked for after the mark. Doubts count at once."""
        try:
            look = await asyncio.to_thread(self._look)
        except Transient as error:
            log.warning("answers.no_mark", cause=str(error))
            return None
        self._aside |= dict.fromkeys({EVERYONE} if look.aside is None else look.aside, self._now())
        return None if look.up_to is None else (look.up_to, await consumer.end_offsets(self._partitions))

    def _advance(self, mark: datetime) -> None:
        """What was set aside and is no more counts again once a mark is so much younger that what came of it is read, whatever
        the clocks of two machines differ by."""
        self._fresh_until = mark
        self._aside = {key: seen for key, seen in self._aside.items() if seen + self._fresh_for > mark}

    async def _reached(self, consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]) -> bool:
        return all([await consumer.position(partition) >= end for partition, end in ends.items()])

    def _take(self, records: list[Any]) -> None:
        for record in records:
            key = (record.key or b"").decode(errors="replace")
            droits = None
            if record.value is not None:
                try:
                    _, droits = decode(TOPIC, record.value, self._writer_schema)
                except Undecodable as error:
                    self.undecodable += 1
                    log.error("answers.undecodable", code=error.code, partition=record.partition, offset=record.offset)
            self._rights.take(key, droits)
