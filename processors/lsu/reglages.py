"""What the synchros are told from outside: versions accepted, years by system."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Logiciel = Literal["PRONOTE", "EDT"]


class VersionAdmise(msgspec.Struct, frozen=True):
    """A version that a school must have (R-PRO-01). Of several for one software, any one does."""

    logiciel: Logiciel
    millesime: str
    version: str
    bits: int = 64


NOUVELLE_CALEDONIE = (VersionAdmise("PRONOTE", "2017", "0.2.10"), VersionAdmise("EDT", "2017", "0.2.10"))
"""Of the guide, for 2017 in Nouvelle-Calédonie."""


class Reglages(msgspec.Struct, frozen=True):
    """Frozen and versioned: a replay decides with the version of then."""

    version: str = "2026.1"
    versions_admises: Mapping[str, tuple[VersionAdmise, ...]] = msgspec.field(
        default_factory=lambda: {"983": NOUVELLE_CALEDONIE}
    )
    """By UAI or by its first digits; none configured: no gate."""
    annees_sts: Mapping[str, int] = {}
    """STS-WEB's current year by UAI or by its first digits (R-PRO-07): its own label, never SIECLE's."""

    def admises(self, uai: str, logiciel: str) -> tuple[VersionAdmise, ...]:
        """The versions that a school may have of a software; empty: any."""
        fitting = [prefix for prefix in self.versions_admises if uai.startswith(prefix)]
        found = self.versions_admises[max(fitting, key=len)] if fitting else ()
        return tuple(each for each in found if each.logiciel == logiciel)

    def annee_sts(self, uai: str) -> int | None:
        """STS-WEB's current year, where it is configured."""
        fitting = [prefix for prefix in self.annees_sts if uai.startswith(prefix)]
        return self.annees_sts[max(fitting, key=len)] if fitting else None
