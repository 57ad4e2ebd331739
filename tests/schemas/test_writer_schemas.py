"""Schemas that others registered: whatever they are, a value takes no more than its length says."""

import json
from typing import Any

import fastavro
import pytest

from schemas.codec import AVRO_ILLISIBLE, Undecodable, decode
from schemas.contracts import contract_of
from schemas.records import RECORDS
from schemas.writer_schemas import Unbounded, require_bounded

TOPIC = "apogee.inscriptions.v1"
CHAIN: Any = {"type": "record", "name": "chaine", "fields": [{"name": "suite", "type": ["null", "chaine"]}]}
EMPTY: Any = {"type": "record", "name": "vide", "fields": []}


def one_inside_another(count: int) -> Any:
    schema: Any = "int"
    for _ in range(count):
        schema = {"type": "array", "items": schema}
    return schema


def named_one_after_another(count: int) -> list[Any]:
    """Each names the one before: no text shows how deep a value is."""
    first = {"name": "r0", "type": {"type": "record", "name": "r0", "fields": [{"name": "x", "type": "int"}]}}
    return [
        first,
        *(
            {"name": f"r{rank}", "type": {"type": "record", "name": f"r{rank}", "fields": [{"name": "x", "type": f"r{rank - 1}"}]}}
            for rank in range(1, count)
        ),
    ]


def with_fields(*fields: Any) -> Any:
    """The contract of registrations with fields that ours does not know, first."""
    schema = json.loads(json.dumps(contract_of(TOPIC).schema))
    schema["fields"] = [*fields, *schema["fields"]]
    return schema


UNBOUNDED = (
    ([{"name": "n", "type": CHAIN}], b"\2\2\2\0", "se contient lui-même"),
    ([{"name": "n", "type": {**CHAIN, "fields": [{"name": "s", "type": {"type": "array", "items": "chaine"}}]}}], b"\2\0\0", "lui-même"),
    ([{"name": "n", "type": {"type": "array", "items": "null"}}], b"\xc0\x84\x3d\0", "aucun octet"),
    ([{"name": "n", "type": {"type": "array", "items": EMPTY}}], b"\xc0\x84\x3d\0", "aucun octet"),
    ([{"name": "n", "type": {"type": "array", "items": {"type": "fixed", "name": "f", "size": 0}}}], b"\2\0", "aucun octet"),
    ([{"name": "n", "type": EMPTY}], b"", "aucun octet"),
    ([{"name": "n", "type": "null"}], b"", "aucun octet"),
    ([{"name": "n", "type": one_inside_another(70)}], b"\0", "l'un dans l'autre"),
    (named_one_after_another(70), b"\0" * 70, "l'un dans l'autre"),
)


@pytest.mark.parametrize(("fields", "before", "said"), UNBOUNDED)
def test_a_schema_under_which_a_few_bytes_could_take_everything_is_not_read(fields: list[Any], before: bytes, said: str) -> None:
    schema = with_fields(*fields)
    with pytest.raises(Undecodable, match=said) as fault:
        decode(TOPIC, b"\0\0\0\0\7" + before, lambda _id: schema)
    assert fault.value.code == AVRO_ILLISIBLE


@pytest.mark.parametrize(
    "schema",
    [
        EMPTY,
        with_fields({"name": "n", "type": one_inside_another(20)}),
        with_fields(*named_one_after_another(20)),
        with_fields({"name": "n", "type": {"type": "map", "values": "null"}}),
        with_fields({"name": "a", "type": {"type": "enum", "name": "e", "symbols": ["A"]}}, {"name": "b", "type": ["null", "e"]}),
    ],
)
def test_what_takes_its_bytes_is_read(schema: Any) -> None:
    require_bounded([fastavro.parse_schema(schema)])


def test_each_contract_of_ours_is_bounded() -> None:
    for topic in RECORDS:
        parsed: Any = fastavro.parse_schema(contract_of(topic).schema)
        require_bounded(parsed if isinstance(parsed, list) else [parsed])


def test_a_type_named_twice_in_a_row_is_no_type_in_itself() -> None:
    point = {"type": "record", "name": "point", "fields": [{"name": "x", "type": "int"}]}
    schema = {"type": "record", "name": "r", "fields": [{"name": "a", "type": point}, {"name": "b", "type": "point"}]}
    require_bounded([fastavro.parse_schema(schema)])
    with pytest.raises(Unbounded):
        require_bounded([fastavro.parse_schema(CHAIN)])
