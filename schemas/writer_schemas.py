"""Which schemas of others are read at all. Anybody may have registered one, and written what it likes under it.

fastavro reads in C, without a limit of its own: a value as deep as its bytes say ends the process, and a list whose items take no
byte is as long as a number says.
"""

from collections.abc import Mapping
from typing import Any

DEEPEST = 64
"""Types inside each other: far above any contract, far below what a thread's stack holds."""


class Unbounded(Exception):
    """A few bytes under this schema could take all of a process. French, names types, carries no value."""


class _Extent:
    """What a type takes: how deep its values go, and whether they may take no byte."""

    __slots__ = ("deep", "empty")

    def __init__(self, deep: int, *, empty: bool = False) -> None:
        if deep > DEEPEST:
            raise Unbounded(f"plus de {DEEPEST} types l'un dans l'autre")
        self.deep = deep
        self.empty = empty


def require_bounded(branches: list[Any]) -> None:
    """Of the records of a schema that fastavro parsed: what a value takes in time, memory and depth follows from its length.

    Raises Unbounded. A record without any field is one only by itself, never inside another."""
    known: dict[str, _Extent | None] = {}
    for branch in branches:
        _extent(branch, known)


def _extent(schema: Any, known: dict[str, _Extent | None]) -> _Extent:
    if isinstance(schema, list):
        return _Extent(1 + max((_extent(each, known).deep for each in schema), default=0))
    if isinstance(schema, str):
        return _named(schema, known)
    match schema["type"]:
        case "record" | "error":
            return _record(schema, known)
        case "array":
            items = _extent(schema["items"], known)
            if items.empty:
                raise Unbounded("une liste d'éléments qui ne prennent aucun octet")
            return _Extent(1 + items.deep)
        case "map":
            return _Extent(1 + _extent(schema["values"], known).deep)
        case "enum":
            return known.setdefault(schema["name"], _Extent(1)) or _Extent(1)
        case "fixed":
            return known.setdefault(schema["name"], _Extent(1, empty=schema["size"] <= 0)) or _Extent(1)
        case plain:
            return _extent(plain, known)


def _named(name: str, known: Mapping[str, _Extent | None]) -> _Extent:
    """A primitive type, or one that was defined before."""
    if name not in known:
        return _Extent(1, empty=name == "null")
    found = known[name]
    if found is None:
        raise Unbounded(f"{name.rsplit('.', 1)[-1]} se contient lui-même")
    return found


def _record(schema: Mapping[str, Any], known: dict[str, _Extent | None]) -> _Extent:
    name = schema["name"]
    known[name] = None
    deep = 0
    for field in schema["fields"]:
        found = _extent(field["type"], known)
        if found.empty:
            raise Unbounded(f"champ {field['name']} : un type qui ne prend aucun octet")
        deep = max(deep, found.deep)
    extent = known[name] = _Extent(1 + deep, empty=not schema["fields"])
    return extent
