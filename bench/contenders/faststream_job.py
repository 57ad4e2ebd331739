"""Job J as a FastStream batch consumer.

Each answer is published by itself, without waiting, then all are waited for: `publish_batch` gives one set of headers to a
whole batch, and the envelope is of each record. FastStream adds a `correlation_id` header of its own. At least once.
"""

import asyncio
import logging
from typing import Any

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker, KafkaMessage

from bench import job
from bench.course import Course, Progress, told
from bench.plainly import Job

RECORDS = 1000


def application(course: Course, progress: Progress) -> FastStream:
    act = Job(course.schema_ids, course.processor, job.decide)
    broker = KafkaBroker(course.kafka, acks="all", enable_idempotence=True, log_level=logging.DEBUG)
    output = course.topic(job.OUTPUT)

    async def bodies(message: KafkaMessage) -> Any:
        return message.body

    @broker.subscriber(  # type: ignore[untyped-decorator]  # checked without FastStream
        course.topic(job.INPUT),
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
        for record in message.raw_message:
            for answer in act(job.INPUT, record.key, record.value, record.headers):
                headers = {name: value.decode() for name, value in answer.headers}
                sent.append(
                    await broker.publish(answer.value, output, key=answer.key, partition=record.partition, headers=headers, no_confirm=True)
                )
        await asyncio.gather(*sent)
        progress.done(len(message.raw_message))

    return FastStream(broker, logger=None)


if __name__ == "__main__":
    progress = Progress()
    app = application(told(), progress)
    progress.ready()
    asyncio.run(app.run())
