"""The contract of connectors for the CROUS, the PVE and the corrections of an NNE."""

import json
from typing import Any

from connectors.crous.connector import Crous
from connectors.nne.connector import Nne
from connectors.pve.connector import Pve
from tests.contracts.connector_contract import ConnectorContract, Good

DECISION: dict[str, Any] = {
    "evenement": "decision_crous",
    "annee": 2026,
    "numero_boursier": "1111037734L",
    "resultat": "DEFINITIF",
    "echelon": "1",
    "montant_annuel": "2163.00",
    "nom": "TESTARD",
    "prenoms": ["Zélie"],
    "date_decision": "2026-07-10",
}
DECISIONS_CSV = (
    "ANNEE;NUMERO_BOURSIER;RESULTAT;MOTIF;NOM\n"
    "2026;1111037734L;DEFINITIF;;TESTARD\n"
    "2026;0906018155T;REFUSE;Ressources trop élevées;VERMEIL\n"
)
CNOUS: dict[str, Any] = {
    "id": 7,
    "lastName": "TESTARD",
    "firstName": "Zélie",
    "firstName2": "",
    "birthDate": "2007-03-12T00:00:00+01:00",
    "birthPlace": {"id": 3, "com": "78646", "libelle": "Versailles"},
    "civility": "F",
    "email": "zelie@exemple.fr",
    "grantStatus": 0,
    "grantEchelon": "5",
    "studyTown": "VERSAILLES",
    "schoolName": "UFR DES SCIENCES",
    "numberUaiRne": "0781944P",
    "backToSchoolDate": "2026-09-01T00:00:00+02:00",
    "paymentDuration": 10,
    "campaign": {"id": 1, "year": 2026, "active": True},
    "updatedAt": "2026-07-11T10:26:06+02:00",
    "ine": "1111037734L",
    "removalDate": None,
    "removed": "N",
    "boursier": True,
}
DEMANDE: dict[str, Any] = {"evenement": "demande", "annee": 2026, "numero_boursier": "1111037734L", "date_demande": "2026-02-03"}
CORRECTION: dict[str, Any] = {
    "evenement": "correction_nne",
    "uai": "0781944P",
    "cod_etu": "22600123",
    "ancien_nne": "0DDG5R00015",
    "nouveau_nne": "1111037734L",
}


def encoded(*events: dict[str, Any]) -> bytes:
    return json.dumps(list(events)).encode()


class TestCrous(ConnectorContract):
    connector_class = Crous
    good = (
        Good(
            name="",
            content=encoded(DECISION, DECISION | {"numero_boursier": "0906018155T", "resultat": "RADIE", "date_radiation": "2026-12-01"}),
            personal=("TESTARD", "Zélie"),
            records=2,
            identifiers=("1111037734L", "0906018155T"),
            broken=(encoded(DECISION, DECISION | {"resultat": "PEUT-ETRE"}), encoded(DECISION, DECISION | {"annee": "deux mille"})),
        ),
        Good(
            name="decision_crous_2026-07.csv",
            content=DECISIONS_CSV.encode(),
            personal=("TESTARD", "VERMEIL"),
            records=2,
            identifiers=("1111037734L", "0906018155T"),
            broken=(DECISIONS_CSV.replace("REFUSE", "REFUZE").encode(), DECISIONS_CSV.replace("2026;0906", ";0906").encode()),
        ),
        Good(
            name="reponses.json",
            content=encoded(CNOUS, CNOUS | {"ine": "0906018155T", "grantStatus": 1}),
            personal=("TESTARD", "Zélie", "zelie@exemple.fr", "2007"),
            records=2,
            identifiers=("1111037734L", "0906018155T"),
            broken=(
                encoded(CNOUS, CNOUS | {"grantStatus": "zéro"}),
                encoded(CNOUS, CNOUS | {"birthDate": "2007-02-31T00:00:00+01:00"}),
                encoded(CNOUS, CNOUS | {"ine": None}),
                encoded(CNOUS, CNOUS | {"backToSchoolDate": None, "campaign": None}),
                encoded(CNOUS, {"description": "Étudiant(e) TESTARD non trouvé(e)", "code": 404}),
                encoded({"description": "Mauvais paramètres", "code": "TESTARD"}),
            ),
        ),
    )


class TestPve(ConnectorContract):
    connector_class = Pve
    good = (
        Good(
            name="",
            content=encoded(DEMANDE, DEMANDE | {"numero_boursier": "0906018155T"}),
            personal=("2026-02-03",),
            records=2,
            identifiers=("1111037734L", "0906018155T"),
            broken=(encoded(DEMANDE, DEMANDE | {"date_demande": "2026-02-30"}),),
        ),
        Good(
            name="demande.csv",
            content=b"ANNEE;NUMERO_BOURSIER;DATE_DEMANDE;ACADEMIE\n2026;1111037734L;03/02/2026;VER\n",
            personal=("03/02/2026",),
            records=1,
            identifiers=("1111037734L",),
            broken=(b"ANNEE;NUMERO_BOURSIER;DATE_DEMANDE\n2026;1111037734L;30/02/2026\n",),
        ),
    )


class TestNne(ConnectorContract):
    connector_class = Nne
    good = (
        Good(
            name="",
            content=encoded(CORRECTION, {name: value for name, value in CORRECTION.items() if name != "ancien_nne"}),
            personal=("22600123",),
            records=2,
            identifiers=("1111037734L", "0DDG5R00015"),
            broken=(encoded(CORRECTION, CORRECTION | {"nouveau_nne": "1111"}),),
        ),
        Good(
            name="correction_nne.csv",
            content=b"UAI;COD_ETU;ANCIEN_NNE;NOUVEAU_NNE\n0781944P;22600123;0DDG5R00015;1111037734L\n",
            personal=("22600123",),
            records=1,
            identifiers=("1111037734L", "0DDG5R00015"),
            broken=(b"UAI;COD_ETU;ANCIEN_NNE;NOUVEAU_NNE\n0781944P;;0DDG5R00015;1111037734L\n",),
        ),
    )
