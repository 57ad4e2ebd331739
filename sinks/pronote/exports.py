"""The seven exports of SIECLE in the outbox of PRONOTE: one folder a bundle, the files as they came, under SIECLE's names (R-PRO-21)."""

from collections.abc import Mapping
from typing import Any

from schemas.outcome import OutgoingFolder
from sinks.pronote.lot import SINK
from sinks.siecle.originaux import folder_of


class ExportsSiecle:
    """See `schemas.outcome.FileSink`."""

    name = SINK
    system = "pronote"
    processor = "lsu.fichiers"
    hourly_ceiling = 20_000
    """The 11,000 schools of the second degree in one morning, some twice."""
    file_per_group = True

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFolder:
        (payload,) = payloads
        return folder_of(lot, payload)
