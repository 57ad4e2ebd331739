"""Printable states: the labels and figures of the guide, from rows of the projections."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import html

from sinks.formation import editions
from sinks.formation import presentation as p
from sinks.formation.etats import Etat, en_csv, en_html
from sinks.formation.tables import TABLES

ACTION = {
    "contrat": "2007QCA0266",
    "organisme": "OF",
    "raison_sociale": "SCENES ET FORMATIONS",
    "intitule": "BTS ASSISTANT DE DIRECTION EN UN AN",
    "appel_a_projet": "TEST PRQ 2007-2008",
    "numero_operation": "007874",
    "numero_marche": "07S00075",
    "annee_programmation": "2007",
    "instance": "Conseil régional",
    "date_vote": date(2007, 3, 23),
    "prix_total": Decimal("44590.00"),
    "prix_centre": Decimal("40600.00"),
    "prix_entreprise": Decimal("3990.00"),
    "duree_centre": Decimal("812.00"),
    "duree_entreprise": Decimal("420.00"),
    "effectif_total": None,
    "effectif_remunere": 10,
    "nombre_sous_traitants": 0,
    "lieu": "CLERMONT-L'HERAULT",
    "financement_fse": False,
    "secteur": "Services - Gestion de l'entreprise (SEG)",
}

FICHES = [
    {
        "contrat": "c",
        "stagiaire": f"ST-{n}",
        "nom": nom,
        "prenom": prenom,
        "date_naissance": ne,
        "code_insee": insee,
        "fse": None,
        "date_entree": le,
    }
    for n, nom, prenom, ne, insee, le in (
        (1, "FRANCO", "ROBERTO", date(1982, 6, 9), "11013", date(2007, 6, 9)),
        (2, "KOURNIKOVA", "ANNA", date(1980, 5, 15), "14118", date(2007, 2, 6)),
        (3, "BORG", "BJON", date(1972, 6, 16), "36007", date(2007, 1, 11)),
        (4, "NADAL", "RAFAEL", date(1986, 6, 3), "11054", date(2007, 2, 12)),
    )
]
MOTIF = "Motifs personnels (santé, mutation, déménagement...)"
HEURES = {"ST-1": (10, 33), "ST-2": (43, 18), "ST-3": (12, 23)}
JANVIER = {
    "formation_actions": [ACTION],
    "formation_stagiaires": FICHES,
    "formation_sorties": [{"stagiaire": "ST-3", "date_sortie": date(2007, 6, 13), "motif": MOTIF}],
    "formation_heures": [
        {"stagiaire": n, "mois": "2007-01", "centre": Decimal(c), "entreprise": Decimal(e), "total": Decimal(c + e)}
        for n, (c, e) in HEURES.items()
    ],
}


def text_of(element: Any) -> str:
    return "".join(str(part) for part in element.itertext()).strip()


def table_of(etat: Etat, donnees: dict[str, Any]) -> list[list[str]]:
    """Cells of the page's table, headings of groups left out."""
    page = html.fromstring(en_html(etat, donnees))
    rows = [[text_of(cell) for cell in row.iter("th", "td")] for row in page.iter("tr")]
    return [row for row in rows if len(row) == len(etat.colonnes)]


def cells_of(etat: Etat, donnees: dict[str, Any]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(en_csv(etat, donnees).decode("utf-8-sig")), delimiter=";"))


def test_the_hours_of_january_2007_are_those_of_the_guide() -> None:
    rows = table_of(editions.realise_horaire("2007-01", "Janvier 2007"), JANVIER)
    assert rows[1] == [
        "Saisie horaire",
        "FRANCO",
        "ROBERTO",
        "09/06/1982",
        "11013",
        "",
        "09/06/2007",
        "",
        "",
        "",
        "10",
        "33",
        "10",
        "33",
        "43",
    ]
    assert rows[3][7:] == ["13/06/2007", "", MOTIF, "12", "23", "12", "23", "35"]
    assert rows[4][10:] == ["0", "0", "0", "0", "0"]
    assert rows[5][0] == "Total détaillé :"
    assert rows[5][10:] == ["65", "74", "65", "74", "139"]
    assert rows[6][0] == "Total :"
    assert (rows[6][10], rows[6][14]) == ("139", "139")


