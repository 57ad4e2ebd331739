"""Publishing what a connector accepted: all of it is encoded and measured first, then sent, then acknowledged.

A crash in between publishes again with the same ids: they come from the receipt or from the source, and readers drop
what they have seen. So a producer transaction would add nothing.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, ProducerClosed
from aiokafka.producer.message_accumulator import BatchBuilder

from bus.deployment import Deployment
from bus.engine.assembly import partitioner
from bus.registry_client import RegistryClient
from connectors.transport.spool import Spool
from schemas import identity
from schemas.codec import encode
from schemas.envelope import Envelope, instant_text
from schemas.outcome import Fault, Record

LARGEST_VALUE = 900_000
"""Bytes of a record's value: below the brokers' limit with its envelope."""
PATIENCE = 15.0
"""Seconds without an acknowledgement after which Kafka is away."""

_BATCH_BYTES = 900_000
"""A file is of one partition, whose batches are acknowledged one after the other: the fewer, the less is waited for."""
_IN_MEMORY = 4 * 1024 * 1024
_WINDOW, _WINDOW_BATCHES = 2_000, 8
"""Records, or full batches, that are sent before those sent earlier are waited for."""
OWN_HEADERS = ("ce_id", "ce_subject", "ce_time")
"""Headers that are each record's own; the others are those of its type, and are kept once."""

_Header = tuple[str, bytes]
_Place = tuple[str, int]
"""Kafka topic, partition."""
_Message = tuple[str, int, bytes, bytes, list[_Header]]
"""Kafka topic, partition, key, value, headers."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str, int, bytes, bytes, str, tuple[bytes, bytes, bytes]]).decode
"""A record that waits: topic, partition, key, value, name, values of its own headers."""


class KafkaAway(Exception):
    """The brokers did not acknowledge in time: transient, nothing is certain, publish again with the same receipt."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """Records encoded and measured, in a file of their own that ends with it."""

    spool: Spool
    topics: Mapping[str, str]
    """Topic -> its name on Kafka."""
    headers: Mapping[str, list[_Header]]
    """Record name -> the headers that all of them share."""
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def close(self) -> None:
        self.spool.close()


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A record beyond what a broker takes: nothing was published."""

    fault: Fault


class RecordPublisher:
    """One idempotent producer, made at the first need and made anew after an outage. For one event loop."""

    def __init__(
        self,
        kafka: Mapping[str, Any],
        registry: RegistryClient,
        deployment: Deployment,
        *,
        patience: float = PATIENCE,
        spool_folder: str | None = None,
        probe: Callable[[str], None] = lambda _step: None,
    ) -> None:
        self._kafka = kafka
        self._registry = registry
        self._deployment = deployment
        self._patience = patience
        self._spool_folder = spool_folder
        self._probe = probe
        self._place = partitioner(deployment)
        self._producer: AIOKafkaProducer | None = None
        self._ids: dict[str, int] = {}
        self._starting = asyncio.Lock()
        self._asking = asyncio.Lock()
        self._endings: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Send what is left and end."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            await _ended(producer)
        await asyncio.gather(*self._endings)

    async def check(self) -> None:
        """Raise KafkaAway unless a broker answers now."""
        deadline = self._deadline()
        producer = await self._started(deadline)
        try:
            async with asyncio.timeout_at(deadline):
                await producer.client.fetch_all_metadata()
        except (KafkaError, OSError, TimeoutError) as error:
            self._discard(producer)
            raise _away(error) from error

    async def learn(self, topics: Iterable[str]) -> None:
        """Register the contracts of topics and keep their ids. Raises RegistryAway or RegistryRefuses for unknown ones."""
        async with self._asking:
            missing = {topic: self._deployment.topic(topic) for topic in topics if topic not in self._ids}
            if missing:
                self._ids |= await asyncio.to_thread(self._registry.schema_ids, missing)

    async def prepare(self, records: Iterable[Record], system: str, receipt: str, traceparent: str | None = None) -> Prepared | TooLarge:
        """Encode and measure every record of `system` before any is sent; topics must have been learnt.

        Raises whatever the records' iterator raises, and schemas.codec.Unencodable.
        """
        return await asyncio.to_thread(self._prepare, records, system, receipt, traceparent)

    async def publish(self, prepared: Prepared) -> int:
        """Send them in order and wait for every acknowledgement; how many. Raises KafkaAway within the patience."""
        deadline = self._deadline()
        producer = await self._started(deadline)
        sent: list[asyncio.Future[Any]] = []
        try:
            for ready in _windows(producer, _messages(prepared)):
                older = len(sent)
                async with asyncio.timeout_at(deadline):
                    for (topic, partition), batch in ready:
                        sent.append(await producer.send_batch(batch, topic, partition=partition))
                    await asyncio.gather(*sent[:older])
                if older:
                    deadline = self._deadline()
                    del sent[:older]
                self._probe("window_published")
            async with asyncio.timeout_at(deadline):
                await asyncio.gather(*sent)
        except (KafkaError, OSError, TimeoutError) as error:
            for future in sent:
                future.cancel()
            self._discard(producer)
            raise _away(error) from error
        return prepared.total

    def _prepare(self, records: Iterable[Record], system: str, receipt: str, traceparent: str | None) -> Prepared | TooLarge:
        spool = Spool(_IN_MEMORY, self._spool_folder)
        counts: Counter[str] = Counter()
        headers: dict[str, list[_Header]] = {}
        try:
            for record in records:
                topic, name = record.topic, record.name
                value = encode(topic, name, record.data, self._ids[topic])
                if len(value) > LARGEST_VALUE:
                    spool.close()
                    return TooLarge(_too_large(record, len(value)))
                if name not in headers:
                    envelope = envelope_of(record, system, receipt, traceparent)
                    headers[name] = [each for each in envelope.headers() if each[0] not in OWN_HEADERS]
                own = (_id_of(record, system, receipt).encode(), record.subject.encode(), instant_header(record.time))
                spool.add(_encode((topic, self._place(topic, record.key), record.key.encode(), value, name, own)))
                counts[topic] += 1
        except BaseException:
            spool.close()
            raise
        topics = {topic: self._deployment.topic(topic) for topic in counts}
        return Prepared(spool, topics, headers, counts)

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._patience

    async def _started(self, deadline: float) -> AIOKafkaProducer:
        try:
            async with asyncio.timeout_at(deadline), self._starting:
                if self._producer is None:
                    self._producer = await self._new_producer()
                return self._producer
        except (KafkaError, OSError, TimeoutError) as error:
            raise _away(error) from error

    async def _new_producer(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **self._kafka,
            acks="all",
            enable_idempotence=True,
            linger_ms=5,
            max_batch_size=_BATCH_BYTES,
            max_request_size=1_048_576,
            request_timeout_ms=int(self._patience * 1000),
        )
        try:
            await producer.start()
        except BaseException:
            self._discard(producer)
            raise
        return producer

    def _discard(self, producer: AIOKafkaProducer) -> None:
        """A producer that failed is never used again: after an unknown end its sequence numbers cannot be trusted.

        It ends beside us: what it still holds is given up first, or its own end would wait for brokers that are away.
        """
        if self._producer is producer:
            self._producer = None
        producer._message_accumulator.fail_all(ProducerClosed())
        ending = asyncio.create_task(_ended(producer))
        self._endings.add(ending)
        ending.add_done_callback(self._endings.discard)


