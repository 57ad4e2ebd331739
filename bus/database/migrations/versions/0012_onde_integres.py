"""Pupils that ONDE says it integrated, beside those exported."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "onde_depots",
        sa.Column(
            "nombre_integres",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="Élèves qu'ONDE dit avoir intégrés ; absent : personne ne l'a dit.",
        ),
    )
    op.add_column(
        "onde_depots",
        sa.Column(
            "ecart",
            sa.Integer(),
            autoincrement=False,
            nullable=True,
            comment="Exportés moins intégrés ; absent quand le nombre des intégrés l'est.",
        ),
    )


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
