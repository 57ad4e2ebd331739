"""The contract of connectors for Luciole, Chorus, the DRAAF and the support."""

import json
from typing import Any, cast

from connectors.chorus.connector import Chorus
from connectors.draaf.connector import Draaf
from connectors.luciole.connector import Luciole
from connectors.support.connector import Support
from tests.contracts.connector_contract import ConnectorContract, Good

DOSSIER: dict[str, Any] = {
    "evenement": "dossier",
    "instant": "2026-06-05T10:00:00+02:00",
    "identifiant": "L-1",
    "dossier": "2026-0341088Y-0017",
    "etablissement": "0341088Y",
    "cycle": "SECONDAIRE",
    "instructeur": "02102322 EPL XXX",
    "decision": "ATTRIBUEE",
    "date_decision": "2026-05-10",
    "montant": "456.00",
    "montant_theorique": "468.00",
    "bordereau": "B1",
}
ENVOI: dict[str, Any] = {"evenement": "envoi_demande", "instructeur": "008300205 EPL YYY", "selection": ["0341088Y"]}
LIGNE: dict[str, Any] = {"etablissement": "0341088Y", "bordereau": "B1", "nombre_dossiers": 2, "montant": "1449.00"}
FICHIER: dict[str, Any] = {
    "evenement": "fichier_paiement",
    "fichier": "PAIE-1",
    "lignes": [LIGNE, LIGNE | {"bordereau": "B2", "nombre_dossiers": 1, "montant": "1.00"}],
    "nombre_dossiers": 3,
    "montant_total": "1450.00",
}
CSV = "DOSSIER;ETABLISSEMENT;DATE_DECISION;MONTANT\n2026-0017;0341088Y;10/05/2026;456,00\n2026-0018;0341088Y;;\n"
RETOUR: dict[str, Any] = {
    "evenement": "retour_paiement",
    "fichier": "PAIE-1",
    "statut": "INTEGRE_PARTIEL",
    "rejets": [{"etablissement": "0341088Y", "bordereau": "B1", "dossier": "2026-0017", "motif": "IBAN hors zone SEPA"}],
}
RETOURS_CSV = "FICHIER;STATUT;REJETS\nPAIE-1;INTEGRE_PARTIEL;0341088Y~B1~2026-0017~IBAN hors zone SEPA\n"
VALIDATION: dict[str, Any] = {"evenement": "validation", "fichier": "PAIE-1", "statut": "CONFIRMEE"}
DEBLOCAGE: dict[str, Any] = {"evenement": "deblocage", "par": "Support", "motif": "Verrou libéré à la main"}


def encoded(*events: dict[str, Any]) -> bytes:
    return json.dumps(list(events)).encode()


class TestLuciole(ConnectorContract):
    keys_of_persons = False
    connector_class = Luciole
    good = (
        Good(
            name="",
            content=encoded(DOSSIER, ENVOI, FICHIER),
            personal=("2026-0341088Y-0017", "456"),
            records=3,
            identifiers=("2026-0341088Y-0017",),
            broken=(
                encoded(DOSSIER, ENVOI | {"instructeur": 2102322}),
                encoded(DOSSIER | {"etablissement": "341088Y"}, ENVOI),
                encoded(DOSSIER | {"montant": "-456.00"}, ENVOI),
                encoded(DOSSIER | {"date_decision": "2026-02-30"}, ENVOI),
                encoded(DOSSIER, FICHIER | {"montant_total": "1450.01"}),
                encoded(DOSSIER, FICHIER | {"nombre_dossiers": 4}),
                encoded(DOSSIER, FICHIER | {"lignes": []}),
                encoded(DOSSIER, FICHIER | {"lignes": [LIGNE, {"etablissement": "0341088Y", "bordereau": "B2"}]}),
                encoded(DOSSIER, {"evenement": "etablissement", "etablissement": "0341088Y", "zone": "Europe/Montpellier"}),
                encoded(DOSSIER, {"evenement": "verrou_demande", "instructeur": "02102322 EPL XXX", "demande": "x"}),
            ),
        ),
        Good(
            name="dossier_2026-06.csv",
            content=CSV.encode(),
            personal=("2026-0017", "456,00"),
            records=2,
            identifiers=("2026-0017",),
            broken=(CSV.replace("10/05/2026", "31/02/2026").encode(), CSV.replace("456,00", "456,005").encode()),
        ),
    )


class TestChorus(ConnectorContract):
    keys_of_persons = False
    connector_class = Chorus
    good = (
        Good(
            name="",
            content=encoded(RETOUR, RETOUR | {"statut": "INTEGRE", "rejets": []}),
            personal=("2026-0017", "IBAN"),
            records=2,
            identifiers=("2026-0017",),
            broken=(
                encoded(RETOUR, RETOUR | {"statut": "PARTI"}),
                encoded(RETOUR, RETOUR | {"fichier": "un fichier"}),
                encoded(RETOUR, RETOUR | {"rejets": [{"etablissement": "0341088Y"}]}),
            ),
        ),
        Good(
            name="retour_paiement.csv",
            content=RETOURS_CSV.encode(),
            personal=("2026-0017", "IBAN"),
            records=1,
            identifiers=("2026-0017",),
            broken=(RETOURS_CSV.replace("~B1~", "~").encode(), RETOURS_CSV.replace("STATUT", "ETAT").encode()),
        ),
    )


class TestDraaf(ConnectorContract):
    keys_of_persons = False
    connector_class = Draaf
    good = (
        Good(
            name="",
            content=encoded(VALIDATION, VALIDATION | {"statut": "REJETEE", "motif": "Erreur de saisie"}),
            personal=("Erreur de saisie",),
            records=2,
            broken=(encoded(VALIDATION, VALIDATION | {"statut": "PEUT-ETRE"}), encoded(VALIDATION, {"evenement": "validation"})),
        ),
        Good(
            name="validation.csv",
            content=b"FICHIER;STATUT\nPAIE-1;REJET_REFUSE\n",
            personal=("Erreur de saisie",),
            records=1,
            broken=(b"FICHIER;STATUT\nPAIE-1;REFUSE\n", b"FICHIER\nPAIE-1\n"),
        ),
    )


class TestSupport(ConnectorContract):
    keys_of_persons = False
    connector_class = Support
    good = (
        Good(
            name="",
            content=encoded(DEBLOCAGE),
            personal=("libéré à la main",),
            records=1,
            broken=(encoded(DEBLOCAGE, DEBLOCAGE | {"force": True}), encoded(DEBLOCAGE, cast("dict[str, Any]", []))),
        ),
        Good(
            name="deblocage.csv",
            content="PAR;MOTIF\nSupport;Verrou libéré à la main\n".encode(),
            personal=("libéré à la main",),
            records=1,
            broken=(b"PAR;RAISON\nSupport;x\n",),
        ),
    )
