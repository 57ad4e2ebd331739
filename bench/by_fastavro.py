"""Our contracts written and read by fastavro, as a team without our codec would: each contract parsed once, msgspec between its
dictionaries and the structs, the branch of a union by its number rather than by trying them all.

The same bytes and the same structs as `schemas.codec` gives.
"""

import io
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import fastavro
import msgspec

from schemas.contracts import contract_of
from schemas.records import RECORDS

HEADER = 5
PLAIN_TYPES = (bytes, datetime, date, Decimal)
MOST = 64
"""Records of a union: the number of a branch takes one byte."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The contract of a topic."""

    heads: dict[str, bytes]
    """Record name → its number in the union, nothing for a single record."""
    branches: dict[str, Any]
    by_first_byte: dict[int, str]
    """Empty for a single record."""


@cache
def prepared(topic: str) -> Prepared:
    contract = contract_of(topic)
    parsed: Any = fastavro.parse_schema(contract.schema)
    if not contract.is_union:
        return Prepared({contract.names[0]: b""}, {contract.names[0]: parsed}, {})
    assert len(contract.names) <= MOST
    heads = {name: bytes((rank << 1,)) for rank, name in enumerate(contract.names)}
    return Prepared(heads, dict(zip(contract.names, parsed, strict=True)), {head[0]: name for name, head in heads.items()})


def encode(topic: str, name: str, record: Any, schema_id: int) -> bytes:
    """As `schemas.codec.encode`."""
    found = prepared(topic)
    out = io.BytesIO()
    out.write(b"\0" + schema_id.to_bytes(4, "big") + found.heads[name])
    fastavro.schemaless_writer(out, found.branches[name], msgspec.to_builtins(record, builtin_types=PLAIN_TYPES))
    return out.getvalue()


def decode(topic: str, value: bytes) -> tuple[str, Any]:
    """As `schemas.codec.decode`, under the present contract."""
    found = prepared(topic)
    start, name = HEADER, next(iter(found.branches))
    if found.by_first_byte:
        start, name = HEADER + 1, found.by_first_byte[value[HEADER]]
    stream = io.BytesIO(value)
    stream.seek(start)
    plain = fastavro.schemaless_reader(stream, found.branches[name], None)
    return name, msgspec.convert(plain, RECORDS[topic][name], builtin_types=PLAIN_TYPES)
