"""A worker process on the chain processor, which may kill or freeze itself at a named point of the engine.

`python -m tests.chaos.chained_worker`, with the settings in the environment and FAULT=`<kill|stop>:<point>:<n>`.
"""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable

from bus.settings import load_settings
from bus.worker import build_worker, run_worker
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
            os.kill(os.getpid(), signal.SIGKILL if what == "kill" else signal.SIGSTOP)

    return probe


if __name__ == "__main__":
    settings = load_settings()
    size = int(os.environ.get("CHAOS_BATCH", "50"))
    standing = float(os.environ.get("CHAOS_STANDING", "60"))
    worker = build_worker(
        PROCESSOR,
        settings,
        {},
        probe=fault(os.environ.get("CHAOS_FAULT", "")),
        batch_size=size,
        standing_seconds=standing,
        tick_seconds=0.5,
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    run_worker(worker)
