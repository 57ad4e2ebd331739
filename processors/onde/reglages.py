"""What an installation may set. Frozen and versioned."""

import msgspec


class Reglages(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults are those of the guide."""

    version: str = "2024.1"
    lecteur: str = "C"
    """Letter of the drive where Charlemagne's base is (R-ONDE-11)."""
    archive_interne: bool = False
    """Make an archive of our own at each export, in the simulation only: the inside of Charlemagne's is not public. False: its
    own archive is awaited and carried unchanged."""
    eleves_max: int = 1_000
    classes_max: int = 40
    formations_max: int = 12
    """Of one class."""
    libelles_max: int = 60
    """Different anomalies that one school's state names; a further one is counted under `AUTRE_ANOMALIE`."""

    def __post_init__(self) -> None:
        """Raises ValueError, in French, for what cannot be applied."""
        if len(self.lecteur) != 1 or not ("A" <= self.lecteur <= "Z"):
            raise ValueError("lecteur : une lettre de A à Z est attendue")
        if min(self.eleves_max, self.classes_max, self.formations_max, self.libelles_max) < 1:
            raise ValueError("les limites d'un état : des valeurs positives sont attendues")
