"""The nomenclatures and structures in the outbox of Charlemagne: one folder a delivery, as they came, under SIECLE's names (R-CHA-07)."""

from collections.abc import Mapping
from typing import Any

from schemas.outcome import OutgoingFolder
from sinks.charlemagne.nomenclatures import SINK
from sinks.siecle.originaux import folder_of


class ExportsNomenclatures:
    """See `schemas.outcome.FileSink`."""

    name = SINK
    system = "charlemagne"
    processor = "rentree.fichiers"
    hourly_ceiling = 20_000
    """The private schools of the second degree in one morning, each export of each."""
    file_per_group = True

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFolder:
        (payload,) = payloads
        return folder_of(lot, payload)
