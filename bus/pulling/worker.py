"""The process that asks the sources: `python -m bus.pulling.worker`. Several may run: one asks a source at a time.

Exit codes: 0 stopped as asked, 70 failed (start again with back-off).
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import suppress

import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from bus.async_process import rest, served, until_stopped
from bus.inbox.ledger import SystemLocks
from bus.inbox.worker import OUTAGES
from bus.pulling.ledger import PullLedger
from bus.pulling.outage import Backoff, SourceAway
from bus.pulling.pulling import Pulling
from bus.pulling.sources import open_sources
from bus.settings import Settings
from bus.transports import build_transports

log = structlog.get_logger("bus.pulling.pulling")


async def serve(pulling: Pulling, locks: SystemLocks, ledger: PullLedger, stop: asyncio.Event, interval: float) -> None:
    """Ask one source until `stop`. An outage, of the source or of our services, is waited out, longer each time; so is a mistake of
    ours, shown as the source's trouble."""
    backoff = Backoff()
    while not stop.is_set():
        pause = interval
        try:
            if await asyncio.to_thread(locks.held, f"relevé {pulling.name}"):
                page = await pulling.page()
                pause = interval if page.complete else 0.0
            backoff.reset()
        except SourceAway as away:
            pause = backoff.after(away.retry_after)
            log.warning("pulling.source_away", connector=pulling.name, code=away.code, cause=away.cause, seconds=pause)
            with suppress(DBAPIError, PoolExhausted):
                await asyncio.to_thread(ledger.troubled, pulling.name, away.code)
        except OUTAGES as error:
            pause = backoff.after()
            log.warning("pulling.waits", connector=pulling.name, error=type(error).__name__, seconds=pause)
        except SQLAlchemyError:
            raise
        except Exception:  # a mistake of ours about one source does not keep the others from being asked
            pause = backoff.after()
            log.exception("pulling.source_failed", connector=pulling.name, seconds=pause)
            with suppress(DBAPIError, PoolExhausted):
                await asyncio.to_thread(ledger.troubled, pulling.name, "LECTURE_EN_ERREUR")
        await rest(stop, pause)


async def run(settings: Settings, stop: asyncio.Event, probe: Callable[[str], None] = lambda _step: None) -> None:
    """Ask every configured source until `stop`."""
    transports = build_transports(settings, probe)
    ledger, locks = PullLedger(transports.database), SystemLocks(transports.database)
    try:
        async with asyncio.TaskGroup() as group:
            for source in open_sources(settings):
                pulling = Pulling(source.connector, ledger, transports.publisher, probe)
                group.create_task(served(serve(pulling, locks, ledger, stop, source.interval), stop))
    finally:
        locks.close()
        await transports.close()


async def main() -> int:
    """Until SIGTERM or SIGINT; what is begun goes on after the next start."""
    return await until_stopped(run, lambda failure: log.critical("pulling.failed", exc_info=failure))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
