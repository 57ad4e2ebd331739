"""The file of lateness notices. Our own format, documented here ("format interne, non homologué").

- Name `rentree_retards_<lot, 6 digits>.csv`; UTF-8 with a byte order mark; separator `;`; lines end with CR LF.
- First line: `COLUMNS`; then one line a notice: school, year of the rentrée, number and label of the step, the column « A FAIRE »,
  the last day on which it was on time (JJ/MM/AAAA), days late when it was found late.
- Text that a spreadsheet would take for a formula is preceded by an apostrophe.
"""

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from schemas.outcome import OutgoingFile
from sinks.rentree.lines import SINK

COLUMNS = ("UAI", "ANNEE", "NUMERO", "LIBELLE", "A_FAIRE", "ECHEANCE", "JOURS_DE_RETARD")

FORMULA_STARTS = ("=", "+", "-", "@")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


class Retards:
    """See `schemas.outcome.FileSink`."""

    name = SINK
    system = "rentree"
    processor = "rentree.fichiers"
    hourly_ceiling = 200_000
    """The 11,000 schools of the second degree may all be late for the steps of one day."""

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        writer.writerows([COLUMNS, *(tuple(_cell(payload[column.lower()]) for column in COLUMNS) for payload in map(_said, payloads))])
        return OutgoingFile(f"rentree_retards_{lot:06d}.csv", ("\ufeff" + text.getvalue()).encode())


def _said(payload: Mapping[str, Any]) -> dict[str, Any]:
    """An effect that was stored comes back with its date as text."""
    echeance = date.fromisoformat(str(payload["echeance"]))
    return {**payload, "echeance": f"{echeance:%d/%m/%Y}"}


def _cell(value: Any) -> str:
    text = _CONTROLS.sub(" ", str(value))
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text