def test_the_sheet_of_an_action_reads_as_in_the_guide() -> None:
    sheet = dict(table_of(editions.RESUME, {"formation_actions": [ACTION]})[1:])
    assert sheet["Numéro d'opération Safir"] == "007874"
    assert sheet["Prix total"] == "44 590,00"
    assert sheet["Durée en centre"] == "812"
    assert sheet["Effectif total"] == ""
    assert sheet["Financement FSE"] == "non"
    assert sheet["Date de vote"] == "23/03/2007"


def facture(**changes: Any) -> dict[str, Any]:
    ligne = {
        "periode": "Octobre 2006",
        "nombre_stagiaires": 3,
        "centre_realisees": "300.00",
        "centre_justifiees": "35.00",
        "cout_unitaire_centre": "7.0000",
        "entreprise_realisees": "100.00",
        "entreprise_justifiees": "0.00",
        "cout_unitaire_entreprise": "1.0000",
        "cout_total": "2445.00",
    }
    return {
        "reference": "1",
        "numero": 1,
        "nature": "ACOMPTE",
        "statut": "EMISE",
        "emetteur": "SCENES ET FORMATIONS",
        "libelle": "Facture N°1",
        "libelle_certificat": "Facture N° 1 de SCENES ET FORMATIONS",
        "mois": ["2006-10"],
        "periodes": ["Octobre 2006"],
        "lignes": [ligne],
        "nombre_stagiaires": 3,
        "heures_centre": Decimal(300),
        "heures_entreprise": Decimal(100),
        "montant_ht": Decimal("2445.00"),
        "deductions": [{"montant_ht": "1500.00", "libelle": "Dont 1500,00 € pour CEVENNES-GESTION"}],
        "net_ht": Decimal("945.00"),
        "taux_tva": Decimal("19.60"),
        "montant_ttc": Decimal("2924.22"),
        "net_ttc": Decimal("1130.22"),
        "motif_rejet": None,
        "creee_le": date(2006, 11, 10),
        "decidee_le": None,
        **changes,
    }


def test_an_invoice_prints_its_line_its_deduction_and_a_place_to_sign() -> None:
    etat = editions.facture("1", "Facture N°1")
    rows = table_of(etat, {"formation_actions": [ACTION], "formation_factures": [facture()]})
    assert rows[1] == ["Octobre 2006", "3", "300,00", "35,00", "7,00", "100,00", "0,00", "1,00", "2445,00 €"]
    assert [(row[0], row[-1]) for row in rows[2:]] == [
        ("Total :", "2445,00 €"),
        ("Dont 1500,00 € pour CEVENNES-GESTION", "-1500,00 €"),
        ("Net HT :", "945,00 €"),
        ("TTC (TVA 19,6 %) :", "1130,22 €"),
    ]
    assert "signature de l'organisme" in text_of(html.fromstring(en_html(etat, {"formation_factures": [facture()]})))


def test_an_empty_list_says_so_in_the_guides_words() -> None:
    assert "Aucune facture à afficher" in en_html(editions.FACTURES_ATTENTE, {"formation_actions": [ACTION]})


def test_each_rejection_keeps_its_row_with_its_periods_and_motive() -> None:
    first = facture(
        statut="REJETEE",
        periodes=["Février 2007"],
        motif_rejet="Reprenez les justificatifs",
        decidee_le=datetime(2007, 9, 13, 15, 31, tzinfo=UTC),
    )
    second = facture(
        reference="2",
        statut="REJETEE",
        periodes=["Février 2007", "Mars 2007", "Avril 2007"],
        motif_rejet="Toujours incorrect",
        decidee_le=datetime(2007, 9, 13, 15, 48, tzinfo=UTC),
    )
    rows = table_of(editions.CERTIFICATS_REJETES, {"formation_factures": [first, second]})
    acompte = "Demande de paiement d'acompte périodique"
    assert rows[1] == ["SCENES ET FORMATIONS", acompte, "13/09/2007 17:31", "Février 2007", "Reprenez les justificatifs"]
    assert rows[2] == ["SCENES ET FORMATIONS", acompte, "13/09/2007 17:48", "Février 2007 Mars 2007 Avril 2007", "Toujours incorrect"]


