"""The ledger of dropped files: one row a receipt, committed before the file is taken and kept across crashes."""

import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.exc import DBAPIError

from bus.database.transport_tables import depots
from schemas.outcome import Fault


class State(StrEnum):
    """Where a dropped file stands."""

    CLAIMED = "CLAIMED"
    PUBLISHED = "PUBLISHED"
    ARCHIVED = "ARCHIVED"
    REFUSED = "REFUSED"
    IGNORED = "IGNORED"
    VANISHED = "VANISHED"
    """Its file disappeared from `en_cours/` before the end: someone took it away by hand."""


class Overtaken(Exception):
    """The row is no longer ours: PostgreSQL was away, our lock fell, and another worker went on. Look at the folders again."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the worker needs of a row that is not settled."""

    receipt: str
    system: str
    name: str
    state: State
    flaw: str | None
    sha256: str | None
    kind: str | None
    place: str | None
    remarks: tuple[Fault, ...]
    claimed_at: datetime


class Ledger:
    """The rows of every system. Each call is one transaction; an outage raises sqlalchemy.exc.DBAPIError."""

    def __init__(self, database: sqlalchemy.Engine) -> None:
        self._database = database

    def insert(self, receipt: str, system: str, name: str, flaw: str | None, claimed_at: datetime) -> Row:
        values = {"receipt": receipt, "system": system, "name": name, "state": State.CLAIMED, "flaw": flaw, "claimed_at": claimed_at}
        with self._database.begin() as connection:
            connection.execute(depots.insert().values(values))
        return Row(receipt, system, name, State.CLAIMED, flaw, None, None, None, (), claimed_at)

    def withdraw(self, receipt: str) -> None:
        """Take back a row whose file was never taken."""
        with self._database.begin() as connection:
            connection.execute(depots.delete().where(depots.c.receipt == receipt, depots.c.state == State.CLAIMED))

    def find(self, receipt: str) -> Row | None:
        with self._database.begin() as connection:
            found = connection.execute(select(depots).where(depots.c.receipt == receipt)).mappings().first()
        return _row(found) if found else None

    def unsettled(self, system: str) -> list[Row]:
        """The rows with something left to do, in the order of the claims."""
        query = select(depots).where(depots.c.system == system, depots.c.settled_at.is_(None)).order_by(depots.c.sequence)
        with self._database.begin() as connection:
            return [_row(found) for found in connection.execute(query).mappings()]

    def measured(self, receipt: str, size: int, sha256: str) -> None:
        self._change(receipt, size=size, sha256=sha256)

    def refused(self, receipt: str, kind: str | None, faults: Iterable[Fault], place: str) -> None:
        self._change(receipt, state=State.REFUSED, kind=kind, remarks=[_plain(fault) for fault in faults], place=place)

    def ignored(self, receipt: str, kind: str, school: str, place: str) -> None:
        self._change(receipt, state=State.IGNORED, kind=kind, school=school, records=0, place=place)

    def published(self, receipt: str, kind: str, school: str, records: int, warnings: Iterable[Fault], place: str) -> None:
        remarks = [_plain(fault) for fault in warnings]
        self._change(
            receipt,
            state=State.PUBLISHED,
            kind=kind,
            school=school,
            records=records,
            remarks=remarks,
            place=place,
            published_at=func.now(),
        )

    def settled(self, receipt: str, state: State) -> None:
        self._change(receipt, state=state, settled_at=func.now())

    def last_accepted(self, system: str, kind: str, school: str, but: str) -> str | None:
        """The SHA-256 of the last accepted file of that kind and school."""
        query = (
            select(depots.c.sha256)
            .where(
                depots.c.system == system,
                depots.c.kind == kind,
                depots.c.school == school,
                depots.c.receipt != but,
                depots.c.state.in_((State.PUBLISHED, State.ARCHIVED)),
            )
            .order_by(depots.c.sequence.desc())
            .limit(1)
        )
        with self._database.begin() as connection:
            return connection.execute(query).scalar()

    def warned(self, since: datetime, system: str | None = None) -> list[Row]:
        """Files taken since then with warnings, oldest first."""
        query = select(depots).where(
            depots.c.state.in_((State.PUBLISHED, State.ARCHIVED)),
            depots.c.claimed_at >= since,
            func.jsonb_array_length(depots.c.remarks) > 0,
        )
        if system is not None:
            query = query.where(depots.c.system == system)
        with self._database.begin() as connection:
            return [_row(found) for found in connection.execute(query.order_by(depots.c.sequence)).mappings()]

    def _change(self, receipt: str, **values: Any) -> None:
        with self._database.begin() as connection:
            statement = update(depots).where(depots.c.receipt == receipt, depots.c.settled_at.is_(None)).values(**values)
            if connection.execute(statement).rowcount != 1:
                raise Overtaken(receipt)


class SystemLocks:
    """One worker serves a system at a time, so that its files are published in the order they came.

    All the locks of a process are held by one connection, and end with it: no lease, nothing to clean after a crash.
    """

    def __init__(self, database: sqlalchemy.Engine) -> None:
        self._database = database
        self._connection: Connection | None = None
        self._held: set[str] = set()
        self._turn = threading.Lock()

    def held(self, system: str) -> bool:
        """Whether the system is ours now; tries to take it when it is not. An outage is raised, and loses every lock."""
        with self._turn:
            try:
                return self._hold(system)
            except DBAPIError:
                self._forget()
                raise

    def close(self) -> None:
        with self._turn:
            self._forget()

    def _hold(self, system: str) -> bool:
        if self._connection is None:
            self._connection = self._database.connect().execution_options(isolation_level="AUTOCOMMIT")
        if system in self._held:
            self._connection.execute(text("SELECT 1"))
            return True
        query = text("SELECT pg_try_advisory_lock(hashtext('passerelle depot ' || current_schema()), hashtext(:system))")
        if self._connection.execute(query, {"system": system}).scalar():
            self._held.add(system)
        return system in self._held

    def _forget(self) -> None:
        """End the connection itself: given back to the pool it would keep the locks."""
        self._held.clear()
        if self._connection is not None:
            connection, self._connection = self._connection, None
            with suppress(DBAPIError):
                connection.invalidate()
            connection.close()


def _plain(fault: Fault) -> dict[str, Any]:
    return {"code": fault.code, "message": fault.message, "remede": fault.remede, "ligne": fault.line}


def _row(found: Any) -> Row:
    remarks = tuple(Fault(each["code"], each["message"], each["remede"], each["ligne"]) for each in found["remarks"] or ())
    return Row(
        found["receipt"],
        found["system"],
        found["name"],
        State(found["state"]),
        found["flaw"],
        found["sha256"],
        found["kind"],
        found["place"],
        remarks,
        found["claimed_at"],
    )
