"""The journal's order begins with the partition: a lookup by identifier has one index to choose.

Without statistics (a day's new partition) the planner held both for equal, read every row of a processor and compared it with
the thousand identifiers of a batch (seen: eight seconds a batch).
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("journal_order", table_name="journal")
    op.create_index("journal_order", "journal", ["partition", "processor", "sequence", "rank"], unique=False)


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
