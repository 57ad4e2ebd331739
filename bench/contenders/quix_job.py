"""Job J as a Quix Streams application: one record at a time through its data frame, at least once, a commit every 1,000 records."""

from typing import Any

from quixstreams import Application

from bench import job
from bench.course import Course, Progress, told
from bench.plainly import Job

RECORDS = 1000


class Committed:
    """Counts what was processed, and tells it at each commit, which flushes the producer first. Quix has no hook of its own there."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._records = 0

    def processed(self, _topic: str, _partition: int, _offset: int) -> None:
        self._records += 1

    def committed(self) -> None:
        if self._records:
            self._progress.done(self._records)
            self._records = 0


def application(course: Course, progress: Progress) -> Application:
    act = Job(course.schema_ids, course.processor, job.decide)
    count = Committed(progress)
    app = Application(
        broker_address=course.kafka,
        consumer_group=course.group,
        auto_offset_reset="earliest",
        auto_create_topics=False,
        commit_every=RECORDS,
        loglevel="ERROR",
        on_message_processed=count.processed,
        producer_extra_config={"acks": "all", "enable.idempotence": True},
    )
    context = app._processing_context
    commit_checkpoint = context.commit_checkpoint

    def commit(*arguments: Any, **options: Any) -> None:
        before = context.checkpoint
        commit_checkpoint(*arguments, **options)
        if context.checkpoint is not before:
            count.committed()

    context.commit_checkpoint = commit
    source = app.topic(course.topic(job.INPUT), value_deserializer="bytes", key_deserializer="bytes")
    target = app.topic(course.topic(job.OUTPUT), value_serializer="bytes", key_serializer="bytes")

    def answers(value: bytes, key: bytes, _timestamp: int, headers: Any) -> list[Any]:
        progress.begun()
        return list(act(job.INPUT, key, value, headers))

    frame = app.dataframe(source).apply(answers, metadata=True, expand=True)
    frame = frame.set_headers(lambda answer, _key, _timestamp, _headers: answer.headers)
    frame.apply(lambda answer: answer.value).to_topic(target)
    return app


if __name__ == "__main__":
    progress = Progress()
    app = application(told(), progress)
    progress.ready()
    app.run()
