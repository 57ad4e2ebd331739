"""How many calls a token may make a second, told in the headers that API Particulier uses."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allowance:
    """Where one token stands in the present second."""

    allowed: bool
    headers: Mapping[str, str]


class Ceiling:
    """Counts calls in whole seconds of the wall clock, as `RateLimit-Reset` is one. Keeps one count a token."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._counts: dict[str, tuple[int, int]] = {}

    def call(self, token: str, now: float) -> Allowance:
        """Count a call of this token at `now` (UNIX seconds)."""
        second = int(now)
        known, count = self._counts.get(token, (second, 0))
        count = count + 1 if known == second else 1
        self._counts[token] = (second, count)
        allowed = count <= self._limit
        headers = {
            "RateLimit-Limit": str(self._limit),
            "RateLimit-Remaining": str(max(0, self._limit - count)),
            "RateLimit-Reset": str(second + 1),
        }
        return Allowance(allowed, headers if allowed else {**headers, "Retry-After": "1"})
