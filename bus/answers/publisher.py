"""Publishes detections beside the answers: a question never waits for it, and a broker that is away costs no answer.

Each detection goes out once from one process; the same one from another process, or after a restart, carries the same
`ce_id` and is dropped by the journal of its reader.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from bus.answers.detections import NAME, SOURCE, TOPIC, Detected
from schemas.codec import encode
from schemas.envelope import Envelope

WAITING = 10_000
REMEMBERED = 200_000
RETRY_SECONDS = 2.0

log = structlog.get_logger("bus.answers")


class DetectionPublisher:
    """One producer and a bounded queue. For one event loop."""

    def __init__(
        self,
        kafka: Mapping[str, Any],
        topic: str,
        schema_id: int,
        partition_of: Callable[[str, str], int],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._kafka = kafka
        self._topic = topic
        self._schema_id = schema_id
        self._partition_of = partition_of
        self._now = now
        self._queue: asyncio.Queue[tuple[Detected, datetime]] = asyncio.Queue(WAITING)
        self._seen: OrderedDict[str, None] = OrderedDict()
        self.lost = 0
        """Detections given up because too many waited: the same question, asked again, brings them back."""

    def __call__(self, detected: Detected) -> None:
        """Take it, unless this process already has; never waits."""
        if detected.id in self._seen:
            return
        try:
            self._queue.put_nowait((detected, self._now()))
        except asyncio.QueueFull:
            self.lost += 1
            return
        self._seen[detected.id] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    async def run(self) -> None:
        """Publish for ever, in order; a broker that is away is tried again."""
        while True:
            producer = AIOKafkaProducer(**self._kafka, enable_idempotence=True)
            try:
                await producer.start()
                while True:
                    await self._send(producer)
            except KafkaError as error:
                log.warning("answers.detections_wait", error=type(error).__name__, count=self._queue.qsize())
            finally:
                with contextlib.suppress(KafkaError):
                    await producer.stop()
            await asyncio.sleep(RETRY_SECONDS)

    async def drained(self) -> None:
        """Returns once everything taken so far is published."""
        await self._queue.join()

    async def _send(self, producer: AIOKafkaProducer) -> None:
        detected, at = await self._queue.get()
        try:
            envelope = Envelope(detected.id, NAME, SOURCE, detected.subject, at, None, None)
            value = encode(TOPIC, NAME, detected.data, self._schema_id)
            place = self._partition_of(TOPIC, detected.key)
            await producer.send_and_wait(self._topic, value, detected.key.encode(), place, headers=envelope.headers())
        except BaseException:
            self._seen.pop(detected.id, None)
            raise
        finally:
            self._queue.task_done()
