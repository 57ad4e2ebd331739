"""The file of payments for Chorus. The formats of Chorus are not public: our own, documented here ("format interne, non homologué").

- Name `chorus_paiements_<lot, 6 digits>.csv`; UTF-8; separator `;`; lines end with CR LF; quotes only where needed.
- First line: `COLUMNS`. Then, for each payment file: one line `LIGNE` a bordereau, and one line `TOTAL` with the number of its
  lines, dossiers and euros, as in the public ASP exchange. Empty: unknown.
- Last line: `FIN`, the number of payment files, and the SHA-256 (hexadecimal) of all the bytes before it: without it, or if it
  disagrees, the file is not whole.
- Text that a spreadsheet would take for a formula is preceded by an apostrophe.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from schemas.outcome import OutgoingFile
from sinks.chorus.lines import SINK

COLUMNS = ("NATURE", "FICHIER", "INSTRUCTEUR", "ETABLISSEMENT", "BORDEREAU", "NOMBRE_LIGNES", "NOMBRE_DOSSIERS", "MONTANT")
FORMULA_STARTS = ("=", "+", "-", "@")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")

Line = tuple[str, ...]


class ChorusPaiements:
    """See `schemas.outcome.FileSink`."""

    name = SINK
    system = "chorus"
    processor = "luciole.fichiers"
    hourly_ceiling = 500
    """The whole country has some hundreds of instructors, three times a year: more in an hour is a fault."""

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile:
        body = _csv([COLUMNS, *(line for payload in payloads for line in _lines(payload))])
        digest = hashlib.sha256(body.encode()).hexdigest()
        last = ("FIN", str(len(payloads)), digest, *[""] * (len(COLUMNS) - 3))
        return OutgoingFile(f"chorus_paiements_{lot:06d}.csv", (body + _csv([last])).encode())


def _lines(payload: Mapping[str, Any]) -> Iterator[Line]:
    lignes = payload["lignes"]
    head = (_cell(payload["fichier"]), _cell(payload.get("instructeur")))
    for ligne in lignes:
        count, amount = ligne.get("nombre_dossiers"), ligne.get("montant")
        yield ("LIGNE", *head, _cell(ligne["etablissement"]), _cell(ligne["bordereau"]), "", _cell(count), _euros(amount))
    counts = [ligne.get("nombre_dossiers") for ligne in lignes]
    amounts = [ligne.get("montant") for ligne in lignes]
    total_count = "" if None in counts else str(sum(counts))
    total = "" if None in amounts else _euros(sum((Decimal(str(amount)) for amount in amounts), Decimal(0)))
    yield ("TOTAL", *head, "", "", str(len(lignes)), total_count, total)


def _euros(amount: Any) -> str:
    """An effect that was stored comes back with its amount as text."""
    return "" if amount is None else f"{Decimal(str(amount)):.2f}"


def _cell(value: Any) -> str:
    text = _CONTROLS.sub(" ", "" if value is None else str(value))
    return f"'{text}" if text.lstrip().startswith(FORMULA_STARTS) else text


def _csv(lines: list[Line]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(lines)
    return text.getvalue()
