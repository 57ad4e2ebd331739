"""The shell of a process that serves until it is told to stop: signals, settings, logs, exit codes.

Exit codes: 0 stopped as asked, 70 failed (start again with back-off).
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bus import logging
from bus.collector import spare_the_collector
from bus.settings import Settings, load_settings

EXIT_FAILED = 70


async def until_stopped(
    run: Callable[[Settings, asyncio.Event], Awaitable[None]],
    failed: Callable[[BaseException], None],
    known: tuple[type[Exception], ...] = (),
) -> int:
    """Run until SIGTERM or SIGINT; returns the exit code. What ends one of its servers, or `known`, is told to `failed`."""
    settings = load_settings()
    logging.configure(settings.log_level)
    spare_the_collector()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await run(settings, stop)
    except ExceptionGroup as failures:
        for failure in failures.exceptions:
            failed(failure)
        return EXIT_FAILED
    except known as failure:
        failed(failure)
        return EXIT_FAILED
    return 0


async def served(serving: Awaitable[None], stop: asyncio.Event) -> None:
    """One of several servers of a process: when it fails by a mistake of ours the others stop in order, and the process ends."""
    try:
        await serving
    finally:
        stop.set()


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Return after so many seconds, or at once when it is time to stop."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()
