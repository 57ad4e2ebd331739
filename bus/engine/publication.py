"""Publishing a task's outbox rows, each in one Kafka transaction, in order (step 6 of the engine).

The transactional id is the task's: starting its producer fences the former owner at the broker.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from bus.engine.batches import ToPublish
from schemas.envelope import CONTENT_TYPE, SPEC_VERSION

BATCH_BYTES = 900_000
TRANSACTION_MS = 30_000
SPEC_VERSION_HEADER = ("ce_specversion", SPEC_VERSION)
CONTENT_TYPE_HEADER = ("content-type", CONTENT_TYPE)


class PublicationFailed(Exception):
    """The broker did not take a row: the process ends (exit 70), the row stays in the outbox."""


class TaskPublisher:
    """The producer of one task. Not started twice: a new assignment makes a new one."""

    def __init__(
        self,
        processor: str,
        partition: int,
        kafka: Mapping[str, Any],
        real_name: Callable[[str], str],
        transactional_id: str,
        probe: Callable[[str], None],
    ) -> None:
        self._source = ("ce_source", f"/passerelle/{processor}".encode())
        self._types: dict[str, tuple[str, bytes]] = {}
        self._partition = partition
        self._real_name = real_name
        self._probe = probe
        self._kafka = kafka
        self._transactional_id = transactional_id
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Fence the former owner and abort what it left open."""
        self._producer = AIOKafkaProducer(
            **self._kafka,
            transactional_id=self._transactional_id,
            transaction_timeout_ms=TRANSACTION_MS,
            acks="all",
            max_batch_size=BATCH_BYTES,
            max_request_size=1_048_576,
            request_timeout_ms=TRANSACTION_MS,
        )
        await self._producer.start()

    async def stop(self) -> None:
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await producer.stop()

    async def publish(self, row: ToPublish) -> None:
        """Publish the row's records in one transaction. Returns when the broker has committed it."""
        producer = self._producer
        if producer is None:
            raise PublicationFailed("le producteur de la tâche n'est pas démarré")
        try:
            await producer.begin_transaction()
            await self._send(producer, row)
            self._probe("before_transaction_end")
            await producer.commit_transaction()
        except KafkaError as error:
            raise PublicationFailed(type(error).__name__) from error

    async def _send(self, producer: AIOKafkaProducer, row: ToPublish) -> None:
        """The log's own timestamp is the present: Kafka's retention goes by it, and `ce_time` may be years old."""
        builders: dict[tuple[str, int], Any] = {}
        sent: list[asyncio.Future[Any]] = []
        base = row.sequence * 1_000_000
        for topic, partition, key, value, identifier, name, subject, time_ms, rank in row.records:
            headers = self._headers(identifier, name, subject, time_ms, base + rank)
            place = (topic, partition)
            builder = builders.get(place)
            if builder is None:
                builder = builders[place] = producer.create_batch()
            if builder.append(timestamp=None, key=key.encode(), value=value, headers=headers) is None:
                builder.close()
                sent.append(await producer.send_batch(builder, self._real_name(topic), partition=partition))
                builder = builders[place] = producer.create_batch()
                if builder.append(timestamp=None, key=key.encode(), value=value, headers=headers) is None:
                    raise PublicationFailed("un enregistrement dépasse la taille d'un lot")
        for (topic, partition), builder in builders.items():
            builder.close()
            sent.append(await producer.send_batch(builder, self._real_name(topic), partition=partition))
        self._probe("mid_publish")
        await asyncio.gather(*sent)

    def _headers(self, identifier: str, name: str, subject: str, time_ms: int, sequence: int) -> list[tuple[str, bytes]]:
        kind = self._types.get(name)
        if kind is None:
            kind = self._types[name] = ("ce_type", name.encode())
        return [
            SPEC_VERSION_HEADER,
            ("ce_id", identifier.encode()),
            kind,
            self._source,
            ("ce_subject", subject.encode()),
            ("ce_time", instant_of(time_ms)),
            CONTENT_TYPE_HEADER,
            ("ce_sequence", b"%d" % sequence),
        ]


@lru_cache(4096)
def instant_of(time_ms: int) -> bytes:
    """RFC 3339 in UTC with milliseconds, without making a datetime of each."""
    days, rest = divmod(time_ms, 86_400_000)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    seconds, millis = divmod(rest, 1000)
    return b"%sT%02d:%02d:%02d.%03dZ" % (_day(days), hours, minutes, seconds, millis)


_days: dict[int, bytes] = {}


def _day(days: int) -> bytes:
    text = _days.get(days)
    if text is None:
        if len(_days) > 4096:
            _days.clear()
        text = _days[days] = (date(1970, 1, 1) + timedelta(days=days)).isoformat().encode()
    return text
