"""Avro binary read straight into our own structs, by functions made once per contract: the counterpart of `schemas.avro_writer`.

Only what our own writers could have written is read here; anything else raises, and `schemas.codec` then asks fastavro, whose
answer is the reference: the same struct, or that the value is unreadable.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from schemas.avro_functions import NotOurs, branch_of, field_names, fresh, made, remember
from schemas.avro_writer import EPOCH, EPOCH_DAY, REMEMBERED

Read = Callable[[bytes, int], tuple[Any, int]]
"""The value that stands at a place, and the place after it. Raises any exception for what our writers do not write; a value that
ends too early may be read as a shorter one, with a place beyond the end."""

LONGEST_NUMBER = 63
"""Bits before the last byte of a long."""
LARGEST_INT, LARGEST_LONG = 2**32 - 1, 2**64 - 1
"""As they are written, zig-zag. A longer number would be cut by others, not refused."""


def readers_of(records: Sequence[Any], structs: Mapping[str, type]) -> tuple[Read | None, ...]:
    """The readers of a contract's records into the structs of their names, those inside others included; None for a record that
    only fastavro reads."""
    named: dict[str, Code] = {}
    return tuple(_reader_or_none(each, structs, named) for each in records)


def _reader_or_none(schema: Any, structs: Mapping[str, type], named: "dict[str, Code]") -> Read | None:
    try:
        return _record(schema, structs, named)
    except NotOurs:
        return None


def unsigned(value: bytes, place: int) -> tuple[int, int]:
    """A long as it is written, zig-zag, and the place after it."""
    number = shift = 0
    while True:
        byte = value[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            if number > LARGEST_LONG:
                raise NotOurs
            return number, place
        shift += 7
        if shift > LONGEST_NUMBER:
            raise NotOurs


def unsigned_int(value: bytes, place: int) -> tuple[int, int]:
    """The same of an int: what is beyond 32 bits is none."""
    number, place = unsigned(value, place)
    if number > LARGEST_INT:
        raise NotOurs
    return number, place


# --- what remembers --------------------------------------------------------------------------------------------------


class Found(dict[Any, Any]):
    """What is written → its value, made when first asked for."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, written: Any) -> Any:
        made = self._make(written)
        if len(self) >= REMEMBERED:
            self.clear()
        self[written] = made
        return made


def _signed(number: int) -> int:
    return (number >> 1) ^ -(number & 1)


def _day(number: int) -> date:
    return date.fromordinal(EPOCH_DAY + _signed(number))


def _instant(number: int) -> datetime:
    return EPOCH + timedelta(milliseconds=_signed(number))


def _amount(precision: int, scale: int) -> Callable[[bytes], Decimal]:
    def make(raw: bytes) -> Decimal:
        unscaled = int.from_bytes(raw, "big", signed=True)
        digits = tuple(map(int, str(abs(unscaled))))
        if len(digits) > precision:
            raise NotOurs
        return Decimal((int(unscaled < 0), digits, -scale))

    return make


DAYS, INSTANTS = Found(_day), Found(_instant)
_AMOUNTS: dict[tuple[int, int], Found] = {}


# --- the code of a contract ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Code:
    """Python that reads one value of `b` at `p` and leaves `p` after it."""

    lines: Callable[[str], list[str]]
    """The statements, given the name of what is read."""
    names: Mapping[str, Any]
    """What they name. Equal names are one thing."""


NUMBER = ("n = b[p]", "if n < 128:", "    p += 1", "else:", "    n, p = unsigned(b, p)")
"""Most numbers are one byte."""
INT = (*NUMBER[:-1], "    n, p = unsigned_int(b, p)")
SIZED = (*NUMBER, "if n & 1:", "    refuse()", "q = p + (n >> 1)")


def _code(schema: Any, structs: Mapping[str, type], named: dict[str, Code]) -> Code:
    if isinstance(schema, list):
        return _optional(_code(branch_of(schema), structs, named))
    if isinstance(schema, str):
        found = named.get(schema) or _SIMPLE.get(schema)
        if found is None:
            raise NotOurs(schema)
        return found
    logical = schema.get("logicalType")
    if logical is not None:
        return _logical(schema["type"], logical, schema)
    match schema["type"]:
        case "enum":
            return remember(schema, named, _enum(schema["symbols"]))
        case "array":
            return _called(_many(_function(_code(schema["items"], structs, named))))
        case "map":
            return _called(_pairs(_function(_code(schema["values"], structs, named))))
        case "record":
            return _called(_record(schema, structs, named))
        case plain:
            return _code(plain, structs, named)


