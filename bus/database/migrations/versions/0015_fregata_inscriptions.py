"""Inscriptions of FREGATA, and what was sent to it held against them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

RAPPROCHEMENT = """
CREATE VIEW fregata_rapprochement AS
WITH inscrits AS (
    SELECT
        upper(etablissement) AS etablissement,
        annee,
        count(*) AS inscrits,
        count(*) FILTER (WHERE sortie_etablissement IS NULL) AS presents
    FROM fregata_inscriptions GROUP BY 1, 2
), transmis AS (
    SELECT upper(etablissement) AS etablissement, annee, count(DISTINCT dossier) AS dossiers, max(visible_le) AS derniere_le
    FROM fregata_decisions GROUP BY 1, 2
), perdus AS (
    SELECT upper(etablissement) AS etablissement, annee, count(*) AS non_reconduits FROM luciole_non_reconduits GROUP BY 1, 2
)
SELECT
    etablissement,
    annee,
    coalesce(inscrits, 0) AS inscrits,
    coalesce(presents, 0) AS presents,
    coalesce(dossiers, 0) AS dossiers_transmis,
    derniere_le AS derniere_decision_le,
    coalesce(non_reconduits, 0) AS dossiers_non_reconduits,
    CASE
        WHEN inscrits IS NULL AND dossiers IS NULL THEN 'DOSSIERS_SANS_ENVOI'
        WHEN inscrits IS NULL THEN 'INCONNU_DE_FREGATA'
        WHEN dossiers IS NULL THEN 'RIEN_TRANSMIS'
        WHEN dossiers > inscrits THEN 'PLUS_DE_DOSSIERS_QUE_D_INSCRITS'
        WHEN non_reconduits > 0 THEN 'DOSSIERS_NON_RECONDUITS'
        ELSE 'RIEN_A_SIGNALER'
    END AS constat
FROM inscrits FULL JOIN transmis USING (etablissement, annee) FULL JOIN perdus USING (etablissement, annee)
"""

COLUMNS = {
    "inscrits": "Inscriptions que FREGATA a dites.",
    "presents": "Celles sans date de sortie de l'établissement.",
    "dossiers_transmis": "Dossiers dont une décision est visible dans FREGATA.",
    "derniere_decision_le": "Jour de la dernière.",
    "dossiers_non_reconduits": "Dossiers dont rien n'a été transmis : FREGATA ne les reconduira pas (R-LUC-27).",
    "constat": "Le premier écart qui tient, ou RIEN_A_SIGNALER.",
}


def upgrade() -> None:
    op.create_table(
        "fregata_inscriptions",
        sa.Column("etablissement", sa.Text(), nullable=False, comment="UAI de l'établissement."),
        sa.Column("annee", sa.Integer(), autoincrement=False, nullable=False, comment="Année de la rentrée."),
        sa.Column("identifiant", sa.Text(), nullable=False, comment="Identifiant de l'inscription dans FREGATA."),
        sa.Column("statut", sa.Text(), nullable=False, comment="Code du statut de l'apprenant, comme 2501 pour un élève."),
        sa.Column("mef", sa.Text(), nullable=True, comment="Code MEF de la section."),
        sa.Column("division", sa.Text(), nullable=True, comment="Libellé de la division."),
        sa.Column("entree_etablissement", sa.Date(), nullable=True, comment="Entrée dans l'établissement."),
        sa.Column("sortie_etablissement", sa.Date(), nullable=True, comment="Sortie de l'établissement ; vide : présent."),
        sa.Column("entree_formation", sa.Date(), nullable=True, comment="Entrée dans la formation."),
        sa.Column("sortie_formation", sa.Date(), nullable=True, comment="Sortie de la formation."),
        sa.Column("cle", sa.Text(), nullable=False, comment="Clé de l'élève (empreinte) : ni nom, ni date de naissance, ni INE."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.PrimaryKeyConstraint("etablissement", "annee", "identifiant"),
        comment="Inscriptions telles que FREGATA les a dites en dernier.",
    )
    op.create_index(op.f("ix_fregata_inscriptions_cle"), "fregata_inscriptions", ["cle"])
    op.execute(RAPPROCHEMENT)
    about = "Par établissement et année : les inscriptions de FREGATA, ce qui lui a été transmis, ce qu'elle ne reconduira pas (R-LUC-27)."
    op.execute(f"COMMENT ON VIEW fregata_rapprochement IS '{_quoted(about)}'")
    for name, meaning in COLUMNS.items():
        op.execute(f"COMMENT ON COLUMN fregata_rapprochement.{name} IS '{_quoted(meaning)}'")


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")


def _quoted(text: str) -> str:
    return text.replace("'", "''")
