"""The archives of dossiers in the outbox of SIECLE, as the private software made them, under their own names (R-CHA-22)."""

from collections.abc import Mapping
from typing import Any

from schemas.outcome import ConsignedFile
from sinks.siecle.dossiers import SINK


class ImportEleves:
    """See `schemas.outcome.FileSink`."""

    name = SINK
    system = "siecle"
    processor = "rentree.fichiers"
    hourly_ceiling = 20_000
    """The 11,000 schools of the second degree on one day, some twice."""
    file_per_group = True

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> ConsignedFile:
        (payload,) = payloads
        return ConsignedFile(payload["fichier"], payload["empreinte"])
