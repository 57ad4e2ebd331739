"""Rows of asked sources that were taken with something doubtful in them are listed beside those that are refused."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "Taken all the same: its remarks are warnings."
    op.add_column("releves_refus", sa.Column("taken", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment=comment))


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
