"""The journal's partitions, one a day (UTC)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import sqlalchemy
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from topics.catalogue import CATALOGUE

PARTITIONS = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'journal'::regclass")

AHEAD = 3
"""Days prepared in advance: a worker that takes no task over for that long still writes into a partition of its day."""

SEGMENT_DAYS = 7
"""A broker removes whole segments (`segment.ms`): a record may stand in its log that much longer than its retention."""

LOCK_NOT_AVAILABLE = "55P03"

RETENTION = {topic.name: topic.retention_days for topic in CATALOGUE}
LONGEST = max(RETENTION.values())
KEPT_DAYS = LONGEST + SEGMENT_DAYS + 1


def days_kept_for(topics: Iterable[str]) -> int:
    """How long a record of these topics may come again: their journal need not be searched further back."""
    return max((RETENTION.get(topic, LONGEST) for topic in topics), default=LONGEST) + SEGMENT_DAYS + 1


def prepare_journal(connection: sqlalchemy.Connection, now: datetime) -> None:
    """Make the partitions of today and the next days. Two processes may do it at once."""
    first = datetime(now.year, now.month, now.day, tzinfo=UTC)
    existing = set(connection.execute(PARTITIONS).scalars())
    days = [first + timedelta(days=n) for n in range(AHEAD + 1)]
    missing = [day for day in days if not any(name.strip('"').endswith(f"journal_{day:%Y%m%d}") for name in existing)]
    if not missing:
        return
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('passerelle journal'))"))
    for day in missing:
        until = day + timedelta(days=1)
        connection.execute(
            text(
                f"CREATE TABLE IF NOT EXISTS journal_{day:%Y%m%d} PARTITION OF journal "
                f"FOR VALUES FROM ('{day.isoformat()}') TO ('{until.isoformat()}')"
            )
        )


def database_now(connection: sqlalchemy.Connection) -> datetime:
    """PostgreSQL's clock, which is everybody's."""
    now: datetime = connection.execute(text("SELECT now()")).scalar_one()
    return now


def keep_journal(connection: sqlalchemy.Connection) -> list[str]:
    """Drop the partitions of days whose records no input holds any more. Returns their names.

    By PostgreSQL's clock: a worker's that jumps must not forget what was done. It needs the table for an instant; where
    others work on it for longer than that, tomorrow will do. Two processes may do it at once."""
    limit = f"{database_now(connection) - timedelta(days=KEPT_DAYS):%Y%m%d}"
    old = [name for name in connection.execute(PARTITIONS).scalars() if name.strip('"').rsplit("_", 1)[-1] < limit]
    if not old:
        return []
    try:
        with connection.begin_nested():
            connection.execute(text("SET LOCAL lock_timeout = '500ms'"))
            for name in old:
                connection.execute(text(f"DROP TABLE IF EXISTS {name}"))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        return []
    return old
