"""SIECLE's own report of an import of links → `siecle.comptes_rendus_lus.v1`: a saved page (HTML) or its text, pasted.

Both become lines of cells. The page of one import gives its numbers and its two sections (R-PRO-58); the list of « Suivi des
échanges » gives one record a row (R-PRO-56). What is shown is never guessed: numbers that do not fit the rows refuse the page.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from lxml import etree, html

from connectors.siecle import compte_rendu_messages as say
from connectors.transport.deliveries import INCONNU, Policy
from connectors.transport.faults import Unreadable
from connectors.transport.text import encoding_of, whole_text
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.records import siecle

TOPIC = "siecle.comptes_rendus_lus.v1"
KIND = "siecle_suivi.compte_rendu"
MAX_BYTES = 8 * 1024 * 1024
MAX_LINES = 10_000
"""Rows of one report: a school has fewer pupils."""

_FICHIER = r"(?P<fichier>(?P<uai>\d{7}[A-Z])ELEGROUPE\d{16}\.xml)"
_JOUR = r"(?P<jour>\d{2}/\d{2}/\d{4})"
_SYNTHESE = re.compile(rf"Import des liens élève-groupe du {_JOUR} pour le fichier {_FICHIER}")
_LISTE = re.compile(rf"{_JOUR} {_FICHIER} (?P<eleves>\d{{1,6}}) (?P<absents>\d{{1,6}})")
_LUS = re.compile(r"(\d{1,6}) élèves? lus?\b")
_REJETES = re.compile(r"Nombre de liens élève-groupe rejetée?s ?: ?(\d{1,6})")
_ANOMALIES = re.compile(r"Nombre de liens élève-groupe importés avec anomalies ?: ?(\d{1,6})")
_SECTION_1 = re.compile(r"1\. ?Liens élève-groupe rejetés")
_SECTION_2 = re.compile(r"2\. ?Liens élève-groupe importés avec anomalies")
_IDENTIFIANTS = re.compile(r"\(? ?(\d{1,10}) ?/ ?(\d{1,10}) ?\)?")
_LIGNE = re.compile(r"(?P<eleve>\S.*?) \(? ?(?P<un>\d{1,10}) ?/ ?(?P<deux>\d{1,10}) ?\)? (?P<reste>.+)")
_REGLE = re.compile(r"(?P<anomalie>.*?) ?(?P<regle>GROUPE|ELEGRP|REJEL|REJELEGROUPE)")
_CELLULES = ("td", "th")
_BLOCS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr", "caption", "br", "title", "legend", "table", "body"})

_MUETS = ("script", "style")

Line = tuple[str, ...]


@dataclass(slots=True)
class _Page:
    """What was found of the page of one import."""

    jour: date | None = None
    fichier: str = ""
    uai: str = ""
    lus: int | None = None
    rejetes: int | None = None
    anomalies: int | None = None
    sections: int = 0
    lignes: list[siecle.LigneLue] = field(default_factory=list)


class SiecleSuivi:
    """See `schemas.outcome.PushConnector`. Its inbox is apart: the exports' own takes XML and archives only."""

    system = "siecle_suivi"
    topics = (TOPIC,)
    transports = ("depot",)
    kinds: Mapping[str, Policy] = MappingProxyType({KIND: Policy.DEPOT})

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """Recognised by its title and its file's name, whatever the page around it."""
        try:
            records = tuple(read(delivery))
        except Unreadable as unreadable:
            kind = INCONNU if unreadable.fault.code == "FICHIER_INCONNU" else KIND
            return Refused(kind, (unreadable.fault,))
        return Accepted(KIND, records)


def read(delivery: Delivery) -> Iterator[Record]:
    """The records of a page. Raises Unreadable."""
    text = whole_text(delivery.open, MAX_BYTES, encoding_of(delivery.open, max_line=MAX_BYTES))
    lines = tuple(_html_lines(text) if _is_html(text) else _text_lines(text))
    for rank, found in enumerate(_reports(lines), start=1):
        subject = f"compte_rendu_lu/{found.fichier}"
        yield Record(TOPIC, "compte_rendu_lu", found.uai, subject, delivery.received, found, f"compte-rendu {rank}")


# --- lines of cells --------------------------------------------------------------------------------------------------


def _is_html(text: str) -> bool:
    return re.match(r"\s*(<!doctype html|<html|<\?xml[^>]*\?>\s*<|<[a-z]+[\s>])", text, re.IGNORECASE) is not None


def _text_lines(text: str) -> Iterator[Line]:
    """Cells of a pasted table are set apart by tabulations."""
    for line in text.splitlines():
        cells = tuple(_spaced(cell) for cell in line.split("\t"))
        if any(cells):
            yield cells


