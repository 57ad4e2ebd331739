"""One class of the contract per connector of the registry."""

import json

from connectors.aglae.connector import Aglae
from connectors.apogee.connector import Apogee
from connectors.registry import push_connectors
from tests.connectors.aglae.samples import DOSSIER, DOSSIERS_CSV, RETRAITEMENT, RETRAITEMENTS_CSV
from tests.connectors.apogee.samples import EVENT, EXPORT
from tests.connectors.deliveries import SECRET
from tests.contracts.connector_contract import ConnectorContract, Good


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


def test_every_registered_connector_has_its_class_of_the_contract() -> None:
    tested = {contract.connector_class for contract in ConnectorContract.__subclasses__()}
    assert {type(connector) for connector in push_connectors(SECRET)} == tested


def test_systems_are_registered_once() -> None:
    systems = [connector.system for connector in push_connectors(SECRET)]
    assert len(set(systems)) == len(systems)
