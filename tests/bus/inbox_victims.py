"""Inbox workers that die by SIGKILL: `python -m tests.bus.inbox_victims` reads its orders as JSON on stdin.

This process makes no thread and no connection of its own: it forks one worker that a step of the claim kills, then one
that finishes what was left, for each order; it prints how each ended.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bus.consigne import Consigne
from bus.inbox import worker as inbox_worker
from bus.inbox.folders import Folders
from bus.inbox.inbox import Inbox
from bus.inbox.ledger import Ledger, SystemLocks
from bus.settings import Settings
from bus.transports import build_transports


def settings_of(given: dict[str, Any]) -> Settings:
    plain = Settings(
        prefix=given["prefix"],
        var=Path(given["var"]),
        student_key_file=Path(given["key_file"]),
        database={"schema": given["schema"]},  # type: ignore[arg-type]
    )
    return plain.with_addresses(given["kafka"], given["registry"], given["database"])


def drop(folder: Path, name: str, content: str) -> None:
    (folder / name).write_bytes(content.encode())
    (folder / f"{name}.done").touch()


def forked(work: Callable[[], None]) -> int:
    """The wait status of a child that does the work."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitpid(pid, 0)[1]


def worker(settings: Settings, system: str, probe: Callable[[str], None], finish: bool) -> None:
    """Serve a system's inbox: until killed, or until neither the ledger nor the folders hold anything to do."""

    async def serve() -> None:
        transports = build_transports(settings, probe)
        ledger, locks, stop = Ledger(transports.database), SystemLocks(transports.database), asyncio.Event()
        folders = Folders.of(settings.inbox_folder, system)
        connector = next(each for each in transports.connectors if each.system == system)
        inbox = Inbox(connector, folders, ledger, transports.publisher, Consigne(transports.database), probe=probe)
        serving = asyncio.create_task(inbox_worker.serve(inbox, locks, stop, scan_seconds=0.02))
        while not finish or ledger.unsettled(system) or any(folders.dropped()) or any(folders.claimed()):
            done, _ = await asyncio.wait([serving], timeout=0.05)
            if done:
                await serving
        stop.set()
        await serving
        locks.close()
        await transports.close()

    asyncio.run(serve())


def killer(step: str) -> Callable[[str], None]:
    def probe(name: str) -> None:
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return probe


def main() -> None:
    given = json.load(sys.stdin)
    settings, system = settings_of(given), given.get("system", "apogee")
    depot = Folders.of(settings.inbox_folder, system).depot
    for order in given["orders"]:
        drop(depot, order["name"], given["contents"][order["content"]])
        killed = forked(partial(worker, settings, system, killer(order["step"]), False))
        finished = forked(partial(worker, settings, system, lambda _step: None, True))
        end = {**order, "killed": os.WIFSIGNALED(killed) and os.WTERMSIG(killed), "finished": finished}
        sys.stdout.write(json.dumps(end) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
