"""The vertical as a FastStream consumer with SQLAlchemy and fastavro: batches of 100, one transaction each, then their outputs.

The same rules, the same rows in the same tables (states, and the journal by which a repeated event is dropped). What it leaves
out costs the bus: no outbox (a crash between the commit and the publication loses outputs), no checkpoint or fencing, no
transaction of the broker, no parked event, no deadline, no dead letter. Each process is given its partitions, the same of both
topics: with a group, a rebalance at the start would make two processes work on one student.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker, KafkaMessage, TopicPartition
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from bench.course import Course, Progress, told
from bench.plainly import Answer, Reader, Writer
from bus.database.tables import journal, states
from processors.bourses import PROCESSOR
from schemas.outcome import Event

RECORDS = 100


class Batch:
    """One batch, in one transaction."""

    def __init__(self, course: Course, connection: AsyncConnection) -> None:
        self._name = course.processor
        self._connection = connection
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(PROCESSOR.state).decode

    async def known(self, ids: Sequence[str]) -> set[str]:
        query = select(journal.c.event_id).where(journal.c.processor == self._name, journal.c.event_id.in_(ids))
        return set((await self._connection.execute(query)).scalars())

    async def load(self, keys: Sequence[str]) -> dict[str, Any]:
        query = select(states.c.key, states.c.value).where(states.c.processor == self._name, states.c.key.in_(keys))
        return {key: self._decode(value) for key, value in await self._connection.execute(query)}

    async def save(self, changed: dict[str, Any]) -> None:
        statement = insert(states)
        upsert = statement.on_conflict_do_update(index_elements=["processor", "key"], set_={"value": statement.excluded.value})
        rows = [
            {"processor": self._name, "key": key, "version": PROCESSOR.state_version, "value": self._encode(state), "waits": False}
            for key, state in changed.items()
        ]
        await self._connection.execute(upsert, rows)

    async def record(self, lines: Sequence[dict[str, Any]]) -> None:
        await self._connection.execute(
            insert(journal), [{"processor": self._name, "reglages": 1, "day": datetime.now(UTC)} | x for x in lines]
        )


class Vertical:
    """Handles batches of raw records."""

    def __init__(self, course: Course, fastavro: bool) -> None:
        self._course = course
        self._topics = {course.topic(name): name for name in PROCESSOR.inputs}
        self._reader = Reader(course.schema_ids, fastavro=fastavro)
        self._writer = Writer(course.schema_ids, course.processor, fastavro=fastavro)
        self._reglages = PROCESSOR.reglages()
        self._sequence = 0
        options = {"options": f"-c search_path={course.schema} -c timezone=UTC"}
        self._database = create_async_engine(course.database, pool_size=1, connect_args=options)

    async def __call__(self, records: Sequence[Any]) -> list[tuple[int, Answer]]:
        """Commits what the records change; what is to be published, with the partition of its cause."""
        events = [self._reader.event(self._topics[r.topic], r.key, r.value, r.headers) for r in records]
        async with self._database.begin() as connection:
            batch = Batch(self._course, connection)
            seen = await batch.known([event.id for event in events])
            found = await batch.load(list({event.key for event in events}))
            changed: dict[str, Any] = {}
            lines: list[dict[str, Any]] = []
            answers: list[tuple[int, Answer]] = []
            self._sequence += 1
            for record, event in zip(records, events, strict=True):
                if event.id in seen:
                    continue
                seen.add(event.id)
                state = found.get(event.key)
                outcome = PROCESSOR.decide(self._reglages, state, event)
                answers += [(record.partition, answer) for answer in self._writer.answers(event, outcome)]
                if outcome.state is not state:
                    found[event.key] = changed[event.key] = outcome.state
                lines.append(self._line(record, event, len(lines)))
            if changed:
                await batch.save(changed)
            if lines:
                await batch.record(lines)
        return answers

    def _line(self, record: Any, event: Event, rank: int) -> dict[str, Any]:
        digest = hashlib.blake2b(record.value[5:], digest_size=16, person=event.type.encode()[:16]).digest()
        return {
            "event_id": event.id,
            "digest": digest,
            "partition": record.partition,
            "sequence": self._sequence,
            "rank": rank,
            "topic": event.topic,
            "offset": record.offset,
            "how": "applique",
        }


def application(course: Course, progress: Progress, fastavro: bool) -> FastStream:
    vertical, fed = Vertical(course, fastavro), {course.topic(name) for name in course.fed}
    mine = range(course.rank, course.partitions, course.processes)
    broker = KafkaBroker(course.kafka, acks="all", enable_idempotence=True, log_level=logging.DEBUG)

    async def bodies(message: KafkaMessage) -> Any:
        return message.body

    @broker.subscriber(  # type: ignore[untyped-decorator]  # checked without FastStream
        partitions=[TopicPartition(course.topic(name), n) for name in PROCESSOR.inputs for n in mine],
        batch=True,
        max_records=RECORDS,
        group_id=course.group,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.ACK,
        decoder=bodies,
    )
    async def handle(message: KafkaMessage) -> None:
        progress.begun()
        sent = []
        for partition, answer in await vertical(message.raw_message):
            headers = {name: value.decode() for name, value in answer.headers}
            sent.append(
                await broker.publish(
                    answer.value, course.topic(answer.topic), key=answer.key, partition=partition, headers=headers, no_confirm=True
                )
            )
        await asyncio.gather(*sent)
        progress.done(sum(record.topic in fed for record in message.raw_message))

    return FastStream(broker, logger=None)


def main(fastavro: bool) -> None:
    progress = Progress()
    app = application(told(), progress, fastavro)
    progress.ready()
    asyncio.run(app.run())


if __name__ == "__main__":
    main(fastavro=True)
