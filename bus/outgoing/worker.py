"""The process of everything that leaves the bus: `python -m bus.outgoing.worker`.

Files, mails and each called system have a thread of their own: a slow mail server or a partner that hangs stops nobody else.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy
import structlog
from sqlalchemy.exc import DBAPIError

from bus.consigne import Sweeping
from bus.database.connection import connect
from bus.editions import Schedule, ScheduledEditions, partitions_of
from bus.engine.transient import is_transient
from bus.logging import configure
from bus.outgoing.account_secrets import AccountSecrets
from bus.outgoing.files import OutgoingFiles
from bus.outgoing.http import HttpCarrier
from bus.outgoing.mail import MailCarrier
from bus.outgoing.one_by_one import OneByOne
from bus.safe_http import SafeHttp
from bus.settings import Settings, load_settings
from sinks.registry import FILE_SINKS, HTTP_SINKS, MAIL_SINKS

EVERY = 1.0
LONGEST_PAUSE = 30.0
FAREWELL = 8.0
"""Seconds that a conversation under way has to end after SIGTERM; then it is left, and recovered at the next start."""
CONNECTIONS_OF_A_LANE = 2
SURPRISE = 70
"""The exit code after which the supervisor starts the process again."""

log = structlog.get_logger("bus.outgoing.files")


@dataclass(frozen=True, slots=True)
class Lane:
    """What one thread does, again and again."""

    name: str
    once: Callable[[], int]


def lanes(settings: Settings, database: sqlalchemy.Engine, stopping: Callable[[], bool]) -> tuple[Lane, ...]:
    """One for the files, one for the mails, one for each called system, one for what is made at its time, one for
    what the consigne forgets."""
    client = SafeHttp(settings.outgoing_http)
    secrets = AccountSecrets(settings.outgoing_http, client)
    mails = [MailCarrier(sink, settings.smtp, secrets) for sink in MAIL_SINKS]
    calls = [HttpCarrier(sink, settings.outgoing_http, client) for sink in HTTP_SINKS]
    systems = dict.fromkeys(call.sink.system for call in calls)
    return (
        Lane("fichiers", OutgoingFiles(database, settings.outbox_folder, FILE_SINKS).once),
        Lane("courriels", OneByOne(database, mails, stopping=stopping).once),
        *(
            Lane(system, OneByOne(database, [call for call in calls if call.sink.system == system], stopping=stopping).once)
            for system in systems
        ),
        *_scheduled(settings, database),
        Lane("consigne", Sweeping(database).once),
    )


def _scheduled(settings: Settings, database: sqlalchemy.Engine) -> tuple[Lane, ...]:
    """What is made at its time, where its domain is on."""
    schedule = Schedule.of(settings.editions)
    if schedule is None or "bourses" not in settings.domains:
        return ()
    return (Lane("editions", ScheduledEditions(database, schedule, settings.outbox_folder, partitions_of(settings.deployment())).once),)


def keep(lane: Lane, stopping: threading.Event) -> None:
    """Rounds of a lane until `stopping`. A database or a disk that fails is waited for; what was begun is finished later."""
    pause = EVERY
    while not stopping.wait(pause):
        try:
            lane.once()
            pause = EVERY
        except DBAPIError as error:
            if not is_transient(error):
                raise
            pause = min(pause * 2, LONGEST_PAUSE)
            log.warning("waiting_for_the_outside", service="PostgreSQL", kind=lane.name, seconds=pause)
        except OSError as error:
            pause = min(pause * 2, LONGEST_PAUSE)
            log.error("outbox_unwritable", kind=lane.name, error=type(error).__name__, seconds=pause)


def run(all_lanes: tuple[Lane, ...], stopping: threading.Event) -> bool:
    """Keep every lane until `stopping`; returns whether none died. One that dies stops the others: half a process would hide it."""
    died = threading.Event()

    def guarded(lane: Lane) -> None:
        try:
            keep(lane, stopping)
        except BaseException:
            log.exception("lane_died", kind=lane.name)
            died.set()
            stopping.set()

    threads = [threading.Thread(target=guarded, args=(lane,), name=lane.name, daemon=True) for lane in all_lanes]
    for thread in threads:
        thread.start()
    stopping.wait()
    deadline = time.monotonic() + FAREWELL
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return not died.is_set()


def main() -> None:
    """Run until SIGTERM."""
    settings = load_settings()
    configure(settings.log_level)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stopping.set())
    address = settings.database.address().render_as_string(hide_password=False)
    count = 4 + len({sink.system for sink in HTTP_SINKS})
    database = connect(address, settings.database.db_schema, pool=CONNECTIONS_OF_A_LANE * count)
    if not run(lanes(settings, database, stopping.is_set), stopping):
        os._exit(SURPRISE)


if __name__ == "__main__":
    main()
