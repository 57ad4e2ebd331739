"""Any record of any contract, for the tests that hold for all of them: hypothesis strategies made from the Avro schema."""

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import strategies as st

from schemas.contracts import contract_of
from schemas.records import NESTED, RECORDS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHORT = 2


def any_record(topic: str, name: str) -> st.SearchStrategy[Any]:
    """Structs of one record of a topic."""
    contract = contract_of(topic)
    structs = RECORDS[topic] | NESTED.get(topic, {})
    known: dict[str, Any] = {}
    records = {found: _record(schema, structs, known) for found, schema in zip(contract.names, contract.records, strict=True)}
    return records[name]


def _record(schema: dict[str, Any], structs: dict[str, type[msgspec.Struct]], known: dict[str, Any]) -> st.SearchStrategy[Any]:
    fields = {field["name"]: _value(field["type"], structs, known) for field in schema["fields"]}
    return st.builds(structs[schema["name"].rsplit(".", 1)[-1]], **fields)


def _value(schema: Any, structs: dict[str, type[msgspec.Struct]], known: dict[str, Any]) -> st.SearchStrategy[Any]:
    if isinstance(schema, list):
        return st.one_of(*(_value(branch, structs, known) for branch in schema))
    if isinstance(schema, str):
        return known[schema.rsplit(".", 1)[-1]] if schema.rsplit(".", 1)[-1] in known else PRIMITIVES[schema]
    match schema.get("logicalType", schema["type"]):
        case "record":
            found = _record(schema, structs, known)
        case "enum":
            found = st.sampled_from(schema["symbols"])
        case "array":
            return st.lists(_value(schema["items"], structs, known), max_size=SHORT).map(tuple)
        case "map":
            return st.dictionaries(st.text(max_size=SHORT), _value(schema["values"], structs, known), max_size=SHORT)
        case "decimal":
            limit = 10 ** schema["precision"] - 1
            return st.integers(-limit, limit).map(lambda unscaled: Decimal(unscaled).scaleb(-schema["scale"]))
        case "date":
            return st.dates()
        case "timestamp-millis":
            return st.integers(math.ceil(-62e12), math.floor(253e12)).map(lambda ms: EPOCH + timedelta(milliseconds=ms))
        case other:
            return PRIMITIVES[other]
    known[schema["name"].rsplit(".", 1)[-1]] = found
    return found


PRIMITIVES: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "string": st.one_of(st.text(max_size=8), st.text(min_size=60, max_size=140)),
    "bytes": st.binary(max_size=200),
    "boolean": st.booleans(),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
}

EVERY_RECORD = [(topic, name) for topic, records in sorted(RECORDS.items()) for name in records]
