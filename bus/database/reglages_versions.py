"""The versions of a processor's settings value, stored once: each journal row names the one it was decided with."""

import hashlib
import json
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from bus.database import tables


def record_reglages(connection: sqlalchemy.Connection, processor: str, value: Any) -> int:
    """The version number of this settings value, stored once: each journal row names it."""
    plain = json.loads(msgspec.json.encode(msgspec.to_builtins(value, builtin_types=())))
    digest = hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
    table = tables.reglages
    found = connection.execute(select(table.c.version).where(table.c.processor == processor, table.c.digest == digest)).scalar()
    if found is not None:
        return int(found)
    last = connection.execute(select(func.coalesce(func.max(table.c.version), 0)).where(table.c.processor == processor)).scalar_one()
    statement = insert(table).values(processor=processor, version=last + 1, digest=digest, value=plain).on_conflict_do_nothing()
    connection.execute(statement)
    return int(last) + 1
