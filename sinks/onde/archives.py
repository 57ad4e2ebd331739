"""The archives of the outbox of ONDE: `<RNE>.ZIP`, one a school; a new export replaces the one before.

The archive that Charlemagne made goes out byte for byte. The inside of that archive is not public: in the simulation, where
nobody made one, we make an archive of our own ("format interne, non homologué"): `LISEZMOI.txt` says so, `eleves.csv` has the
pupils (UTF-8 with a byte order mark, `;`, CR LF). It is never for ONDE.
"""

import csv
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from schemas.outcome import OutgoingFile
from sinks.carried import checked
from sinks.onde.lines import SINK

COLUMNS = ("RNE", "ANNEE", "ELEVE", "CLASSE", "CODE_RECTORAT", "FORMATION")
NOTICE = (
    "Format interne du bus, non homologué : l'intérieur de l'archive que Charlemagne fait pour ONDE n'est pas public.\r\n"
    "Ce fichier sert à la simulation. Ne pas l'importer dans ONDE.\r\n"
)

FORMULA_STARTS = ("=", "+", "-", "@")
_MADE = (1980, 1, 1, 0, 0, 0)
"""The same lot gives the same bytes."""


class Archives:
    """See `schemas.outcome.FileSink`."""

    name = SINK
    system = "onde"
    processor = "onde.fichiers"
    hourly_ceiling = 5_000
    """The country has 50,000 schools of the first degree; an hour's exports are some thousands."""
    file_per_group = True

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile:
        """Raises WrongBytes."""
        (payload,) = payloads
        carried = "contenu" in payload
        content = checked((payload["contenu"],), payload["empreinte"], payload["fichier"]) if carried else _made(payload)
        return OutgoingFile(payload["fichier"], content)


def _made(payload: Mapping[str, Any]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (("LISEZMOI.txt", NOTICE), ("eleves.csv", _lines(payload))):
            archive.writestr(zipfile.ZipInfo(name, _MADE), f"\ufeff{text}".encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _lines(payload: Mapping[str, Any]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    head = (payload["uai"], str(payload["annee"]))
    writer.writerow(COLUMNS)
    for each in payload["eleves"]:
        writer.writerow((*head, *(_cell(each[name.lower()]) for name in COLUMNS[2:])))
    return text.getvalue()


def _cell(value: str) -> str:
    return f"'{value}" if value.lstrip().startswith(FORMULA_STARTS) else value
