"""One worker process runs one processor: `python -m bus.engine.worker bourses`.

Exit codes: 0 stopped as asked, 70 fenced or failed (start again with back-off), 75 stopped on purpose (until `passerelle tasks resume`).
"""

import faulthandler
import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import faust
import sqlalchemy
import structlog

from bus import topic_admin
from bus.collector import spare_the_collector
from bus.database.connection import connect
from bus.database.freshness import Marks
from bus.database.migrate import check_schema
from bus.engine.assembly import Encoder, build_encoder, build_engine, check_processor, inputs_of, partitioner, publisher_of
from bus.engine.batches import Fenced, Skipped, Stopped
from bus.engine.engine import Engine, nothing
from bus.engine.faust_source import FaustSource, TakeoverGivenUp
from bus.engine.publication import PublicationFailed
from bus.engine.runner import Runner
from bus.engine.transient import Transient
from bus.engine.waiting_file import WaitingFile, waits_file
from bus.engine.watchdog import Replaced, Standing, Watchdog
from bus.kafka_clients import admin_options, aiokafka_options, faust_options
from bus.logging import configure, places
from bus.processors import find_processor, projection_tables
from bus.registry_access import registry_client
from bus.settings import Settings, load_settings
from bus.stack.places import Places
from schemas.outcome import Processor
from topics.catalogue import CATALOGUE

EXIT_FAILED = 70
EXIT_STOPPED = 75
STANDING_SECONDS = 60.0

log = structlog.get_logger("bus.engine.worker")

KNOWN_ENDS = (Fenced, Skipped, Transient, PublicationFailed, TakeoverGivenUp, Standing, Replaced)
"""Failures whose text is ours: it names places, never data."""


@dataclass(slots=True)
class Worker:
    """A processor's engine on Faust, ready to run."""

    app: faust.App
    runner: Runner
    watchdog: Watchdog


def build_worker(
    processor: Processor,
    settings: Settings,
    tables: Mapping[str, sqlalchemy.Table],
    *,
    probe: Callable[[str], None] = nothing,
    batch_size: int = 1000,
    standing_seconds: float = STANDING_SECONDS,
    tick_seconds: float = 1.0,
) -> Worker:
    """Assemble from the settings. Raises what is wrong at start: topics that differ, tables behind, a registry that refuses."""
    deployment = settings.deployment()
    check_processor(processor, deployment)
    session = settings.kafka.session_timeout_ms / 1000
    database = connect(
        settings.database.address().render_as_string(hide_password=False),
        settings.database.db_schema,
        lock_seconds=session * 0.6,
        idle_seconds=session * 0.6,
        statement_seconds=session * 0.8,
    )
    check_schema(database)
    administration = admin_options(settings.kafka)
    topics = [topic for topic in CATALOGUE if topic.name in inputs_of(processor)]
    with topic_admin.administration(administration) as client:
        topic_admin.require(client, topics, deployment)
    registry = registry_client(settings, database)
    encoder: Encoder = build_encoder(processor, registry, deployment)
    engine: Engine = build_engine(processor, database, registry, encoder, deployment, tables, probe)
    ending = Ending(engine)
    faust_way = faust_options(settings.kafka)
    source = FaustSource(
        engine.topics,
        deployment.group(processor.name),
        faust_way["broker"],
        aiokafka_options(settings.kafka),
        deployment.topic,
        deployment.partitions(topics[0]),
        ending,
        credentials=faust_way.get("broker_credentials"),
        folder=settings.var / "faust",
        batch_size=batch_size,
        session_seconds=session,
        tick_seconds=tick_seconds,
    )

    def identity(topics: Iterable[str]) -> tuple[str, Mapping[str, str]]:
        with topic_admin.administration(administration) as client:
            return topic_admin.cluster_identity(client), topic_admin.topic_ids(client, topics, deployment)

    kafka = aiokafka_options(settings.kafka)
    make_publisher = publisher_of(processor, deployment, kafka, engine.probe)
    marks = Marks(database, processor.name)
    runner = Runner(
        engine,
        source.log,
        identity,
        make_publisher,
        partitioner(deployment),
        encoder.deadline,
        ending,
        tell_fresh=marks.write,
        tell_waiting=WaitingFile(waits_file(Places.of(settings.var), processor.name)),
    )
    source.attach(runner)
    watchdog = Watchdog(runner, administration, deployment, ending, standing_seconds)
    return Worker(source.app, runner, watchdog)


class Ending:
    """The end of a process that must not go on: said, then at once. Nothing is acknowledged on the way out."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._once = threading.Lock()

    def __call__(self, error: BaseException) -> None:
        if not self._once.acquire(blocking=False):
            return
        if isinstance(error, Stopped):
            log.critical("task_stopped", processor=self._engine.name, cause=str(error))
            self._leave(EXIT_STOPPED)
        if isinstance(error, KNOWN_ENDS):
            log.critical("worker_ends", processor=self._engine.name, error=type(error).__name__, cause=str(error))
        else:
            log.critical("worker_ends", processor=self._engine.name, error=type(error).__name__, where=places(error))
        self._leave(EXIT_FAILED)

    def _leave(self, code: int) -> None:
        sys.stderr.flush()
        os._exit(code)


TURN_SECONDS = 0.02
"""How long a thread computes before another one that wants to may: each change of threads costs the caches of a core, and what
waits for PostgreSQL or the broker gives way by itself."""


def run_worker(worker: Worker, log_level: str = "warning") -> None:
    """Run until SIGTERM or the end of the process."""
    faulthandler.enable()
    sys.setswitchinterval(TURN_SECONDS)
    spare_the_collector()
    worker.watchdog.start()
    machine: Any = faust.Worker(worker.app, loglevel=log_level, redirect_stdouts=False, quiet=True, override_logging=False)
    machine.spinner = None  # it writes terminal codes into the log
    machine.execute_from_commandline()


def main(arguments: list[str]) -> None:
    """The entry of a worker process."""
    settings = load_settings()
    configure(settings.log_level)
    processor = find_processor(arguments[0])
    run_worker(build_worker(processor, settings, projection_tables()))


if __name__ == "__main__":
    main(sys.argv[1:])
