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


def test_the_dates_of_an_action_read_as_in_the_guide() -> None:
    suivi = {
        "contrat": "2007QCA0266",
        "date_debut_prevue": date(2006, 9, 28),
        "date_debut_reelle": date(2006, 9, 28),
        "date_fin_prevue": date(2007, 6, 12),
        "date_fin_reelle": None,
        "frequence": "MENSUEL",
        "taux_realisation": Decimal("0.02"),
    }
    planned = ACTION | {"total_prevu": Decimal("1232.00")}
    assert table_of(editions.DATES, {"formation_actions": [planned], "formation_suivi": [suivi]})[1:] == [
        ["Date de début prévue", "28/09/2006"],
        ["Date de début réelle", "28/09/2006"],
        ["Date de fin prévue", "12/06/2007"],
        ["Date de fin réelle", ""],
        ["Fréquence de paiement", "Mensuel"],
        ["Total prévu de l'action", "1232"],
        ["Total réalisé de l'action", "0,02%"],
    ]


def test_the_list_of_stagiaires_reads_as_in_the_guide() -> None:
    rows = table_of(editions.STAGIAIRES_FIN, JANVIER)
    assert rows[0] == ["Nom", "Prénom", "Date de début", "Date de fin"]
    assert ["NADAL", "RAFAEL", "12/02/2007", ""] in rows
    assert ["BORG", "BJON", "11/01/2007", "13/06/2007"] in rows


def test_the_list_of_trainers_has_the_guides_columns_and_their_number() -> None:
    trainers = [
        {
            "nom": "ROCHER",
            "prenom": "YVES",
            "domaine": "gestion et économie",
            "heures": "12.00",
            "statut": "CDD",
            "experience": "4 ans d'ancienneté",
        },
        {"nom": "MEUNIER", "prenom": "JACQUES", "domaine": "informatique", "heures": "12.00", "statut": "VACATAIRE", "experience": "2 ans"},
    ]
    donnees = {"formation_formateurs": [{"formateurs": trainers}]}
    rows = table_of(editions.FORMATEURS, donnees)
    assert rows[0] == [
        "Nom",
        "Prénom",
        "Domaine d'intervention du formateur",
        "Heures assurées",
        "Statut",
        "Formation et expérience professionnelle",
    ]
    assert rows[1] == ["ROCHER", "YVES", "gestion et économie", "12", "CDD", "4 ans d'ancienneté"]
    assert "Nombre total de formateurs : 2" in text_of(html.fromstring(en_html(editions.FORMATEURS, donnees)))


def test_the_situation_of_each_stagiaire_is_written_in_the_guides_words_at_its_own_term() -> None:
    def survey(term: str, situation: str, contract: str | None) -> dict[str, Any]:
        return {"stagiaire": "ST-3", "terme": term, "due_le": date(2007, 12, 13), "situation": situation, "type_contrat": contract}

    surveys = [survey("SORTIE", "AUTRE", None), survey("SIX_MOIS", "EMPLOI_SECTEUR", "CDD_MOINS_6_MOIS")]
    donnees = {**JANVIER, "formation_enquetes": surveys}
    assert table_of(editions.ENQUETE_SIX_MOIS, donnees)[1:] == [
        [
            "BORG",
            "BJON",
            "11/01/2007",
            "13/06/2007",
            "13/12/2007",
            "Emplois dans le secteur d'activité de la formation suivie",
            "CDD - 6 mois",
        ]
    ]
    assert table_of(editions.ENQUETE_SORTIE, donnees)[1][5:] == ["Autre situation", ""]
    assert table_of(editions.ENQUETE_UN_AN, donnees) == []


def test_the_bilan_shows_each_stagiaires_hours_exit_and_situation() -> None:
    lines = [
        {"stagiaire": "ST-3", "fin_de_formation": False, "centre": "12.00", "entreprise": "23.00"},
        {"stagiaire": "ST-4", "fin_de_formation": True, "centre": "0.00", "entreprise": "0.00"},
    ]
    bilans = [{"etape": "PREREMPLI", "lignes": lines[:1]}, {"etape": "DEPOSE", "lignes": lines}]
    survey = {"stagiaire": "ST-3", "terme": "SORTIE", "situation": "EMPLOI_AUTRE", "type_contrat": "INTERIM"}
    rows = table_of(editions.BILAN_SORTIE, {**JANVIER, "formation_bilans": bilans, "formation_enquetes": [survey]})
    assert rows[1] == ["BORG", "BJON", "11/01/2007", "13/06/2007", "non", "12", "23", "Emplois dans un autre secteur", "Intérim"]
    assert rows[2][:2] == ["NADAL", "RAFAEL"]


