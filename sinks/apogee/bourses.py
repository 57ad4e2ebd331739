"""The file of bursaries for Apogée. Our own format, documented here, official nowhere ("format interne, non homologué").

- Name `apogee_bourses_<lot, 6 digits>.csv`; see `sinks.delimited` for its bytes. First line: `COLUMNS`.
- One line a change, in the order in which they were decided: `PASSAGE_DEFINITIF`, `DROITS_A_RECLAMER`, `DROITS_A_REMBOURSER`, and
  `DROITS_A_NE_PLUS_…` when there is no more to do so. Nothing is ever charged by it: people decide (R-AGL-10).
- Last line: `FIN`, the number of lines between the first and this one, the SHA-256 of all the bytes before it.
"""

from collections.abc import Mapping
from typing import Any

from schemas.outcome import OutgoingFile
from sinks.apogee.lines import SINK
from sinks.delimited import cell, closed

COLUMNS = (
    "NATURE",
    "ANNEE",
    "UAI",
    "COMPOSANTE",
    "COD_ETU",
    "COD_IND",
    "COD_ETP",
    "COD_VRS_VET",
    "NUMERO_DOSSIER",
    "MOTIF",
)


class ApogeeBourses:
    """See `schemas.outcome.FileSink`."""

    name = SINK
    system = "apogee"
    processor = "bourses.fichiers"
    hourly_ceiling = 5_000

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile:
        lines = [COLUMNS, *(tuple(cell(payload.get(column.lower())) for column in COLUMNS) for payload in payloads)]
        return OutgoingFile(f"apogee_bourses_{lot:06d}.csv", closed(lines, (str(len(payloads)),)))
