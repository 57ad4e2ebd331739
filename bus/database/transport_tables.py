"""What the transports keep in PostgreSQL: the ledger of dropped files, the receipts of HTTP pushes, how far sources were read,
bytes of files that no message carries.

A receipt is stored before anything is published with it, so that a crash publishes again under the same ids.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)
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

releves = Table(
    "releves",
    TRANSPORT,
    Column("source", String, primary_key=True, comment="apogee.vue, pegase.flux…"),
    Column("cursor", Text, comment="Where the source is asked next; moved in the transaction that counts what was published."),
    Column("version", BigInteger, nullable=False, server_default="0", comment="Raised at each page: a former owner finds another one."),
    Column("sweep", BigInteger, nullable=False, server_default="0", comment="Number of the sweep under way."),
    Column("published", BigInteger, nullable=False, server_default="0"),
    Column("duplicates", BigInteger, nullable=False, server_default="0", comment="Read again, not published again."),
    Column("refused", BigInteger, nullable=False, server_default="0", comment="Rows or answers refused, each counted once."),
    Column("read_at", DateTime(timezone=True), comment="The last page read."),
    Column("complete_at", DateTime(timezone=True), comment="The end of the last whole sweep."),
    Column("trouble", String, comment="Code of what keeps it from being read; null while all is well."),
    Column("trouble_since", DateTime(timezone=True)),
)

releves_vus = Table(
    "releves_vus",
    TRANSPORT,
    Column("source", String, primary_key=True),
    Column("event_id", Uuid(as_uuid=False), primary_key=True, comment="Published and acknowledged, and still within what is read again."),
    Column("sweep", BigInteger, nullable=False),
    Index("releves_vus_sweep", "source", "sweep"),
)

releves_lieux = Table(
    "releves_lieux",
    TRANSPORT,
    Column("source", String, primary_key=True),
    Column("place", String, primary_key=True, comment="Names the row or element, never the person."),
    Column("said", Uuid(as_uuid=False), nullable=False, comment="What it held when it was last published."),
    Column("turn", BigInteger, nullable=False, comment="How often it had become something else before."),
)

releves_refus = Table(
    "releves_refus",
    TRANSPORT,
    Column("source", String, primary_key=True),
    Column("place", String, primary_key=True, comment="Names the row or element, never the person."),
    Column("remarks", JSONB, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("seen_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("closed_at", DateTime(timezone=True), comment="When it was read well; null while it is refused."),
    Column("taken", Boolean, nullable=False, server_default=text("false"), comment="Taken all the same: its remarks are warnings."),
)

consigne = Table(
    "consigne",
    TRANSPORT,
    Column("sha256", String(64), primary_key=True, comment="Of all the bytes, in hexadecimal: what an event claims them by."),
    Column("size", BigInteger, nullable=False),
    Column("stored_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("kept_until", DateTime(timezone=True), nullable=False, comment="Forgotten after this instant."),
    Index("consigne_kept_until", "kept_until"),
)

consigne_morceaux = Table(
    "consigne_morceaux",
    TRANSPORT,
    Column("sha256", ForeignKey("consigne.sha256", ondelete="CASCADE"), primary_key=True),
    Column("rank", Integer, primary_key=True, comment="From 1.", autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
