"""Control editions as they went out, and what people wrote about their lines."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "editions",
        sa.Column("liste", sa.String(), nullable=False),
        sa.Column("composante", sa.String(), nullable=False, comment="Empty: registrations of none."),
        sa.Column("jour", sa.Date(), nullable=False, comment="Paris."),
        sa.Column("fichier", sa.String(), nullable=False),
        sa.Column("contenu", sa.LargeBinary(), nullable=False),
        sa.Column("nouveaux", sa.Integer(), nullable=False),
        sa.Column("ouverts", sa.Integer(), nullable=False, comment="New ones included."),
        sa.Column("disparus", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("liste", "composante", "jour"),
    )
    op.create_table(
        "editions_notes",
        sa.Column("liste", sa.String(), nullable=False),
        sa.Column("uai", sa.String(), nullable=False),
        sa.Column("annee", sa.String(), nullable=False),
        sa.Column("cod_ind", sa.String(), nullable=False),
        sa.Column("cod_etp", sa.String(), nullable=False),
        sa.Column("cod_vrs_vet", sa.String(), nullable=False),
        sa.Column("traite_par", sa.Text(), nullable=False, comment="Who treats the line."),
        sa.Column("commentaire", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("liste", "uai", "annee", "cod_ind", "cod_etp", "cod_vrs_vet"),
    )


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
