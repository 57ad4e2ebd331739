"""Deliveries made of bytes, for the tests of connectors."""

import io
from datetime import UTC, datetime

from schemas.outcome import Accepted, Delivery, Record, Refused

RECEIVED = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
SECRET = b"secret-of-the-tests-32-bytes-long"


def delivery(content: bytes | str, name: str = "", media_type: str = "") -> Delivery:
    raw = content.encode() if isinstance(content, str) else content
    return Delivery(name, len(raw), lambda: io.BytesIO(raw), RECEIVED, media_type)


def records_of(answer: Accepted | Refused) -> list[Record]:
    assert isinstance(answer, Accepted), answer
    return list(answer.records)


def codes_of(answer: Accepted | Refused) -> list[str]:
    assert isinstance(answer, Refused), "accepted"
    return [fault.code for fault in answer.faults]
