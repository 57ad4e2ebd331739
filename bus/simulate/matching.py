"""Whether a value is what a scenario expects: a partial match in which amounts, dates and instants compare by value.

A group of fields matches when each of its fields does, whatever else is there; a list matches one of the same length,
element by element. `{contains: [...]}` asks a list only to hold these elements, in any order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bus.simulate.contract_values import read_amount, read_boolean
from bus.simulate.document import Fields, Items, Node, Text, shown
from bus.simulate.times import BadTime, local, read_day, read_instant

ABSENT = object()


@dataclass(frozen=True, slots=True)
class Gap:
    """One place where what was found is not what is expected."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path} : attendu {self.expected}, trouvé {self.found}"


def gaps(expected: Node, found: Any, zone: ZoneInfo, path: str = "") -> Iterator[Gap]:
    """Every gap between an expected node and a value; none when it matches."""
    plain = _plain(found)
    if isinstance(expected, Fields):
        if isinstance(plain, list) and set(expected.entries) == {"contains"}:
            yield from _contained(expected.entries["contains"], plain, zone, path)
        elif isinstance(plain, Mapping):
            for name, node in expected.entries.items():
                yield from gaps(node, plain.get(name, ABSENT), zone, f"{path}.{name}" if path else name)
        else:
            yield _gap(expected, found, zone, path)
    elif isinstance(expected, Items):
        yield from _listed(expected, plain, zone, path)
    elif not _same(expected, found, zone):
        yield _gap(expected, found, zone, path)


def matches(expected: Node, found: Any, zone: ZoneInfo) -> bool:
    """Whether there is no gap."""
    return next(gaps(expected, found, zone), None) is None


def _listed(expected: Items, found: Any, zone: ZoneInfo, path: str) -> Iterator[Gap]:
    if not isinstance(found, list):
        yield _gap(expected, found, zone, path)
        return
    if len(found) != len(expected.items):
        yield Gap(path, f"{len(expected.items)} éléments", f"{len(found)} : {tell(found, zone)}")
        return
    for rank, (node, item) in enumerate(zip(expected.items, found, strict=True)):
        yield from gaps(node, item, zone, f"{path}[{rank}]")


def _contained(expected: Node, found: list[Any], zone: ZoneInfo, path: str) -> Iterator[Gap]:
    left = list(found)
    for node in expected.items if isinstance(expected, Items) else (expected,):
        held = next((item for item in left if matches(node, item, zone)), ABSENT)
        if held is ABSENT:
            yield Gap(path, f"un élément {shown(node)}", tell(found, zone))
        else:
            left.remove(held)


def _same(expected: Text, found: Any, zone: ZoneInfo) -> bool:
    if found is None or expected.is_null:
        return found is None and expected.is_null
    try:
        if isinstance(found, bool):
            return read_boolean(expected.text) == found
        if isinstance(found, int | float | Decimal):
            return read_amount(expected.text) == Decimal(str(found))
        if isinstance(found, datetime):
            return _same_instant(expected.text, found, zone)
        if isinstance(found, date):
            return read_day(expected.text) == found
    except (ValueError, BadTime):
        return False
    if isinstance(found, bytes):
        return expected.text == found.hex()
    return isinstance(found, str) and expected.text == found


def _same_instant(expected: str, found: datetime, zone: ZoneInfo) -> bool:
    """A day alone is that day in the scenario's zone, at any hour."""
    try:
        return read_day(expected) == found.astimezone(zone).date()
    except BadTime:
        return read_instant(expected, zone) == found


def _plain(found: Any) -> Any:
    if isinstance(found, msgspec.Struct):
        return {name: getattr(found, name) for name in found.__struct_fields__}
    return list(found) if isinstance(found, tuple) else found


def _gap(expected: Node, found: Any, zone: ZoneInfo, path: str) -> Gap:
    return Gap(path, shown(expected), tell(found, zone))


def tell(found: Any, zone: ZoneInfo) -> str:
    """A value as a scenario would write it, instants in the scenario's zone."""
    plain = _plain(found)
    if found is ABSENT:
        return "rien"
    if plain is None:
        return "null"
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, datetime):
        return local(plain, zone)
    if isinstance(plain, date):
        return plain.isoformat()
    if isinstance(plain, bytes):
        return plain.hex()
    if isinstance(plain, list):
        return f"[{', '.join(tell(item, zone) for item in plain)}]"
    if isinstance(plain, Mapping):
        return f"{{{', '.join(f'{name}: {tell(value, zone)}' for name, value in plain.items())}}}"
    return str(plain)
