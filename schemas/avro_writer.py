"""Avro binary of our own structs, by functions made once per contract, as `dataclasses` makes its methods: fastavro goes through
every field's type again for each record, and tries every branch of every optional one.

Only values of exactly the types of the generated structs are written here; anything else raises, and `schemas.codec` then
asks fastavro, whose answer is the reference: the same bytes, or the reason why there are none.

The bytes of days, numbers, amounts, instants, codes (fields called `code_…`) and short lists of texts (a class's options) are
remembered, for the same few come again and again: a field costs one lookup.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from schemas.avro_functions import NotOurs, branch_of, field_names, fresh, made, remember

Write = Callable[[Any], bytes]
"""The bytes of a value. Raises any exception for one that is not of its type."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
INT, LONG = range(-(2**31), 2**31), range(-(2**63), 2**63)
REMEMBERED = 16_384
"""Values of one kind whose bytes are kept."""
SHORT, SHORT_REMEMBERED = 8, 1_024
"""Records of a list that is remembered, and how many such lists are."""
CODES_REMEMBERED = 1_024
"""Codes of one field whose bytes are kept."""
NULL, PRESENT, END = b"\0", b"\2", b"\0"
"""The branches of an optional value, and the end of a list."""


def writers_of(records: Iterable[Any]) -> tuple[Write | None, ...]:
    """The writers of a contract's records, which may name each other's types; None for one with a type that no contract of ours has."""
    named: dict[str, Expression] = {}
    return tuple(_writer_or_none(each, named) for each in records)


def _writer_or_none(schema: Any, named: "dict[str, Expression]") -> Write | None:
    try:
        return _record(schema, named)
    except NotOurs:
        return None


def varint(value: int) -> bytes:
    """A zig-zag number of any length."""
    rest = (value << 1) ^ (value >> 63)
    if rest < 0x80:
        return bytes((rest,))
    out = bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


SIZES = tuple(varint(size) for size in range(64))
TEXTS = ("string", ["null", "string"])


# --- what remembers --------------------------------------------------------------------------------------------------


class Bytes(dict[Any, bytes]):
    """Value → its bytes, made when first asked for. For types whose equal values always have equal bytes."""

    def __init__(self, make: Write, most: int = REMEMBERED) -> None:
        super().__init__()
        self._make = make
        self._most = most

    def __missing__(self, value: Any) -> bytes:
        made = self._make(value)
        if len(self) >= self._most:
            self.clear()
        self[value] = made
        return made


def _key(value: Any) -> bytes:
    if value.__class__ is not str:
        raise NotOurs
    return _sized(value.encode())


def _sized(value: Any) -> bytes:
    if value.__class__ is not bytes:
        raise NotOurs
    return varint(len(value)) + value


def _number(allowed: range) -> Write:
    def make(value: Any) -> bytes:
        if value not in allowed:
            raise NotOurs
        return varint(value)

    return make


def _day(value: Any) -> bytes:
    if value.__class__ is not date:
        raise NotOurs
    return varint(value.toordinal() - EPOCH_DAY)


