"""What the national lock is told from outside."""

from datetime import timedelta

import msgspec


class Reglages(msgspec.Struct, frozen=True):
    """Durations are elapsed time: no change of hour moves them (R-BUS-08)."""

    version: str = "2026.1"
    patience: timedelta = timedelta(minutes=30)
    """Waiting for the same holder longer than this calls the support (R-LUC-32); a send may last as long (R-LUC-19)."""
    duree_presumee: timedelta = timedelta(minutes=30)
    """Of a send, as long as none has been measured."""
    memoire: int = 20
    """How many sends the mean duration remembers, roughly."""
    file_max: int = 300
    """Instructors that may wait."""

    def __post_init__(self) -> None:
        if self.patience < timedelta(minutes=30):
            raise ValueError("réglages du verrou : un envoi peut durer 30 minutes, la patience ne peut être plus courte (R-LUC-19)")
