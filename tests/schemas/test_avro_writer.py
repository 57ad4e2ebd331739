"""Our Avro writers give fastavro's bytes for every record of every contract, and leave to it what is not exactly ours."""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from sys import getrefcount
from typing import Any

import fastavro
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from schemas.avro_writer import CODES_REMEMBERED, SHORT, SHORT_REMEMBERED, writers_of
from schemas.codec import PLAIN_TYPES
from schemas.contracts import contract_of
from tests.schemas.samples import EVERY_RECORD, any_record


def by_fastavro(schema: Any, value: Any) -> bytes:
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, fastavro.parse_schema(schema), value, strict=True)
    return stream.getvalue()


def ours(schema: Any, value: Any, before: Sequence[Any] = ()) -> bytes:
    """`before`: the records of its contract that come before it, whose types it may name."""
    write = writers_of([*before, schema])[-1]
    assert write is not None
    return write(value)


@pytest.mark.parametrize(("topic", "name"), EVERY_RECORD)
def test_every_record_is_written_as_fastavro_writes_it(topic: str, name: str) -> None:
    contract = contract_of(topic)
    parsed = fastavro.parse_schema(contract.schema)
    records = parsed if isinstance(parsed, list) else [parsed]
    rank = contract.names.index(name)

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(record=any_record(topic, name))
    def holds(record: Any) -> None:
        stream = io.BytesIO()
        fastavro.schemaless_writer(stream, records[rank], msgspec.to_builtins(record, builtin_types=PLAIN_TYPES), strict=True)
        assert ours(records[rank], record, records[:rank]) == stream.getvalue()

    holds()


class Amount(msgspec.Struct, frozen=True):
    """One field of each type whose bytes have corners."""

    amount: Decimal = Decimal(0)
    whole: int = 0
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    day: date = date(1970, 1, 1)
    text: str = ""


