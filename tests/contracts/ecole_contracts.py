"""Contract classes of a school's acts and of SIECLE's report pages."""

import json

from connectors.etablissement.connector import Etablissement
from connectors.siecle.compte_rendu import SiecleSuivi
from tests.connectors.siecle.pages import HTML, LISTE, TEXTE
from tests.contracts.connector_contract import ConnectorContract, Good

UAI = "9830418M"
DEMANDE = {"evenement": "depot_demande", "uai": UAI, "fichier": "9830418MELEGROUPE2017180724091341.zip"}
LIEN = {"evenement": "lien_saisi", "uai": UAI, "eleve_id": "238012", "code_groupe": "4EME LV2 AJE"}
MESSAGE = {"evenement": "synchro_message", "uai": UAI, "message": "La structure a été envoyée à SCONET via un service Web."}
SYNCHROS_CSV = "UAI;SYNCHRO\n9830418M;S4A\n9830418M;S4B\n"


class TestEtablissement(ConnectorContract):
    keys_of_persons = False
    connector_class = Etablissement
    good = (
        Good(
            name="",
            content=json.dumps([DEMANDE, LIEN, MESSAGE]).encode(),
            personal=("238012",),
            records=3,
            broken=(
                json.dumps([DEMANDE, LIEN | {"eleve_id": "deux cent"}]).encode(),
                json.dumps([DEMANDE, MESSAGE | {"uai": "983"}]).encode(),
                json.dumps([DEMANDE, {"evenement": "depot_reponse", "uai": UAI, "choix": "PEUT-ETRE"}]).encode(),
                json.dumps([DEMANDE | {"inconnu": "238012"}]).encode(),
            ),
        ),
        Good(
            name="synchro_debut.csv",
            content=SYNCHROS_CSV.encode(),
            personal=("238012",),
            records=2,
            broken=(SYNCHROS_CSV.replace("S4B", "S9").encode(), SYNCHROS_CSV.replace("SYNCHRO", "SYNCRO").encode()),
        ),
    )


class TestSiecleSuivi(ConnectorContract):
    keys_of_persons = False
    connector_class = SiecleSuivi
    good = (
        Good(
            name="page.html",
            content=HTML.encode(),
            personal=("TESTARD", "Zélie", "VERMEIL", "210167", "238012"),
            records=1,
            broken=(
                HTML.replace("24/07/2018", "31/02/2018").encode(),
                HTML.replace("avec anomalies : 2", "avec anomalies : 3").encode(),
                HTML.replace("9830418MELEGROUPE", "ELEGROUPE").encode(),
            ),
        ),
        Good(
            name="page.txt",
            content=TEXTE.encode(),
            personal=("TESTARD", "Zélie", "OMBRELLE"),
            records=1,
            broken=(TEXTE.replace("rejetées :1", "rejetées :2").encode(),),
        ),
        Good(
            name="liste.txt",
            content=LISTE.encode(),
            personal=("TESTARD",),
            records=2,
            broken=(LISTE.replace("24/07/2018", "24/13/2018").encode(),),
        ),
    )
