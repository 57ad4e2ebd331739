"""LSU files held against SIECLE and STS-WEB, and what was found."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lsu_bilans_controles",
        sa.Column("uai", sa.Text(), nullable=False, comment="Établissement, 7 chiffres et une lettre."),
        sa.Column("fichier", sa.Text(), nullable=False, comment="Nom du fichier de bilans."),
        sa.Column(
            "millesime",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="Année scolaire des bilans (année de la rentrée), quand le fichier la dit.",
        ),
        sa.Column("eleves", sa.Integer(), autoincrement=False, nullable=False, comment="Élèves du fichier."),
        sa.Column("enseignants", sa.Integer(), autoincrement=False, nullable=False, comment="Enseignants du fichier."),
        sa.Column(
            "anomalies",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="Constats qui demandent de refaire le fichier ; 0 : rien à corriger.",
        ),
        sa.Column("compares", sa.ARRAY(sa.Text()), nullable=False, comment="Fichiers de SIECLE et de STS-WEB auxquels il a été comparé."),
        sa.Column("constats", postgresql.JSONB(), nullable=False, comment="Ce qui ne s'accorde pas ; vide : tout s'accorde."),
        sa.Column("ce_id", sa.Text(), nullable=False, comment="Identifiant de l'enregistrement publié."),
        sa.Column("publie_le", sa.DateTime(timezone=True), nullable=False, comment="Quand, UTC."),
        sa.PrimaryKeyConstraint("uai", "fichier"),
        comment="Fichiers de bilans du LSU, et ce qui ne s'y accorde pas avec SIECLE et STS-WEB, d'après leurs derniers fichiers.",
    )


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
