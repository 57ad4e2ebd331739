"""The receipts of HTTP pushes: stored before anything is published, the same for the same `Idempotency-Key`."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from bus.database.transport_tables import recepisses

RECEIVED, PUBLISHED = "RECEIVED", "PUBLISHED"


class KeyReused(Exception):
    """The same `Idempotency-Key` came with another body: which of the two is meant is not ours to guess."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is kept of one accepted request."""

    receipt: str
    received_at: datetime
    """Also the time of reception of its records, whichever attempt publishes them."""
    records: int | None
    """Known once published."""


class Receipts:
    """The table of receipts. Each call is one transaction; an outage raises sqlalchemy.exc.OperationalError."""

    def __init__(self, database: sqlalchemy.Engine) -> None:
        self._database = database

    def find(self, system: str, token: str, key: str, sha256: str) -> Receipt | None:
        """The receipt already given for this key. Raises KeyReused."""
        with self._database.begin() as connection:
            return self._find(connection, system, token, key, sha256)

    def open(self, system: str, token: str, key: str | None, sha256: str, kind: str, received_at: datetime) -> Receipt:
        """Store a receipt, or give back the one that another request with this key stored first. Raises KeyReused."""
        receipt = str(uuid.uuid4())
        values = {
            "receipt": receipt,
            "system": system,
            "token": token,
            "idempotency_key": key,
            "sha256": sha256,
            "state": RECEIVED,
            "kind": kind,
            "received_at": received_at,
        }
        with self._database.begin() as connection:
            stored = connection.execute(insert(recepisses).values(values).on_conflict_do_nothing().returning(recepisses.c.receipt)).first()
            if stored is not None:
                return Receipt(receipt, received_at, None)
            found = self._find(connection, system, token, key or "", sha256)
        assert found is not None  # only the key can conflict
        return found

    def published(self, receipt: str, records: int) -> None:
        with self._database.begin() as connection:
            statement = update(recepisses).where(recepisses.c.receipt == receipt, recepisses.c.state == RECEIVED)
            connection.execute(statement.values(state=PUBLISHED, records=records, published_at=func.now()))

    def _find(self, connection: sqlalchemy.Connection, system: str, token: str, key: str, sha256: str) -> Receipt | None:
        query = select(recepisses).where(recepisses.c.system == system, recepisses.c.token == token, recepisses.c.idempotency_key == key)
        found: Any = connection.execute(query).mappings().first()
        if found is None:
            return None
        if found["sha256"] != sha256:
            raise KeyReused
        return Receipt(found["receipt"], found["received_at"], found["records"] if found["state"] == PUBLISHED else None)
