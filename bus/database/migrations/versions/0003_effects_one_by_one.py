"""What effects that leave one by one (mails, calls) need: when they may be tried, when they began, what was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("effets", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("effets", sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("effets", sa.Column("engaged_at", sa.DateTime(timezone=True), nullable=True))
    answer = sa.Column("answer", sa.String(), nullable=True, comment="Stage and code of the other side; never data of a person.")
    op.add_column("effets", answer)
    op.alter_column("effets", "state", existing_type=sa.String(), comment="A_FAIRE, EN_COURS, FAIT, OBSERVE, INCERTAIN, REFUSE.")
    op.create_index("effets_done", "effets", ["sink", "done_at"], unique=False, postgresql_where=sa.text("done_at IS NOT NULL"))
    op.create_index("effets_group", "effets", ["sink", "group"], unique=False, postgresql_where=sa.text("\"group\" <> ''"))


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
