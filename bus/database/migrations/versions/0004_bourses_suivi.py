"""The tables of what follows a bursary decision: fees, pieces, control lists, amounts, detections; the marks of freshness."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "freshness",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("up_to", sa.DateTime(timezone=True), nullable=False, comment="Everything said before this instant is published."),
        sa.PrimaryKeyConstraint("processor", "partition"),
    )
    op.create_table(
        "bourses_apogee",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("cod_ind", sa.Text(), autoincrement=False, nullable=False, comment="Individu d'Apogée."),
        sa.Column("cod_etp", sa.Text(), autoincrement=False, nullable=False, comment="Étape."),
        sa.Column("cod_vrs_vet", sa.Text(), autoincrement=False, nullable=False, comment="Version de l'étape."),
        sa.Column("cod_etu", sa.Text(), nullable=False, comment="Numéro d'étudiant."),
        sa.Column("composante", sa.Text(), nullable=True, comment="Composante (COD_CMP)."),
        sa.Column(
            "bourse", sa.Text(), nullable=False, comment="SANS_OBJET (jamais « non boursier »), CONDITIONNELLE, DEFINITIVE, REFUSEE."
        ),
        sa.Column(
            "tarif", sa.Text(), nullable=False, comment="ORDINAIRE ou BOURSIER : une bourse conditionnelle donne les droits de boursier."
        ),
        sa.Column("declaree", sa.Boolean(), nullable=False, comment="L'étudiant se dit boursier : jamais une preuve."),
        sa.Column("numero_dossier", sa.Text(), nullable=True, comment="Dossier de bourse, s'il est connu."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("uai", "annee", "cod_ind", "cod_etp", "cod_vrs_vet"),
        comment="La bourse d'une inscription telle qu'Apogée doit la tenir ; la liste des boursiers conditionnels en est une partie.",
    )
    op.create_index(op.f("ix_bourses_apogee_bourse"), "bourses_apogee", ["bourse"], unique=False)
    op.create_index(op.f("ix_bourses_apogee_cle"), "bourses_apogee", ["cle"], unique=False)
    op.create_index(op.f("ix_bourses_apogee_composante"), "bourses_apogee", ["composante"], unique=False)
    op.create_table(
        "bourses_pieces",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("cod_ind", sa.Text(), autoincrement=False, nullable=False, comment="Individu d'Apogée."),
        sa.Column("cod_etp", sa.Text(), autoincrement=False, nullable=False, comment="Étape."),
        sa.Column("cod_vrs_vet", sa.Text(), autoincrement=False, nullable=False, comment="Version de l'étape."),
        sa.Column("piece", sa.Text(), nullable=False, comment="Pièce demandée à l'étudiant."),
        sa.Column("cod_etu", sa.Text(), nullable=False, comment="Numéro d'étudiant."),
        sa.Column("composante", sa.Text(), nullable=True, comment="Composante (COD_CMP)."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("uai", "annee", "cod_ind", "cod_etp", "cod_vrs_vet", "piece"),
        comment="Pièces demandées maintenant : l'avis de bourse, pour une bourse conditionnelle seulement.",
    )
    op.create_index(op.f("ix_bourses_pieces_cle"), "bourses_pieces", ["cle"], unique=False)
    op.create_index(op.f("ix_bourses_pieces_composante"), "bourses_pieces", ["composante"], unique=False)
    op.create_table(
        "bourses_passages",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("cod_ind", sa.Text(), autoincrement=False, nullable=False, comment="Individu d'Apogée."),
        sa.Column("cod_etp", sa.Text(), autoincrement=False, nullable=False, comment="Étape."),
        sa.Column("cod_vrs_vet", sa.Text(), autoincrement=False, nullable=False, comment="Version de l'étape."),
        sa.Column("cod_etu", sa.Text(), nullable=False, comment="Numéro d'étudiant."),
        sa.Column("composante", sa.Text(), nullable=True, comment="Composante (COD_CMP)."),
        sa.Column("voie", sa.Text(), nullable=False, comment="RAPPROCHEMENT ou CROUS."),
        sa.Column("numero_dossier", sa.Text(), nullable=True, comment="Dossier de bourse, s'il est connu."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("uai", "annee", "cod_ind", "cod_etp", "cod_vrs_vet"),
        comment="Bourses conditionnelles devenues définitives.",
    )
    op.create_index(op.f("ix_bourses_passages_cle"), "bourses_passages", ["cle"], unique=False)
    op.create_index(op.f("ix_bourses_passages_composante"), "bourses_passages", ["composante"], unique=False)
    op.create_table(
        "bourses_droits_a_revoir",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("cod_ind", sa.Text(), autoincrement=False, nullable=False, comment="Individu d'Apogée."),
        sa.Column("cod_etp", sa.Text(), autoincrement=False, nullable=False, comment="Étape."),
        sa.Column("cod_vrs_vet", sa.Text(), autoincrement=False, nullable=False, comment="Version de l'étape."),
        sa.Column("nature", sa.Text(), nullable=False, comment="RECLAMATION ou REMBOURSEMENT."),
        sa.Column("cod_etu", sa.Text(), nullable=False, comment="Numéro d'étudiant."),
        sa.Column("composante", sa.Text(), nullable=True, comment="Composante (COD_CMP)."),
        sa.Column("ouvert", sa.Boolean(), nullable=False, comment="Il y a lieu de le faire."),
        sa.Column("numero_dossier", sa.Text(), nullable=True, comment="Dossier de bourse, s'il est connu."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("uai", "annee", "cod_ind", "cod_etp", "cod_vrs_vet", "nature"),
        comment="Droits d'inscription à réclamer ou à rembourser par le gestionnaire.",
    )
    op.create_index(op.f("ix_bourses_droits_a_revoir_cle"), "bourses_droits_a_revoir", ["cle"], unique=False)
    op.create_index(op.f("ix_bourses_droits_a_revoir_composante"), "bourses_droits_a_revoir", ["composante"], unique=False)
    op.create_index(op.f("ix_bourses_droits_a_revoir_ouvert"), "bourses_droits_a_revoir", ["ouvert"], unique=False)
    op.create_table(
        "bourses_ecarts",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("cod_ind", sa.Text(), autoincrement=False, nullable=False, comment="Individu d'Apogée."),
        sa.Column("cod_etp", sa.Text(), autoincrement=False, nullable=False, comment="Étape."),
        sa.Column("cod_vrs_vet", sa.Text(), autoincrement=False, nullable=False, comment="Version de l'étape."),
        sa.Column("nature", sa.Text(), nullable=False, comment="NUMEROS_DIFFERENTS, NNE_ABSENT, MAL_SAISI, NUMERO_AGLAE_DIFFERENT."),
        sa.Column("cod_etu", sa.Text(), nullable=False, comment="Numéro d'étudiant."),
        sa.Column("composante", sa.Text(), nullable=True, comment="Composante (COD_CMP)."),
        sa.Column("differents", sa.Boolean(), nullable=False, comment="Compte dans « numéros boursiers <> numéros NNE »."),
        sa.Column("nne", sa.Text(), nullable=True, comment="NNE d'Apogée."),
        sa.Column("numero_boursier", sa.Text(), nullable=True, comment="Numéro de boursier."),
        sa.Column("avertissements", sa.ARRAY(sa.Text()), nullable=False, comment="Ce qui est douteux dans la forme des numéros."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("uai", "annee", "cod_ind", "cod_etp", "cod_vrs_vet", "nature"),
        comment="Défauts des NNE qui sont ouverts : les listes de contrôle.",
    )
    op.create_index(op.f("ix_bourses_ecarts_cle"), "bourses_ecarts", ["cle"], unique=False)
    op.create_index(op.f("ix_bourses_ecarts_composante"), "bourses_ecarts", ["composante"], unique=False)
    op.create_index(op.f("ix_bourses_ecarts_differents"), "bourses_ecarts", ["differents"], unique=False)
    op.create_table(
        "bourses_notifications_dossier",
        sa.Column("numero_dossier", sa.Text(), nullable=False, comment="Dossier de bourse."),
        sa.Column("nature", sa.Text(), nullable=False, comment="CONDITIONNELLE ou PIECES."),
        sa.Column("annee", sa.Integer(), nullable=False, comment="Année de la rentrée."),
        sa.Column("reserve_progression", sa.Boolean(), nullable=False, comment="Sous réserve de progression."),
        sa.Column("echelon", sa.Text(), nullable=True, comment="Échelon annoncé."),
        sa.Column("montant_annuel", sa.Numeric(precision=10, scale=2), nullable=True, comment="Montant annuel annoncé, en euros."),
        sa.Column("pieces", sa.ARRAY(sa.Text()), nullable=False, comment="Pièces demandées, toutes et elles seules."),
        sa.Column("texte", sa.ARRAY(sa.Text()), nullable=False, comment="Lignes du texte."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("numero_dossier", "nature"),
        comment="Dernière notification de chaque sorte qui suit du dossier seul.",
    )
    op.create_index(op.f("ix_bourses_notifications_dossier_cle"), "bourses_notifications_dossier", ["cle"], unique=False)
    op.create_table(
        "bourses_montants",
        sa.Column("numero_dossier", sa.Text(), nullable=False, comment="Dossier de bourse."),
        sa.Column("annee", sa.Integer(), nullable=False, comment="Année de la rentrée."),
        sa.Column("nature", sa.Text(), nullable=False, comment="CONDITIONNEL ou DEFINITIF."),
        sa.Column("echelon", sa.Text(), nullable=True, comment="Échelon en vigueur."),
        sa.Column("montant_annuel", sa.Numeric(precision=10, scale=2), nullable=False, comment="Montant annuel en vigueur, en euros."),
        sa.Column("points_charge", sa.Integer(), nullable=True, comment="Total des points de charge."),
        sa.Column("points_distance", sa.Integer(), nullable=True, comment="Dont points de distance."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("numero_dossier"),
        comment="Montant en vigueur de chaque dossier.",
    )
    op.create_index(op.f("ix_bourses_montants_cle"), "bourses_montants", ["cle"], unique=False)
    op.create_table(
        "bourses_mensualites",
        sa.Column("numero_dossier", sa.Text(), nullable=False, comment="Dossier de bourse."),
        sa.Column("mois", sa.Text(), nullable=False, comment="AAAA-MM."),
        sa.Column("montant", sa.Numeric(precision=10, scale=2), nullable=False, comment="En euros."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("numero_dossier", "mois"),
        comment="Versements d'un dossier selon son montant en vigueur.",
    )
    op.create_index(op.f("ix_bourses_mensualites_cle"), "bourses_mensualites", ["cle"], unique=False)
    op.create_table(
        "bourses_crous_sans_suite",
        sa.Column("numero_boursier", sa.Text(), nullable=False, comment="Numéro de boursier de la ligne."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("resultat", sa.Text(), nullable=False, comment="Ce que dit la ligne."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("numero_boursier", "annee"),
        comment="Lignes du CROUS qui ne correspondent à aucune bourse conditionnelle : elles ne changent rien.",
    )
    op.create_index(op.f("ix_bourses_crous_sans_suite_cle"), "bourses_crous_sans_suite", ["cle"], unique=False)
    op.create_table(
        "bourses_anomalies",
        sa.Column("numero_dossier", sa.Text(), nullable=False, comment="Dossier de bourse."),
        sa.Column("code", sa.Text(), nullable=False, comment="D'un ensemble borné."),
        sa.Column("annee", sa.Integer(), nullable=False, comment="Année de la rentrée."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("numero_dossier", "code"),
        comment="Ce qui est à vérifier dans un dossier.",
    )
    op.create_index(op.f("ix_bourses_anomalies_cle"), "bourses_anomalies", ["cle"], unique=False)
    op.create_table(
        "bourses_demandes",
        sa.Column("numero_boursier", sa.Text(), nullable=False, comment="Numéro de boursier."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("date_demande", sa.Date(), nullable=False, comment="Jour de la saisie."),
        sa.Column("motif", sa.Text(), nullable=False, comment="Pourquoi, en français."),
        sa.Column("depuis", sa.DateTime(timezone=True), nullable=False, comment="Depuis quand, UTC."),
        sa.Column("evenements", sa.ARRAY(sa.Text()), nullable=False, comment="Les ce_id des événements qui y ont mené, dans l'ordre."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.PrimaryKeyConstraint("numero_boursier", "annee"),
        comment="Demandes du PVE faites dans le calendrier.",
    )
    op.create_index(op.f("ix_bourses_demandes_cle"), "bourses_demandes", ["cle"], unique=False)
    op.create_table(
        "bourses_detections",
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'étudiant (empreinte)."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("uai", sa.Text(), nullable=False, comment="Établissement qui demande ; vide : non dit."),
        sa.Column("message", sa.Text(), nullable=False, comment="Message de détection."),
        sa.Column("raison", sa.Text(), nullable=False, comment="Pourquoi, pour l'exploitant : jamais dans la réponse."),
        sa.Column("a_rejouer", sa.Boolean(), nullable=False, comment="À redemander : le doute venait du bus."),
        sa.Column("detecte_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.PrimaryKeyConstraint("cle", "annee", "uai"),
        comment="Questions qui ont reçu la réponse d'attente, une par étudiant, année et établissement.",
    )


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