SCHEMA = {
    "type": "record",
    "name": "amount",
    "fields": [
        {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
        {"name": "whole", "type": "long"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "text", "type": "string"},
    ],
}
CORNERS = (
    *(Amount(amount=Decimal(text)) for text in ("-1.28", "1.27", "1.28", "-1.29", "-0.00", "0.1", "7", "-32768", "9999999999.99")),
    *(Amount(whole=value) for value in (-(2**63), 2**63 - 1, -1, 63, 64, -64, -65, 8191, 8192)),
    *(Amount(at=datetime(1969, 12, 31, 23, 59, 59, micro, tzinfo=UTC)) for micro in (0, 999, 1000, 999_999)),
    Amount(at=datetime.max.replace(tzinfo=UTC) - timedelta(days=1)),
    *(Amount(day=day) for day in (date.min, date.max, date(1969, 12, 31))),
    *(Amount(text="é" * count) for count in (31, 32, 4095, 4096)),
)


@pytest.mark.parametrize("value", CORNERS)
def test_the_corners_of_each_type(value: Amount) -> None:
    assert ours(SCHEMA, value) == by_fastavro(SCHEMA, msgspec.to_builtins(value, builtin_types=PLAIN_TYPES))


NOT_OURS = (
    Amount(amount=Decimal("0.001")),
    Amount(amount=Decimal("NaN")),
    Amount(amount=Decimal("99999999999.99")),
    Amount(whole=2**63),
    Amount(whole=True),
    Amount(at=datetime(2026, 1, 1)),  # noqa: DTZ001 (naive on purpose)
    Amount(day=datetime(2026, 1, 1, tzinfo=UTC)),
    Amount(text="\ud800"),
    Amount(text=b"bytes"),  # type: ignore[arg-type]
    {"amount": Decimal(0)},
    None,
)


@pytest.mark.parametrize("value", NOT_OURS)
def test_what_is_not_exactly_of_its_type_is_left_to_fastavro(value: Any) -> None:
    with pytest.raises(Exception):  # noqa: B017 (whatever it raises, fastavro is asked)
        ours(SCHEMA, value)


@pytest.mark.parametrize("schema", ["double", ["string", "null"], {"type": "int", "logicalType": "time-millis"}])
def test_a_type_that_no_contract_has_is_left_to_fastavro(schema: Any) -> None:
    assert writers_of([{"type": "record", "name": "r", "fields": [{"name": "x", "type": schema}]}]) == (None,)


class Option(msgspec.Struct, frozen=True):
    """A record of texts only: short lists of it are remembered."""

    code: str
    rang: str | None = None


class Counted(msgspec.Struct, frozen=True):
    whole: int


class Thawed(msgspec.Struct):
    code: str
    rang: str | None = None


class Held(msgspec.Struct, frozen=True):
    items: Any


def held(fields: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    item = {"type": "record", "name": "item", "fields": [{"name": name, "type": kind} for name, kind in fields]}
    return {"type": "record", "name": "held", "fields": [{"name": "items", "type": {"type": "array", "items": item}}]}


OPTIONS = held([("code", "string"), ("rang", ["null", "string"])])


def test_lists_of_texts_come_again_with_the_same_bytes_whatever_their_length() -> None:
    write = writers_of([OPTIONS])[0]
    assert write is not None
    for size in (0, 1, 2, 8, 9, 70, 2, 0):
        for code in ("030201", "", "é" * 70):
            value = Held(tuple(Option(code, None if rank % 2 else str(rank)) for rank in range(size)))
            assert write(value) == by_fastavro(OPTIONS, msgspec.to_builtins(value))


def test_a_short_list_is_kept_until_too_many_others_came_and_a_long_one_never() -> None:
    write = writers_of([OPTIONS])[0]
    assert write is not None
    short, long = (Held(tuple(Option(str(rank)) for rank in range(size))) for size in (SHORT, SHORT + 1))
    before = getrefcount(short.items), getrefcount(long.items)
    written = write(short), write(long)
    kept = getrefcount(short.items), getrefcount(long.items)
    assert kept == (before[0] + 1, before[1])
    for rank in range(SHORT_REMEMBERED):
        value = Held((Option(str(rank)),))
        assert write(value) == by_fastavro(OPTIONS, msgspec.to_builtins(value))
    after = getrefcount(short.items)
    assert after == before[0]
    assert (write(short), write(long)) == written


def test_what_resembles_a_remembered_list_is_left_to_fastavro() -> None:
    texts, numbers = writers_of([OPTIONS])[0], writers_of([held([("whole", "long")])])[0]
    assert texts is not None
    assert numbers is not None
    texts(Held((Option("A"),)))
    numbers(Held((Counted(1),)))
    for write, other in ((texts, [Option("A")]), (texts, (Thawed("A"),)), (texts, "A"), (texts, None), (numbers, (Counted(True),))):
        with pytest.raises(Exception):  # noqa: B017 (whatever it raises, fastavro is asked)
            write(Held(other))


class Coded(msgspec.Struct, frozen=True):
    """Fields called as a nomenclature's codes are: their texts are remembered."""

    code_mef: Any
    code_pays: Any = None


CODED = {
    "type": "record",
    "name": "coded",
    "fields": [{"name": "code_mef", "type": "string"}, {"name": "code_pays", "type": ["null", "string"]}],
}


def test_codes_come_again_with_the_same_bytes_however_many_they_are() -> None:
    write = writers_of([CODED])[0]
    assert write is not None
    for rank in (*range(CODES_REMEMBERED + 3), 0, 1):
        for value in (Coded(str(rank), str(rank)), Coded("é" * 70), Coded("", "")):
            assert write(value) == by_fastavro(CODED, msgspec.to_builtins(value))


def test_codes_are_kept_until_too_many_others_came() -> None:
    write = writers_of([CODED])[0]
    assert write is not None
    code = "".join(("1031", "0019110"))
    before = getrefcount(code)
    write(Coded(code, code))
    assert getrefcount(code) == before + 2
    for rank in range(CODES_REMEMBERED):
        write(Coded(str(rank), str(rank)))
    assert getrefcount(code) == before


@pytest.mark.parametrize("value", [Coded(None), Coded(b"x"), Coded("x", 1), Coded("x", ["x"]), Coded("\ud800")])
def test_what_is_no_text_where_a_code_stands_is_left_to_fastavro(value: Coded) -> None:
    with pytest.raises(Exception):  # noqa: B017 (whatever it raises, fastavro is asked)
        ours(CODED, value)