def _instant(value: Any) -> bytes:
    if value.__class__ is not datetime or value.tzinfo is None:
        raise NotOurs
    since = value.astimezone(UTC) - EPOCH
    return varint((since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000)


def _amount(precision: int, scale: int) -> Write:
    def make(text: str) -> bytes:
        """By its text: 1.0 and 1.00 are equal, and only one of them may fit the scale."""
        sign, digits, exponent = Decimal(text).as_tuple()
        if not isinstance(exponent, int) or not -scale <= exponent <= 0 or len(digits) + scale + exponent > precision:
            raise NotOurs
        unscaled = int("".join(map(str, digits))) * 10 ** (scale + exponent)
        signed = -unscaled if sign else unscaled
        return _sized(signed.to_bytes((signed.bit_length() + 8) >> 3, "big", signed=True))

    return make


# --- the code of a contract ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Expression:
    """Python that gives the bytes of a value."""

    of: Callable[[str], str]
    """The source, given that of the value."""
    names: Mapping[str, Any]
    """What the source names. Equal names are one thing."""

    def or_null(self) -> "Expression":
        return Expression(lambda x: f'(b"\\0" if (given := {x}) is None else b"\\2" + {self.of("given")})', self.names)


def _expression(schema: Any, named: dict[str, Expression]) -> Expression:
    if isinstance(schema, list):
        return _optional(branch_of(schema), named)
    if isinstance(schema, str):
        if schema not in named and schema not in _SIMPLE:
            raise NotOurs(schema)
        return named.get(schema) or _SIMPLE[schema]
    logical, kind = schema.get("logicalType"), schema["type"]
    if logical is not None:
        return _logical(kind, logical, schema)
    match kind:
        case "enum":
            return remember(schema, named, _enum(_ranks(schema)))
        case "array":
            many = _many(_item(schema["items"], named))
            return _called(_short(many) if _only_texts(schema["items"]) else many)
        case "map":
            return _called(_pairs(_function(_expression(schema["values"], named))))
        case "record":
            return _called(_record(schema, named))
        case _:
            return _expression(kind, named)


def _optional(schema: Any, named: dict[str, Expression]) -> Expression:
    """The branch is looked up with a text's length or an enum's symbol."""
    if schema == "string":
        text = _text("optional", PRESENT)
        return Expression(lambda x: f'(b"\\0" if (given := {x}) is None else {text.of("given")})', text.names)
    if isinstance(schema, dict) and schema["type"] == "enum":
        _expression(schema, named)
        return _enum({symbol: PRESENT + rank for symbol, rank in _ranks(schema).items()} | {None: NULL})
    return _expression(schema, named).or_null()


_KEPT: dict[str, Bytes] = {}


def _whole(kind: str, allowed: range) -> Expression:
    """True equals 1, and is no number."""
    kept = _KEPT.setdefault(kind, Bytes(_number(allowed)))
    return Expression(lambda x: f"({kind}s[number] if (number := {x}).__class__ is int else refuse())", {f"{kind}s": kept})


def _text(name: str, before: bytes = b"") -> Expression:
    """Made each time: names and identifiers seldom come again, and remembering one costs more than making ten."""
    sizes = tuple(before + size for size in SIZES)
    short = f"{name}_sizes[size] + raw_text if (size := len(raw_text := {{x}}.encode())) < {len(sizes)}"
    names = {f"{name}_sizes": sizes, f"{name}_text": lambda raw: before + _sized(raw)}
    return Expression(lambda x: f"({short.format(x=x)} else {name}_text(raw_text))", names)


_SIMPLE: Mapping[str, Expression] = {
    "string": _text("required"),
    "int": _whole("int", INT),
    "long": _whole("long", LONG),
    "bytes": Expression(lambda x: f"sized({x})", {"sized": _sized}),
    "boolean": Expression(lambda x: f'(b"\\1" if (truth := {x}) is True else b"\\0" if truth is False else refuse())', {}),
}


def _logical(kind: str, logical: str, schema: Mapping[str, Any]) -> Expression:
    match kind, logical:
        case "int", "date":
            return Expression(lambda x: f"days[{x}]", {"days": _KEPT.setdefault("days", Bytes(_day))})
        case "long", "timestamp-millis":
            # Two local instants of one zone may be equal and an hour apart: only those in UTC are remembered.
            names = {"instants": _KEPT.setdefault("instants", Bytes(_instant)), "instant": _instant, "UTC": UTC}
            return Expression(lambda x: f"(instants[moment] if (moment := {x}).tzinfo is UTC else instant(moment))", names)
        case "bytes", "decimal":
            name = f"amounts_{schema['precision']}_{schema['scale']}"
            kept = _KEPT.setdefault(name, Bytes(_amount(schema["precision"], schema["scale"])))
            source = f"({name}[str(amount)] if (amount := {{x}}).__class__ is Decimal else refuse())"
            return Expression(lambda x: source.format(x=x), {name: kept, "Decimal": Decimal})
        case _:
            raise NotOurs(logical)


def _code(schema: Any) -> Expression:
    """A nomenclature has few texts, which come again and again."""
    if schema == "string":
        kept = Bytes(_key, CODES_REMEMBERED)
    else:
        kept = Bytes(lambda value: NULL if value is None else PRESENT + _key(value), CODES_REMEMBERED)
    name = fresh("codes")
    return Expression(lambda x: f"{name}[{x}]", {name: kept})


def _ranks(schema: Mapping[str, Any]) -> dict[str | None, bytes]:
    return {symbol: varint(rank) for rank, symbol in enumerate(schema["symbols"])}


def _enum(places: Mapping[str | None, bytes]) -> Expression:
    name = fresh("symbols")
    return Expression(lambda x: f"{name}[{x}]", {name: places})


def _called(write: Write) -> Expression:
    name = fresh("write")
    return Expression(lambda x: f"{name}({x})", {name: write})


def _many(item: Write) -> Write:
    def write(value: Any) -> bytes:
        if value.__class__ is not tuple:
            raise NotOurs
        if not value:
            return END
        size = len(value)
        return b"".join((SIZES[size] if size < len(SIZES) else varint(size), *map(item, value), END))

    return write


def _only_texts(item: Any) -> bool:
    """Records of texts: equal ones have equal bytes. Numbers have not (True equals 1), nor have amounts."""
    return isinstance(item, dict) and item["type"] == "record" and all(each["type"] in TEXTS for each in item["fields"])


def _short(many: Write) -> Write:
    """Looks a short list up; a long one is made each time, and never kept."""
    kept = Bytes(many, SHORT_REMEMBERED)

    def write(value: Any) -> bytes:
        return kept[value] if len(value) <= SHORT else many(value)

    return write


def _pairs(item: Write) -> Write:
    def write(value: Any) -> bytes:
        if value.__class__ is not dict:
            raise NotOurs
        parts = [part for key, held in value.items() for part in (_key(key), item(held))]
        return b"".join((varint(len(value)), *parts, END)) if value else END

    return write


def _item(schema: Any, named: dict[str, Expression]) -> Write:
    """A record's own function, else one around what writes it."""
    if isinstance(schema, dict) and schema["type"] == "record":
        return _record(schema, named)
    return _function(_expression(schema, named))


def _function(expression: Expression) -> Write:
    return made("write", f"def write(x):\n    return {expression.of('x')}\n", expression.names)


def _record(schema: Any, named: dict[str, Expression]) -> Write:
    """One function for all fields. A type that only fastavro judges may name itself: it is none of ours."""
    if not isinstance(schema, dict) or schema["type"] != "record":
        raise NotOurs
    fields = field_names(schema)
    known: set[type] = set()

    def check(value: Any) -> None:
        """Struct types whose fields are the record's are known from then on."""
        if not isinstance(value, msgspec.Struct) or set(value.__struct_fields__) != set(fields):
            raise NotOurs
        known.add(value.__class__)

    names: dict[str, Any] = {"known": known, "check": check, "join": b"".join}
    parts = []
    for name, field in zip(fields, schema["fields"], strict=True):
        found = _code(field["type"]) if name.startswith("code_") and field["type"] in TEXTS else _expression(field["type"], named)
        names |= found.names
        parts.append(found.of(f"value.{name}"))
    known_first = "    if value.__class__ not in known:\n        check(value)\n"
    source = f"def write(value):\n{known_first}    return join(({', '.join(parts)},))\n"
    write = made("write", source, names)
    remember(schema, named, _called(write))
    return write
