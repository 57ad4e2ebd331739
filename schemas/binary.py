"""Avro binary of single values: what the compiled records (`schemas.compiled`) call for the less common cases."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = EPOCH.toordinal()
MILLISECOND = timedelta(milliseconds=1)
EXACT = Context(prec=100)

INT_RANGE = range(-(2**31), 2**31)
LONG_RANGE = range(-(2**63), 2**63)
LONGEST_VARINT = 10


class Malformed(ValueError):
    """Bytes that are not what the schema says, or a value that the schema cannot hold. The text carries no value."""


# --- one value -> bytes ----------------------------------------------------------------------------------------------


def encode_long(number: int, allowed: range = LONG_RANGE) -> bytes:
    """Zigzag varint. Raises Malformed outside `allowed` or for what is not a whole number."""
    if not isinstance(number, int):
        raise Malformed("nombre entier attendu")
    if number not in allowed:
        raise Malformed("nombre hors des limites du type")
    zigzag = number << 1 if number >= 0 else ~(number << 1)
    encoded = bytearray()
    while zigzag > 0x7F:
        encoded.append(zigzag & 0x7F | 0x80)
        zigzag >>= 7
    encoded.append(zigzag)
    return bytes(encoded)


SMALL = tuple(encode_long(number) for number in range(4096))
"""Encoded lengths and numbers below 4,096: nearly all of them."""


def encode_int(number: int) -> bytes:
    return encode_long(number, INT_RANGE)


def encode_date(day: date) -> bytes:
    """Days since 1970-01-01. A datetime is refused: which day it is depends on a zone."""
    if isinstance(day, datetime) or not isinstance(day, date):
        raise Malformed("date attendue")
    return encode_long(day.toordinal() - EPOCH_ORDINAL)


def encode_instant(instant: datetime) -> bytes:
    """Milliseconds since the epoch, rounded down. A naive datetime is refused."""
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        raise Malformed("instant avec fuseau attendu")
    return encode_long((instant - EPOCH) // MILLISECOND)


def encode_decimal(amount: Decimal, scale: int, limit: int) -> bytes:
    """Length and two's complement of amount × 10^scale. Nothing is rounded: more decimals or digits are refused."""
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise Malformed("montant décimal attendu")
    scaled = EXACT.scaleb(amount, scale)
    unscaled = int(scaled)
    if unscaled != scaled:
        raise Malformed(f"montant de plus de {scale} décimales")
    if abs(unscaled) >= limit:
        raise Malformed("montant de trop de chiffres")
    size = (unscaled + (unscaled < 0)).bit_length() // 8 + 1
    return SMALL[size] + unscaled.to_bytes(size, "big", signed=True)


def encode_array_count(items: Sequence[Any]) -> bytes:
    """The number of items of an array that is not empty; an empty one is its end alone."""
    if not isinstance(items, tuple | list):
        raise Malformed("liste attendue")
    return encode_long(len(items)) if items else b"\0"


def encode_map_count(items: Mapping[str, Any]) -> bytes:
    """The same for a map."""
    if not isinstance(items, dict):
        raise Malformed("table attendue")
    return encode_long(len(items)) if items else b"\0"


# --- bytes -> one value: each takes the bytes and a position, and gives the value and the next position ----------------


def decode_long(data: bytes, position: int) -> tuple[int, int]:
    """Zigzag varint of at most 64 bits."""
    zigzag = shift = 0
    for start in range(LONGEST_VARINT):
        byte = data[position + start]
        zigzag |= (byte & 0x7F) << shift
        if byte < 0x80:
            number = (zigzag >> 1) ^ -(zigzag & 1)
            if number not in LONG_RANGE:
                break
            return number, position + start + 1
        shift += 7
    raise Malformed("nombre de plus de 64 bits")


def decode_int(data: bytes, position: int) -> tuple[int, int]:
    number, position = decode_long(data, position)
    if number not in INT_RANGE:
        raise Malformed("nombre de plus de 32 bits")
    return number, position


def decode_size(data: bytes, position: int) -> tuple[int, int]:
    """A length that fits in what is left."""
    size, position = decode_long(data, position)
    if not 0 <= size <= len(data) - position:
        raise Malformed("longueur qui dépasse la fin")
    return size, position


SIZES = tuple(byte >> 1 if byte < 0x80 and not byte & 1 else -1 for byte in range(256))
"""Length in one byte, or -1: longer, or negative."""


def decode_date(data: bytes, position: int) -> tuple[date, int]:
    days, position = decode_int(data, position)
    return date.fromordinal(days + EPOCH_ORDINAL), position


def decode_instant(data: bytes, position: int) -> tuple[datetime, int]:
    milliseconds, position = decode_long(data, position)
    return EPOCH + timedelta(0, 0, 0, milliseconds), position


def decode_decimal(data: bytes, position: int, scale: int, limit: int) -> tuple[Decimal, int]:
    size, position = decode_size(data, position)
    unscaled = int.from_bytes(data[position : position + size], "big", signed=True)
    if abs(unscaled) >= limit:
        raise Malformed("montant de trop de chiffres")
    return EXACT.scaleb(Decimal(unscaled), -scale), position + size


def decode_block(data: bytes, position: int) -> tuple[int, int]:
    """The number of items of the next block of an array or a map, 0 at its end.

    It is not compared with what is left: every item takes at least one byte, so a false count soon meets the end.
    """
    count, position = decode_long(data, position)
    if count < 0:
        count = -count
        _, position = decode_size(data, position)
    return count, position
