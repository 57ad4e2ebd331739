"""Separated values from untrusted bytes: one line, one record; nothing is guessed after the header.

The separator (`;`, `,` or a tabulation) is the one that cuts the header into the most known names. Names are exact;
their order is free. A value never holds a line end, so that a fault concerns its own line and the next ones are read.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.transport import messages
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.text import MAX_LINE_BYTES, Opener, encoding_of, lines
from schemas.outcome import Fault

SEPARATORS = (";", ",", "\t")
MAX_LINES = 500_000
MAX_BYTES = 256 * 1024 * 1024

_EXCEL_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]\d{1,3}")
_EXCEL_ERROR = re.compile(r"#(?:REF!|N/A|VALEUR!|VALUE!|NOM\?|NAME\?|DIV/0!|NOMBRE!|NUM!|NUL!|NULL!|SPILL!|#+)")
_MAYBE_EXCEL = re.compile(r"\d[eE][+-]\d|#")
"""What a line without any of it need not be looked at for."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one kind of file, by their exact names."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Another exact name of a column → its name here."""

    @property
    def names(self) -> tuple[str, ...]:
        return self.required + self.optional

    def name_of(self, written: str) -> str | None:
        """The column that an exact name of a header means; None for an unknown one."""
        if written in self.names:
            return written
        return self.aliases.get(written)


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says: the separator and the column of each field."""

    separator: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvSource:
    """A file whose encoding and first line were read. `rows` may be called again: it reads from the first byte."""

    open_bytes: Opener
    encoding: str
    header: str
    max_lines: int = MAX_LINES

    def recognised_names(self, columns: Columns) -> int:
        """How many columns of `columns` the header names: the kind with the most is what the file is meant to be."""
        return max(_known(columns, self.header, separator) for separator in SEPARATORS)

    def read_header(self, columns: Columns) -> Header | tuple[Fault, ...]:
        """The header under the contract of `columns`, or everything that is wrong with it.

        An unknown column is named only in what is clearly a header: a file without one begins with someone's data.
        """
        separator = max(SEPARATORS, key=lambda each: _known(columns, self.header, each))
        if not _known(columns, self.header, separator):
            return (messages.no_header(columns.required),)
        try:
            written = _cut(self.header, separator)
        except csv.Error:
            return (messages.bad_quoting(1),)
        named = _known(columns, self.header, separator) * 2 >= len(columns.required)
        faults = FaultList()
        found = tuple(columns.name_of(name) for name in written)
        seen: dict[str, int] = {}
        for rank, (name, column) in enumerate(zip(written, found, strict=True), start=1):
            if column is None:
                shown = name if named and _NAME.fullmatch(name) else None
                faults.add(messages.unknown_column(rank, shown, _near(columns, name), columns.names))
            elif column in seen:
                faults.add(messages.duplicate_column(column, seen[column], rank))
            else:
                seen[column] = rank
        missing = [name for name in columns.required if name not in seen]
        if missing:
            faults.add(messages.missing_columns(missing))
        if faults:
            return faults.report()
        return Header(separator, tuple(column for column in found if column is not None))

    def rows(self, header: Header) -> Iterator[tuple[int, dict[str, str] | Fault]]:
        """Each line after the header with its number: its trimmed values by column, or what is wrong with its form.

        Lines without any value are passed over. Raises Unreadable where reading cannot go on (encoding, size).
        """
        for number, line in lines(self.open_bytes, self.encoding):
            if number == 1 or not line.strip():
                continue
            if number > self.max_lines + 1:
                raise Unreadable(messages.too_many_lines(self.max_lines))
            try:
                values = _cut(line, header.separator)
            except csv.Error:
                yield number, messages.bad_quoting(number)
                continue
            if not any(values):
                continue
            if len(values) != len(header.columns):
                yield number, messages.wrong_field_count(number, len(values), len(header.columns))
                continue
            damaged = _damaged(values, header.columns, number) if _MAYBE_EXCEL.search(line) else None
            yield number, damaged or dict(zip(header.columns, values, strict=True))


def open_csv(open_bytes: Opener, size: int, declared: str | None = None, max_bytes: int = MAX_BYTES) -> CsvSource:
    """Find the encoding and read the first line. Raises Unreadable when the bytes are no text within the limits."""
    if size > max_bytes:
        raise Unreadable(messages.too_big(size, max_bytes))
    encoding = encoding_of(open_bytes, declared, MAX_LINE_BYTES)
    for _, header in lines(open_bytes, encoding):
        return CsvSource(open_bytes, encoding, header)
    raise Unreadable(messages.empty_file())


def _cut(line: str, separator: str) -> list[str]:
    return [value.strip() for value in next(csv.reader([line], delimiter=separator, strict=True), [])]


def _known(columns: Columns, header: str, separator: str) -> int:
    try:
        return sum(columns.name_of(name) is not None for name in _cut(header, separator))
    except csv.Error:
        return 0


def _near(columns: Columns, name: str) -> str | None:
    folded = name.strip().upper().replace(" ", "_")
    return next((known for known in columns.names if known.upper() == folded), None)


def _damaged(values: Sequence[str], columns: Sequence[str], number: int) -> Fault | None:
    """What a spreadsheet leaves in place of an identifier."""
    for value, column in zip(values, columns, strict=True):
        if _EXCEL_NUMBER.fullmatch(value):
            return messages.excel_number(number, column)
        if _EXCEL_ERROR.fullmatch(value):
            return messages.excel_error(number, column)
    return None
