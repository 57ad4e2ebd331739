"""Avro binary of our own structs, by writers made once per contract: fastavro tries every branch of every optional field again.

Only values of exactly the types of the generated structs are written here; anything else raises, and `schemas.codec` then
asks fastavro, whose answer is the reference: the same bytes, or the reason why there are none.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec

Write = Callable[[bytearray, Any], None]
"""Appends a value. Raises any exception for one that is not of its type; what was appended is then void."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
INT, LONG = range(-(2**31), 2**31), range(-(2**63), 2**63)
ONE_BYTE = 64
"""Lengths and counts below it take one byte."""


class NotOurs(Exception):
    """A value or a schema that only fastavro judges."""


def writers_of(records: Iterable[Any]) -> tuple[Write | None, ...]:
    """The writers of a contract's records, which may name each other's types; None for one with a type that no contract of ours has."""
    named: dict[str, Write] = {}
    return tuple(_writer_or_none(each, named) for each in records)


def _writer_or_none(schema: Any, named: dict[str, Write]) -> Write | None:
    try:
        return _writer(schema, named)
    except NotOurs:
        return None


def _writer(schema: Any, named: dict[str, Write]) -> Write:
    if isinstance(schema, list):
        return _optional(schema, named)
    if isinstance(schema, str):
        found = named.get(schema) or _PRIMITIVES.get(schema)
        if found is None:
            raise NotOurs(schema)
        return found
    kind = schema["type"]
    logical = schema.get("logicalType")
    if logical is not None:
        return _decimal(schema["precision"], schema["scale"]) if (kind, logical) == ("bytes", "decimal") else _logical(kind, logical)
    match kind:
        case "record":
            return _record(schema, named)
        case "enum":
            return _named(schema, named, _enum(schema["symbols"]))
        case "array":
            return _array(_writer(schema["items"], named))
        case "map":
            return _map(_writer(schema["values"], named))
        case _:
            return _writer(kind, named)


def _named(schema: Mapping[str, Any], named: dict[str, Write], write: Write) -> Write:
    name = schema["name"]
    named[name] = write
    if "namespace" in schema and "." not in name:
        named[f"{schema['namespace']}.{name}"] = write
    return write


# --- numbers and texts -----------------------------------------------------------------------------------------------


def _varint(out: bytearray, value: int) -> None:
    """A zig-zag number of any length."""
    rest = (value << 1) ^ (value >> 63)
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)


def _count(out: bytearray, count: int) -> None:
    if count < ONE_BYTE:
        out.append(count << 1)
    else:
        _varint(out, count)


def _string(out: bytearray, value: Any) -> None:
    if value.__class__ is not str:
        raise NotOurs
    raw = value.encode()
    _count(out, len(raw))
    out += raw


def _bytes(out: bytearray, value: Any) -> None:
    if value.__class__ is not bytes:
        raise NotOurs
    _count(out, len(value))
    out += value


def _boolean(out: bytearray, value: Any) -> None:
    if value is not True and value is not False:
        raise NotOurs
    out.append(value)


def _number(allowed: range) -> Write:
    def write(out: bytearray, value: Any) -> None:
        if value.__class__ is not int or value not in allowed:
            raise NotOurs
        _varint(out, value)

    return write


def _date(out: bytearray, value: Any) -> None:
    if value.__class__ is not date:
        raise NotOurs
    _varint(out, value.toordinal() - EPOCH_DAY)


def _instant(out: bytearray, value: Any) -> None:
    if value.__class__ is not datetime or value.tzinfo is None:
        raise NotOurs
    since = value - EPOCH
    _varint(out, (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000)


def _logical(kind: str, logical: str) -> Write:
    match kind, logical:
        case "int", "date":
            return _date
        case "long", "timestamp-millis":
            return _instant
        case _:
            raise NotOurs(logical)


def _decimal(precision: int, scale: int) -> Write:
    @lru_cache(8192)
    def packed(text: str) -> bytes:
        """By its text: 1.0 and 1.00 are equal, and only one of them may fit the scale."""
        sign, digits, exponent = Decimal(text).as_tuple()
        if not isinstance(exponent, int) or not -scale <= exponent <= 0 or len(digits) + scale + exponent > precision:
            raise NotOurs
        unscaled = int("".join(map(str, digits))) * 10 ** (scale + exponent)
        signed = -unscaled if sign else unscaled
        out = bytearray()
        _bytes(out, signed.to_bytes((signed.bit_length() + 8) >> 3, "big", signed=True))
        return bytes(out)

    def write(out: bytearray, value: Any) -> None:
        if value.__class__ is not Decimal:
            raise NotOurs
        out += packed(str(value))

    return write


_PRIMITIVES: Mapping[str, Write] = {"string": _string, "bytes": _bytes, "boolean": _boolean, "int": _number(INT), "long": _number(LONG)}


# --- what holds others -----------------------------------------------------------------------------------------------


def _optional(branches: list[Any], named: dict[str, Write]) -> Write:
    """`["null", X]`, the only union inside our records."""
    if len(branches) != 2 or branches[0] != "null":
        raise NotOurs
    inner = _writer(branches[1], named)
    if inner is _string:
        return _optional_string

    def write(out: bytearray, value: Any) -> None:
        if value is None:
            out.append(0)
        else:
            out.append(2)
            inner(out, value)

    return write


def _optional_string(out: bytearray, value: Any) -> None:
    """Most fields are this one: no call inside."""
    if value is None:
        out.append(0)
        return
    if value.__class__ is not str:
        raise NotOurs
    raw = value.encode()
    out.append(2)
    count = len(raw)
    if count < ONE_BYTE:
        out.append(count << 1)
    else:
        _varint(out, count)
    out += raw


def _enum(symbols: list[str]) -> Write:
    places = {symbol: rank for rank, symbol in enumerate(symbols)}

    def write(out: bytearray, value: Any) -> None:
        _count(out, places[value])

    return write


def _array(item: Write) -> Write:
    def write(out: bytearray, value: Any) -> None:
        if value.__class__ is not tuple:
            raise NotOurs
        if value:
            _count(out, len(value))
            for each in value:
                item(out, each)
        out.append(0)

    return write


def _map(item: Write) -> Write:
    def write(out: bytearray, value: Any) -> None:
        if value.__class__ is not dict:
            raise NotOurs
        if value:
            _count(out, len(value))
            for key, each in value.items():
                _string(out, key)
                item(out, each)
        out.append(0)

    return write


def _record(schema: Mapping[str, Any], named: dict[str, Write]) -> Write:
    names = tuple(field["name"] for field in schema["fields"])
    writers = tuple(_writer(field["type"], named) for field in schema["fields"])
    optionals = tuple(isinstance(field["type"], list) for field in schema["fields"])
    take = attrgetter(*names)
    known: set[type] = set()
    """Struct types whose fields are the record's."""

    def write(out: bytearray, value: Any) -> None:
        if value.__class__ not in known:
            if not isinstance(value, msgspec.Struct) or set(value.__struct_fields__) != set(names):
                raise NotOurs
            known.add(value.__class__)
        for optional, writer, each in zip(optionals, writers, take(value), strict=True):
            if optional and each is None:  # most fields are: no call for them
                out.append(0)
            else:
                writer(out, each)

    def write_one(out: bytearray, value: Any) -> None:
        """`attrgetter` of one name gives the value itself."""
        if not isinstance(value, msgspec.Struct) or value.__struct_fields__ != names:
            raise NotOurs
        writers[0](out, take(value))

    return _named(schema, named, write if len(names) > 1 else write_one)
