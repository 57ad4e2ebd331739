"""What the synchros are told from outside: versions accepted, years by system."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeVar

import msgspec

Logiciel = Literal["PRONOTE", "EDT"]
T = TypeVar("T")


class VersionAdmise(msgspec.Struct, frozen=True):
    """A version that a school must have (R-PRO-01). Of several for one software, any one does."""

    logiciel: Logiciel
    millesime: str
    version: str
    bits: int = 64
    annee: int | None = None
    """School year, as SIECLE labels it, in which it is asked for; None: in every one."""


NOUVELLE_CALEDONIE = (VersionAdmise("PRONOTE", "2017", "0.2.10", annee=2017), VersionAdmise("EDT", "2017", "0.2.10", annee=2017))
"""Of the guide, for 2017 in Nouvelle-Calédonie; an academy configures those of its later years."""


class Reglages(msgspec.Struct, frozen=True):
    """Frozen and versioned: a replay decides with the version of then."""

    version: str = "2026.1"
    versions_admises: Mapping[str, tuple[VersionAdmise, ...]] = msgspec.field(default_factory=lambda: {"983": NOUVELLE_CALEDONIE})
    """By UAI or by its first digits; none configured: no gate."""
    annees_sts: Mapping[str, int] = {}
    """STS-WEB's current year by UAI or by its first digits (R-PRO-07): its own label, never SIECLE's."""

    annees_siecle: Mapping[str, int] = {}
    """SIECLE's year by UAI or by its first digits (R-PRO-07): what « Depuis NetSynchro pour l'année … » must say."""
    sortis_au: Mapping[str, date] = {}
    """Day of « Ignorer les élèves sortis de l'établissement au … » by UAI or by its first digits (R-PRO-23)."""
    options_import: Mapping[str, tuple[str, ...]] = {}
    """Options of the import of pupils to tick, by UAI or by its first digits, as `procedure.OPTIONS`; none: those of the guide."""

    def admises(self, uai: str, logiciel: str, dite: int | None) -> tuple[VersionAdmise, ...]:
        """The versions that a school may have of a software; empty: any. The year is the configured one, else the one that SIECLE's
        exports say; while nothing says it, those of every year are asked for."""
        annee = self.annee_siecle(uai)
        annee = dite if annee is None else annee
        asked = (each for each in _plus_precis(self.versions_admises, uai) or () if each.logiciel == logiciel)
        return tuple(each for each in asked if each.annee is None or annee is None or each.annee == annee)

    def annee_sts(self, uai: str) -> int | None:
        """STS-WEB's current year, where it is configured."""
        return _plus_precis(self.annees_sts, uai)

    def annee_siecle(self, uai: str) -> int | None:
        """SIECLE's year in use, where it is configured."""
        return _plus_precis(self.annees_siecle, uai)

    def jour_des_sorties(self, uai: str) -> date | None:
        """From when back pupils who left are ignored, where it is configured."""
        return _plus_precis(self.sortis_au, uai)

    def options_attendues(self, uai: str) -> tuple[str, ...] | None:
        """The options to tick, where they are not those of the guide."""
        return _plus_precis(self.options_import, uai)


def _plus_precis(table: Mapping[str, T], uai: str) -> T | None:
    """What the longest prefix of a school says."""
    fitting = [prefix for prefix in table if uai.startswith(prefix)]
    return table[max(fitting, key=len)] if fitting else None
