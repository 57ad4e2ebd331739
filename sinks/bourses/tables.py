"""The tables of the bursary projections: one name, one table. Columns carry their meaning in French, as comments."""

from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, Integer, MetaData, Numeric, Table, Text

METADATA = MetaData()

INSCRIPTION: tuple[tuple[str, type[Text] | type[Integer], str], ...] = (
    ("uai", Text, "Établissement."),
    ("annee", Integer, "Année de la rentrée."),
    ("cod_ind", Text, "Individu d'Apogée."),
    ("cod_etp", Text, "Étape."),
    ("cod_vrs_vet", Text, "Version de l'étape."),
)
"""What one registration is: part of the key of every table that speaks of one."""


def _registration() -> list[Column[object]]:
    return [Column(name, kind, primary_key=True, autoincrement=False, comment=about) for name, kind, about in INSCRIPTION]


def _events() -> Column[object]:
    return Column("evenements", ARRAY(Text), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre.")


def _record() -> list[Column[object]]:
    return [
        Column("ce_id", Text, nullable=False, comment="Identifiant de l'enregistrement publié."),
        Column("cle", Text, nullable=False, index=True, comment="Clé de l'étudiant (empreinte)."),
    ]


INSCRIPTIONS = Table(
    "bourses_inscriptions",
    METADATA,
    *_registration(),
    Column("cod_etu", Text, nullable=False, comment="Numéro d'étudiant."),
    Column("statut", Text, nullable=False, index=True, comment="Où en est la bourse ; SANS_DOSSIER ne veut jamais dire non boursier."),
    Column("motif", Text, nullable=False, comment="Pourquoi, en français."),
    Column("premiere", Boolean, nullable=False, comment="Étape première, ou rien ne dit le contraire : compte dans les chiffres."),
    Column("numero_dossier", Text, comment="Dossier de bourse, s'il est connu."),
    Column("depuis", DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
    _events(),
    *_record(),
    comment="Une ligne par inscription : où en est sa bourse.",
)

DECISIONS = Table(
    "bourses_decisions",
    METADATA,
    Column("numero_dossier", Text, primary_key=True, comment="Dossier de bourse."),
    *_registration(),
    Column("nature", Text, primary_key=True, comment="validation, mise_en_paiement ou notification_ et sa nature."),
    Column("cod_etu", Text, nullable=False, comment="Numéro d'étudiant."),
    Column("voeu_rang", Integer, comment="Rang du vœu qui correspond ; absent après un retraitement du CROUS."),
    Column("echelon", Text, comment="Échelon en vigueur."),
    Column("montant_annuel", Numeric(10, 2), comment="Montant annuel, en euros."),
    Column("motif", Text, nullable=False, comment="Pourquoi, en français."),
    Column("decide_le", DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
    _events(),
    *_record(),
    comment="Une ligne par décision ; la clé est celle de l'idempotence : dossier et inscription (R-AGL-38).",
)

DOSSIERS_MARQUES = Table(
    "bourses_dossiers_marques",
    METADATA,
    Column("numero_dossier", Text, primary_key=True, comment="Dossier de bourse."),
    *_registration(),
    Column("raison", Text, primary_key=True, comment="Pourquoi le CROUS doit agir : SANS_VOEU, PAIEMENT_A_REVOIR…"),
    Column("cod_etu", Text, nullable=False, comment="Numéro d'étudiant."),
    Column("motif", Text, nullable=False, comment="Pourquoi, en français."),
    Column("marque_le", DateTime(timezone=True), nullable=False, comment="Quand, UTC ; la dernière fois s'il y en a eu plusieurs."),
    _events(),
    *_record(),
    comment="Dossiers que le CROUS doit retraiter ou dont il doit revoir le paiement.",
)

REFUS = Table(
    "bourses_refus",
    METADATA,
    Column("evenement", Text, primary_key=True, comment="ce_id de l'événement refusé."),
    Column("processeur", Text, primary_key=True, comment="La procédure qui refuse."),
    Column("code", Text, nullable=False, index=True, comment="D'un ensemble borné."),
    Column("message", Text, nullable=False, comment="Texte exact, en français."),
    Column("remede", Text, nullable=False, comment="Que faire."),
    Column("type_evenement", Text, nullable=False, comment="Type de l'événement refusé."),
    Column("source", Text, nullable=False, comment="D'où il venait."),
    Column("sujet", Text, nullable=False, comment="Ce dont il parlait."),
    Column("refuse_le", DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
    *_record(),
    comment="Événements que les règles des bourses refusent, avec leur remède.",
)


def _said() -> list[Column[object]]:
    """Of every table of the follow-up: why, since when, from which events."""
    return [
        Column("motif", Text, nullable=False, comment="Pourquoi, en français."),
        Column("depuis", DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        _events(),
        *_record(),
    ]


def _student() -> list[Column[object]]:
    return [
        Column("cod_etu", Text, nullable=False, comment="Numéro d'étudiant."),
        Column("composante", Text, index=True, comment="Composante (COD_CMP)."),
    ]


APOGEE = Table(
    "bourses_apogee",
    METADATA,
    *_registration(),
    *_student(),
    Column(
        "bourse", Text, nullable=False, index=True, comment="SANS_OBJET (jamais « non boursier »), CONDITIONNELLE, DEFINITIVE, REFUSEE."
    ),
    Column("tarif", Text, nullable=False, comment="ORDINAIRE ou BOURSIER : une bourse conditionnelle donne les droits de boursier."),
    Column("declaree", Boolean, nullable=False, comment="L'étudiant se dit boursier : jamais une preuve."),
    Column("numero_dossier", Text, comment="Dossier de bourse, s'il est connu."),
    *_said(),
    comment="La bourse d'une inscription telle qu'Apogée doit la tenir ; la liste des boursiers conditionnels en est une partie.",
)

PIECES = Table(
    "bourses_pieces",
    METADATA,
    *_registration(),
    Column("piece", Text, primary_key=True, comment="Pièce demandée à l'étudiant."),
    *_student(),
    *_said(),
    comment="Pièces demandées maintenant : l'avis de bourse, pour une bourse conditionnelle seulement.",
)

PASSAGES = Table(
    "bourses_passages",
    METADATA,
    *_registration(),
    *_student(),
    Column("voie", Text, nullable=False, comment="RAPPROCHEMENT ou CROUS."),
    Column("numero_dossier", Text, comment="Dossier de bourse, s'il est connu."),
    *_said(),
    comment="Bourses conditionnelles devenues définitives.",
)

DROITS_A_REVOIR = Table(
    "bourses_droits_a_revoir",
    METADATA,
    *_registration(),
    Column("nature", Text, primary_key=True, comment="RECLAMATION ou REMBOURSEMENT."),
    *_student(),
    Column("ouvert", Boolean, nullable=False, index=True, comment="Il y a lieu de le faire."),
    Column("numero_dossier", Text, comment="Dossier de bourse, s'il est connu."),
    *_said(),
    comment="Droits d'inscription à réclamer ou à rembourser par le gestionnaire.",
)

ECARTS = Table(
    "bourses_ecarts",
    METADATA,
    *_registration(),
    Column("nature", Text, primary_key=True, comment="NUMEROS_DIFFERENTS, NNE_ABSENT, MAL_SAISI, NUMERO_AGLAE_DIFFERENT."),
    *_student(),
    Column("differents", Boolean, nullable=False, index=True, comment="Compte dans « numéros boursiers <> numéros NNE »."),
    Column("nne", Text, comment="NNE d'Apogée."),
    Column("numero_boursier", Text, comment="Numéro de boursier."),
    Column("avertissements", ARRAY(Text), nullable=False, comment="Ce qui est douteux dans la forme des numéros."),
    *_said(),
    comment="Défauts des NNE qui sont ouverts : les listes de contrôle.",
)

NOTIFICATIONS = Table(
    "bourses_notifications_dossier",
    METADATA,
    Column("numero_dossier", Text, primary_key=True, comment="Dossier de bourse."),
    Column("nature", Text, primary_key=True, comment="CONDITIONNELLE ou PIECES."),
    Column("annee", Integer, nullable=False, comment="Année de la rentrée."),
    Column("reserve_progression", Boolean, nullable=False, comment="Sous réserve de progression."),
    Column("echelon", Text, comment="Échelon annoncé."),
    Column("montant_annuel", Numeric(10, 2), comment="Montant annuel annoncé, en euros."),
    Column("pieces", ARRAY(Text), nullable=False, comment="Pièces demandées, toutes et elles seules."),
    Column("texte", ARRAY(Text), nullable=False, comment="Lignes du texte."),
    *_said(),
    comment="Dernière notification de chaque sorte qui suit du dossier seul.",
)

MONTANTS = Table(
    "bourses_montants",
    METADATA,
    Column("numero_dossier", Text, primary_key=True, comment="Dossier de bourse."),
    Column("annee", Integer, nullable=False, comment="Année de la rentrée."),
    Column("nature", Text, nullable=False, comment="CONDITIONNEL ou DEFINITIF."),
    Column("echelon", Text, comment="Échelon en vigueur."),
    Column("montant_annuel", Numeric(10, 2), nullable=False, comment="Montant annuel en vigueur, en euros."),
    Column("points_charge", Integer, comment="Total des points de charge."),
    Column("points_distance", Integer, comment="Dont points de distance."),
    *_said(),
    comment="Montant en vigueur de chaque dossier.",
)

MENSUALITES = Table(
    "bourses_mensualites",
    METADATA,
    Column("numero_dossier", Text, primary_key=True, comment="Dossier de bourse."),
    Column("mois", Text, primary_key=True, comment="AAAA-MM."),
    Column("montant", Numeric(10, 2), nullable=False, comment="En euros."),
    *_record(),
    comment="Versements d'un dossier selon son montant en vigueur.",
)

CROUS_SANS_SUITE = Table(
    "bourses_crous_sans_suite",
    METADATA,
    Column("numero_boursier", Text, primary_key=True, comment="Numéro de boursier de la ligne."),
    Column("annee", Integer, primary_key=True, autoincrement=False, comment="Année de la rentrée."),
    Column("resultat", Text, nullable=False, comment="Ce que dit la ligne."),
    *_said(),
    comment="Lignes du CROUS qui ne correspondent à aucune bourse conditionnelle : elles ne changent rien.",
)

ANOMALIES = Table(
    "bourses_anomalies",
    METADATA,
    Column("numero_dossier", Text, primary_key=True, comment="Dossier de bourse."),
    Column("code", Text, primary_key=True, comment="D'un ensemble borné."),
    Column("annee", Integer, nullable=False, comment="Année de la rentrée."),
    *_said(),
    comment="Ce qui est à vérifier dans un dossier.",
)

DEMANDES = Table(
    "bourses_demandes",
    METADATA,
    Column("numero_boursier", Text, primary_key=True, comment="Numéro de boursier."),
    Column("annee", Integer, primary_key=True, autoincrement=False, comment="Année de la rentrée."),
    Column("date_demande", Date, nullable=False, comment="Jour de la saisie."),
    *_said(),
    comment="Demandes du PVE faites dans le calendrier.",
)

DETECTIONS = Table(
    "bourses_detections",
    METADATA,
    Column("cle", Text, primary_key=True, comment="Clé de l'étudiant (empreinte)."),
    Column("annee", Integer, primary_key=True, autoincrement=False, comment="Année de la rentrée."),
    Column("uai", Text, primary_key=True, comment="Établissement qui demande ; vide : non dit."),
    Column("message", Text, nullable=False, comment="Message de détection."),
    Column("raison", Text, nullable=False, comment="Pourquoi, pour l'exploitant : jamais dans la réponse."),
    Column("a_rejouer", Boolean, nullable=False, comment="À redemander : le doute venait du bus."),
    Column("detecte_le", DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
    Column("ce_id", Text, nullable=False, comment="Identifiant de l'enregistrement publié."),
    comment="Questions qui ont reçu la réponse d'attente, une par étudiant, année et établissement.",
)

TABLES: dict[str, Table] = {table.name: table for table in METADATA.sorted_tables}
