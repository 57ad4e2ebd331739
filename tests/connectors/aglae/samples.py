"""Invented dossiers, with numbers whose keys are right."""

from typing import Any

DOSSIER: dict[str, Any] = {
    "numero": "2026VER1111037734L",
    "annee": 2026,
    "numero_boursier": "1111037734L",
    "nom": "TESTARD",
    "prenom": "Zélie",
    "date_naissance": "2007-03-12",
    "etat": "CONDITIONNEL",
    "echelon": "0bis",
    "montant_annuel": "1665.00",
    "pieces_manquantes": ["Avis d'imposition"],
    "voeux": [{"rang": 1, "academie": "VER", "uai": "0781944P", "cod_etp": "L1INFO", "libelle": "Licence - 1ère année"}],
    "dat_mod": "2026-08-01T12:00:00",
}

RETRAITEMENT: dict[str, Any] = {
    "numero": "2026VER1111037734L",
    "annee": 2026,
    "numero_boursier": "1111037734L",
    "uai": "0781944P",
    "cod_etp": "L1INFO",
    "resultat": "ACCEPTE",
    "motif": "dossier complet après appel",
    "date_decision": "2026-09-05",
}

DOSSIERS_CSV = (
    "NUMERO;ANNEE;NUMERO_BOURSIER;NOM;PRENOM;DATE_NAISSANCE;ETAT;ECHELON;MONTANT_ANNUEL;PIECES_MANQUANTES;"
    "VOEU_RANG;VOEU_ACADEMIE;VOEU_UAI;VOEU_COD_ETP;VOEU_LIBELLE;DATE_DECISION;DAT_MOD\n"
    "2026VER1111037734L;2026;1111037734L;TESTARD;Zélie;12/03/2007;CONDITIONNEL;1;1665,00;;2;VER;0781944P;L1INFO;L1;;01/08/2026\n"
    "2026VER1111037734L;2026;1111037734L;TESTARD;Zélie;12/03/2007;CONDITIONNEL;1;1665,00;;1;VER;0781944P;L1MATH;M1;;01/08/2026\n"
    "2026VER0906018155T;2026;0906018155T;VERMEIL;Ève;01/01/2006;EN_ATTENTE_DE_PIECES;;;RIB|Avis d'imposition;;;;;;;\n"
)

RETRAITEMENTS_CSV = (
    "NUMERO;ANNEE;NUMERO_BOURSIER;UAI;COD_ETP;RESULTAT;MOTIF;DATE_DECISION\n"
    "2026VER1111037734L;2026;1111037734L;0781944P;L1INFO;ACCEPTE;dossier complet après appel;05/09/2026\n"
)