async def _ended(producer: AIOKafkaProducer) -> None:
    with contextlib.suppress(KafkaError, OSError):
        await producer.stop()


def envelope_of(record: Record, system: str, receipt: str, traceparent: str | None = None) -> Envelope:
    """The id is the source's own where it has one, else the receipt's and the place in what was received."""
    return Envelope(
        ce_id=_id_of(record, system, receipt),
        ce_type=record.name,
        ce_source=f"/{system}",
        ce_subject=record.subject,
        ce_time=record.time,
        traceparent=traceparent,
    )


def _id_of(record: Record, system: str, receipt: str) -> str:
    return identity.from_source(system, record.own_id) if record.own_id else identity.from_receipt(receipt, record.position)


def instant_header(time: datetime) -> bytes:
    """The header `ce_time`. Two local instants of one zone may be equal and an hour apart: only those in UTC are remembered."""
    return _instant(time) if time.tzinfo is UTC else instant_text(time).encode()


@lru_cache(1024)
def _instant(time: datetime) -> bytes:
    """Records of one file share theirs."""
    return instant_text(time).encode()


def _messages(prepared: Prepared) -> Iterator[_Message]:
    for topic, place, key, value, name, own in map(_decode, prepared.spool):
        yield prepared.topics[topic], place, key, value, [*zip(OWN_HEADERS, own, strict=True), *prepared.headers[name]]


def _windows(producer: AIOKafkaProducer, messages: Iterable[_Message]) -> Iterator[list[tuple[_Place, BatchBuilder]]]:
    """Batches made here, a window of them at a time, in order within a partition: one future for a batch, not for each record."""
    ready: list[tuple[_Place, BatchBuilder]] = []
    open_batches: dict[_Place, BatchBuilder] = {}
    count = 0
    for topic, partition, key, value, headers in messages:
        place = (topic, partition)
        batch = open_batches.get(place)
        if batch is None or batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
            if batch is not None:
                ready.append((place, batch))
            batch = open_batches[place] = producer.create_batch()
            if batch.append(timestamp=None, key=key, value=value, headers=headers) is None:
                raise MessageSizeTooLargeError
        count += 1
        if count == _WINDOW or len(ready) == _WINDOW_BATCHES:
            yield [*ready, *_closed(open_batches)]
            ready, open_batches, count = [], {}, 0
    if count:
        yield [*ready, *_closed(open_batches)]


def _closed(batches: Mapping[_Place, BatchBuilder]) -> Iterable[tuple[_Place, BatchBuilder]]:
    for batch in batches.values():
        batch.close()
    return batches.items()


def _too_large(record: Record, size: int) -> Fault:
    return Fault(
        "ENREGISTREMENT_TROP_GROS",
        f"{record.position} : {size} octets une fois encodé ; la limite est de {LARGEST_VALUE} octets.",
        "Réduire cet élément à la source ; rien de l'envoi n'a été pris.",
    )


def _away(error: BaseException) -> KafkaAway:
    return KafkaAway(f"Kafka n'a pas répondu à temps ({type(error).__name__}).")
