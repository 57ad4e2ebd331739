"""Reports of the imports of pupils into PRONOTE."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "synchros_bilans",
        sa.Column("uai", sa.Text(), nullable=False, comment="Établissement."),
        sa.Column("affiche_le", sa.DateTime(timezone=True), nullable=False, comment="Instant du bilan."),
        sa.Column("crees", sa.Integer(), nullable=True, comment="Élèves créés."),
        sa.Column("mis_a_jour", sa.Integer(), nullable=True, comment="Élèves mis à jour."),
        sa.Column("ignores", sa.Integer(), nullable=True, comment="Élèves ignorés."),
        sa.Column(
            "ignores_attendus",
            sa.Integer(),
            nullable=True,
            comment="Élèves sortis d'après les fichiers de SIECLE ; absent : inconnu.",
        ),
        sa.Column("consulte", sa.Boolean(), nullable=True, comment="Une personne a consulté le rapport d'import."),
        sa.Column("ecarts", sa.ARRAY(sa.Text()), nullable=True, comment="Ce qui ne s'accorde pas."),
        sa.PrimaryKeyConstraint("uai", "affiche_le"),
        comment="Bilans de l'import des élèves dans PRONOTE (R-PRO-25).",
    )


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
