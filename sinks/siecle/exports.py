"""Exports of SIECLE in the outboxes of those who import them: one folder a delivery, the files as they came, under SIECLE's names
(R-PRO-21, R-CHA-07)."""

from collections.abc import Mapping
from typing import Any

from schemas.outcome import OutgoingFolder
from sinks.charlemagne.nomenclatures import SINK as NOMENCLATURES
from sinks.pronote.lot import SINK as LOT
from sinks.siecle.originaux import folder_of


class ExportsPour:
    """Those for one system. See `schemas.outcome.FileSink`."""

    hourly_ceiling = 20_000
    """The 11,000 schools of the second degree in one morning, some twice."""
    file_per_group = True

    def __init__(self, name: str, system: str, processor: str) -> None:
        self.name = name
        self.system = system
        self.processor = processor

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFolder:
        (payload,) = payloads
        return folder_of(lot, payload)


POUR_PRONOTE = ExportsPour(LOT, "pronote", "lsu.fichiers")
"""The seven of a complete bundle."""
POUR_CHARLEMAGNE = ExportsPour(NOMENCLATURES, "charlemagne", "rentree.fichiers")
"""The nomenclatures and structures."""
