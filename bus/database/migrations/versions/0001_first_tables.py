"""The engine's tables, the transports' ledgers and the first projections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False, comment="Name in the catalogue."),
        sa.Column("topic_id", sa.String(), nullable=False, comment="Kafka's own: a topic deleted and made again has another."),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("processor", "partition", "topic"),
    )
    op.create_table(
        "counts",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("processor", "partition", "name"),
    )
    op.create_table(
        "dead_letters",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key", sa.String(), nullable=True),
        sa.Column("event_id", sa.String(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), server_default="OUVERTE", nullable=False, comment="OUVERTE, REPRISE, CORRIGEE or ABANDONNEE."),
        sa.Column("correction", sa.Integer(), server_default="0", nullable=False),
        sa.Column("holds", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("dead_letters_open", "dead_letters", ["processor", "state"], unique=False)
    op.create_index("dead_letters_place", "dead_letters", ["processor", "topic", "partition", "offset"], unique=False)
    op.create_table(
        "deadlines",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("processor", "key", "name"),
    )
    op.create_index("deadlines_due", "deadlines", ["processor", "partition", "due"], unique=False)
    op.create_table(
        "effets",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sink", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(), nullable=False, comment="A_FAIRE, EN_COURS, FAIT, OBSERVE, INCERTAIN."),
        sa.Column("lot", sa.Integer(), nullable=True),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("effets_lot", "effets", ["sink", "lot"], unique=False)
    op.create_index("effets_todo", "effets", ["sink", "state", "sequence"], unique=False)
    op.create_table(
        "holds",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("processor", "key"),
    )
    op.create_table(
        "journal",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("day", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("reglages", sa.Integer(), nullable=False),
        postgresql_partition_by="RANGE (day)",
    )
    op.create_index("journal_event", "journal", ["processor", "event_id"], unique=False)
    op.create_index("journal_order", "journal", ["processor", "partition", "sequence", "rank"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("batch", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("processor", "partition", "sequence"),
    )
    op.create_table(
        "reglages",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("processor", "version"),
    )
    op.create_table(
        "schemas_seen",
        sa.Column("registry", sa.String(), nullable=False, comment="Which registry gave the id: another one numbers anew."),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False, comment="Equal contracts share an id; empty when the schema was only read."),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("registry", "id", "subject"),
    )
    op.create_table(
        "sinks",
        sa.Column("sink", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False, comment="observation, redirige or actif."),
        sa.Column("target", sa.Text(), nullable=True, comment="The test folder or address of the mode redirige."),
        sa.Column("last_lot", sa.Integer(), server_default="0", nullable=False),
        sa.Column("suspended", sa.Text(), nullable=True, comment="Why it is suspended; null while it works."),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("sink"),
    )
    op.create_table(
        "states",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True, comment="MessagePack; null when the key only waits."),
        sa.Column("waits", sa.Boolean(), nullable=False, comment="Whether waiting events or a hold exist for the key."),
        sa.PrimaryKeyConstraint("processor", "key"),
    )
    op.create_table(
        "tasks",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False, comment="Raised at each takeover: a former owner finds another one and stops."),
        sa.Column("sequence", sa.BigInteger(), nullable=False, comment="Number of the last transaction."),
        sa.Column("cluster_id", sa.String(), nullable=False),
        sa.Column("stopped", sa.Text(), nullable=True, comment="Why it stopped on purpose; null while it may run."),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("processor", "partition"),
    )
    op.create_table(
        "waiting",
        sa.Column("processor", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=1), nullable=False, comment="P parked, H held."),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_for", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("processor", "key", "kind", "rank"),
    )
    op.create_table(
        "depots",
        sa.Column("receipt", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=False), nullable=False, comment="The order of the claims."),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="The file's own name, made printable."),
        sa.Column("state", sa.String(), nullable=False, comment="CLAIMED, PUBLISHED, ARCHIVED, REFUSED, IGNORED or VANISHED."),
        sa.Column("flaw", sa.String(), nullable=True, comment="Why it will be refused unread: its name, its kind, its end never came."),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(), nullable=True, comment="What the connector recognised."),
        sa.Column("school", sa.String(), server_default="", nullable=False, comment="The UAI whose state it is; empty for a dépôt."),
        sa.Column("records", sa.Integer(), nullable=True, comment="Records published."),
        sa.Column(
            "remarks",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="Faults of a refused file, warnings of an accepted one.",
        ),
        sa.Column("place", sa.Text(), nullable=True, comment="Where the file ends, relative to the system's folder."),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False, comment="Also the time of reception of its records."),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "settled_at", sa.DateTime(timezone=True), nullable=True, comment="When nothing remained to do; null while something does."
        ),
        sa.PrimaryKeyConstraint("receipt"),
    )
    op.create_index("depots_states", "depots", ["system", "kind", "school", "sequence"], unique=False)
    op.create_index("depots_unsettled", "depots", ["system", "sequence"], unique=False, postgresql_where="settled_at IS NULL")
    op.create_table(
        "recepisses",
        sa.Column("receipt", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False, comment="The name of the token, never the token."),
        sa.Column("idempotency_key", sa.String(), nullable=True, comment="Given by the caller; the same gives back the same receipt."),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="Of the body."),
        sa.Column("state", sa.String(), nullable=False, comment="RECEIVED or PUBLISHED."),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("receipt"),
    )
    op.create_index(
        "recepisses_key", "recepisses", ["system", "token", "idempotency_key"], unique=True, postgresql_where="idempotency_key IS NOT NULL"
    )
    op.create_index("recepisses_received", "recepisses", ["received_at"], unique=False)
    # ### end Alembic commands ###
    op.execute("ALTER TABLE states SET (fillfactor = 70)")  # room for HOT updates: a state is rewritten at each event
    op.execute("ALTER TABLE outbox ALTER COLUMN batch SET STORAGE EXTERNAL")  # no CPU spent compressing rows that live a second


def downgrade() -> None:
    raise RuntimeError("une installation ne revient pas en arrière : restaurer la sauvegarde")