@pytest.mark.parametrize(
    "titre",
    [
        "Liste des formateurs",
        "Liste des stagiaires à l'ouverture de l'action",
        "Liste des stagiaires à la fin de l'action",
        "Bilan à la sortie",
        "Bilan à 6 mois",
        "Bilan à 1 an",
        "Déclarations périodiques par mois",
        "Factures émises en attente de validation Région :",
        "Factures validées par la Région :",
        "Enquête à la sortie",
        "Enquête 6 mois après la sortie",
        "Enquête 1 an après la sortie",
        "Etats des certificats en cours de validation",
        "Etats des certificats",
        "Etats des certificats rejetés",
    ],
)
def test_every_edition_of_the_guide_exists(titre: str) -> None:
    assert [etat.titre for etat in editions.ETATS].count(titre) == 1


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


IN_ONE_PLACE = ("Heures réalisées", "Heures non réalisées justifiées", "Coût unitaire")


def declaration(mois: str, **changes: Any) -> dict[str, Any]:
    return {
        "mois": mois,
        "periode": p.periode(mois),
        "nombre_stagiaires": 3,
        "centre": Decimal("335.00"),
        "centre_realisees": Decimal("300.00"),
        "centre_justifiees": Decimal("35.00"),
        "cout_unitaire_centre": Decimal("7.0000"),
        "entreprise": Decimal("100.00"),
        "entreprise_realisees": Decimal("100.00"),
        "entreprise_justifiees": Decimal("0.00"),
        "cout_unitaire_entreprise": Decimal("1.0000"),
        "cout": Decimal("2445.00"),
        **changes,
    }


def test_what_may_be_invoiced_is_listed_with_its_unit_costs_and_its_sum() -> None:
    other = {"cout_unitaire_centre": Decimal("7.1250"), "centre_justifiees": Decimal("0.00"), "cout": Decimal("2237.50")}
    donnees = {
        "formation_actions": [ACTION],
        "formation_declarations": [declaration("2006-11", **other), declaration("2006-10"), declaration("2006-09")],
        "formation_factures": [facture(statut="ACCEPTEE", mois=["2006-09"])],
    }
    rows = table_of(editions.A_FACTURER, donnees)
    assert rows == [
        [
            "Sélectionner",
            "Période",
            "Nbre de stg",
            *["Heures réalisées", "Heures non réalisées justifiées", "Coût unitaire"] * 2,
            "Coût total",
        ],
        ["☐", "Octobre 2006", "3", "300,00", "35,00", "7,00", "100,00", "0,00", "1,00", "2445,00 €"],
        ["☐", "Novembre 2006", "3", "300,00", "0,00", "7,125", "100,00", "0,00", "1,00", "2237,50 €"],
        ["", "Total :", "", "", "", "", "", "", "", "4682,50 €"],
    ]
    assert cells_of(editions.A_FACTURER, donnees)[0][3:9] == [
        f"Heures en {lieu} - {libelle}" for lieu in ("centre", "entreprise") for libelle in IN_ONE_PLACE
    ]


def test_a_sum_with_an_unknown_cost_is_not_given() -> None:
    unknown = {"cout": None, "cout_unitaire_centre": None, "cout_unitaire_entreprise": None}
    donnees = {"formation_declarations": [declaration("2006-10"), declaration("2006-11", **unknown)]}
    rows = table_of(editions.A_FACTURER, donnees)
    assert rows[2][5:] == ["", "100,00", "0,00", "", ""]
    assert len(rows) == 3


@pytest.mark.parametrize(
    ("cost", "shown"), [("7", "7,00"), ("7.5000", "7,50"), ("7.1250", "7,125"), ("0.0001", "0,0001"), ("100", "100,00"), (None, "")]
)
def test_a_unit_cost_is_shown_as_it_counts(cost: str | None, shown: str) -> None:
    assert p.cout_unitaire(None if cost is None else Decimal(cost)) == shown


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
    assert row[6:9] == ["Septembre 2008", "Aucune facture à valider", "Date de clôture"]


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
