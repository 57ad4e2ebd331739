"""The process that completes registrations: `python -m bus.pulling.completing_worker`. Several may run: they share the partitions.

Exit codes: 0 stopped as asked, 70 failed (start again with back-off).
"""

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from bus.async_process import rest, until_stopped
from bus.engine.reading import WriterSchema
from bus.inbox.worker import OUTAGES
from bus.kafka_clients import aiokafka_options
from bus.pulling.completing import Completing, open_services
from bus.pulling.ledger import PullLedger
from bus.pulling.outage import Backoff, SourceAway
from bus.settings import ApogeeWsSettings, Settings
from bus.transports import Transports, build_transports
from connectors.apogee.completion import GROUP, NAME, Cause, lacking
from connectors.apogee.registrations import TOPIC
from connectors.transport.soap import BadDescription
from schemas.codec import Undecodable, decode
from schemas.envelope import BadEnvelope, Envelope
from schemas.records.apogee import Inscription

BATCH = 20
"""Registrations asked about between two commits."""
OWN_SOURCE = f"/{NAME}"

log = structlog.get_logger("bus.pulling.completing")


def _longest_batch(settings: ApogeeWsSettings) -> int:
    """Milliseconds: two questions for each registration of a batch, each as slow as it may be."""
    return int((BATCH * 2 * (settings.call_seconds + 1.0 / settings.calls_per_second) + 60) * 1000)


def incomplete(record: ConsumerRecord, writer_schema: WriterSchema) -> tuple[Cause, Inscription] | None:
    """The registration of a record that lacks something. What cannot be read is the matching's to set aside, not ours."""
    if record.value is None or record.key is None:
        return None
    try:
        envelope = Envelope.parse(record.headers)
        _, data = decode(TOPIC, record.value, writer_schema)
        key = record.key.decode()
    except (BadEnvelope, Undecodable, UnicodeDecodeError):
        return None
    if envelope.ce_source == OWN_SOURCE or not isinstance(data, Inscription) or not lacking(data):
        return None
    return Cause(envelope.ce_id, key, envelope.ce_subject, envelope.ce_time), data


def _incomplete(records: Sequence[ConsumerRecord], writer_schema: WriterSchema) -> list[tuple[Cause, Inscription]]:
    found = (incomplete(record, writer_schema) for record in records)
    return [each for each in found if each is not None]


async def session(consumer: AIOKafkaConsumer, completing: Completing, writer_schema: WriterSchema, stop: asyncio.Event) -> None:
    """Batches until `stop`; an outage is raised, and the batch is read again by the next session."""
    while not stop.is_set():
        polled: Mapping[Any, list[ConsumerRecord]] = await consumer.getmany(timeout_ms=500, max_records=BATCH)
        records = [record for each in polled.values() for record in each]
        if given := await asyncio.to_thread(_incomplete, records, writer_schema):
            await completing.take(given)
        if records:
            await consumer.commit()


async def serve(
    settings: Settings, transports: Transports, completing: Completing, ledger: PullLedger, stop: asyncio.Event, first_pause: float = 1.0
) -> None:
    """Sessions until `stop`. An outage, of Apogée or of our services, is waited out, longer each time."""
    backoff = Backoff(first_pause)
    deployment = settings.deployment()
    while not stop.is_set():
        consumer = AIOKafkaConsumer(
            deployment.topic(TOPIC),
            **aiokafka_options(settings.kafka),
            group_id=deployment.group(GROUP),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            max_poll_interval_ms=_longest_batch(settings.apogee_ws),
        )
        try:
            await consumer.start()
            await session(consumer, completing, transports.registry.schema, stop)
            return
        except SourceAway as away:
            pause = backoff.after(away.retry_after)
            log.warning("completing.source_away", connector=NAME, code=away.code, cause=away.cause, seconds=pause)
            with suppress(DBAPIError, PoolExhausted):
                await asyncio.to_thread(ledger.troubled, NAME, away.code)
        except (*OUTAGES, KafkaError) as error:
            pause = backoff.after()
            log.warning("completing.waits", connector=NAME, error=type(error).__name__, seconds=pause)
        finally:
            with suppress(KafkaError, OSError):
                await consumer.stop()
        await rest(stop, pause)


async def run(settings: Settings, stop: asyncio.Event, probe: Callable[[str], None] = lambda _step: None, first_pause: float = 1.0) -> None:
    """Complete until `stop`. Raises BadDescription for a WSDL of the site that cannot be used."""
    students, registrations = open_services(settings.apogee_ws)
    transports = build_transports(settings, probe)
    ledger = PullLedger(transports.database)
    pace = 1.0 / settings.apogee_ws.calls_per_second
    completing = Completing(students, registrations, ledger, transports.publisher, settings.student_key(), pace, probe)
    try:
        await asyncio.to_thread(ledger.read, NAME)
        await serve(settings, transports, completing, ledger, stop, first_pause)
    finally:
        await transports.close()


def _failed(failure: BaseException) -> None:
    cause = str(failure) if isinstance(failure, BadDescription) else ""
    log.critical("completing.failed", error=type(failure).__name__, cause=cause)


async def main() -> int:
    """Until SIGTERM or SIGINT; what is begun goes on after the next start."""
    return await until_stopped(run, _failed, (BadDescription, *OUTAGES))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
