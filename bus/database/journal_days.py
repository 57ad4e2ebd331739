"""The journal's partitions, one a day (UTC)."""

from datetime import UTC, datetime, timedelta

import sqlalchemy
from sqlalchemy import text

PARTITIONS = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'journal'::regclass")

AHEAD = 3
"""Days prepared in advance: a worker that takes no task over for that long still writes into a partition of its day."""


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


def drop_journal_before(connection: sqlalchemy.Connection, day: datetime) -> list[str]:
    """Drop the partitions that end before `day`: no record of an input is that old any more. Returns their names."""
    names = connection.execute(PARTITIONS).scalars()
    old = [name for name in names if name.strip('"').rsplit("_", 1)[-1] < f"{day:%Y%m%d}"]
    for name in old:
        connection.execute(text(f"DROP TABLE {name}"))
    return old
