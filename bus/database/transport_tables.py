"""What the transports keep in PostgreSQL: the ledger of dropped files and the receipts of HTTP pushes.

A receipt is stored before anything is published with it, so that a crash publishes again under the same ids.
"""

from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, MetaData, String, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

TRANSPORT = MetaData()

depots = Table(
    "depots",
    TRANSPORT,
    Column("receipt", Uuid(as_uuid=False), primary_key=True),
    Column("sequence", BigInteger, Identity(), nullable=False, comment="The order of the claims."),
    Column("system", String, nullable=False),
    Column("name", Text, nullable=False, comment="The file's own name, made printable."),
    Column("state", String, nullable=False, comment="CLAIMED, PUBLISHED, ARCHIVED, REFUSED, IGNORED or VANISHED."),
    Column("flaw", String, comment="Why it will be refused unread: its name, its kind, its end never came."),
    Column("size", BigInteger),
    Column("sha256", String(64)),
    Column("kind", String, comment="What the connector recognised."),
    Column("school", String, nullable=False, server_default="", comment="The UAI whose state it is; empty for a dépôt."),
    Column("records", Integer, comment="Records published."),
    Column("remarks", JSONB, comment="Faults of a refused file, warnings of an accepted one."),
    Column("place", Text, comment="Where the file ends, relative to the system's folder."),
    Column("claimed_at", DateTime(timezone=True), nullable=False, comment="Also the time of reception of its records."),
    Column("published_at", DateTime(timezone=True)),
    Column("settled_at", DateTime(timezone=True), comment="When nothing remained to do; null while something does."),
    Index("depots_unsettled", "system", "sequence", postgresql_where="settled_at IS NULL"),
    Index("depots_states", "system", "kind", "school", "sequence"),
)

recepisses = Table(
    "recepisses",
    TRANSPORT,
    Column("receipt", Uuid(as_uuid=False), primary_key=True),
    Column("system", String, nullable=False),
    Column("token", String, nullable=False, comment="The name of the token, never the token."),
    Column("idempotency_key", String, comment="Given by the caller; the same gives back the same receipt."),
    Column("sha256", String(64), nullable=False, comment="Of the body."),
    Column("state", String, nullable=False, comment="RECEIVED or PUBLISHED."),
    Column("kind", String, nullable=False),
    Column("records", Integer),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("published_at", DateTime(timezone=True)),
    Index("recepisses_key", "system", "token", "idempotency_key", unique=True, postgresql_where="idempotency_key IS NOT NULL"),
    Index("recepisses_received", "received_at"),
)
