"""A record as a table of fields: read from a line of a file or from a JSON object with the same rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.transport import messages
from connectors.transport.csv_reader import Columns
from connectors.transport.faults import FaultList
from connectors.transport.values import BadValue, Kind


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a contract: its JSON name is `name`, its column is `name` in capitals or an exact alias."""

    name: str
    kind: Kind
    required: bool = False
    aliases: tuple[str, ...] = ()
    column: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "column", self.name.upper())


def columns_of(fields: Sequence[Field]) -> Columns:
    """The columns of a file whose lines hold these fields."""
    return Columns(
        required=tuple(each.column for each in fields if each.required),
        optional=tuple(each.column for each in fields if not each.required),
        aliases={alias: each.column for each in fields for alias in each.aliases},
    )


def read_row(fields: Sequence[Field], row: Mapping[str, str], line: int, faults: FaultList) -> dict[str, Any]:
    """The typed values of one line; an empty value is an absent one. What is wrong goes to `faults`."""
    read: dict[str, Any] = {}
    for each in fields:
        value = row.get(each.column)
        if not value:
            if each.required:
                faults.add(messages.missing_value(f"Ligne {line}, colonne {each.column}", line))
            continue
        try:
            read[each.name] = each.kind.from_text(value)
        except BadValue as bad:
            where = f"Ligne {line}, colonne {each.column}"
            faults.add(messages.bad_value(where, line, bad.code, bad.expected, bad.found, bad.remede))
    return read


def read_object(
    fields: Sequence[Field], value: Mapping[str, Any], rank: int, faults: FaultList, inside: str = "", passed: Sequence[str] = ()
) -> dict[str, Any]:
    """The typed values of one JSON object; null is an absent value; names outside `fields` and `passed` are faults.

    `rank` counts the objects of the list from 1; `inside` says which object within it, such as `voeux[2].`.
    """
    read: dict[str, Any] = {}
    known = [each.name for each in fields] + list(passed)
    for name in value:
        if name not in known:
            faults.add(messages.unknown_field(f"Élément {rank}{_within(inside)}", rank, _shown(name), known))
    for each in fields:
        found = value.get(each.name)
        where = f"Élément {rank}, champ {inside}{each.name}"
        if found is None or found == "":
            if each.required:
                faults.add(messages.missing_value(where, rank))
            continue
        try:
            read[each.name] = each.kind.from_json(found)
        except BadValue as bad:
            faults.add(messages.bad_value(where, rank, bad.code, bad.expected, bad.found, bad.remede))
    return read


def _within(inside: str) -> str:
    return f", {inside.rstrip('.')}" if inside else ""


def _shown(name: str) -> str | None:
    """A field's name is shown when it is written as ours are: a sender may have put data in place of names."""
    plain = name.replace("_", "")
    return name if plain.isalnum() and name.isascii() and name == name.lower() and len(name) <= 40 and not plain.isdigit() else None
