"""Orders given to a process of its own, whose workers are killed (`tests.bus.inbox_victims`)."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.bus.receiving import Receiving
from tests.waiting import PATIENCE

PROJECT = Path(__file__).resolve().parent.parent.parent


def killed(bus: Receiving, orders: list[dict[str, str]], contents: dict[str, str], **others: str) -> list[dict[str, Any]]:
    """How the worker ended for each order: the signal that killed the one, the status of the one that finished."""
    given = {**bus.given(), "contents": contents, "orders": orders, **others}
    command = [sys.executable, "-m", "tests.bus.inbox_victims"]
    done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, cwd=PROJECT, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return [json.loads(each) for each in done.stdout.splitlines() if each.startswith("{")]
