"""What the publisher promises about ids, partitions, sizes and outages, on a real broker."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from aiokafka.errors import NotLeaderForPartitionError
from aiokafka.partitioner import murmur2
from aiokafka.producer.message_accumulator import BatchBuilder

from bus.publishing import LARGEST_VALUE, KafkaAway, RecordPublisher, TooLarge, envelope_of, instant_header
from bus.registry_client import RegistryAway
from schemas import identity
from schemas.outcome import Accepted, Record
from tests.bus.receiving import REGISTRATIONS, Receiving, receiving
from tests.connectors.apogee.samples import EVENT, EXPORT
from tests.connectors.deliveries import delivery
from tests.services import Services
from tests.waiting import PATIENCE

RECEIPT = "0b0e7f5c-0000-4000-8000-000000000001"


@pytest.fixture
def bus(services: Services, prefix: str, schema: str, tmp_path: Path) -> Iterator[Receiving]:
    with receiving(services, prefix, schema, tmp_path) as made:
        yield made


def records(bus: Receiving, content: str, name: str = "") -> list[Record]:
    answer = bus.connector("apogee").accept(delivery(content, name))
    assert isinstance(answer, Accepted)
    return list(answer.records)


async def publish(publisher: RecordPublisher, given: list[Record], receipt: str = RECEIPT, traceparent: str | None = None) -> int:
    await publisher.learn([REGISTRATIONS])
    prepared = await publisher.prepare(given, "apogee", receipt, traceparent)
    assert not isinstance(prepared, TooLarge)
    with prepared.spool:
        return await publisher.publish(prepared)


def test_records_arrive_in_order_with_their_envelope_on_kafkas_own_partition(bus: Receiving) -> None:
    given = records(bus, EXPORT, "x.csv") + records(bus, json.dumps(EVENT))
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert bus.run(lambda publisher: publish(publisher, given, traceparent=trace)) == 3
    came = bus.came()
    ids = {one.envelope.ce_id for one in came}
    assert ids == {
        identity.from_receipt(RECEIPT, "ligne 2"),
        identity.from_receipt(RECEIPT, "ligne 3"),
        identity.from_source("apogee", "0781944P/e-1"),
    }
    for one in came:
        assert one.partition == (murmur2(one.key.encode()) & 0x7FFFFFFF) % 4
        assert (one.envelope.ce_type, one.envelope.ce_source, one.envelope.traceparent) == ("inscription", "/apogee", trace)
    of_one_key = [one.data.type for one in came if one.key == given[0].key]
    assert of_one_key == ["IA_CONSTATEE", "IA_CREEE"]


def test_publishing_again_with_the_same_receipt_gives_the_same_ids_and_values(bus: Receiving) -> None:
    given = records(bus, EXPORT, "x.csv")
    for _ in range(2):
        bus.run(lambda publisher: publish(publisher, given))
    came = bus.came()
    assert len(came) == 4
    assert len({(one.envelope.ce_id, one.key, one.data) for one in came}) == 2


def test_thousands_of_records_arrive_once_and_in_order_of_their_key_among_the_largest(bus: Receiving) -> None:
    """More than one window and more than one batch; between small ones, some as large as a broker takes."""
    good = records(bus, json.dumps(EVENT))[0]
    large = type(good.data)(**{**_fields(good.data), "nom": "é" * (LARGEST_VALUE // 2 - 1000)})
    given = [
        msgspec.structs.replace(good, key=f"k{rank % 3}", own_id=f"e-{rank}", data=large if rank % 1500 == 7 else good.data)
        for rank in range(3500)
    ]
    assert bus.run(lambda publisher: publish(publisher, given)) == len(given)
    came = bus.came()
    for key in {record.key for record in given}:
        expected = [(identity.from_source("apogee", record.own_id or ""), record.data) for record in given if record.key == key]
        assert [(one.envelope.ce_id, one.data) for one in came if one.key == key] == expected


def test_every_record_has_the_headers_of_its_own_envelope(bus: Receiving) -> None:
    first = records(bus, json.dumps(EVENT))[0]
    given = [
        msgspec.structs.replace(first, subject=f"s/é{rank}", own_id=None, position=f"ligne {rank}", time=first.time + timedelta(days=rank))
        for rank in range(3)
    ]
    bus.run(lambda publisher: publish(publisher, given))
    assert {one.envelope for one in bus.came()} == {envelope_of(record, "apogee", RECEIPT) for record in given}


def test_a_record_too_large_for_a_broker_is_a_fault_and_nothing_is_sent(bus: Receiving) -> None:
    good = records(bus, json.dumps(EVENT))[0]
    large = msgspec.structs.replace(good, data=type(good.data)(**{**_fields(good.data), "nom": "é" * LARGEST_VALUE}), position="ligne 9")

    async def work(publisher: RecordPublisher) -> Any:
        await publisher.learn([REGISTRATIONS])
        return await publisher.prepare([good, large, good], "apogee", RECEIPT)

    answer = bus.run(work)
    assert isinstance(answer, TooLarge)
    assert (answer.fault.code, "ligne 9" in answer.fault.message) == ("ENREGISTREMENT_TROP_GROS", True)
    assert bus.came() == []


def _fields(data: Any) -> dict[str, Any]:
    return {name: getattr(data, name) for name in data.__struct_fields__}


def test_kafka_that_refuses_connections_is_away_within_the_patience(bus: Receiving) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(KafkaAway):
            bus.run(
                lambda publisher: publish(publisher, records(bus, json.dumps(EVENT))), kafka={"bootstrap_servers": address}, patience=1.5
            )
    assert time.monotonic() - started < 12


def test_kafka_that_accepts_and_never_answers_is_away_within_the_patience(bus: Receiving) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"127.0.0.1:{mute.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(KafkaAway):
            bus.run(
                lambda publisher: publish(publisher, records(bus, json.dumps(EVENT))), kafka={"bootstrap_servers": address}, patience=1.5
            )
    assert time.monotonic() - started < 12


def test_a_topic_that_does_not_exist_is_away_and_the_next_publication_uses_a_new_producer(bus: Receiving) -> None:
    good = records(bus, json.dumps(EVENT))

    async def work(publisher: RecordPublisher) -> int:
        await publisher.learn([REGISTRATIONS])
        prepared = await publisher.prepare(good, "apogee", RECEIPT)
        assert not isinstance(prepared, TooLarge)
        with prepared.spool:
            with pytest.raises(KafkaAway):
                await publisher.publish(replace(prepared, topics={REGISTRATIONS: "absent.v1"}))
            assert publisher._producer is None
            publisher._patience = PATIENCE
            return await publisher.publish(prepared)

    assert bus.run(work, patience=3.0) == 1
    assert len(bus.came()) == 1


def test_a_registry_away_stops_only_what_was_never_registered(bus: Receiving) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        registry = bus.registry_at(f"http://127.0.0.1:{closed.getsockname()[1]}/apis/ccompat/v7")
        try:
            with pytest.raises(RegistryAway):
                bus.run(lambda publisher: publish(publisher, records(bus, json.dumps(EVENT))), registry=registry)
            known = bus.registry.schema_ids({REGISTRATIONS: bus.deployment.topic(REGISTRATIONS)})[REGISTRATIONS]
            from schemas.contracts import contract_of

            registry._store.put(known, f"{bus.deployment.topic(REGISTRATIONS)}-value", contract_of(REGISTRATIONS).text)
            assert bus.run(lambda publisher: publish(publisher, records(bus, json.dumps(EVENT))), registry=registry) == 1
        finally:
            registry.close()


def test_the_two_hours_that_a_zone_counts_twice_keep_their_own_instants() -> None:
    twice = [datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Paris"), fold=fold) for fold in (0, 1)]
    assert twice[0] == twice[1]
    assert [instant_header(each) for each in twice] == [b"2026-10-25T00:30:00.000Z", b"2026-10-25T01:30:00.000Z"]


def test_the_id_of_an_event_is_its_sources_whatever_the_receipt() -> None:
    record = Record("t", "inscription", "k", "s", datetime(2026, 9, 1, tzinfo=UTC), None, "element 1", own_id="0781944P/e-1")
    assert envelope_of(record, "apogee", "r1").ce_id == envelope_of(record, "apogee", "r2").ce_id
    plain = msgspec.structs.replace(record, own_id=None)
    assert envelope_of(plain, "apogee", "r1").ce_id != envelope_of(plain, "apogee", "r2").ce_id


class Unheard:
    """A producer whose records are never acknowledged, or refused later."""

    def __init__(self, answer: BaseException | None) -> None:
        self._answer = answer
        self._message_accumulator = self

    def create_batch(self) -> BatchBuilder:
        return BatchBuilder(1_000_000, 0)

    async def send_batch(self, _batch: BatchBuilder, _topic: str, **_named: Any) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self._answer is not None:
            future.set_exception(self._answer)
        return future

    def fail_all(self, _error: BaseException) -> None:
        """Nothing is held."""

    async def stop(self) -> None:
        """Nothing to end."""


@pytest.mark.parametrize("answer", [None, NotLeaderForPartitionError()])
def test_without_every_acknowledgement_nothing_is_said_to_be_published(bus: Receiving, answer: BaseException | None) -> None:
    async def work(publisher: RecordPublisher) -> int:
        publisher._producer = Unheard(answer)
        return await publish(publisher, records(bus, json.dumps(EVENT)))

    with pytest.raises(KafkaAway):
        bus.run(work, patience=0.3)
