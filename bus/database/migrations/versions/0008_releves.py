"""Sources that are asked: how far each was read, what was published lately, what is refused."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "releves",
        sa.Column("source", sa.String(), nullable=False, comment="apogee.vue, pegase.flux…"),
        sa.Column(
            "cursor",
            sa.Text(),
            nullable=True,
            comment="Where the source is asked next; moved in the transaction that counts what was published.",
        ),
        sa.Column(
            "version",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="Raised at each page: a former owner finds another one.",
        ),
        sa.Column("sweep", sa.BigInteger(), server_default="0", nullable=False, comment="Number of the sweep under way."),
        sa.Column("published", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("duplicates", sa.BigInteger(), server_default="0", nullable=False, comment="Read again, not published again."),
        sa.Column("refused", sa.BigInteger(), server_default="0", nullable=False, comment="Rows or answers refused, each counted once."),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True, comment="The last page read."),
        sa.Column("complete_at", sa.DateTime(timezone=True), nullable=True, comment="The end of the last whole sweep."),
        sa.Column("trouble", sa.String(), nullable=True, comment="Code of what keeps it from being read; null while all is well."),
        sa.Column("trouble_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "releves_vus",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column(
            "event_id",
            sa.Uuid(as_uuid=False),
            nullable=False,
            comment="Published and acknowledged, and still within what is read again.",
        ),
        sa.Column("sweep", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "event_id"),
    )
    op.create_index("releves_vus_sweep", "releves_vus", ["source", "sweep"], unique=False)
    op.create_table(
        "releves_refus",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False, comment="Names the row or element, never the person."),
        sa.Column("remarks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="When it was read well; null while it is refused."),
        sa.PrimaryKeyConstraint("source", "place"),
    )


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
