"""What the engine keeps in PostgreSQL (architecture §4). One schema per installation; migrations make the tables."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

ENGINE = MetaData()


def _instant(name: str, *, nullable: bool = False, now: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=func.now() if now else None)


tasks = Table(
    "tasks",
    ENGINE,
    Column("processor", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("epoch", BigInteger, nullable=False, comment="Raised at each takeover: a former owner finds another one and stops."),
    Column("sequence", BigInteger, nullable=False, comment="Number of the last transaction."),
    Column("cluster_id", String, nullable=False),
    Column("stopped", Text, comment="Why it stopped on purpose; null while it may run."),
    _instant("changed_at", now=True),
)

checkpoints = Table(
    "checkpoints",
    ENGINE,
    Column("processor", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("topic", String, primary_key=True, comment="Name in the catalogue."),
    Column("topic_id", String, nullable=False, comment="Kafka's own: a topic deleted and made again has another."),
    Column("next_offset", BigInteger, nullable=False),
)

states = Table(
    "states",
    ENGINE,
    Column("processor", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("version", SmallInteger, nullable=False),
    Column("value", LargeBinary, comment="MessagePack; null when the key only waits."),
    Column("waits", Boolean, nullable=False, comment="Whether waiting events or a hold exist for the key."),
)

journal = Table(
    "journal",
    ENGINE,
    Column("processor", String, nullable=False),
    Column("event_id", Uuid(as_uuid=False), nullable=False),
    _instant("day"),
    Column("digest", LargeBinary, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("topic", String, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("how", String, nullable=False),
    Column("reglages", Integer, nullable=False),
    Index("journal_event", "processor", "event_id"),
    Index("journal_order", "partition", "processor", "sequence", "rank"),
    postgresql_partition_by="RANGE (day)",
)

waiting = Table(
    "waiting",
    ENGINE,
    Column("processor", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("kind", String(1), primary_key=True, comment="P parked, H held."),
    Column("rank", Integer, primary_key=True),
    Column("event_id", Uuid(as_uuid=False), nullable=False),
    Column("type", String, nullable=False),
    Column("source", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("topic", String, nullable=False),
    _instant("time"),
    _instant("since"),
    Column("waits_for", String, nullable=False),
    Column("label", String, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("value", LargeBinary),
)

holds = Table(
    "holds",
    ENGINE,
    Column("processor", String, primary_key=True),
    Column("key", String, primary_key=True),
    _instant("since", now=True),
)

deadlines = Table(
    "deadlines",
    ENGINE,
    Column("processor", String, primary_key=True),
    Column("key", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("partition", Integer, nullable=False),
    _instant("due"),
    _instant("published_at", nullable=True),
    Index("deadlines_due", "processor", "partition", "due"),
)

outbox = Table(
    "outbox",
    ENGINE,
    Column("processor", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    _instant("created_at", now=True),
    Column("batch", LargeBinary, nullable=False),
)

dead_letters = Table(
    "dead_letters",
    ENGINE,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("processor", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("code", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("key", String),
    Column("event_id", String),
    Column("headers", JSONB, nullable=False),
    Column("value", LargeBinary),
    Column("state", String, nullable=False, server_default="OUVERTE", comment="OUVERTE, REPRISE, CORRIGEE or ABANDONNEE."),
    Column("correction", Integer, nullable=False, server_default="0"),
    Column("holds", Boolean, nullable=False, server_default="false"),
    _instant("since", now=True),
    _instant("closed_at", nullable=True),
    Index("dead_letters_place", "processor", "topic", "partition", "offset"),
    Index("dead_letters_open", "processor", "state"),
)

counts = Table(
    "counts",
    ENGINE,
    Column("processor", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("name", String, primary_key=True),
    Column("total", BigInteger, nullable=False),
)

reglages = Table(
    "reglages",
    ENGINE,
    Column("processor", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", String, nullable=False),
    Column("value", JSONB, nullable=False),
    _instant("since", now=True),
)

schemas_seen = Table(
    "schemas_seen",
    ENGINE,
    Column("registry", String, primary_key=True, comment="Which registry gave the id: another one numbers anew."),
    Column("id", Integer, primary_key=True),
    Column("subject", String, primary_key=True, comment="Equal contracts share an id; empty when the schema was only read."),
    Column("text", Text, nullable=False),
)

effets = Table(
    "effets",
    ENGINE,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("sink", String, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("group", String, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("state", String, nullable=False, comment="A_FAIRE, EN_COURS, FAIT, OBSERVE, INCERTAIN, REFUSE."),
    Column("lot", Integer),
    Column("attempt", Integer, nullable=False, server_default="0"),
    _instant("since", now=True),
    _instant("done_at", nullable=True),
    _instant("due_at", nullable=True),
    _instant("begun_at", nullable=True),
    _instant("engaged_at", nullable=True),
    Column("answer", String, comment="Stage and code of the other side; never data of a person."),
    Index("effets_todo", "sink", "state", "sequence"),
    Index("effets_lot", "sink", "lot"),
    Index("effets_done", "sink", "done_at", postgresql_where=text("done_at IS NOT NULL")),
    Index("effets_group", "sink", "group", postgresql_where=text("\"group\" <> ''")),
)

sinks = Table(
    "sinks",
    ENGINE,
    Column("sink", String, primary_key=True),
    Column("mode", String, nullable=False, comment="observation, redirige or actif."),
    Column("target", Text, comment="The test folder or address of the mode redirige."),
    Column("last_lot", Integer, nullable=False, server_default="0"),
    Column("suspended", Text, comment="Why it is suspended; null while it works."),
    _instant("changed_at", now=True),
)
