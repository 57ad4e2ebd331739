"""The bus itself: the real worker (Faust, engine, publisher), as `python -m bus.engine.worker` runs it, with its progress told."""

from collections.abc import Callable
from typing import Any

from bench import job
from bench.course import Course, Progress, told
from bus.engine.batches import Batch
from bus.engine.worker import build_worker, run_worker
from bus.logging import configure
from bus.processors import all_processors
from bus.settings import DatabaseSettings, Settings
from schemas.outcome import Processor


def settings_of(course: Course) -> Settings:
    settings = Settings(prefix=course.prefix, database=DatabaseSettings(schema=course.schema))
    return settings.with_addresses(course.kafka, course.registry, course.database)


def processor_of(course: Course) -> Processor:
    return next(each for each in (job.PROCESSOR, *all_processors()) if each.name == course.processor)


def main() -> None:
    course, progress = told(), Progress()
    configure("warning")
    worker = build_worker(processor_of(course), settings_of(course), {})
    handle = worker.runner.handle

    async def telling(batch: Batch, assignment: int, ack: Callable[[], object]) -> None:
        progress.begun()

        def acknowledged() -> Any:
            answer = ack()
            if batch.topic in course.fed:
                progress.done(len(batch.records))
            return answer

        await handle(batch, assignment, acknowledged)

    worker.runner.handle = telling  # type: ignore[method-assign]
    progress.ready()
    run_worker(worker)


if __name__ == "__main__":
    main()
