"""The tables of Luciole's projections. Columns carry their meaning in French, as comments; instants are UTC."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, DateTime, Integer, MetaData, Numeric, Table, Text
from sqlalchemy.types import TypeEngine

METADATA = MetaData()

Columns = Mapping[str, tuple[TypeEngine[Any], str]]
"""Name → type and meaning."""

TEXT: TypeEngine[Any] = Text()
ENTIER: TypeEngine[Any] = Integer()
LONG: TypeEngine[Any] = BigInteger()
OUI_NON: TypeEngine[Any] = Boolean()
JOUR: TypeEngine[Any] = Date()
INSTANT: TypeEngine[Any] = DateTime(timezone=True)
EUROS: TypeEngine[Any] = Numeric(12, 2)
TEXTES: TypeEngine[Any] = ARRAY(Text())

ETABLISSEMENT: Columns = {"etablissement": (TEXT, "UAI de l'établissement.")}
BORDEREAU: Columns = {**ETABLISSEMENT, "bordereau": (TEXT, "Bordereau de liquidation ; vide : tout l'établissement.")}
DOSSIER: Columns = {**BORDEREAU, "dossier": (TEXT, "Numéro du dossier.")}
JETON: Columns = {"jeton": (LONG, "Jeton de l'envoi.")}
INSTRUCTEUR: Columns = {"instructeur": (TEXT, "Code et libellé de l'instructeur.")}
ENREGISTREMENT: Columns = {"ce_id": (TEXT, "Identifiant de l'enregistrement publié.")}


def _table(name: str, about: str, key: Columns, values: Columns) -> Table:
    keys = [Column(each, kind, primary_key=True, autoincrement=False, comment=doc) for each, (kind, doc) in key.items()]
    columns = [Column(each, kind, comment=doc) for each, (kind, doc) in values.items()]
    return Table(name, METADATA, *keys, *columns, comment=about)


ETAPES = _table(
    "luciole_etapes",
    "La chronologie de chaque bordereau : une ligne par étape, faite, en attente de quoi, depuis quand, refusée pourquoi.",
    {**BORDEREAU, "etape": (TEXT, "Nom de l'étape.")},
    {
        "rang": (ENTIER, "1 pour l'instruction, 6 pour l'envoi."),
        "statut": (TEXT, "A_VENIR, ATTEND, EN_COURS, FAIT ou REFUSE."),
        "depuis": (INSTANT, "Depuis quand."),
        "attend": (TEXT, "Ce qu'elle attend."),
        "motif": (TEXT, "Pourquoi elle est refusée."),
    },
)

ETABLISSEMENTS = _table(
    "luciole_etablissements",
    "Une ligne par établissement : sa dernière préparation et son dernier envoi.",
    ETABLISSEMENT,
    {
        "date_derniere_preparation": (JOUR, "Colonne « Date de la dernière préparation »."),
        "preparation_a_refaire": (OUI_NON, "Cette date n'est pas celle de la commande : il faut recommencer."),
        "nombre_prepares": (ENTIER, "Dossiers préparés."),
        "nombre_clos": (ENTIER, "Dossiers laissés de côté par une date de clôture."),
        "nombre_hors_bordereau": (ENTIER, "Dossiers préparés qui ne sont d'aucun bordereau : ils ne partiront pas."),
        "bordereaux_ecartes": (TEXTES, "Bordereaux dont une étape précédente manque."),
        "envoye": (TEXT, "Colonne « Envoyé »."),
        "envoye_le": (INSTANT, "Fin du dernier envoi."),
        "nombre_non_reconduits": (ENTIER, "Dossiers que FREGATA ne reconduira pas en l'état."),
    },
)

ENVOIS = _table(
    "luciole_envois",
    "Une ligne par envoi et par établissement servi.",
    {**JETON, **ETABLISSEMENT},
    {
        **INSTRUCTEUR,
        "envoye": (TEXT, "`OK`."),
        "debut": (INSTANT, "Début de l'envoi."),
        "fin": (INSTANT, "Fin de l'envoi : les montants sont dans OGAPI."),
        "nombre_dossiers": (ENTIER, "Dossiers envoyés."),
        "nombre_montants": (ENTIER, "Montants donnés à OGAPI."),
        "bordereaux": (TEXTES, "Bordereaux figés par cet envoi."),
        "visible_le": (JOUR, "Jour où FREGATA montre les décisions."),
    },
)

VERROU = _table(
    "luciole_verrou",
    "Une seule ligne : où en est le verrou national.",
    {"verrou": (TEXT, "`national`.")},
    {
        "detenteur": (TEXT, "Instructeur qui envoie ; vide : personne."),
        "depuis": (INSTANT, "Depuis quand."),
        "jeton": (LONG, "Dernier jeton donné."),
        "bloque": (TEXT, "Ce qui bloque tout le pays ; vide : rien."),
        "support_appele": (OUI_NON, "Le support a été appelé."),
        "en_attente": (ENTIER, "Instructeurs dans la file."),
        "vu_le": (INSTANT, "Dernier changement."),
    },
)

FILE = _table(
    "luciole_file",
    "La file d'attente du verrou, dans l'ordre.",
    {"place": (ENTIER, "1 pour le prochain.")},
    {**INSTRUCTEUR, "attente_estimee_minutes": (ENTIER, "Attente estimée, en minutes."), "depuis": (INSTANT, "Depuis quand il attend.")},
)

MONTANTS = _table(
    "ogapi_montants",
    "Montants attribués, dans OGAPI dès le OK : une fois par établissement, bordereau et dossier.",
    DOSSIER,
    {
        "annee": (ENTIER, "Année de la rentrée."),
        "cycle": (TEXT, "Cycle."),
        "montant": (EUROS, "Montant attribué à payer, en euros."),
        "effectif_le": (INSTANT, "Instant du OK."),
        **INSTRUCTEUR,
        **JETON,
        **ENREGISTREMENT,
    },
)

DECISIONS = _table(
    "fregata_decisions",
    "Décisions et montants théoriques que FREGATA montre : une fois par établissement, bordereau et dossier.",
    DOSSIER,
    {
        "annee": (ENTIER, "Année de la rentrée."),
        "cycle": (TEXT, "Cycle."),
        "decision": (TEXT, "Décision."),
        "date_decision": (JOUR, "Date de décision."),
        "montant_theorique": (EUROS, "Montant théorique, en euros."),
        "visible_le": (JOUR, "Le lendemain du OK, dans le fuseau de l'établissement."),
        "envoye_le": (INSTANT, "Instant du OK."),
        **JETON,
        **ENREGISTREMENT,
    },
)

FREGATA_FILE = _table(
    "fregata_file",
    "Les décisions qui attendent leur jour, par établissement.",
    {**ETABLISSEMENT, "visible_le": (JOUR, "Leur jour.")},
    {
        "attendues": (ENTIER, "Décisions envoyées pour ce jour."),
        "publiees": (ENTIER, "Décisions que FREGATA montre."),
        "publiees_le": (INSTANT, "Depuis quand ; vide : elles attendent."),
    },
)

MODIFICATIONS = _table(
    "luciole_modifications",
    "Demandes de modification d'un dossier après préparation.",
    DOSSIER,
    {
        "fichier": (TEXT, "Fichier de paiement en cause."),
        "statut": (TEXT, "DEMANDEE, ACCEPTEE ou REFUSEE."),
        "motif": (TEXT, "Pourquoi."),
        "remede": (TEXT, "Que faire ensuite."),
        "depuis": (INSTANT, "Depuis quand."),
    },
)

NON_SERVIS = _table(
    "luciole_non_servis",
    "Établissements rattachés à qui rien n'a été envoyé.",
    {**INSTRUCTEUR, **ETABLISSEMENT},
    {"remede": (TEXT, "Que faire."), "vu_le": (INSTANT, "À la fin de quel envoi.")},
)

NON_RECONDUITS = _table(
    "luciole_non_reconduits",
    "Dossiers que FREGATA ne reconduira pas, faute de décision transmise.",
    {**ETABLISSEMENT, "dossier": (TEXT, "Numéro du dossier.")},
    {"annee": (ENTIER, "Année de la rentrée."), "raison": (TEXT, "Pourquoi il n'est pas parti."), "vu_le": (INSTANT, "Quand.")},
)

ERREURS = _table(
    "luciole_erreurs",
    "Chaque erreur de Luciole avec sa cause et son remède.",
    ENREGISTREMENT,
    {
        "quand": (INSTANT, "Quand."),
        "code": (TEXT, "D'un ensemble borné."),
        "message": (TEXT, "Texte exact."),
        "cause": (TEXT, "Pourquoi."),
        "remede": (TEXT, "Que faire."),
        "contact": (TEXT, "AUCUN, DRAAF ou SUPPORT."),
        **INSTRUCTEUR,
        **BORDEREAU,
        "place": (ENTIER, "Place dans la file."),
        "attente_estimee_minutes": (ENTIER, "Attente estimée, en minutes."),
    },
)

REFUS = _table(
    "luciole_refus",
    "Événements que la procédure de Luciole refuse, avec leur remède.",
    {"evenement": (TEXT, "ce_id de l'événement refusé."), "processeur": (TEXT, "La procédure qui refuse.")},
    {
        "code": (TEXT, "D'un ensemble borné."),
        "message": (TEXT, "Texte exact."),
        "remede": (TEXT, "Que faire."),
        "type_evenement": (TEXT, "Type de l'événement refusé."),
        "source": (TEXT, "D'où il venait."),
        "sujet": (TEXT, "Ce dont il parlait."),
        "refuse_le": (INSTANT, "Quand."),
        "cle": (TEXT, "Établissement, instructeur ou fichier."),
    },
)

APPELS = _table(
    "support_appels",
    "Appels au support de Luciole, un par incident.",
    ENREGISTREMENT,
    {
        "quand": (INSTANT, "Quand."),
        "motif": (TEXT, "DETENTEUR_BLOQUE, ENVOI_INTERROMPU ou COMPTEUR."),
        "message": (TEXT, "Message de Luciole, ou ce qui est arrivé."),
        "cause": (TEXT, "Pourquoi."),
        "remede": (TEXT, "Que faire."),
        **INSTRUCTEUR,
        "demandeur": (TEXT, "Qui attend."),
        "depuis": (INSTANT, "Depuis quand."),
        **JETON,
    },
)

DEMANDES = _table(
    "draaf_demandes",
    "Demandes de rejet d'un fichier de paiement, pour la DRAAF.",
    ENREGISTREMENT,
    {
        "quand": (INSTANT, "Quand."),
        "fichier": (TEXT, "Fichier de paiement."),
        **DOSSIER,
        **INSTRUCTEUR,
        "message": (TEXT, "Texte pour la DRAAF."),
        "motif": (TEXT, "Motif de l'instructeur."),
    },
)

TABLES: dict[str, Table] = {table.name: table for table in METADATA.sorted_tables}
