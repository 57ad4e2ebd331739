"""One class of the contract per connector of the registry."""

import json

from connectors.aglae.connector import Aglae
from connectors.apogee.connector import Apogee
from connectors.extranet.connector import Extranet
from connectors.registry import push_connectors
from connectors.safir.connector import Safir
from tests.connectors.aglae.samples import DOSSIER, DOSSIERS_CSV, RETRAITEMENT, RETRAITEMENTS_CSV
from tests.connectors.apogee.samples import EVENT, EXPORT
from tests.connectors.deliveries import SECRET
from tests.connectors.extranet.samples import FICHE, HEURES, HEURES_CSV
from tests.connectors.safir.samples import ACTION, DECISIONS_CSV, VERSEMENT
from tests.contracts.bursary_contracts import TestCrous, TestNne, TestPve  # noqa: F401
from tests.contracts.calendar_contracts import TestAcademie  # noqa: F401
from tests.contracts.connector_contract import ConnectorContract, Good
from tests.contracts.ecole_contracts import TestEtablissement, TestSiecleSuivi  # noqa: F401
from tests.contracts.luciole_contracts import TestChorus, TestDraaf, TestLuciole, TestSupport  # noqa: F401
from tests.contracts.school_contracts import TestCharlemagne, TestLsu, TestOnde, TestPronote, TestSiecle, TestSts  # noqa: F401


class TestApogee(ConnectorContract):
    connector_class = Apogee
    good = (
        Good(
            name="",
            content=json.dumps([EVENT, EVENT | {"event_id": "e-2", "type": "IA_ANNULEE", "eta_iae": "A"}]).encode(),
            personal=("TESTARD", "Zélie", "2007", "21907"),
            records=2,
            identifiers=("1111037734", "900001"),
            broken=(
                json.dumps([EVENT, EVENT | {"event_id": "e-2", "date_nai": "2007-02-31"}]).encode(),
                json.dumps([EVENT, EVENT | {"event_id": "e-2", "cod_etu": 21907}]).encode(),
                json.dumps([EVENT, EVENT | {"nom": "AUTREMENT"}]).encode(),
                json.dumps([EVENT, None]).encode(),
                json.dumps([EVENT, EVENT | {"event_id": "e-2", "inconnu": "TESTARD"}]).encode(),
            ),
        ),
        Good(
            name="export.csv",
            content=EXPORT.encode(),
            personal=("TESTARD", "Zélie", "2007", "VERMEIL", "21907", "21908"),
            records=2,
            identifiers=("1111037734", "900001", "900002"),
            broken=(
                EXPORT.replace("12/03/2007", "31/02/2007").encode(),
                EXPORT.replace(";VERMEIL;", ";VER;MEIL;").encode(),
                EXPORT.replace("1111037734", "1,11104E+09").encode(),
                EXPORT.replace("COD_ETU", "COD_ETUD").encode(),
            ),
        ),
    )


class TestAglae(ConnectorContract):
    connector_class = Aglae
    good = (
        Good(
            name="dossiers.csv",
            content=DOSSIERS_CSV.encode(),
            personal=("TESTARD", "Zélie", "2007", "VERMEIL"),
            records=2,
            identifiers=("1111037734L", "0906018155T"),
            broken=(
                DOSSIERS_CSV.replace("1665,00", "1665,005").encode(),
                DOSSIERS_CSV.replace(";2;VER;", ";1;VER;").encode(),
                DOSSIERS_CSV.replace("CONDITIONNEL", "CONDITIONEL").encode(),
            ),
        ),
        Good(
            name="dossiers.json",
            content=json.dumps([DOSSIER, DOSSIER | {"numero": "2026VER0906018155T", "numero_boursier": "0906018155T"}]).encode(),
            personal=("TESTARD", "Zélie", "2007"),
            records=2,
            identifiers=("1111037734L", "0906018155T"),
            broken=(
                json.dumps([DOSSIER, DOSSIER]).encode(),
                json.dumps([DOSSIER | {"voeux": [{"rang": 1}]}]).encode(),
                json.dumps([DOSSIER | {"voeux": DOSSIER["voeux"] * 2}]).encode(),
                json.dumps([DOSSIER | {"montant_annuel": "beaucoup"}]).encode(),
            ),
        ),
        Good(
            name="retraitements.csv",
            content=RETRAITEMENTS_CSV.encode(),
            personal=("dossier complet après appel",),
            records=1,
            identifiers=("1111037734L",),
            broken=(RETRAITEMENTS_CSV.replace("ACCEPTE", "ACCORDE").encode(),),
        ),
        Good(
            name="retraitement.json",
            content=json.dumps(RETRAITEMENT).encode(),
            personal=("dossier complet après appel",),
            records=1,
            identifiers=("1111037734L",),
            broken=(json.dumps(RETRAITEMENT | {"resultat": "ACCORDE"}).encode(), json.dumps([RETRAITEMENT, DOSSIER]).encode()),
        ),
    )


