"""ONDE's extractions read and written: `;`, CR LF, ISO-8859-15 written, the kind told by the header alone."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from connectors.onde import messages, model
from connectors.onde.layouts import KINDS, Kind, normal
from connectors.transport import messages as transport_messages
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.text import Opener, encoding_of, lines

ENCODING = "iso8859-15"
SEPARATORS = (";", "\t", ",")
MAX_LINES = 100_000
STRUCTS: dict[str, type[msgspec.Struct]] = {"eleves": model.Eleve, "responsables": model.Responsable, "enseignants": model.Enseignant}


@dataclass(frozen=True, slots=True)
class Extraction:
    """An extraction whose first line was read."""

    kind: Kind
    separator: str
    columns: tuple[str, ...]
    """The names as written."""
    encoding: str
    open_bytes: Opener

    def rows(self, faults: FaultList, warnings: FaultList) -> Iterator[tuple[int, Any]]:
        """(line, struct) of each line. Lines may be shorter than the header: the columns that lack are then empty."""
        fields = tuple(field_of(self.kind, name) for name in self.columns)
        held: tuple[int, list[str]] | None = None
        for number, line in lines(self.open_bytes, self.encoding):
            if number == 1 or not line.strip():
                continue
            if number > MAX_LINES:
                raise Unreadable(transport_messages.too_many_lines(MAX_LINES))
            if held is not None:
                yield from self._row(*held, fields, faults)
            values = _cut(line, self.separator)
            if values is None:
                faults.add(transport_messages.bad_quoting(number))
                held = None
                continue
            held = (number, values)
        if held is not None:
            if len(held[1]) == 1:
                warnings.add(messages.footer(held[0]))
            else:
                yield from self._row(*held, fields, faults)

    def _row(
        self, number: int, values: list[str], fields: Sequence[tuple[str, bool] | None], faults: FaultList
    ) -> Iterator[tuple[int, Any]]:
        if len(values) == 1 or len(values) > len(fields):
            faults.add(transport_messages.wrong_field_count(number, len(values), len(fields)))
            return
        yield number, _build(self.kind, fields, values)


def open_extraction(open_bytes: Opener, warnings: FaultList) -> Extraction:
    """Recognise an extraction by its header. Raises Unreadable when it is none."""
    encoding = encoding_of(open_bytes)
    for _, line in lines(open_bytes, encoding):
        for separator in SEPARATORS:
            columns = tuple(_cut(line, separator, strip=False) or ())
            kind = _kind(columns)
            if kind is not None:
                for rank, name in enumerate(columns, start=1):
                    if field_of(kind, name) is None and name.strip():
                        warnings.add(messages.unknown_column(rank))
                return Extraction(kind, separator, columns, encoding, open_bytes)
        break
    raise Unreadable(messages.unknown_header())


def write(kind: Kind, header: str, rows: Sequence[msgspec.Struct]) -> bytes:
    """The extraction with the columns of `header` (names separated by `;`), in ISO-8859-15 with CR LF, as ONDE writes it."""
    columns = header.split(";")
    fields = [field_of(kind, name) for name in columns]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write(header + "\r\n")
    for row in rows:
        writer.writerow(_values(fields, row))
    return buffer.getvalue().encode(ENCODING, "replace")


def field_of(kind: Kind, column: str) -> tuple[str, bool] | None:
    """The field of a column and whether it is a child's; None for a column that the format does not know."""
    name = normal(column)
    if name in kind.columns:
        return kind.columns[name], False
    inner = kind.repeated.get(name.rstrip("0123456789"))
    return None if inner is None else (inner, True)


def _kind(columns: Sequence[str]) -> Kind | None:
    names = {normal(name) for name in columns}
    for kind in KINDS:
        found = {kind.columns[name] for name in names if name in kind.columns}
        if all(field in found for field, _ in kind.required):
            return kind
    return None


def _build(kind: Kind, fields: Sequence[tuple[str, bool] | None], values: Sequence[str]) -> msgspec.Struct:
    plain: dict[str, str] = {}
    children: list[dict[str, str]] = []
    for rank, field in enumerate(fields):
        if field is None:
            continue
        name, inner = field
        value = values[rank] if rank < len(values) else ""
        if not inner:
            plain[name] = value
            continue
        if not children or name in children[-1]:
            children.append({})
        children[-1][name] = value
    if kind.repeated:
        enfants = tuple(model.Enfant(**child) for child in children if any(child.values()))
        return model.Responsable(**plain, enfants=enfants)
    return STRUCTS[kind.name](**plain)


def _values(fields: Sequence[tuple[str, bool] | None], row: msgspec.Struct) -> Iterator[str]:
    enfants: Sequence[model.Enfant] = getattr(row, "enfants", ())
    group, seen = -1, set[str]()
    for field in fields:
        if field is None:
            yield ""
        elif not field[1]:
            yield getattr(row, field[0]) or ""
        else:
            if group < 0 or field[0] in seen:
                group, seen = group + 1, set()
            seen.add(field[0])
            yield (getattr(enfants[group], field[0]) or "") if group < len(enfants) else ""


def _cut(line: str, separator: str, strip: bool = True) -> list[str] | None:
    try:
        values = next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error:
        return None
    return [value.strip() for value in values] if strip else values
