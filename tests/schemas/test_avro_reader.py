"""Our Avro readers give what fastavro gives, for every record of every contract, or leave it to fastavro."""

import io
from typing import Any

import fastavro
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.avro_functions import NotOurs
from schemas.avro_reader import Read, readers_of
from schemas.codec import PLAIN_TYPES
from schemas.contracts import contract_of
from schemas.records import NESTED, RECORDS
from tests.schemas.samples import EVERY_RECORD, any_record


def branches_of(topic: str) -> list[Any]:
    parsed: Any = fastavro.parse_schema(contract_of(topic).schema)
    return parsed if isinstance(parsed, list) else [parsed]


def reader_of(topic: str, name: str) -> tuple[Any, Read]:
    """The record's schema and our reader of it."""
    rank = contract_of(topic).names.index(name)
    branches = branches_of(topic)
    read = readers_of(branches, RECORDS[topic] | NESTED.get(topic, {}))[rank]
    assert read is not None
    return branches[rank], read


def written(schema: Any, record: Any) -> bytes:
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, schema, msgspec.to_builtins(record, builtin_types=PLAIN_TYPES), strict=True)
    return stream.getvalue()


def by_fastavro(schema: Any, raw: bytes, struct: type) -> Any:
    stream = io.BytesIO(raw)
    plain = fastavro.schemaless_reader(stream, schema, None)
    if stream.tell() != len(raw):
        raise EOFError
    return msgspec.convert(plain, struct, builtin_types=PLAIN_TYPES)


@pytest.mark.parametrize(("topic", "name"), EVERY_RECORD)
def test_every_record_is_read_as_it_was_written(topic: str, name: str) -> None:
    schema, read = reader_of(topic, name)

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(record=any_record(topic, name))
    def holds(record: Any) -> None:
        raw = written(schema, record)
        assert read(raw, 0) == (by_fastavro(schema, raw, RECORDS[topic][name]), len(raw))

    holds()


@pytest.mark.parametrize(("topic", "name"), EVERY_RECORD[::9])
def test_damaged_bytes_are_read_as_fastavro_reads_them_or_left_to_it(topic: str, name: str) -> None:
    schema, read = reader_of(topic, name)
    struct = RECORDS[topic][name]

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(record=any_record(topic, name), place=st.floats(0, 1, exclude_max=True), byte=st.integers(0, 255), kept=st.floats(0, 1))
    def holds(record: Any, place: float, byte: int, kept: float) -> None:
        damaged = bytearray(written(schema, record))
        if damaged:
            damaged[int(place * len(damaged))] = byte
        raw = bytes(damaged) if kept > 0.3 else bytes(damaged[: int(kept * 3 * len(damaged))])
        try:
            found, end = read(raw, 0)
        except Exception:  # noqa: BLE001 (whatever it raises, fastavro is asked)
            return
        if end == len(raw):
            assert found == by_fastavro(schema, raw, struct)

    holds()


NUMBER = {"type": "record", "name": "nombre", "fields": [{"name": "valeur", "type": "long"}]}


class Number(msgspec.Struct, frozen=True):
    """One number."""

    valeur: int


@pytest.mark.parametrize("value", [0, -1, 63, -64, 64, 2**31, -(2**31), 2**63 - 1, -(2**63)])
def test_numbers_of_every_length(value: int) -> None:
    schema = fastavro.parse_schema(NUMBER)
    (read,) = readers_of([schema], {"nombre": Number})
    assert read is not None
    raw = written(schema, Number(value))
    assert read(raw, 0) == (Number(value), len(raw))


def test_a_number_without_end_is_left_to_fastavro() -> None:
    (read,) = readers_of([fastavro.parse_schema(NUMBER)], {"nombre": Number})
    assert read is not None
    with pytest.raises(Exception):  # noqa: B017 (whatever it raises, fastavro is asked)
        read(b"\xff" * 1000 + b"\0", 0)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [("long", b"\xff" * 9 + b"\x02"), ("long", b"\xff" * 9 + b"\x7f"), ("int", b"\x80\x80\x80\x80\x10"), ("int", b"\xff" * 9 + b"\x01")],
)
def test_a_number_longer_than_its_type_is_left_to_fastavro(kind: str, raw: bytes) -> None:
    record = {"type": "record", "name": "nombre", "fields": [{"name": "valeur", "type": kind}]}
    (read,) = readers_of([fastavro.parse_schema(record)], {"nombre": Number})
    assert read is not None
    with pytest.raises(NotOurs):
        read(raw, 0)


@pytest.mark.parametrize("kind", [{"type": "array", "items": "long"}, {"type": "map", "values": "long"}])
def test_an_end_of_several_bytes_is_left_to_fastavro(kind: Any) -> None:
    """It ends the list for fastavro too, and what follows is no second part of it."""
    record = {"type": "record", "name": "nombre", "fields": [{"name": "valeur", "type": kind}]}
    (read,) = readers_of([fastavro.parse_schema(record)], {"nombre": Number})
    assert read is not None
    with pytest.raises(NotOurs):
        read(b"\x80\x00\x02\x02\x00\x00", 0)


@pytest.mark.parametrize("schema", ["double", ["string", "null"], {"type": "int", "logicalType": "time-millis"}])
def test_a_type_that_no_contract_has_is_left_to_fastavro(schema: Any) -> None:
    record = {"type": "record", "name": "nombre", "fields": [{"name": "valeur", "type": schema}]}
    assert readers_of([record], {"nombre": Number}) == (None,)
