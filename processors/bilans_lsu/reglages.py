"""What the check of LSU files is told from outside."""

import msgspec


class Reglages(msgspec.Struct, frozen=True):
    """Frozen and versioned: a replay decides with the version of then."""

    version: str = "2026.1"
    sts_decalees: tuple[str, ...] = ("983", "986")
    """First characters of the UAI of schools whose year STS-WEB labels one later than SIECLE and the LSU (R-PRO-07)."""

    def sts_decalee(self, uai: str) -> bool:
        return uai.startswith(self.sts_decalees)
