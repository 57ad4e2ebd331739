"""Effects of a sink in a real PostgreSQL, and a process that dies where it is told to."""

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import func, insert, select, update

from bus.database import tables
from bus.outgoing.files import Mode, State


class Died(BaseException):
    """Stands for SIGKILL."""


def dying_at(point: str) -> Callable[[str], None]:
    """A probe that dies there."""

    def probe(reached: str) -> None:
        if reached == point:
            raise Died

    return probe


def add(database: sqlalchemy.Engine, sink: str, *payloads: Mapping[str, Any], group: str = "", sequence: int = 1) -> list[str]:
    """Effects as the engine leaves them; their identifiers, in order."""
    made = [str(uuid.uuid4()) for _ in payloads]
    with database.begin() as connection:
        for rank, (identifier, payload) in enumerate(zip(made, payloads, strict=True)):
            place = {"partition": 0, "sequence": sequence, "rank": rank, "group": group}
            values = {"id": identifier, "sink": sink, "payload": payload, "state": State.TODO.value, **place}
            connection.execute(insert(tables.effets).values(**values))
    return made


def put_in(database: sqlalchemy.Engine, sink: str, mode: Mode, target: str | None = None) -> None:
    """As `passerelle sinks mode` does, an hour ago: everything that `add` adds is new to the operator."""
    values = {"sink": sink, "mode": mode.value, "target": target, "changed_at": func.now() - timedelta(hours=1)}
    with database.begin() as connection:
        connection.execute(insert(tables.sinks).values(**values))


def states(database: sqlalchemy.Engine) -> dict[str, int]:
    """State → effects."""
    with database.begin() as connection:
        query = select(tables.effets.c.state, func.count()).group_by(tables.effets.c.state)
        return {str(state): int(count) for state, count in connection.execute(query)}


def row(database: sqlalchemy.Engine, identifier: str) -> sqlalchemy.Row[*tuple[Any, ...]]:
    with database.begin() as connection:
        return connection.execute(select(tables.effets).where(tables.effets.c.id == identifier)).one()


def make_due(database: sqlalchemy.Engine) -> None:
    """What waits for its next attempt waits no longer."""
    with database.begin() as connection:
        connection.execute(update(tables.effets).values(due_at=None))


def suspension(database: sqlalchemy.Engine, sink: str) -> str | None:
    with database.begin() as connection:
        found = connection.execute(select(tables.sinks.c.suspended).where(tables.sinks.c.sink == sink)).scalar_one()
        return None if found is None else str(found)
