"""What the deposit of links is told from outside."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from schemas.zones import zone_of

T = TypeVar("T")


class Reglages(msgspec.Struct, frozen=True):
    """Frozen and versioned: a replay decides with the version of then."""

    version: str = "2026.1"
    annees: Mapping[str, int] = {}
    """Year in use in SIECLE by UAI or by the first digits of it (R-PRO-07); never derived from a date. Where it is silent,
    the year that SIECLE writes in the school's own exports."""
    zones: Mapping[str, str] = {}
    """Zone of a school's dates by UAI or by the first digits of it, where it is not the territory's."""
    heure_traitement: time = time(22, 0)
    """Local time at which the night's treatment starts: before midnight, the seed's report bears the day of its file (A-33)."""
    seuil_alerte: Decimal = Decimal("0.10")
    """Share of the school's pupils above which losing all links is warned of."""
    fraicheur_jours: int = 7
    """Age in days above which what a file says is uncertain."""
    eleves_max: int = 6000
    """Pupils of one file: bounds what a collection carries."""
    liens_saisis_max: int = 300
    """Links entered by hand that are remembered between two exports or treatments."""

    def __post_init__(self) -> None:
        for name in self.zones.values():
            ZoneInfo(name)
        if not 0 <= self.seuil_alerte <= 1 or self.fraicheur_jours < 0 or self.eleves_max < 1 or self.liens_saisis_max < 0:
            raise ValueError("réglages des dépôts : le seuil d'alerte est une part entre 0 et 1, les autres nombres sont positifs")

    def annee(self, uai: str, dite: int | None) -> int | None:
        """The year in use: the longest matching entry, else the one that SIECLE says."""
        found = _longest(self.annees, uai)
        return dite if found is None else found

    def zone(self, uai: str) -> ZoneInfo:
        """The zone of the school's business dates."""
        return ZoneInfo(_longest(self.zones, uai) or zone_of(uai))

    def jour(self, uai: str, instant: datetime) -> date:
        """The school's own day at an instant."""
        return instant.astimezone(self.zone(uai)).date()

    def prochain_traitement(self, uai: str, instant: datetime) -> datetime:
        """The next start of the night's treatment, strictly after the instant."""
        zone = self.zone(uai)
        local = instant.astimezone(zone)
        tonight = datetime.combine(local.date(), self.heure_traitement, zone)
        return tonight if tonight > local else datetime.combine(local.date() + timedelta(days=1), self.heure_traitement, zone)


def _longest(entries: Mapping[str, T], uai: str) -> T | None:
    fitting = [prefix for prefix in entries if uai.startswith(prefix)]
    return entries[max(fitting, key=len)] if fitting else None
