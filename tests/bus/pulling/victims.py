"""Workers that ask sources and die by SIGKILL: `python -m tests.bus.pulling.victims` reads its orders on stdin.

This process makes no thread and no connection of its own: for each order it forks one worker that a step kills, then one
that goes on until a sweep finds nothing new; it prints how each ended.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bus import logging
from bus.inbox.ledger import SystemLocks
from bus.pulling.ledger import PullLedger
from bus.pulling.pulling import Pulling
from bus.pulling.sources import open_sources
from bus.settings import ApogeeVueSettings, ApogeeWsSettings, PegaseSettings, Settings
from bus.transports import build_transports
from tests.bus.inbox_victims import forked, killer


def settings_of(given: dict[str, Any]) -> Settings:
    plain = Settings(
        prefix=given["prefix"],
        var=Path(given["var"]),
        student_key_file=Path(given["key_file"]),
        database={"schema": given["schema"]},  # type: ignore[arg-type]
        apogee_vue=ApogeeVueSettings(**given.get("apogee_vue", {})),
        apogee_ws=ApogeeWsSettings(**given.get("apogee_ws", {})),
        pegase=PegaseSettings(**given.get("pegase", {})),
    )
    return plain.with_addresses(given["kafka"], given["registry"], given["database"])


def worker(settings: Settings, probe: Callable[[str], None]) -> None:
    """Ask the one source that is configured until a whole sweep gives nothing new."""

    async def ask() -> None:
        transports = build_transports(settings, probe)
        ledger, locks = PullLedger(transports.database), SystemLocks(transports.database)
        [source] = open_sources(settings)
        pulling = Pulling(source.connector, ledger, transports.publisher, probe)
        quiet = False
        while not quiet:
            assert await asyncio.to_thread(locks.held, "relevé")
            published, complete = 0, False
            while not complete:
                page = await pulling.page()
                published, complete = published + page.published, page.complete
            quiet = not published
        locks.close()
        await transports.close()

    asyncio.run(ask())


def main() -> None:
    logging.configure("warning")
    given = json.loads(sys.stdin.readline())
    settings = settings_of(given)
    for step in given["steps"]:
        sys.stdin.readline()  # whoever gives the orders has made something new to read
        killed = forked(partial(worker, settings, killer(step)))
        finished = forked(partial(worker, settings, lambda _step: None))
        end = {"step": step, "killed": os.WIFSIGNALED(killed) and os.WTERMSIG(killed), "finished": finished}
        sys.stdout.write(json.dumps(end) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
