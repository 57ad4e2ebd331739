"""Why a source that is asked cannot be read now, and how long it is left alone."""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
LONGEST_ASKED = 3_600.0
"""What a source asks for by `Retry-After` is granted up to here."""

CODES = frozenset(
    {
        "ACCES_REFUSE",
        "ADRESSE_INTERDITE",
        "FLUX_INSTABLE",
        "LECTURE_EN_ERREUR",
        "REPONSE_ILLISIBLE",
        "REPONSE_INATTENDUE",
        "SOURCE_EN_ERREUR",
        "SOURCE_INJOIGNABLE",
        "TROP_DE_REQUETES",
        "VUE_INVALIDE",
    }
)
"""Every code: they are shown in lists and are metric labels, so the set is closed."""


class SourceAway(Exception):
    """The source gave nothing that can be read: ask the same again, later. Its text names no data."""

    def __init__(self, code: str, cause: str = "", retry_after: float | None = None) -> None:
        if code not in CODES:
            raise ValueError(f"unknown outage code {code}: add it to CODES")
        super().__init__(f"{code} {cause}".strip())
        self.code = code
        self.cause = cause
        self.retry_after = retry_after
        """Seconds that the source asked for."""


class Backoff:
    """Pauses that double at each failure, up to `LONGEST_PAUSE`; never shorter than what the source asks for, within reason."""

    def __init__(self, first: float = FIRST_PAUSE) -> None:
        self._first = first
        self._failures = 0

    def after(self, asked: float | None = None) -> float:
        """Seconds to wait after one more failure."""
        self._failures += 1
        pause = min(self._first * 2.0 ** min(self._failures - 1, 30), LONGEST_PAUSE)
        return max(pause, min(asked or 0.0, LONGEST_ASKED))

    def reset(self) -> None:
        self._failures = 0


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds of `Retry-After` (names in lower case), given as a number or as a date; None when absent or unreadable."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (until - now).total_seconds()) if until.tzinfo else None
