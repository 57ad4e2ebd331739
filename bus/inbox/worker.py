"""The process that serves every inbox: `python -m bus.inbox.worker`. Several may run: one serves a system at a time.

Exit codes: 0 stopped as asked, 70 failed (start again with back-off).
"""

import asyncio
import sys
from collections.abc import Callable

import structlog
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from bus.async_process import rest, served, until_stopped
from bus.consigne import Consigne
from bus.inbox.folders import Folders
from bus.inbox.inbox import Inbox
from bus.inbox.ledger import Ledger, Overtaken, SystemLocks
from bus.publishing import KafkaAway
from bus.registry_client import RegistryAway, RegistryRefuses
from bus.settings import Settings
from bus.transports import build_transports

SCAN_SECONDS = 1.0
LONGEST_PAUSE = 30.0

OUTAGES = (KafkaAway, RegistryAway, RegistryRefuses, OperationalError, InterfaceError, InternalError, PoolExhausted, OSError, Overtaken)
"""What a file waits out in `en_cours/`, under the receipt it has."""

log = structlog.get_logger("bus.inbox.inbox")


async def serve(inbox: Inbox, locks: SystemLocks, stop: asyncio.Event, scan_seconds: float | None = None) -> None:
    """Run the cycles of one inbox until `stop`. An outage is waited out, longer each time; anything else is raised."""
    scan_seconds = scan_seconds or SCAN_SECONDS
    pause = scan_seconds
    while not stop.is_set():
        try:
            if await asyncio.to_thread(locks.held, inbox.system):
                await inbox.cycle()
            pause = scan_seconds
        except OUTAGES as error:
            log.warning("inbox.waits", system=inbox.system, error=type(error).__name__, seconds=pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        await rest(stop, pause)


async def run(settings: Settings, stop: asyncio.Event, probe: Callable[[str], None] = lambda _step: None) -> None:
    """Serve the inbox of every connector that has one, until `stop`."""
    transports = build_transports(settings, probe)
    ledger, locks, consigne = Ledger(transports.database), SystemLocks(transports.database), Consigne(transports.database)
    try:
        async with asyncio.TaskGroup() as group:
            for connector in transports.by("depot"):
                folders = Folders.of(settings.inbox_folder, connector.system)
                folders.make()
                inbox = Inbox(connector, folders, ledger, transports.publisher, consigne, probe=probe)
                group.create_task(served(serve(inbox, locks, stop), stop))
    finally:
        locks.close()
        await transports.close()


async def main() -> int:
    """Until SIGTERM or SIGINT; what is begun goes on after the next start."""
    return await until_stopped(run, lambda failure: log.critical("inbox.failed", exc_info=failure))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
