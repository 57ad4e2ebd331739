"""The envelope of every record: CloudEvents 1.0 in binary mode, as Kafka headers (architecture §3)."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

SPEC_VERSION = b"1.0"
CONTENT_TYPE = b"application/avro"
INCOMPLETE = "ENVELOPPE_INCOMPLETE"

LARGEST_SEQUENCE = 2**63 - 1
LONGEST_TEXT = 1024
REMEMBERED = 4096
"""Header values whose reading is kept."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").fullmatch
_CONTROL = re.compile(r"[\x00-\x1f\x7f]").search
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)").fullmatch
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}").fullmatch


class BadEnvelope(Exception):
    """Headers that are no envelope. `reason` is French and names the header, never its value."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code} : {reason}")
        self.code = code
        self.reason = reason


class Envelope(msgspec.Struct, frozen=True, gc=False):
    """What is said about a record beside its value."""

    ce_id: str
    """UUID text, lower case."""
    ce_type: str
    """The record name of the topic's contract."""
    ce_source: str
    ce_subject: str
    ce_time: datetime
    """When it happened in the source, UTC, to the millisecond on the wire."""
    ce_sequence: int | None = None
    """The producing task's number of this record."""
    traceparent: str | None = None

    def headers(self) -> list[tuple[str, bytes]]:
        """The Kafka headers."""
        headers = [
            ("ce_specversion", SPEC_VERSION),
            ("ce_id", self.ce_id.encode()),
            ("ce_type", self.ce_type.encode()),
            ("ce_source", self.ce_source.encode()),
            ("ce_subject", self.ce_subject.encode()),
            ("ce_time", instant_text(self.ce_time).encode()),
            ("content-type", CONTENT_TYPE),
        ]
        if self.ce_sequence is not None:
            headers.append(("ce_sequence", b"%d" % self.ce_sequence))
        if self.traceparent is not None:
            headers.append(("traceparent", self.traceparent.encode()))
        return headers

    @classmethod
    def parse(cls, headers: Iterable[tuple[str, bytes | None]]) -> "Envelope":
        """Read headers; unknown ones are ignored. Raises BadEnvelope.

        A malformed `traceparent` is dropped, as W3C Trace Context asks: it never costs a record.
        """
        get = dict(headers).get
        if get("ce_specversion") != SPEC_VERSION:
            raise BadEnvelope(INCOMPLETE, "ce_specversion absent ou autre que 1.0")
        if get("content-type") not in (CONTENT_TYPE, None):
            raise BadEnvelope(INCOMPLETE, "content-type autre que application/avro")
        try:
            identifier = (get("ce_id") or b"").decode().lower()
            if not _UUID(identifier):
                raise BadEnvelope(INCOMPLETE, "ce_id absent ou qui n'est pas un UUID")
            sequence, trace = get("ce_sequence"), get("traceparent")
            return cls(
                identifier,
                _text("ce_type", get("ce_type")),
                _text("ce_source", get("ce_source")),
                _new_text("ce_subject", get("ce_subject")),
                _instant(get("ce_time") or b""),
                None if sequence is None else _sequence(sequence),
                None if trace is None else _trace(trace),
            )
        except UnicodeDecodeError as error:
            raise BadEnvelope(INCOMPLETE, "un en-tête n'est pas en UTF-8") from error


def instant_text(instant: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and Z; what is below a millisecond is dropped. Raises ValueError for a naive one."""
    if instant.tzinfo is not UTC:
        if instant.tzinfo is None:
            raise ValueError("ce_time must carry a zone")
        instant = instant.astimezone(UTC)
    return instant.isoformat(timespec="milliseconds")[:-6] + "Z"


def _new_text(name: str, raw: bytes | None) -> str:
    """Subjects seldom come again."""
    value = (raw or b"").decode()
    if not value or len(value) > LONGEST_TEXT or (not value.isprintable() and _CONTROL(value)):
        raise BadEnvelope(INCOMPLETE, f"{name} absent, trop long ou avec un caractère de contrôle")
    return value


_text = lru_cache(REMEMBERED)(_new_text)
"""Types and sources come again and again."""


@lru_cache(REMEMBERED)
def _instant(raw: bytes) -> datetime:
    """To the millisecond, as it is written again: rounded up, the last one of the calendar would have no successor."""
    text = raw.decode()
    if not _TIME(text):
        raise BadEnvelope(INCOMPLETE, "ce_time absent ou qui n'est pas un instant RFC 3339")
    try:
        instant = datetime.fromisoformat(text.upper())
        instant = instant.replace(microsecond=instant.microsecond // 1000 * 1000)
        return instant if instant.tzinfo is UTC else instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadEnvelope(INCOMPLETE, "ce_time n'existe pas dans le calendrier") from error


def _sequence(raw: bytes) -> int:
    if not (raw.isdigit() and len(raw) < 20 and int(raw) <= LARGEST_SEQUENCE):
        raise BadEnvelope(INCOMPLETE, "ce_sequence n'est pas un nombre entier")
    return int(raw)


def _trace(raw: bytes) -> str | None:
    text = raw.decode("ascii", "replace")
    return text if _TRACEPARENT(text) else None