def _html_lines(text: str) -> Iterator[Line]:
    parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, encoding="utf-8")
    try:
        root = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise Unreadable(say.not_a_report()) from None
    words: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            if element.tag in _BLOCS:
                yield from _line(words)
            words.append("" if element.tag in _MUETS else element.text or "")
        else:
            if element.tag in _CELLULES:
                words.append("\t")
            if element.tag in _BLOCS:
                yield from _line(words)
            words.append(element.tail or "")
    yield from _line(words)


def _line(words: list[str]) -> Iterator[Line]:
    cells = tuple(_spaced(cell) for cell in "".join(each if each == "\t" else each.replace("\t", " ") for each in words).split("\t"))
    words.clear()
    if any(cells):
        yield cells


def _spaced(text: str) -> str:
    return " ".join(text.split())


# --- reports ---------------------------------------------------------------------------------------------------------


def _reports(lines: Sequence[Line]) -> Iterator[siecle.CompteRenduLu]:
    page = _page(lines)
    if page.fichier:
        yield _detail(page)
        return
    listed = [found for cells in lines if (found := _LISTE.search(" ".join(filter(None, cells))))]
    if not listed:
        raise Unreadable(say.not_a_report())
    for row in listed:
        yield siecle.CompteRenduLu(
            uai=row["uai"],
            fichier=row["fichier"],
            date_import=_day(row["jour"]),
            eleves=int(row["eleves"]),
            absents=int(row["absents"]),
            detaille=False,
        )


def _page(lines: Sequence[Line]) -> _Page:
    page = _Page()
    for cells in lines:
        line = " ".join(filter(None, cells))
        if found := _SYNTHESE.search(line):
            if page.fichier:
                raise Unreadable(say.several_reports())
            page.jour, page.fichier, page.uai = _day(found["jour"]), found["fichier"], found["uai"]
        if found := _LUS.search(line):
            page.lus = int(found[1])
        if found := _REJETES.search(line):
            page.rejetes = int(found[1])
        elif found := _ANOMALIES.search(line):
            page.anomalies = int(found[1])
        elif _SECTION_1.search(line):
            page.sections = 1
        elif _SECTION_2.search(line):
            page.sections = 2
        elif page.sections and (row := _row(cells, page.sections)) is not None:
            page.lignes.append(row)
            if len(page.lignes) > MAX_LINES:
                raise Unreadable(say.too_many_rows(MAX_LINES))
    return page


def _detail(page: _Page) -> siecle.CompteRenduLu:
    counts = {section: sum(each.section == section for each in page.lignes) for section in ("REJET", "ANOMALIE")}
    for section, announced in (("REJET", page.rejetes), ("ANOMALIE", page.anomalies)):
        if announced is not None and announced != counts[section]:
            raise Unreadable(say.missing_rows(1 if section == "REJET" else 2, announced, counts[section]))
    whole = page.sections == 2
    return siecle.CompteRenduLu(
        uai=page.uai,
        fichier=page.fichier,
        date_import=page.jour,
        eleves=page.lus,
        rejetes=counts["REJET"] if whole else page.rejetes,
        avec_anomalies=counts["ANOMALIE"] if whole else page.anomalies,
        detaille=whole,
        lignes=tuple(page.lignes),
    )


def _row(cells: Line, section: int) -> siecle.LigneLue | None:
    """A row of the table by its cells, or of its pasted text by the identifiers between the name and the anomaly."""
    present = [cell for cell in cells if cell]
    place = next((rank for rank, cell in enumerate(present) if _IDENTIFIANTS.fullmatch(cell)), None)
    if place:
        found = _IDENTIFIANTS.fullmatch(present[place])
        assert found is not None, "just matched"
        return _ligne(section, " ".join(present[:place]), found[1], found[2], " ".join(present[place + 1 :]))
    if match := _LIGNE.fullmatch(" ".join(present)):
        return _ligne(section, match["eleve"], match["un"], match["deux"], match["reste"])
    return None


def _ligne(section: int, eleve: str, eleve_id: str, prive: str, reste: str) -> siecle.LigneLue:
    found = _REGLE.fullmatch(reste)
    return siecle.LigneLue(
        section="REJET" if section == 1 else "ANOMALIE",
        eleve=eleve,
        identifiants=f"{int(eleve_id)} / {int(prive)}",
        anomalie=found["anomalie"] if found else reste,
        regle=found["regle"].replace("REJELEGROUPE", "REJEL") if found else "",
    )


def _day(text: str) -> date:
    day, month, year = (int(part) for part in text.split("/"))
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(say.impossible_day()) from None
