"""What the Luciole procedure is told from outside: limits, zones, the length of a campaign."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec

SUJET = "Descente de dossiers de bourses"
"""The only subject of the data exchange that is this procedure (R-LUC-18)."""

ZONES: tuple[tuple[str, str], ...] = (
    ("971", "America/Guadeloupe"),
    ("972", "America/Martinique"),
    ("973", "America/Cayenne"),
    ("974", "Indian/Reunion"),
    ("975", "America/Miquelon"),
    ("976", "Indian/Mayotte"),
    ("983", "Pacific/Noumea"),
    ("984", "Pacific/Tahiti"),
    ("986", "Pacific/Wallis"),
)
"""First three digits of a UAI → zone, for an établissement that does not say its own."""


class Reglages(msgspec.Struct, frozen=True):
    """Frozen and versioned: a replay decides with the version of then."""

    version: str = "2026.1"
    zone: str = "Europe/Paris"
    """Of an établissement that neither says its zone nor is in `zones`; also of the texts shown to instructors."""
    zones: tuple[tuple[str, str], ...] = ZONES
    sujet: str = SUJET
    dossiers_max: int = 700
    """Dossiers that one établissement may have in hand (neither sent nor shown by FREGATA yet): bounds its state."""
    bordereaux_max: int = 100
    """Bordereaux that one établissement's state keeps, the frozen ones too."""
    empreintes_max: int = 1500
    """Digests of sent contents that one établissement keeps: of an older one, a repeated record is refused and not ignored."""
    servis_max: int = 1000
    """Dossiers of one year of which something was sent that one établissement remembers."""
    etablissements_max: int = 1000
    """Établissements that one instructor may have."""
    lignes_max: int = 1000
    """Bordereaux that one payment file may pay."""
    campagne: timedelta = timedelta(days=60)
    """An établissement sent to within this time counts as served (R-LUC-05): less than the three months between two terms."""

    def __post_init__(self) -> None:
        for name in (self.zone, *(zone for _, zone in self.zones)):
            ZoneInfo(name)

    def zone_de(self, uai: str, dite: str | None) -> ZoneInfo:
        """The zone of an établissement's business dates (R-BUS-07)."""
        return ZoneInfo(dite or next((zone for prefix, zone in self.zones if uai.startswith(prefix)), self.zone))
