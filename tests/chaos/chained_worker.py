"""A worker process on the chain processor, which may kill, freeze or hang itself at a named point of the engine.

`python -m tests.chaos.chained_worker`, with the settings in the environment, CHAOS_FAULT=`<kill|stop|hang>:<point>:<n>`,
CHAOS_BATCH (records) and CHAOS_STANDING (seconds).
"""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping

from bus.engine.worker import build_worker, run_worker
from bus.logging import configure
from bus.settings import load_settings
from tests.bus.engine.chain import PROCESSOR


def fault(text: str) -> Callable[[str], None]:
    """Do what the text says the n-th time its point is passed."""
    if not text:
        return lambda _point: None
    what, wanted, count = text.split(":")
    passed: Counter[str] = Counter()

    def probe(point: str) -> None:
        passed[point] += 1
        if point == wanted and passed[point] == int(count):
            os.write(2, f"FAULT {what} {point}\n".encode())
            match what:
                case "kill":
                    os.kill(os.getpid(), signal.SIGKILL)
                case "stop":
                    os.kill(os.getpid(), signal.SIGSTOP)
                case "hang":
                    time.sleep(3600)

    return probe


def live(environment: Mapping[str, str], log: str) -> None:
    """What a forked process does: the same with its environment and its output set."""
    target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(target, 1)
    os.dup2(target, 2)
    os.environ.update(environment)
    main()


def main() -> None:
    """Until SIGTERM or the fault."""
    settings = load_settings()
    configure(settings.log_level)
    worker = build_worker(
        PROCESSOR,
        settings,
        {},
        probe=fault(os.environ.get("CHAOS_FAULT", "")),
        batch_size=int(os.environ.get("CHAOS_BATCH", "50")),
        standing_seconds=float(os.environ.get("CHAOS_STANDING", "60")),
        tick_seconds=0.5,
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    run_worker(worker)


if __name__ == "__main__":
    main()
