"""A report of an import of links as SIECLE's own page shows it, in HTML and in CSV. Pure (R-PRO-56, 58, 59, 76)."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from sinks.siecle.page import COLONNES, LISTE, TITRE, Page

DANGEREUX = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula."""

_PAGES = Environment(loader=PackageLoader("sinks.siecle"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def html(page: Page) -> str:
    """The whole page; values of files are escaped."""
    return _PAGES.get_template("compte_rendu.html").render(page=page, titre=TITRE, colonnes=COLONNES)


def csv_lignes(page: Page) -> bytes:
    """The two sections: one row a pupil, its details in one cell. UTF-8 with its mark, `;`, CRLF."""
    rows = (
        ("1" if name == "REJET" else "2", each["eleve"], each["identifiants"], each["anomalie"], each["regle"], _details(each))
        for name in ("REJET", "ANOMALIE")
        for each in page.section(name)
    )
    return _csv(("Section", *COLONNES, "Détail"), rows)


def csv_liste(entetes: Iterable[Mapping[str, Any]]) -> bytes:
    """« Suivi des échanges »: one row a report, the newest first."""
    ordered = sorted(entetes, key=lambda each: each["calcule_le"], reverse=True)
    return _csv(LISTE, ((f"{each['date_import']:%d/%m/%Y}", each["fichier"], each["eleves"], each["absents"]) for each in ordered))


def _details(ligne: Mapping[str, Any]) -> str:
    return " | ".join(f"{code} {message}" for code, message in zip(ligne["codes"], ligne["messages"], strict=True))


def _csv(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cellule(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cellule(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEREUX) else text
