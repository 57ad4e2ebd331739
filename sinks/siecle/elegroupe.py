"""The files of links in the outbox of SIECLE, as PRONOTE made them, under their own names (R-PRO-42, R-PRO-54)."""

from collections.abc import Mapping
from typing import Any

from schemas.outcome import ConsignedFile, OutgoingFile
from sinks.carried import checked
from sinks.siecle.liens import SINK


class Elegroupe:
    """See `schemas.outcome.FileSink`."""

    name = SINK
    system = "siecle"
    processor = "lsu.fichiers"
    hourly_ceiling = 20_000
    """The 11,000 schools of the second degree on one evening, some twice."""
    file_per_group = True

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile | ConsignedFile:
        """Raises WrongBytes."""
        (payload,) = payloads
        if "contenu" not in payload:
            return ConsignedFile(payload["fichier"], payload["empreinte"])
        return OutgoingFile(payload["fichier"], checked((payload["contenu"],), payload["empreinte"], payload["fichier"]))
