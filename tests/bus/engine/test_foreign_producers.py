"""What producers of others may put into a topic on a real broker: compressed batches, header names of any bytes."""

import asyncio
import struct
from collections.abc import Coroutine
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.consumer import fetcher
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.util import calc_crc32c
from confluent_kafka import KafkaException, Producer
from kafka.admin import ConfigResource, ConfigResourceType

from bus import topic_admin
from bus.kafka_clients import aiokafka_options
from bus.kafka_headers import ReadableRecords
from bus.settings import KafkaSettings
from schemas.codec import encode
from schemas.outcome import Event
from tests.bus.engine.installation import Installation, feed
from tests.bus.engine.running import compare, found, running, until
from tests.waiting import PATIENCE
from topics.catalogue import CATALOGUE

CRC_AT, CRC_FROM = 17, 21
"""Places in a batch of records."""


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scenario, PATIENCE))


def value_of(installation: Installation, event: Event) -> bytes:
    (schema_id,) = installation.registry.schema_ids({event.topic: installation.deployment.topic(event.topic)}).values()
    return encode(event.topic, event.type, event.data, schema_id)


def by_librdkafka(installation: Installation, events: list[Event], codec: str) -> None:
    refused: list[Any] = []
    producer = Producer({"bootstrap.servers": installation.services.kafka, "compression.type": codec, "linger.ms": 50})
    for event in events:
        producer.produce(
            installation.deployment.topic(event.topic),
            value_of(installation, event),
            event.key.encode(),
            partition=installation.place(event.topic, event.key),
            headers=[*installation.headers(event)],
            on_delivery=lambda error, _message: refused.append(error) if error else None,
        )
    producer.flush(30)
    if refused:
        raise KafkaException(refused[0])


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
def test_what_another_producer_compresses_is_read(installation: Installation, codec: str) -> None:
    events = feed(60, seed=5)

    async def scenario() -> None:
        await asyncio.to_thread(by_librdkafka, installation, events, codec)
        async with running(installation) as member:
            await until(installation.consumed, member)
        compare(installation, events, await found(installation))

    run(scenario())


def test_a_small_batch_that_would_be_a_huge_one_is_refused_by_the_broker(installation: Installation) -> None:
    producer = Producer({"bootstrap.servers": installation.services.kafka, "compression.type": "zstd", "message.max.bytes": 50_000_000})
    refused: list[Any] = []
    topic = installation.deployment.topic("apogee.inscriptions.v1")
    producer.produce(topic, bytes(20_000_000), b"k", partition=0, on_delivery=lambda error, _message: refused.append(error))
    producer.flush(30)
    assert [error.name() for error in refused] == ["MSG_SIZE_TOO_LARGE"]


class Latin(BatchBuilder):  # type: ignore[misc]  # aiokafka ships no types
    """A batch whose header « academie » is sent as « académie » in Latin-1, as C programs do."""

    def _build(self) -> bytes:
        built = bytearray(super()._build().replace(b"academie", "académie".encode("latin-1")))
        struct.pack_into(">I", built, CRC_AT, calc_crc32c(bytes(built[CRC_FROM:])))
        self._buffer = bytes(built)
        return self._buffer


def test_a_header_name_in_another_encoding_hides_no_record(installation: Installation) -> None:
    events = feed(30, seed=6)
    aiokafka_options(KafkaSettings(bootstrap_servers=installation.services.kafka))
    assert fetcher.MemoryRecords is ReadableRecords

    async def scenario() -> None:
        await installation.publish(events[:10])
        async with AIOKafkaProducer(**installation.kafka) as producer:
            for event in events[10:20]:
                builder = Latin(100_000, 0)
                headers = [*installation.headers(event), ("academie", b"montpellier")]
                builder.append(timestamp=None, key=event.key.encode(), value=value_of(installation, event), headers=headers)
                place = installation.place(event.topic, event.key)
                await (await producer.send_batch(builder, installation.deployment.topic(event.topic), partition=place))
        await installation.publish(events[20:])
        async with running(installation) as member:
            await until(installation.consumed, member)
        compare(installation, events, await found(installation))

    run(scenario())


def test_a_topic_that_keeps_what_no_worker_can_open_is_said_and_one_of_an_older_release_is_not(installation: Installation) -> None:
    topics = [topic for topic in CATALOGUE if topic.name == "apogee.inscriptions.v1"]
    name = installation.deployment.topic(topics[0].name)
    with topic_admin.administration(installation.kafka) as client:
        for value, starts in (("producer", True), ("gzip", True), ("zstd", False), ("uncompressed", True)):
            resource = ConfigResource(ConfigResourceType.TOPIC, name, configs={"compression.type": value})
            client.alter_configs([resource])
            told = topic_admin.differences(client, topics, installation.deployment)
            assert any("compression.type" in sentence for sentence in told) is (value != "uncompressed")
            if starts:
                topic_admin.require(client, topics, installation.deployment)
            else:
                with pytest.raises(topic_admin.TopicsDiffer, match=r"compression\.type"):
                    topic_admin.require(client, topics, installation.deployment)
