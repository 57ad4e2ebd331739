"""An installation whose tables hold the rows that a scenario leaves, for commands that only read, and what they write read back."""

import csv
import io
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Table, text

from bus.database.rows import write_rows
from tests.bus.procedures.network import simulated
from tests.bus.test_operator_commands import Commands
from tests.services import Services


@contextmanager
def filled(services: Services, var: Path, scenario: tuple[str, str], tables: Mapping[str, Table]) -> Iterator[Commands]:
    """The commands on a schema of their own, dropped on the way out. A scenario is its domain and its name."""
    name = f"t{secrets.token_hex(4)}"
    made = Commands(services, name, var)
    rows = [change.row for change in simulated(*scenario).history.rows if change.row.table in tables]
    with made.database.begin() as connection:
        write_rows(connection, tables, rows)
    yield made
    with made.database.begin() as connection:
        connection.execute(text(f'DROP SCHEMA "{name}" CASCADE'))
    made.database.dispose()


def cells(content: str) -> list[list[str]]:
    """A file for spreadsheets, with or without its byte order mark."""
    return list(csv.reader(io.StringIO(content.removeprefix("\ufeff")), delimiter=";"))
