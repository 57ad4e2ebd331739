"""Structured logs: one JSON object a line on stderr, without personal data.

An entry keeps only the keys of `ALLOWED`; the names of the others are listed in `dropped`, so that a missing key is seen
and added on purpose. Records of other people's libraries keep their text only where it is known to name no data.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        *("event", "level", "logger", "timestamp", "error", "cause", "where", "dropped"),
        *("processor", "task", "partition", "partitions", "topic", "group", "offset", "checkpoint", "epoch"),
        *("system", "connector", "sink", "kind", "code", "receipt", "file_number", "status", "method"),
        *("count", "records", "rows", "bytes", "seconds", "attempt", "pid", "exit_code", "worker", "service", "version"),
        *("trace_id", "span_id"),
    }
)
"""What says where and how much, never who. A file's name is not here: schools put names of persons in them."""
LONGEST_VALUE = 500
SPEAKING = ("aiokafka", "kafka", "alembic", "uvicorn.error", "bus")
"""Libraries whose warnings name brokers, groups and offsets, and are useless without. Others keep their template only."""
Entry = MutableMapping[str, Any]


def configure(level: str = "info") -> None:
    """Send structlog's entries and the standard library's to stderr. Called once by each process of the bus."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        exception_without_text,
        only_allowed,
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
    ]
    structlog.configure(
        processors=[_name_logger, *shared],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_stderr_logger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [ForeignRecords()]
    root.setLevel(max(logging.getLevelNamesMapping()[level.upper()], logging.WARNING))


def exception_without_text(_logger: Any, _method: str, entry: Entry) -> Entry:
    """An exception as its class and its places: its message may quote what it failed on."""
    info = entry.pop("exc_info", None)
    entry.pop("stack_info", None)
    if info:
        error = info if isinstance(info, BaseException) else (info[1] if isinstance(info, tuple) else sys.exception())
        if error is not None:
            entry["error"] = type(error).__name__
            entry["where"] = places(error)
    return entry


def only_allowed(_logger: Any, _method: str, entry: Entry) -> Entry:
    """Drop every key that is not known to be harmless, and cut long values."""
    strange = sorted(key for key in entry if key not in ALLOWED)
    for key in strange:
        del entry[key]
    for key, value in entry.items():
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            entry[key] = value[:LONGEST_VALUE] + "…"
    if strange:
        entry["dropped"] = strange
    return entry


def places(error: BaseException) -> str:
    """The innermost places of an exception, nearest first: `fold.py:88 decide < engine.py:12 run`."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in reversed(frames))


class ForeignRecords(logging.Handler):
    """Brings the records of the standard library into the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        speaks = record.name.startswith(SPEAKING)
        log = structlog.get_logger(record.name)
        log.log(record.levelno, record.getMessage() if speaks else str(record.msg), exc_info=record.exc_info)


class _Stderr:
    """Looks stderr up at each line, so that whoever replaces it (a test, a daemon) gets the lines."""

    def __init__(self, name: str | None) -> None:
        self.name = name

    def msg(self, message: str) -> None:
        sys.stderr.write(message + "\n")
        sys.stderr.flush()

    debug = info = warning = error = critical = log = msg


def _stderr_logger(*arguments: Any) -> _Stderr:
    return _Stderr(arguments[0] if arguments else None)


def _name_logger(logger: _Stderr, _method: str, entry: Entry) -> Entry:
    if logger.name:
        entry["logger"] = logger.name
    return entry
