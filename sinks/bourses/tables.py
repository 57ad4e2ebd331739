"""The tables of the bursary projections: one name, one table. Columns carry their meaning in French, as comments."""

from sqlalchemy import ARRAY, Boolean, Column, DateTime, Integer, MetaData, Numeric, Table, Text

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

TABLES: dict[str, Table] = {table.name: table for table in METADATA.sorted_tables}