class TestExtranet(ConnectorContract):
    keys_of_persons = False
    connector_class = Extranet
    good = (
        Good(
            name="",
            content=json.dumps([FICHE, HEURES]).encode(),
            personal=("TESTARD", "Zélie", "12/03/1980", "Maladie"),
            records=2,
            identifiers=("TESTARD",),
            broken=(
                json.dumps([FICHE, HEURES | {"evenement": "heures"}]).encode(),
                json.dumps([FICHE | {"date_naissance": "31/02/1980"}, HEURES]).encode(),
                json.dumps([FICHE, HEURES | {"centre_realisees": "12,345"}]).encode(),
                json.dumps([FICHE, HEURES | {"absences": [{"motif": "TESTARD"}]}]).encode(),
                json.dumps([FICHE | {"parcours": "TESTARD"}, HEURES]).encode(),
                json.dumps([FICHE, HEURES | {"stagiaire": "TESTARD Zélie"}]).encode(),
                json.dumps([FICHE, HEURES | {"mois": "Brumaire 2006"}]).encode(),
                json.dumps([FICHE, HEURES | {"contrat": 20061}]).encode(),
            ),
        ),
        Good(
            name="heures_saisies_2006-10.csv",
            content=HEURES_CSV.encode(),
            personal=("TESTARD", "Zélie", "Maladie"),
            records=2,
            identifiers=("TESTARD",),
            broken=(
                HEURES_CSV.replace("~CENTRE~14", "~CENTRE").encode(),
                HEURES_CSV.replace("~CENTRE~0", "~ATELIER~0").encode(),
                HEURES_CSV.replace("10/2006", "13/2006").encode(),
                HEURES_CSV.replace("STAGIAIRE", "STAGIARE").encode(),
            ),
        ),
    )


class TestSafir(ConnectorContract):
    keys_of_persons = False
    connector_class = Safir
    good = (
        Good(
            name="",
            content=json.dumps([ACTION, VERSEMENT]).encode(),
            personal=("TESTARD", "Zélie", "zelie"),
            records=3,
            identifiers=("TESTARD",),
            broken=(
                json.dumps([ACTION, VERSEMENT | {"nature": "CADEAU"}]).encode(),
                json.dumps([ACTION | {"zone": "Europe/Montpellier"}, VERSEMENT]).encode(),
                json.dumps([ACTION | {"adresse_electronique": "zelie sans arobase"}, VERSEMENT]).encode(),
                json.dumps([ACTION | {"formateurs": [{"nom": "TESTARD"}]}, VERSEMENT]).encode(),
                json.dumps([ACTION, VERSEMENT | {"evenement": None}]).encode(),
            ),
        ),
        Good(
            name="decision_facture.csv",
            content=DECISIONS_CSV.encode(),
            personal=("TESTARD", "Reprenez"),
            records=2,
            identifiers=("TESTARD",),
            broken=(DECISIONS_CSV.replace("REJETEE", "REFUSEE").encode(), DECISIONS_CSV.replace("RESULTAT", "RESULTATS").encode()),
        ),
    )


def _classes(contract: type[ConnectorContract]) -> list[type[ConnectorContract]]:
    return [each for direct in contract.__subclasses__() for each in (direct, *_classes(direct))]


def test_every_registered_connector_has_its_class_of_the_contract() -> None:
    tested = {contract.connector_class for contract in _classes(ConnectorContract) if hasattr(contract, "connector_class")}
    assert {type(connector) for connector in push_connectors(SECRET)} == tested


def test_systems_are_registered_once() -> None:
    systems = [connector.system for connector in push_connectors(SECRET)]
    assert len(set(systems)) == len(systems)
