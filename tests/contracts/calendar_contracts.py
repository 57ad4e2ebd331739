"""The contract of connectors for the academy, and the events of Charlemagne and ONDE."""

import json
from typing import Any

from connectors.academie.connector import Academie
from tests.contracts.connector_contract import ConnectorContract, Good

UAI = "9830418M"
ECOLE = "0840001V"

PROFIL: dict[str, Any] = {
    "evenement": "etablissement",
    "uai": UAI,
    "annee": 2018,
    "type": "COLLEGE",
    "omogen": False,
    "rentree": "2018-02-19",
    "fuseau": "Pacific/Noumea",
    "vacances": [{"debut": "2018-04-09", "fin": "2018-04-22"}],
}
FERMETURE: dict[str, Any] = {
    "evenement": "fermeture",
    "reference": "SIECLE-1",
    "systeme": "SIECLE",
    "debut": "2018-03-01",
    "fin": "2018-03-02",
}
INTEGRATION: dict[str, Any] = {"evenement": "integration_bee", "uai": UAI, "annee": 2018, "eleves": ["150010111AA", "150010112BB"]}
RECEPTIONS_CSV = "UAI;ANNEE;EFFECTIFS;TOTAL\n9830418M;2018;6EME~120|5EME~110;230\n"

ETAPE: dict[str, Any] = {"evenement": "etape", "uai": UAI, "annee": 2018, "numero": 13, "fait_le": "2018-01-20"}
ENVOI: dict[str, Any] = {"evenement": "eleves_envoyes", "uai": UAI, "annee": 2018, "eleves": ["150010111AA", "150010112BB"]}
ETAPES_CSV = "UAI;ANNEE;NUMERO;FAIT_LE\n9830418M;2018;13;20/01/2018\n9830418M;2018;7;21/01/2018\n"
DEPOT: dict[str, Any] = {"evenement": "depot_effectue", "uai": ECOLE, "annee": 2018, "depose_le": "2018-02-20"}


def encoded(*events: dict[str, Any]) -> bytes:
    return json.dumps(list(events)).encode()


class TestAcademie(ConnectorContract):
    keys_of_persons = False
    connector_class = Academie
    good = (
        Good(
            name="",
            content=encoded(PROFIL, FERMETURE, INTEGRATION),
            personal=("150010111AA", "150010112BB"),
            records=3,
            identifiers=("150010111AA", "150010112BB"),
            broken=(
                encoded(PROFIL, FERMETURE | {"systeme": "PRONOTE"}),
                encoded(PROFIL | {"fuseau": "Pacific/Nulle-Part"}, FERMETURE),
                encoded(PROFIL | {"vacances": [{"debut": "2018-04-09"}]}, FERMETURE),
                encoded(PROFIL, INTEGRATION | {"eleves": ["150010111AA", 12]}),
                encoded(PROFIL, INTEGRATION | {"eleves": "150010111AA"}),
                encoded(PROFIL | {"uai": "983"}, FERMETURE),
                encoded(PROFIL | {"annee": 18}, FERMETURE),
            ),
        ),
        Good(
            name="reception_bea_2018.csv",
            content=RECEPTIONS_CSV.encode(),
            personal=("230",),
            records=1,
            broken=(RECEPTIONS_CSV.replace("~110", "").encode(), RECEPTIONS_CSV.replace("TOTAL", "TOTAUX").encode()),
        ),
    )


CHARLEMAGNE = (
    Good(
        name="",
        content=encoded(ETAPE, ENVOI),
        personal=("150010111AA", "150010112BB"),
        records=2,
        identifiers=("150010111AA", "150010112BB"),
        broken=(
            encoded(ETAPE, ENVOI | {"eleves": ["150010111AA", "150 010"]}),
            encoded(ETAPE | {"numero": "treize"}, ENVOI),
            encoded(ETAPE | {"fait_le": "2018-02-30"}, ENVOI),
            encoded(ETAPE | {"evenement": "etapes"}, ENVOI),
        ),
    ),
    Good(
        name="etape.csv",
        content=ETAPES_CSV.encode(),
        personal=("21/01",),
        records=2,
        broken=(ETAPES_CSV.replace("21/01/2018", "32/01/2018").encode(), ETAPES_CSV.replace("NUMERO", "NUMEROS").encode()),
    ),
)
"""Its own events, beside the files of `school_contracts`."""

ONDE = (
    Good(
        name="depot_effectue.json",
        content=encoded(DEPOT),
        personal=("20/02",),
        records=1,
        broken=(encoded(DEPOT | {"empreinte": "abc"}), encoded(DEPOT | {"uai": None})),
    ),
)
