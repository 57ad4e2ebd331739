"""How every command prints its data: a table for people, JSON or JSON lines for programs, always on stdout."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import typer

ABSENT = "—"
WIDEST = 10_000
"""Columns of a table that goes to a file or a pipe: no line is cut there."""


class Output(StrEnum):
    """The three forms of the data."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


OutputOption = Annotated[Output, typer.Option("-o", "--output", help="Forme des données : table, json ou jsonl.")]


class Exit:
    """The exit codes of every command."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    CHECK_FAILED = 3
    REFUSED = 4


def render(rows: Iterable[Mapping[str, object]], columns: Sequence[str] | Mapping[str, str], output: Output) -> None:
    """Print rows on stdout. `columns`: the keys to show, in order, or key → heading for the table.

    JSON carries every key of the rows, a missing value as null; the table shows it as « — ». A table is folded to the
    terminal's width, never when stdout is no terminal. Nothing is coloured there, nor where NO_COLOR is set.
    """
    match output:
        case Output.JSON:
            sys.stdout.write(json.dumps(list(rows), ensure_ascii=False, indent=2, default=plain) + "\n")
        case Output.JSONL:
            for row in rows:
                sys.stdout.write(json.dumps(row, ensure_ascii=False, default=plain) + "\n")
        case Output.TABLE:
            _table(list(rows), columns if isinstance(columns, Mapping) else dict.fromkeys(columns))


def say(words: str) -> None:
    """Words for a person: on stderr."""
    sys.stderr.write(f"{words}\n")


def plain(value: Any) -> Any:
    """What JSON has no type for: instants and days in ISO 8601, amounts as text so that no cent is lost."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def _table(rows: Sequence[Mapping[str, object]], headings: Mapping[str, str | None]) -> None:
    from rich.console import Console  # a quarter of the time that a command without a table takes to start
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    numbers = {key for key in headings if rows and all(isinstance(row.get(key), int | None) for row in rows)}
    for key, heading in headings.items():
        table.add_column(heading or key, justify="right" if key in numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(key)) for key in headings))
    console = Console()
    if not console.is_terminal:
        console = Console(width=max(Console(width=WIDEST).measure(table).maximum, 1))
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return ABSENT
    if isinstance(value, bool):
        return "oui" if value else "non"
    from rich.markup import escape

    return escape(str(value))
