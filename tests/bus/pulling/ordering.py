"""What the tests of delivery share: an installation whose source is asked, in this process or in one that is killed."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bus.pulling.ledger import PullLedger
from bus.pulling.pulling import Page, Pulling
from schemas.outcome import PullConnector
from tests.bus.receiving import Came, Receiving
from tests.waiting import PATIENCE

PROJECT = Path(__file__).resolve().parent.parent.parent.parent


def sweeps(bus: Receiving, connector: PullConnector, count: int = 1, probe: Callable[[str], None] = lambda _step: None) -> list[Page]:
    """Whole sweeps of the source, in this process."""

    async def ask(publisher: Any) -> list[Page]:
        pulling = Pulling(connector, PullLedger(bus.database), publisher, probe)
        pages: list[Page] = []
        while sum(page.complete for page in pages) < count:
            pages.append(await pulling.page())
        return pages

    return bus.run(ask)


def counted(pages: list[Page]) -> tuple[int, int, int]:
    """Published, duplicates, newly refused."""
    return sum(page.published for page in pages), sum(page.duplicates for page in pages), sum(page.refused for page in pages)


def kills(bus: Receiving, steps: dict[str, Callable[[], None]], **sources: Any) -> None:
    """At each step, something new to read, a worker killed there, and one that goes on to the end."""
    given = {**bus.given(), "steps": list(steps), **sources}
    command = [sys.executable, "-m", "tests.bus.pulling.victims"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(given) + "\n")
        ends: list[str] = []
        for step, make in steps.items():
            make()
            process.stdin.write("\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if not line:
                break
            ends.append(step)
            assert json.loads(line) == {"step": step, "killed": int(signal.SIGKILL), "finished": 0}
        _, said = process.communicate(timeout=PATIENCE)
    assert ends == list(steps), said


def told_apart(came: list[Came]) -> dict[str, Came]:
    """ce_id → record. Equal ids always carry the same record: a reader that drops what it has seen loses nothing."""
    found: dict[str, Came] = {}
    for one in came:
        before = found.setdefault(one.envelope.ce_id, one)
        assert (before.key, before.data, before.envelope) == (one.key, one.data, one.envelope)
    return found
