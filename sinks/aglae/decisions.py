"""The file of decisions for Aglaé. Our own format, documented here, official nowhere ("format interne, non homologué").

- Name `aglae_decisions_<lot, 6 digits>.csv`; separator `;`; lines end with CR LF; quotes only where needed.
- UTF-8 with a byte order mark: without it a French Excel shows the accents wrong; a reader of files skips it (`utf-8-sig`).
- First line: `COLUMNS`. Then one line a decision: `VALIDATION_ET_PAIEMENT`, or `DOSSIER_MARQUE` for the CROUS to treat.
- Amounts: euros, two decimals, a point. Empty: unknown or without object.
- Last line: `FIN`, the number of lines between the first and this one, the sum of their amounts, and the SHA-256 (hexadecimal)
  of all the bytes before it. A file without it, or that disagrees with it, is not whole.
- Text that a spreadsheet would take for a formula is preceded by an apostrophe.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from schemas.outcome import OutgoingFile
from sinks.aglae.lines import SINK
from sinks.delimited import cell, closed

COLUMNS = (
    "NATURE",
    "NUMERO_DOSSIER",
    "ANNEE",
    "UAI",
    "COD_ETU",
    "COD_IND",
    "COD_ETP",
    "COD_VRS_VET",
    "VOEU_RANG",
    "ECHELON",
    "MONTANT_ANNUEL",
    "RAISON",
    "MOTIF",
)


class AglaeDecisions:
    """See `schemas.outcome.FileSink`."""

    name = SINK
    system = "aglae"
    processor = "bourses.fichiers"
    hourly_ceiling = 5_000
    """A university of 30,000 registrations has about 4,500 bursaries in a year: more in an hour is a fault."""

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile:
        lines = [COLUMNS, *(_line(payload) for payload in payloads)]
        total = sum((_amount(payload) or Decimal(0) for payload in payloads), Decimal(0))
        return OutgoingFile(f"aglae_decisions_{lot:06d}.csv", closed(lines, (str(len(payloads)), f"{total:.2f}")))


def _line(payload: Mapping[str, Any]) -> tuple[str, ...]:
    amount = _amount(payload)
    said = {**payload, "montant_annuel": None if amount is None else f"{amount:.2f}"}
    return tuple(cell(said.get(column.lower())) for column in COLUMNS)


def _amount(payload: Mapping[str, Any]) -> Decimal | None:
    """An effect that was stored comes back with its amount as text."""
    value = payload.get("montant_annuel")
    return None if value is None else Decimal(str(value))
