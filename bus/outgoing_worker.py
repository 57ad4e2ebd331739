"""The process that writes outgoing files: `python -m bus.outgoing_worker`."""

import signal
import threading

import structlog
from sqlalchemy.exc import DBAPIError

from bus.database.connection import connect
from bus.engine import is_transient
from bus.logging import configure
from bus.outgoing import OutgoingFiles
from bus.settings import load_settings
from sinks.registry import FILE_SINKS

EVERY = 1.0
LONGEST_PAUSE = 30.0

log = structlog.get_logger("bus.outgoing")


def main() -> None:
    """Run until SIGTERM. A database or a disk that fails is waited for; what was begun is finished at the next start."""
    settings = load_settings()
    configure(settings.log_level)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stopping.set())
    database = connect(settings.database.address().render_as_string(hide_password=False), settings.database.db_schema)
    outgoing = OutgoingFiles(database, settings.outbox_folder, FILE_SINKS)
    pause = EVERY
    while not stopping.wait(pause):
        try:
            outgoing.once()
            pause = EVERY
        except DBAPIError as error:
            if not is_transient(error):
                raise
            pause = min(pause * 2, LONGEST_PAUSE)
            log.warning("waiting_for_the_outside", cause="PostgreSQL", seconds=pause)
        except OSError as error:
            pause = min(pause * 2, LONGEST_PAUSE)
            log.error("outbox_unwritable", error=type(error).__name__, seconds=pause)


if __name__ == "__main__":
    main()
