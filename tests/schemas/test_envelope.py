"""The envelope, there and back, and every header that is not one."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.envelope import INCOMPLETE, BadEnvelope, Envelope

envelope = Envelope(
    "9ccbc318-890d-5b6b-9472-1f80aebdb016",
    "inscription",
    "/apogee",
    "0840001V/2026/0007",
    datetime(2026, 9, 1, 10, 0, 0, 5000, tzinfo=UTC),
    12,
    f"00-{'a' * 32}-{'b' * 16}-01",
)


def headers(**changes: bytes | None) -> list[tuple[str, bytes | None]]:
    found = {name.replace("-", "_"): (name, value) for name, value in envelope.headers()}
    return [(name, changes.get(key, value)) for key, (name, value) in found.items()]


def test_the_headers_are_those_of_cloudevents_in_binary_mode() -> None:
    assert dict(envelope.headers()) == {
        "ce_specversion": b"1.0",
        "ce_id": b"9ccbc318-890d-5b6b-9472-1f80aebdb016",
        "ce_type": b"inscription",
        "ce_source": b"/apogee",
        "ce_subject": b"0840001V/2026/0007",
        "ce_time": b"2026-09-01T10:00:00.005Z",
        "content-type": b"application/avro",
        "ce_sequence": b"12",
        "traceparent": f"00-{'a' * 32}-{'b' * 16}-01".encode(),
    }


def test_an_envelope_comes_back_as_it_was() -> None:
    assert Envelope.parse(envelope.headers()) == envelope
    bare = Envelope(*(getattr(envelope, name) for name in Envelope.__struct_fields__[:5]))
    assert "ce_sequence" not in dict(bare.headers())
    assert Envelope.parse(bare.headers()) == bare


@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_instant_comes_back_to_the_millisecond(instant: datetime) -> None:
    sent = Envelope(envelope.ce_id, "t", "/s", "x", instant)
    assert Envelope.parse(sent.headers()).ce_time == instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def test_a_time_with_an_offset_is_brought_to_utc() -> None:
    found = Envelope.parse(headers(ce_time=b"2026-09-01T12:00:00+02:00"))
    assert found.ce_time == datetime(2026, 9, 1, 10, tzinfo=UTC)
    assert found.ce_time.tzinfo is UTC
    abroad = Envelope("x", "t", "/s", "x", datetime(2026, 9, 1, 21, tzinfo=timezone(timedelta(hours=11))))
    assert dict(abroad.headers())["ce_time"] == b"2026-09-01T10:00:00.000Z"


def test_a_naive_time_is_never_written() -> None:
    with pytest.raises(ValueError, match="zone"):
        Envelope("x", "t", "/s", "x", datetime(2026, 9, 1)).headers()  # noqa: DTZ001 (the naive one is the case)


def test_an_id_in_upper_case_is_the_same_id() -> None:
    assert Envelope.parse(headers(ce_id=envelope.ce_id.upper().encode())).ce_id == envelope.ce_id


def test_unknown_headers_are_ignored_and_a_bad_trace_costs_nothing() -> None:
    found = Envelope.parse([*headers(traceparent=b"hello"), ("autre", b"\xff"[:0])])
    assert found.traceparent is None


@pytest.mark.parametrize(
    "changes",
    [
        {"ce_specversion": None},
        {"ce_specversion": b"0.3"},
        {"content_type": b"application/json"},
        {"ce_id": None},
        {"ce_id": b""},
        {"ce_id": b"17"},
        {"ce_type": None},
        {"ce_type": b""},
        {"ce_source": None},
        {"ce_subject": b"a\x00b"},
        {"ce_subject": b"a" * 2000},
        {"ce_subject": b"\xff\xfe"},
        {"ce_time": None},
        {"ce_time": b"hier"},
        {"ce_time": b"2026-09-01"},
        {"ce_time": b"2026-09-01T10:00:00"},
        {"ce_time": b"2026-02-30T10:00:00Z"},
        {"ce_time": b"0001-01-01T00:00:00+23:00"},
        {"ce_sequence": b"-1"},
        {"ce_sequence": b"12a"},
        {"ce_sequence": "٣".encode()},
        {"ce_sequence": b"9" * 19},
    ],
)
def test_what_is_no_envelope_is_refused_with_the_header_and_without_its_value(changes: dict[str, bytes | None]) -> None:
    with pytest.raises(BadEnvelope) as fault:
        Envelope.parse(headers(**changes))
    assert fault.value.code == INCOMPLETE
    name = next(iter(changes)).replace("content_type", "content-type")
    assert name in fault.value.reason or "UTF-8" in fault.value.reason


def test_no_header_at_all_is_refused() -> None:
    with pytest.raises(BadEnvelope):
        Envelope.parse([])