def _optional(code: Code) -> Code:
    def lines(x: str) -> list[str]:
        inner = [f"    {line}" for line in code.lines(x)]
        return ["n = b[p]", "p += 1", "if n == 2:", *inner, "elif n == 0:", f"    {x} = None", "else:", "    refuse()"]

    return Code(lines, code.names)


_SIMPLE: Mapping[str, Code] = {
    "string": Code(lambda x: [*SIZED, f"{x} = b[p:q].decode()", "p = q"], {}),
    "bytes": Code(lambda x: [*SIZED, f"{x} = b[p:q]", "p = q"], {}),
    "int": Code(lambda x: [*INT, f"{x} = (n >> 1) ^ -(n & 1)"], {}),
    "long": Code(lambda x: [*NUMBER, f"{x} = (n >> 1) ^ -(n & 1)"], {}),
    "boolean": Code(lambda x: [f"{x} = booleans[b[p]]", "p += 1"], {"booleans": {0: False, 1: True}}),
}


def _logical(kind: str, logical: str, schema: Mapping[str, Any]) -> Code:
    match kind, logical:
        case "int", "date":
            return Code(lambda x: [*NUMBER, f"{x} = days[n]"], {"days": DAYS})
        case "long", "timestamp-millis":
            return Code(lambda x: [*NUMBER, f"{x} = instants[n]"], {"instants": INSTANTS})
        case "bytes", "decimal":
            size = schema["precision"], schema["scale"]
            name = f"amounts_{size[0]}_{size[1]}"
            found = _AMOUNTS.setdefault(size, Found(_amount(*size)))
            return Code(lambda x: [*SIZED, f"{x} = {name}[b[p:q]]", "p = q"], {name: found})
        case _:
            raise NotOurs(logical)


def _enum(symbols: Sequence[str]) -> Code:
    name = fresh("symbols")
    return Code(lambda x: [*NUMBER, f"{x} = {name}[n]"], {name: {rank << 1: symbol for rank, symbol in enumerate(symbols)}})


def _called(read: Read) -> Code:
    name = fresh("read")
    return Code(lambda x: [f"{x}, p = {name}(b, p)"], {name: read})


def _many(item: Read) -> Read:
    def read(value: bytes, place: int) -> tuple[Any, int]:
        found: list[Any] = []
        while size := _block(value, place):
            how_many, place = size
            for _ in range(how_many):
                each, place = item(value, place)
                found.append(each)
        return tuple(found), place + 1

    return read


def _pairs(item: Read) -> Read:
    key = _function(_SIMPLE["string"])

    def read(value: bytes, place: int) -> tuple[Any, int]:
        found: dict[str, Any] = {}
        while size := _block(value, place):
            how_many, place = size
            for _ in range(how_many):
                name, place = key(value, place)
                found[name], place = item(value, place)
        return found, place + 1

    return read


def _block(value: bytes, place: int) -> tuple[int, int] | None:
    """How many items follow, and where; None at the end. A count above the bytes that are left, or an end of two bytes, is
    fastavro's to judge."""
    if not value[place]:
        return None
    number, place = unsigned(value, place)
    if number & 1 or not number or number >> 1 > len(value) - place:
        raise NotOurs
    return number >> 1, place


def _function(code: Code) -> Read:
    return _made(code.lines("x"), "x", code.names)


def _record(schema: Any, structs: Mapping[str, type], named: dict[str, Code]) -> Read:
    """One function for all fields."""
    struct = structs.get(schema["name"].rsplit(".", 1)[-1])
    if struct is None:
        raise NotOurs
    fields = field_names(schema)
    if {field.name for field in msgspec.structs.fields(struct)} != set(fields):
        raise NotOurs
    names: dict[str, Any] = {"Struct": struct}
    lines: list[str] = []
    for field in schema["fields"]:
        code = _code(field["type"], structs, named)
        names |= code.names
        lines += code.lines(f"field_{field['name']}")
    read = _made(lines, f"Struct({', '.join(f'{name}=field_{name}' for name in fields)})", names)
    remember(schema, named, _called(read))
    return read


def _made(lines: Sequence[str], result: str, names: Mapping[str, Any]) -> Read:
    body = "".join(f"    {line}\n" for line in (*lines, f"return {result}, p"))
    return made("read", f"def read(b, p):\n{body}", {"unsigned": unsigned, "unsigned_int": unsigned_int, **names})
