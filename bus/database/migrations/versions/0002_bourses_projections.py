"""The tables of the bursary projections."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bourses_decisions",
        sa.Column("numero_dossier", sa.Text(), nullable=False, comment="Dossier de bourse."),
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("cod_ind", sa.Text(), autoincrement=False, nullable=False, comment="Individu d'Apogée."),
        sa.Column("cod_etp", sa.Text(), autoincrement=False, nullable=False, comment="Étape."),
        sa.Column("cod_vrs_vet", sa.Text(), autoincrement=False, nullable=False, comment="Version de l'étape."),
        sa.Column("nature", sa.Text(), nullable=False, comment="validation, mise_en_paiement ou notification_ et sa nature."),
        sa.Column("cod_etu", sa.Text(), nullable=False, comment="Numéro d'étudiant."),
        sa.Column("voeu_rang", sa.Integer(), nullable=True, comment="Rang du vœu qui correspond ; absent après un retraitement du CROUS."),
        sa.Column("echelon", sa.Text(), nullable=True, comment="Échelon en vigueur."),
        sa.Column("montant_annuel", sa.Numeric(precision=10, scale=2), nullable=True, comment="Montant annuel, en euros."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column("decide_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("numero_dossier", "uai", "annee", "cod_ind", "cod_etp", "cod_vrs_vet", "nature"),
        comment="Une ligne par décision ; la clé est celle de l'idempotence : dossier et inscription (R-AGL-38).",
    )
    op.create_index("ix_bourses_decisions_cle", "bourses_decisions", ["cle"], unique=False)
    op.create_table(
        "bourses_dossiers_marques",
        sa.Column("numero_dossier", sa.Text(), nullable=False, comment="Dossier de bourse."),
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("cod_ind", sa.Text(), autoincrement=False, nullable=False, comment="Individu d'Apogée."),
        sa.Column("cod_etp", sa.Text(), autoincrement=False, nullable=False, comment="Étape."),
        sa.Column("cod_vrs_vet", sa.Text(), autoincrement=False, nullable=False, comment="Version de l'étape."),
        sa.Column("raison", sa.Text(), nullable=False, comment="Pourquoi le CROUS doit agir : SANS_VOEU, PAIEMENT_A_REVOIR…"),
        sa.Column("cod_etu", sa.Text(), nullable=False, comment="Numéro d'étudiant."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column(
            "marque_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC ; la dernière fois s'il y en a eu plusieurs."
        ),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("numero_dossier", "uai", "annee", "cod_ind", "cod_etp", "cod_vrs_vet", "raison"),
        comment="Dossiers que le CROUS doit retraiter ou dont il doit revoir le paiement.",
    )
    op.create_index("ix_bourses_dossiers_marques_cle", "bourses_dossiers_marques", ["cle"], unique=False)
    op.create_table(
        "bourses_inscriptions",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("cod_ind", sa.Text(), autoincrement=False, nullable=False, comment="Individu d'Apogée."),
        sa.Column("cod_etp", sa.Text(), autoincrement=False, nullable=False, comment="Étape."),
        sa.Column("cod_vrs_vet", sa.Text(), autoincrement=False, nullable=False, comment="Version de l'étape."),
        sa.Column("cod_etu", sa.Text(), nullable=False, comment="Numéro d'étudiant."),
        sa.Column("statut", sa.Text(), nullable=False, comment="Où en est la bourse ; SANS_DOSSIER ne veut jamais dire non boursier."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column(
            "premiere", sa.Boolean(), nullable=False, comment="Étape première, ou rien ne dit le contraire : compte dans les chiffres."
        ),
        sa.Column("numero_dossier", sa.Text(), nullable=True, comment="Dossier de bourse, s'il est connu."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("uai", "annee", "cod_ind", "cod_etp", "cod_vrs_vet"),
        comment="Une ligne par inscription : où en est sa bourse.",
    )
    op.create_index("ix_bourses_inscriptions_cle", "bourses_inscriptions", ["cle"], unique=False)
    op.create_index("ix_bourses_inscriptions_statut", "bourses_inscriptions", ["statut"], unique=False)
    op.create_table(
        "bourses_refus",
        sa.Column("evenement", sa.Text(), nullable=False, comment="ce_id de l'événement refusé."),
        sa.Column("processeur", sa.Text(), nullable=False, comment="La procédure qui refuse."),
        sa.Column("code", sa.Text(), nullable=False, comment="D'un ensemble borné."),
        sa.Column("message", sa.Text(), nullable=False, comment="Texte exact, en français."),
        sa.Column("remede", sa.Text(), nullable=False, comment="Que faire."),
        sa.Column("type_evenement", sa.Text(), nullable=False, comment="Type de l'événement refusé."),
        sa.Column("source", sa.Text(), nullable=False, comment="D'où il venait."),
        sa.Column("sujet", sa.Text(), nullable=False, comment="Ce dont il parlait."),
        sa.Column("refuse_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("evenement", "processeur"),
        comment="Événements que les règles des bourses refusent, avec leur remède.",
    )
    op.create_index("ix_bourses_refus_cle", "bourses_refus", ["cle"], unique=False)
    op.create_index("ix_bourses_refus_code", "bourses_refus", ["code"], unique=False)


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
