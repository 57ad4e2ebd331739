"""The tables of the deposits and synchros. Columns carry their meaning in French, as comments; instants are UTC."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeEngine

METADATA = MetaData()

Columns = Mapping[str, tuple[TypeEngine[Any], str]]
"""Name → type and meaning."""

TEXT: TypeEngine[Any] = Text()
ENTIER: TypeEngine[Any] = Integer()
OUI_NON: TypeEngine[Any] = Boolean()
JOUR: TypeEngine[Any] = Date()
INSTANT: TypeEngine[Any] = DateTime(timezone=True)
TEXTES: TypeEngine[Any] = ARRAY(Text())
JOURS: TypeEngine[Any] = ARRAY(Date())

FICHIER: Columns = {"uai": (TEXT, "Établissement."), "fichier": (TEXT, "Nom du fichier XML de liens.")}
CALCUL: Columns = {**FICHIER, "calcule_le": (INSTANT, "Instant du calcul, le même que celui de son en-tête.")}
COMPARAISON: Columns = {**FICHIER, "compare_le": (INSTANT, "Instant de la comparaison.")}
NOMBRES: Columns = {
    "eleves": (ENTIER, "Colonne « Élèves » : élèves du fichier."),
    "absents": (ENTIER, "Colonne « Absents » : élèves de SIECLE absents du fichier."),
    "rejetes": (ENTIER, "Nombre de la section 1."),
    "avec_anomalies": (ENTIER, "Nombre de la section 2."),
    "liens_importes": (ENTIER, "Liens importés."),
    "liens_rejetes": (ENTIER, "Liens rejetés."),
    "incertitudes": (TEXTES, "Ce que le bus ne savait pas."),
}
LIGNE: Columns = {
    "eleve": (TEXT, "Nom et prénom."),
    "identifiants": (TEXT, "Identifiant SIECLE / identifiant du logiciel privé."),
    "anomalie": (TEXT, "Colonne « Anomalie »."),
    "regle": (TEXT, "Colonne « Règle »."),
    "codes": (TEXTES, "Codes des anomalies, dans l'ordre."),
    "messages": (TEXTES, "Messages des anomalies, dans le même ordre."),
}
RANG: Columns = {"section": (TEXT, "REJET (section 1) ou ANOMALIE (section 2)."), "rang": (ENTIER, "Rang dans la section.")}
ABSENT: Columns = {
    "eleve": (TEXT, "Nom et prénom."),
    "identifiants": (TEXT, "Identifiant SIECLE / identifiant du logiciel privé."),
    "division": (TEXT, "Division."),
    "motif": (TEXT, "ABSENT_DU_FICHIER ou LIENS_REJETES."),
    "groupes_perdus": (TEXTES, "Groupes qu'il perd."),
}
REMEDE: Columns = {
    "branche": (TEXT, "TRANSFERT_4A, STRUCTURES_STS ou INCONNUE."),
    "eleves": (ENTIER, "Élèves concernés."),
    "cause": (TEXT, "Cause."),
    "correction": (TEXT, "Que faire, dans l'ordre."),
}
GROUPE: Columns = {"groupe": (TEXT, "Code du groupe."), "code": (TEXT, "GROUPE_A_01 ou GROUPE_B_02.")}


def _table(name: str, about: str, key: Columns, values: Columns) -> Table:
    keys = [Column(each, kind, primary_key=True, autoincrement=False, comment=doc) for each, (kind, doc) in key.items()]
    columns = [Column(each, kind, comment=doc) for each, (kind, doc) in values.items()]
    return Table(name, METADATA, *keys, *columns, comment=about)


_table(
    "siecle_depots",
    "Un fichier de liens déposé : où il en est.",
    FICHIER,
    {
        "etat": (TEXT, "DEPOSE, REMPLACE ou TRAITE."),
        "depose_le": (INSTANT, "Instant du dépôt."),
        "traitement_le": (INSTANT, "Instant prévu, puis réel, du traitement."),
    },
)
_table(
    "siecle_comptes_rendus",
    "Une ligne par compte-rendu calculé : la page « Suivi des échanges ».",
    CALCUL,
    {"date_import": (JOUR, "Colonne « Date d'import »."), "depose_le": (INSTANT, "Instant du dépôt."), **NOMBRES,
     "liens_effaces": (ENTIER, "Liens que SIECLE n'a plus.")},
)  # fmt: skip
_table("siecle_comptes_rendus_lignes", "Les lignes des deux sections d'un compte-rendu.", {**CALCUL, **RANG}, LIGNE)
_table(
    "siecle_comptes_rendus_absents",
    "Les élèves qui n'ont plus de lien après un traitement.",
    {**CALCUL, "rang": (ENTIER, "Rang dans la liste.")},
    ABSENT,
)
_table("siecle_remedes", "Que faire pour chaque groupe refusé d'un compte-rendu.", {**CALCUL, **GROUPE}, REMEDE)
_table(
    "siecle_predictions",
    "Une ligne par prédiction d'un compte-rendu avant le dépôt.",
    CALCUL,
    {
        "etat": (TEXT, "FAITE ou IMPOSSIBLE."),
        **NOMBRES,
        "perdent_leurs_liens": (ENTIER, "Élèves qui perdraient tous leurs liens."),
        "eleves_siecle": (ENTIER, "Élèves présents dans SIECLE."),
        "alerte": (TEXT, "Avertissement au-delà d'un dixième."),
        "sources": (TEXTES, "Les fichiers sur lesquels elle repose, avec leur âge."),
        "obstacles": (TEXTES, "Ce qui ferait refuser le dépôt."),
    },
)
_table("siecle_predictions_lignes", "Les lignes prévues des deux sections.", {**CALCUL, **RANG}, LIGNE)
_table(
    "siecle_predictions_absents",
    "Les élèves qui perdraient tous leurs liens.",
    {**CALCUL, "rang": (ENTIER, "Rang dans la liste.")},
    ABSENT,
)
_table("siecle_predictions_remedes", "Que faire avant le dépôt pour chaque groupe refusé.", {**CALCUL, **GROUPE}, REMEDE)
_table(
    "siecle_liens",
    "Les liens élève-groupe de chaque élève après le dernier traitement ; les trois listes vont ensemble.",
    {"uai": (TEXT, "Établissement."), "eleve_id": (TEXT, "Identifiant interne SIECLE.")},
    {
        "fichier": (TEXT, "Fichier qui les a donnés."),
        "groupes": (TEXTES, "Codes des groupes."),
        "debuts": (JOURS, "Premiers jours, inclus ; absent : toute l'année."),
        "fins": (JOURS, "Derniers jours, inclus ; absent : toute l'année."),
    },
)
_table(
    "siecle_comparaisons",
    "Le vrai compte-rendu de SIECLE comparé à celui du bus.",
    COMPARAISON,
    {
        "date_import": (JOUR, "Date d'import lue."),
        "calcul": (TEXT, "TRAITEMENT, PREDICTION ou AUCUN."),
        "conforme": (OUI_NON, "Aucun écart."),
        "eleves_lus": (ENTIER, "« Élèves » lu."),
        "eleves_calcules": (ENTIER, "« Élèves » calculé."),
        "absents_lus": (ENTIER, "« Absents » lu."),
        "absents_calcules": (ENTIER, "« Absents » calculé."),
        "rejetes_lus": (ENTIER, "Section 1 lue."),
        "rejetes_calcules": (ENTIER, "Section 1 calculée."),
        "anomalies_lues": (ENTIER, "Section 2 lue."),
        "anomalies_calculees": (ENTIER, "Section 2 calculée."),
        "ecarts": (ENTIER, "Nombre d'écarts."),
        "messages": (TEXTES, "Écarts de nombres."),
    },
)
_table(
    "siecle_comparaisons_ecarts",
    "Les écarts, ligne par ligne.",
    {**COMPARAISON, "rang": (ENTIER, "Rang dans la liste.")},
    {
        "identifiants": (TEXT, "Identifiants de l'élève."),
        "ecart": (TEXT, "DIFFERENT, MANQUE_DANS_SIECLE ou NON_PREVU."),
        "lu": (TEXT, "Ce que dit le vrai."),
        "calcule": (TEXT, "Ce qui était calculé."),
    },
)
_table(
    "siecle_ine_partages",
    "INE actifs dans deux établissements la même année ; une ligne disparaît quand l'un des deux rend l'élève.",
    {
        "uai": (TEXT, "Établissement."),
        "eleve_id": (TEXT, "Identifiant SIECLE de l'élève dans cet établissement."),
        "autre_uai": (TEXT, "L'autre établissement, qui a sa propre ligne."),
    },
    {
        "autre_eleve_id": (TEXT, "Identifiant SIECLE de l'élève dans l'autre établissement."),
        "millesime": (ENTIER, "Année scolaire de l'export de l'établissement."),
        "code": (TEXT, "INE_DANS_DEUX_ETABLISSEMENTS."),
        "message": (TEXT, "Texte, sans l'INE ni le nom."),
        "remede": (TEXT, "Que faire."),
        "constate_le": (INSTANT, "Quand."),
    },
)
_table(
    "synchros_etats",
    "Où en est chaque synchro d'un établissement.",
    {"uai": (TEXT, "Établissement."), "synchro": (TEXT, "S1 à S5, S4A, S4B ; S4 : les deux.")},
    {
        "statut": (TEXT, "EN_COURS ou FAITE."),
        "depuis": (INSTANT, "Depuis quand."),
        "message": (TEXT, "Le message qui le dit."),
        "a_verifier": (TEXT, "Ce qu'une personne doit vérifier."),
    },
)
_table(
    "synchros_bilans",
    "Bilans de l'import des élèves dans PRONOTE (R-PRO-25).",
    {"uai": (TEXT, "Établissement."), "affiche_le": (INSTANT, "Instant du bilan.")},
    {
        "crees": (ENTIER, "Élèves créés."),
        "mis_a_jour": (ENTIER, "Élèves mis à jour."),
        "ignores": (ENTIER, "Élèves ignorés."),
        "ignores_attendus": (ENTIER, "Élèves sortis d'après les fichiers de SIECLE ; absent : inconnu."),
        "consulte": (OUI_NON, "Une personne a consulté le rapport d'import."),
        "ecarts": (TEXTES, "Ce qui ne s'accorde pas."),
    },
)
_table(
    "siecle_refus",
    "Dépôts et synchros refusés, avec leur remède.",
    {"evenement": (TEXT, "ce_id de l'événement refusé."), "processeur": (TEXT, "La procédure qui refuse.")},
    {
        "uai": (TEXT, "Établissement."),
        "code": (TEXT, "D'un ensemble borné."),
        "message": (TEXT, "Texte exact."),
        "remede": (TEXT, "Que faire."),
        "type_evenement": (TEXT, "Type de l'événement refusé."),
        "refuse_le": (INSTANT, "Quand."),
    },
)
