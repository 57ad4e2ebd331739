"""SIECLE's own report, read from a saved page and from pasted text (R-PRO-56, 58)."""

from datetime import date

import pytest

from connectors.siecle.compte_rendu import SiecleSuivi
from schemas.outcome import Accepted
from schemas.records.siecle import CompteRenduLu
from tests.connectors.deliveries import codes_of, delivery, records_of
from tests.connectors.siecle.pages import FICHIER, HTML, LISTE, TEXTE


def read(content: str | bytes, name: str = "page.html") -> list[CompteRenduLu]:
    return [record.data for record in records_of(SiecleSuivi().accept(delivery(content, name)))]


def test_a_saved_page_gives_its_numbers_and_its_rows() -> None:
    (found,) = read(HTML)
    assert (found.uai, found.fichier, found.date_import) == ("9830418M", FICHIER, date(2018, 7, 24))
    assert (found.eleves, found.absents, found.rejetes, found.avec_anomalies, found.detaille) == (153, None, 0, 2, True)
    assert [(each.section, each.identifiants, each.regle) for each in found.lignes] == [
        ("ANOMALIE", "210167 / 0", "GROUPE"),
        ("ANOMALIE", "238012 / 0", "ELEGRP"),
    ]
    assert found.lignes[0].eleve == "TESTARD-LE GOFF Zélie"
    assert found.lignes[0].anomalie == "Liens 'élève-groupe' partiellement importés"


def test_pasted_text_gives_the_same_rows_with_or_without_tabulations() -> None:
    (found,) = read(TEXTE, "page.txt")
    assert (found.rejetes, found.avec_anomalies) == (1, 2)
    assert [(each.section, each.identifiants) for each in found.lignes] == [
        ("REJET", "0 / 0"),
        ("ANOMALIE", "210167 / 0"),
        ("ANOMALIE", "238012 / 0"),
    ]
    assert found.lignes[1].eleve == "TESTARD-LE GOFF Zélie"
    assert found.lignes[1].anomalie == "Liens 'élève-groupe' partiellement importés"


def test_the_list_gives_one_record_a_row_without_detail() -> None:
    found = read(LISTE, "liste.txt")
    assert [(each.date_import, each.eleves, each.absents, each.detaille) for each in found] == [
        (date(2018, 7, 24), 153, 55, False),
        (date(2018, 7, 15), 153, 15, False),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "iso8859-15"])
def test_the_encodings_of_browsers_are_read(encoding: str) -> None:
    assert read(TEXTE.encode(encoding), "page.txt") == read(TEXTE, "page.txt")


def test_a_page_without_all_its_rows_is_refused() -> None:
    content = HTML.replace("avec anomalies : 2", "avec anomalies : 3")
    answer = SiecleSuivi().accept(delivery(content, "page.html"))
    assert codes_of(answer) == ["VALEUR_DIVERGENTE"]
    assert answer.kind == "siecle_suivi.compte_rendu"


@pytest.mark.parametrize("content", ["<html><body><p>Bonjour</p></body></html>", "Bonjour", "<html>", "<!DOCTYPE html>"])
def test_any_other_page_is_not_recognised(content: str) -> None:
    answer = SiecleSuivi().accept(delivery(content, "page.html"))
    assert codes_of(answer) == ["FICHIER_INCONNU"]
    assert answer.kind == "inconnu"


def test_a_page_never_loads_what_it_names() -> None:
    hostile = HTML.replace("<head>", '<head><base href="file:///etc/"><link rel="import" href="passwd">')
    assert isinstance(SiecleSuivi().accept(delivery(hostile, "page.html")), Accepted)
