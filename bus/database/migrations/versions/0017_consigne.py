"""Bytes of files that no message carries: in pieces, named by their digest, as long as an event claims them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consigne",
        sa.Column("sha256", sa.String(64), nullable=False, comment="Of all the bytes, in hexadecimal: what an event claims them by."),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False, comment="Forgotten after this instant."),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_index("consigne_kept_until", "consigne", ["kept_until"])
    op.create_table(
        "consigne_morceaux",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False, comment="From 1."),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["consigne.sha256"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sha256", "rank"),
    )
    op.execute("ALTER TABLE consigne_morceaux ALTER COLUMN content SET STORAGE EXTERNAL")  # archives do not compress again


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
