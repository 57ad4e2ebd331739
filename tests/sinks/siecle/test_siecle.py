"""A report as rows, HTML and CSV."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from schemas.outcome import Event
from schemas.records import RECORDS, siecle, synchros
from sinks.siecle.compte_rendu import csv_lignes, csv_liste, html
from sinks.siecle.page import Page
from sinks.siecle.rows import SEVERAL, TABLES, decide
from sinks.siecle.tables import METADATA

QUAND = datetime(2018, 7, 24, 11, 0, tzinfo=UTC)
UAI, FICHIER = "9830418M", "9830418MELEGROUPE2017180724091341.xml"


def event(name: str, data: Any, topic: str = "siecle.comptes_rendus.v1") -> Event:
    return Event("e-1", name, QUAND, UAI, "", "/bus", topic, data)


def ligne(**changed: Any) -> siecle.CompteRenduLigne:
    values: dict[str, Any] = {
        "uai": UAI,
        "fichier": FICHIER,
        "calcule_le": QUAND,
        "section": "ANOMALIE",
        "rang": 1,
        "eleve": "TESTARD Zélie",
        "identifiants": "210167 / 0",
        "anomalie": "Liens 'élève-groupe' partiellement importés",
        "regle": "GROUPE",
        "details": (siecle.AnomalieCompteRenduLigne(regle="GROUPE", libelle="l", code="GROUPE_A_01", message='Le groupe "X"'),),
    }
    return siecle.CompteRenduLigne(**(values | changed))


@pytest.mark.parametrize("table", sorted({table for table, _ in TABLES.values()}))
def test_every_row_has_the_columns_of_its_table(table: str) -> None:
    name = next(name for name, (each, _) in TABLES.items() if each == table)
    columns = {column.name for column in METADATA.tables[table].columns}
    keys = {column.name for column in METADATA.tables[table].primary_key}
    assert set(TABLES[name][1]) == keys
    assert keys <= columns


def test_a_line_becomes_a_row_with_its_codes_and_messages() -> None:
    (row,) = decide(None, None, event("compte_rendu_ligne", ligne())).rows
    assert row.table == "siecle_comptes_rendus_lignes"
    assert dict(row.key) == {"uai": UAI, "fichier": FICHIER, "calcule_le": QUAND, "section": "ANOMALIE", "rang": 1}
    assert row.values is not None
    assert row.values["codes"] == ["GROUPE_A_01"]
    assert set(row.values) | set(row.key) == {column.name for column in METADATA.tables[row.table].columns}


def test_links_that_are_no_more_take_their_row_back() -> None:
    lien = siecle.LienImporte(code_groupe="G1", debut=date(2018, 2, 19), fin=None)
    kept, gone = (
        decide(None, None, event("liens_eleve", siecle.LiensEleve(uai=UAI, eleve_id="1", fichier=FICHIER, liens=liens))).rows[0]
        for liens in ((lien,), ())
    )
    assert kept.values == {"fichier": FICHIER, "groupes": ["G1"], "debuts": [date(2018, 2, 19)], "fins": [None]}
    assert gone.values is None


def test_a_deposit_that_another_replaces_is_said_replaced() -> None:
    data = siecle.FichierDepose(
        uai=UAI, fichier=FICHIER, message="Fichier déposé.", etat="DEPOSE", depose_le=QUAND, traitement_le=QUAND, remplace="A.xml"
    )
    first, second = decide(None, None, event("fichier_depose", data, "siecle.suivi_depots.v1")).rows
    assert (first.key["fichier"], first.values) == ("A.xml", {"etat": "REMPLACE"})
    assert second.values is not None
    assert second.values["etat"] == "DEPOSE"


def test_every_record_of_the_inputs_is_known() -> None:
    names = {name for topic in ("siecle.predictions.v1", "siecle.comptes_rendus.v1") for name in RECORDS[topic]}
    assert names <= {*TABLES, *SEVERAL}


def test_a_synchro_says_since_when_and_by_which_message() -> None:
    done = synchros.SynchroFaite(uai=UAI, synchro="S4A", faite_le=QUAND, message="m")
    (row,) = decide(None, None, event("synchro_faite", done, "synchros.etats.v1")).rows
    assert (dict(row.key), row.values) == ({"uai": UAI, "synchro": "S4A"}, {"statut": "FAITE", "depuis": QUAND, "message": "m"})


# --- pages -----------------------------------------------------------------------------------------------------------

ROW = {
    "section": "ANOMALIE",
    "rang": 1,
    "eleve": "<b>TESTARD</b> Zélie",
    "identifiants": "210167 / 0",
    "anomalie": "Liens 'élève-groupe' partiellement importés",
    "regle": "GROUPE",
    "codes": ["GROUPE_A_01"],
    "messages": ['Le groupe "X" & co'],
}
ENTETE = {"fichier": FICHIER, "date_import": date(2018, 7, 24), "eleves": 153, "absents": 55, "calcule_le": QUAND}


def test_an_empty_report_says_what_siecles_page_says() -> None:
    page = html(Page(ENTETE, ()))
    assert "Import des liens élève-groupe du 24/07/2018 pour le fichier 9830418MELEGROUPE2017180724091341.xml." in page
    assert page.count("Aucun résultat trouvé.") == 2
    assert "Nombre de liens élève-groupe rejetées :0" in page
    assert "153 élèves lus." in page


def test_names_are_escaped_and_the_detail_is_on_the_page() -> None:
    page = html(Page(ENTETE, (ROW,)))
    assert "<b>TESTARD" not in page
    assert "&lt;b&gt;TESTARD" in page
    assert "GROUPE_A_01 : Le groupe &#34;X&#34; &amp; co" in page


def test_csv_of_a_report_has_one_row_a_pupil_and_no_formula() -> None:
    rows = csv_lignes(Page(ENTETE, (ROW, {**ROW, "rang": 2, "eleve": "=cmd()"}))).decode("utf-8-sig").splitlines()
    assert rows[0] == "Section;Élève;Identifiants;Anomalie;Règle;Détail"
    assert rows[1].startswith("2;<b>TESTARD</b> Zélie;210167 / 0;")
    assert rows[2].startswith("2;'=cmd();")


def test_the_list_is_newest_first() -> None:
    older = {**ENTETE, "date_import": date(2018, 7, 15), "absents": 15, "calcule_le": QUAND.replace(day=15)}
    rows = csv_liste((older, ENTETE)).decode("utf-8-sig").splitlines()
    assert rows == [
        "Date d'import;Fichier;Élèves;Absents",
        f"24/07/2018;{FICHIER};153;55",
        f"15/07/2018;{FICHIER};153;15",
    ]
