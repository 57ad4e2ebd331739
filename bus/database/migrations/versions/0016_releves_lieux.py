"""What each row or element of an asked source held last: a content that comes back is news again."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "releves_lieux",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False, comment="Names the row or element, never the person."),
        sa.Column("said", sa.Uuid(as_uuid=False), nullable=False, comment="What it held when it was last published."),
        sa.Column("turn", sa.BigInteger(), nullable=False, comment="How often it had become something else before."),
        sa.PrimaryKeyConstraint("source", "place"),
    )


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
