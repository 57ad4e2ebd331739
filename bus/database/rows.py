"""Rows of projections: the last word of a batch for each key, written or deleted in bulk."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy
from sqlalchemy import ARRAY, JSON, and_, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import Insert, insert

from schemas.outcome import Row

TOGETHER = 8
"""Rows of one table and shape from which they are written by one statement."""
LISTS = (ARRAY, JSON)
"""Types whose values may be lists."""

_Key = tuple[tuple[str, Any], ...]


def write_rows(connection: sqlalchemy.Connection, tables: Mapping[str, sqlalchemy.Table], rows: Iterable[Row]) -> None:
    """Apply `rows` in order. Raises KeyError for a table the registry does not know."""
    merged: dict[str, dict[_Key, dict[str, Any] | None]] = {}
    fresh: dict[str, set[_Key]] = {}
    for row in rows:
        key = tuple(sorted(row.key.items()))
        table = merged.setdefault(row.table, {})
        if row.values is None:
            table[key] = None
            fresh.setdefault(row.table, set()).discard(key)
        elif table.get(key) is None:
            if key in table:
                fresh.setdefault(row.table, set()).add(key)
            table[key] = dict(row.values)
        else:
            table[key] = {**(table[key] or {}), **row.values}
    for name, by_key in merged.items():
        _write_table(connection, tables[name], by_key, fresh.get(name, set()))


def _write_table(
    connection: sqlalchemy.Connection, table: sqlalchemy.Table, by_key: dict[_Key, dict[str, Any] | None], fresh: set[_Key]
) -> None:
    gone = [dict(key) for key, values in by_key.items() if values is None or key in fresh]
    if gone:
        names = list(gone[0])
        condition = and_(*(table.c[name] == bindparam(f"k_{name}", type_=table.c[name].type) for name in names))
        connection.execute(table.delete().where(condition), [{f"k_{name}": key[name] for name in names} for key in gone])
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for key, values in by_key.items():
        if values is not None:
            groups.setdefault(tuple(sorted(values)), []).append({**dict(key), **values})
    for columns, lines in groups.items():
        keys = [name for name in lines[0] if name not in columns]
        wanted = (*keys, *columns)
        together = len(lines) >= TOGETHER and not any(isinstance(table.c[name].type, LISTS) for name in wanted)
        statement = _from_arrays(table, wanted) if together else insert(table)
        update = {name: statement.excluded[name] for name in columns}
        upsert = (
            statement.on_conflict_do_update(index_elements=keys, set_=update)
            if update
            else statement.on_conflict_do_nothing(index_elements=keys)
        )
        connection.execute(upsert, {name: [line[name] for line in lines] for name in wanted} if together else lines)


def _from_arrays(table: sqlalchemy.Table, names: tuple[str, ...]) -> Insert:
    """All the rows in one statement, a column an array: measured, half the processor time of a statement a row. A column of
    lists cannot be one of them: they would be taken apart."""
    arrays = (bindparam(name, type_=ARRAY(table.c[name].type)) for name in names)
    rows = func.unnest(*arrays).table_valued(*(column(name, table.c[name].type) for name in names)).render_derived()
    return insert(table).from_select(list(names), select(*(rows.c[name] for name in names)))