def test_a_vat_anomaly_is_flagged_and_its_figures_are_as_received() -> None:
    row = {
        "rang": 4,
        "numero": None,
        "nombre_stagiaires": 4,
        "heures_centre": Decimal(3000),
        "heures_entreprise": Decimal(1000),
        "montant_ht": Decimal("9765.80"),
        "montant_ttc": Decimal("19531.60"),
        "date_creation": date(2007, 9, 13),
        "ttc_attendu": Decimal("11679.90"),
        "anomalie": True,
    }
    donnees = {"formation_factures_rapprochees": [row]}
    assert cells_of(editions.FACTURES_RAPPROCHEES, donnees)[1] == [
        "",
        "4",
        "3000",
        "1000",
        "9765,80",
        "19531,60",
        "13/09/2007",
        "11679,90",
        "oui",
    ]
    assert 'class="anomalie"' in en_html(editions.FACTURES_RAPPROCHEES, donnees)


SUIVI = {
    "contrat": "2007QCA0266",
    "etat": "OUVERTE",
    "date_debut_reelle": date(2008, 9, 1),
    "date_fin_reelle": None,
    "nombre_stagiaires": 3,
    "mois_attendu": "2008-09",
    "factures_a_valider": 0,
}


def test_the_home_page_shows_what_may_still_be_done() -> None:
    row = table_of(editions.ACCUEIL, {"formation_actions": [ACTION], "formation_suivi": [SUIVI]})[1]
    assert row[3] == "Gestion des dates de formation"
    assert row[4] == "3 bénéficiaires inscrits Inscrire les stagiaires"
    assert row[5] == "01/09/2008 Gestion des formateurs Saisir les dates d'entrée en formation"
    assert row[7:9] == ["Aucune facture à valider", "Date de clôture"]


def test_a_closed_action_offers_neither_dates_nor_inscription() -> None:
    closed = SUIVI | {"etat": "CLOTUREE", "date_debut_reelle": date(2007, 1, 2), "date_fin_reelle": date(2007, 7, 1)}
    page = en_html(editions.ACCUEIL, {"formation_actions": [ACTION], "formation_suivi": [closed]})
    row = table_of(editions.ACCUEIL, {"formation_actions": [ACTION], "formation_suivi": [closed]})[1]
    assert row[3:6] == ["", "", "02/01/2007"]
    assert row[8] == "01/07/2007"
    assert "1 élément(s) contractuel(s) trouvé(s)." in page


def test_values_cannot_become_markup_nor_formulas() -> None:
    hostile = [{**FICHES[0], "nom": "<script>alert(1)</script>", "prenom": "=cmd|' /C calc'!A1"}]
    assert "<script>" not in en_html(editions.STAGIAIRES_OUVERTURE, {"formation_stagiaires": hostile})
    assert cells_of(editions.STAGIAIRES_OUVERTURE, {"formation_stagiaires": hostile})[1][1] == "'=cmd|' /C calc'!A1"


def test_a_negative_amount_stays_a_number_in_csv() -> None:
    assert p.cellule_csv("-1500,00 €") == "-1500,00 €"
    assert p.cellule_csv("-1+2") == "'-1+2"


@pytest.mark.parametrize("etat", editions.ETATS, ids=[etat.nom for etat in editions.ETATS])
def test_every_state_reads_known_tables_and_prints_when_empty(etat: Etat) -> None:
    assert set(etat.tables) <= set(TABLES)
    assert etat.titre in text_of(html.fromstring(en_html(etat, {})))
    assert cells_of(etat, {})[0]
