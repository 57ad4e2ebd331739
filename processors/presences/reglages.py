"""What the search for an INE in two schools is told from outside."""

import msgspec


class Reglages(msgspec.Struct, frozen=True):
    """Frozen and versioned: a replay decides with the version of then."""

    version: str = "2026.1"
    annees_australes: tuple[str, ...] = ("983", "986")
    """First characters of the UAI of schools whose year N goes from February to December of N+1 (R-PRO-07)."""

    def australe(self, uai: str) -> bool:
        return uai.startswith(self.annees_australes)
