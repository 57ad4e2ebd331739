"""Days and instants as scenarios write them."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?", re.ASCII)
_FRENCH_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)


class BadTime(Exception):
    """A text that is no day or instant; the text says what is expected."""


def read_day(text: str) -> date:
    """`2026-06-06` or `06/06/2026`. Raises BadTime."""
    french = _FRENCH_DAY.fullmatch(text)
    iso = f"{french[3]}-{french[2]}-{french[1]}" if french else text
    try:
        return date.fromisoformat(iso)
    except ValueError:
        raise BadTime("une date, telle que 2026-06-06") from None


def read_instant(text: str, zone: ZoneInfo) -> datetime:
    """In UTC. `2026-06-05T10:00` is of `zone`, `2026-06-05T08:00Z` is UTC; a day alone is its midnight in `zone`.

    In the hour that autumn repeats it is the first; in the hour that spring skips it is moved on by one hour. Raises BadTime.
    """
    expected = "un instant, tel que 2026-06-05T10:00 (heure locale) ou 2026-06-05T08:00Z (UTC)"
    if not _INSTANT.fullmatch(text):
        raise BadTime(expected)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise BadTime(expected) from None
    return (instant if instant.tzinfo is not None else instant.replace(tzinfo=zone)).astimezone(UTC)


def local(instant: datetime, zone: ZoneInfo) -> str:
    """An instant for people, in the scenario's zone: `2026-06-05 10:00`, with seconds when there are any."""
    shown = instant.astimezone(zone)
    precision = "minutes" if not shown.second and not shown.microsecond else "seconds" if not shown.microsecond else "milliseconds"
    return shown.replace(tzinfo=None).isoformat(" ", timespec=precision)
