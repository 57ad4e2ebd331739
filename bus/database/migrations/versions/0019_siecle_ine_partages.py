"""Pupils whose INE is active in two schools."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "siecle_ine_partages",
        sa.Column("uai", sa.Text(), nullable=False, comment="Établissement."),
        sa.Column("eleve_id", sa.Text(), nullable=False, comment="Identifiant SIECLE de l'élève dans cet établissement."),
        sa.Column("autre_uai", sa.Text(), nullable=False, comment="L'autre établissement, qui a sa propre ligne."),
        sa.Column("autre_eleve_id", sa.Text(), nullable=True, comment="Identifiant SIECLE de l'élève dans l'autre établissement."),
        sa.Column("millesime", sa.Integer(), autoincrement=False, nullable=True, comment="Année scolaire de l'export de l'établissement."),
        sa.Column("code", sa.Text(), nullable=True, comment="INE_DANS_DEUX_ETABLISSEMENTS."),
        sa.Column("message", sa.Text(), nullable=True, comment="Texte, sans l'INE ni le nom."),
        sa.Column("remede", sa.Text(), nullable=True, comment="Que faire."),
        sa.Column("constate_le", sa.DateTime(timezone=True), nullable=True, comment="Quand."),
        sa.PrimaryKeyConstraint("uai", "eleve_id", "autre_uai"),
        comment="INE actifs dans deux établissements la même année ; une ligne disparaît quand l'un des deux rend l'élève.",
    )


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
