"""Job J as a plain aiokafka loop: a fetch, the job on each record, one batch a partition, its acknowledgement, a commit.

At least once: no transaction, no check of what it continues, no dead letters.
"""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench import job
from bench.course import Course, Progress, told
from bench.plainly import Job

RECORDS = 1000
BATCH_BYTES = 900_000


async def run(course: Course, progress: Progress) -> None:
    act = Job(course.schema_ids, course.processor, job.decide)
    consumer = AIOKafkaConsumer(
        course.topic(job.INPUT),
        bootstrap_servers=course.kafka,
        group_id=course.group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    producer = AIOKafkaProducer(bootstrap_servers=course.kafka, acks="all", enable_idempotence=True, max_batch_size=BATCH_BYTES)
    async with consumer, producer:
        while True:
            fetched = await consumer.getmany(timeout_ms=200, max_records=RECORDS)
            if not fetched:
                continue
            progress.begun()
            sent = []
            for place, records in fetched.items():
                batch = producer.create_batch()
                for record in records:
                    for answer in act(job.INPUT, record.key, record.value, record.headers):
                        if batch.append(timestamp=None, key=answer.key, value=answer.value, headers=answer.headers) is None:
                            batch.close()
                            sent.append(await producer.send_batch(batch, course.topic(answer.topic), partition=place.partition))
                            batch = producer.create_batch()
                            batch.append(timestamp=None, key=answer.key, value=answer.value, headers=answer.headers)
                batch.close()
                sent.append(await producer.send_batch(batch, course.topic(job.OUTPUT), partition=place.partition))
            await asyncio.gather(*sent)
            await consumer.commit({TopicPartition(p.topic, p.partition): records[-1].offset + 1 for p, records in fetched.items()})
            progress.done(sum(map(len, fetched.values())))


if __name__ == "__main__":
    progress = Progress()
    course = told()
    progress.ready()
    asyncio.run(run(course, progress))
