"""Correspondences between EDT and STS-WEB as people look at them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lsu_correspondances",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("nature", sa.Text(), autoincrement=False, nullable=False, comment="Nature."),
        sa.Column("edt", sa.Text(), autoincrement=False, nullable=False, comment="Libellé d'EDT."),
        sa.Column(
            "statut", sa.Text(), autoincrement=False, nullable=False, comment="EXACTE et CHOISIE valent ; PROPOSEE attend une personne."
        ),
        sa.Column("sts", sa.Text(), autoincrement=False, nullable=True, comment="Identifiant STS-WEB retenu."),
        sa.Column(
            "propositions",
            postgresql.JSONB(astext_type=sa.Text()),
            autoincrement=False,
            nullable=False,
            comment="Les plus proches d'abord.",
        ),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "nature", "edt"),
        comment="Éléments d'EDT et leurs correspondances dans STS-WEB ; valent celles du même publie_le que leur bilan (R-PRO-13).",
    )
    op.create_table(
        "lsu_correspondances_bilans",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("nature", sa.Text(), autoincrement=False, nullable=False, comment="Nature."),
        sa.Column("exactes", sa.Integer(), autoincrement=False, nullable=False, comment="Mêmes noms."),
        sa.Column("choisies", sa.Integer(), autoincrement=False, nullable=False, comment="Choisies par une personne."),
        sa.Column("proposees", sa.Integer(), autoincrement=False, nullable=False, comment="À choisir dans une liste."),
        sa.Column("sans", sa.Integer(), autoincrement=False, nullable=False, comment="Sans aucune proposition."),
        sa.Column(
            "export_sts", sa.Date(), autoincrement=False, nullable=True, comment="Jour de l'export de STS-WEB, quand le fichier le dit."
        ),
        sa.Column("fichier_sts", sa.Text(), autoincrement=False, nullable=False, comment="Fichier de STS-WEB comparé."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "nature"),
        comment="Où en sont les correspondances de chaque établissement, par nature (R-PRO-12).",
    )
    op.create_table(
        "lsu_services_manquants",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("groupe", sa.Text(), autoincrement=False, nullable=False, comment="Groupe."),
        sa.Column("discipline", sa.Text(), autoincrement=False, nullable=False, comment="Discipline."),
        sa.Column("raison", sa.Text(), autoincrement=False, nullable=False, comment="Ce qui manque dans STS-WEB."),
        sa.Column("message", sa.Text(), autoincrement=False, nullable=False, comment="La règle du guide."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "groupe", "discipline"),
        comment="Services de notation absents de STS-WEB ; valent ceux dont publie_le est celui de lsu_services_verifies (R-PRO-14).",
    )
    op.create_table(
        "lsu_services_verifies",
        sa.Column("uai", sa.Text(), autoincrement=False, nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("services", sa.Integer(), autoincrement=False, nullable=False, comment="Services de notation cherchés."),
        sa.Column("manquants", sa.Integer(), autoincrement=False, nullable=False, comment="Ceux qui manquent dans STS-WEB."),
        sa.Column("fichier_sts", sa.Text(), autoincrement=False, nullable=False, comment="Fichier de STS-WEB comparé."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai"),
        comment="La dernière recherche des services de notation dans STS-WEB (R-PRO-14).",
    )


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
