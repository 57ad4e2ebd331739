"""A worker process on one of Luciole's procedures, which may kill itself at a named point of the engine.

As `tests.chaos.chained_worker`, with CHAOS_PROCESSOR: the name of the processor.
"""

import os
from collections.abc import Mapping

from bus.engine.worker import build_worker, run_worker
from bus.logging import configure
from bus.processors import find_processor, projection_tables
from bus.settings import load_settings
from tests.chaos.chained_worker import fault


def live(environment: Mapping[str, str], log: str) -> None:
    """What a forked process does, until SIGTERM or the fault."""
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.environ.update(environment)
    settings = load_settings()
    configure(settings.log_level)
    worker = build_worker(
        find_processor(os.environ["CHAOS_PROCESSOR"]),
        settings,
        projection_tables(),
        probe=fault(os.environ.get("CHAOS_FAULT", "")),
        batch_size=int(os.environ["CHAOS_BATCH"]),
        tick_seconds=0.5,
    )
    run_worker(worker)
