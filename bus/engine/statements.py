"""The engine's SQL, built once a processor. Never multi-VALUES: arrays in binary are several times faster."""

from typing import Any

import sqlalchemy
from sqlalchemy import ARRAY, BigInteger, Boolean, DateTime, Integer, LargeBinary, SmallInteger, String, Uuid, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import insert

from bus.database import tables


def _array(name: str, kind: Any) -> Any:
    return func.unnest(cast(bindparam(name, type_=ARRAY(kind)), ARRAY(kind)))


def _any(name: str, kind: Any) -> Any:
    return func.any(cast(bindparam(name, type_=ARRAY(kind)), ARRAY(kind)))


class Statements:
    """The statements of one processor, bound by name."""

    def __init__(self, processor: str) -> None:
        p = processor
        t, c, s, j, o = tables.tasks, tables.checkpoints, tables.states, tables.journal, tables.outbox
        part = bindparam("part", type_=Integer)
        mine = (t.c.processor == p, t.c.partition == part)
        self.task = select(t.c.epoch, t.c.cluster_id, t.c.stopped).where(*mine).with_for_update()
        self.new_task = insert(t).values(processor=p, partition=part, epoch=1, sequence=0, cluster_id=bindparam("cluster"))
        self.raise_epoch = (
            sqlalchemy.update(t)
            .where(*mine)
            .values(epoch=bindparam("next", type_=BigInteger), cluster_id=bindparam("cluster", type_=String), changed_at=func.now())
        )
        self.fence = sqlalchemy.update(t).where(*mine).values(epoch=t.c.epoch + 1, changed_at=func.now()).returning(t.c.epoch)
        self.stop = (
            sqlalchemy.update(t).where(*mine, t.c.stopped.is_(None)).values(stopped=bindparam("why", type_=String), changed_at=func.now())
        )
        self.checkpoints = select(c.c.topic, c.c.topic_id, c.c.next_offset).where(c.c.processor == p, c.c.partition == part)
        self.new_checkpoint = insert(c).values(
            processor=p, partition=part, topic=bindparam("top"), topic_id=bindparam("tid"), next_offset=bindparam("next")
        )
        place = (c.c.processor == p, c.c.partition == part, c.c.topic == bindparam("top", type_=String))
        epoch = t.c.epoch == bindparam("epo", type_=BigInteger)
        joined = t.join(c, (c.c.processor == t.c.processor) & (c.c.partition == t.c.partition))
        self.lock = (
            select(t.c.sequence, c.c.next_offset)
            .select_from(joined)
            .where(*mine, epoch, c.c.topic == bindparam("top", type_=String))
            .with_for_update(of=t)
        )
        sequence = (
            sqlalchemy.update(t).where(*mine).values(sequence=bindparam("seq", type_=BigInteger)).returning(t.c.processor).cte("numbered")
        )
        self.advance = (
            sqlalchemy.update(c)
            .where(*place, c.c.processor == select(sequence.c.processor).scalar_subquery())
            .values(next_offset=bindparam("next", type_=BigInteger))
            .add_cte(sequence)
        )
        self.pass_markers = (
            sqlalchemy.update(c)
            .where(*place, c.c.next_offset == bindparam("before", type_=BigInteger), select(t.c.epoch).where(*mine, epoch).exists())
            .values(next_offset=bindparam("next", type_=BigInteger))
        )
        since = bindparam("since", type_=DateTime(timezone=True))
        self.known = select(j.c.event_id, j.c.digest).where(
            j.c.processor == p, j.c.event_id == _any("ids", Uuid(as_uuid=False)), j.c.day >= since
        )
        self.load = select(s.c.key, s.c.version, s.c.value, s.c.waits).where(s.c.processor == p, s.c.key == _any("keys", String))
        saved = insert(s).from_select(
            ["processor", "version", "key", "value", "waits"],
            select(
                sqlalchemy.literal(p, String),
                bindparam("ver", type_=SmallInteger),
                _array("keys", String),
                _array("values", LargeBinary),
                _array("waits", Boolean),
            ),
        )
        self.save = saved.on_conflict_do_update(
            index_elements=["processor", "key"],
            set_={"version": saved.excluded.version, "value": saved.excluded.value, "waits": saved.excluded.waits},
        )
        self.forget = sqlalchemy.delete(s).where(s.c.processor == p, s.c.key == _any("keys", String))
        w, h, d, e = tables.waiting, tables.holds, tables.deadlines, tables.dead_letters
        self.waiting = select(w).where(w.c.processor == p, w.c.key == _any("keys", String)).order_by(w.c.key, w.c.kind, w.c.rank)
        self.holds = select(h.c.key).where(h.c.processor == p, h.c.key == _any("keys", String))
        self.clear_waiting = sqlalchemy.delete(w).where(w.c.processor == p, w.c.key == _any("keys", String))
        self.clear_holds = sqlalchemy.delete(h).where(h.c.processor == p, h.c.key == _any("keys", String))
        self.deadlines = select(d.c.key, d.c.name, d.c.due).where(d.c.processor == p, d.c.key == _any("keys", String))
        pair = sqlalchemy.tuple_(d.c.key, d.c.name)
        self.forget_deadlines = sqlalchemy.delete(d).where(
            d.c.processor == p, pair.in_(select(_array("keys", String), _array("names", String)))
        )
        kept = insert(d).from_select(
            ["processor", "partition", "key", "name", "due"],
            select(
                sqlalchemy.literal(p, String),
                part,
                _array("keys", String),
                _array("names", String),
                _array("dues", DateTime(timezone=True)),
            ),
        )
        self.save_deadlines = kept.on_conflict_do_update(
            index_elements=["processor", "key", "name"],
            set_={"due": kept.excluded.due, "partition": kept.excluded.partition, "published_at": None},
        )
        self.due = (
            select(d.c.key, d.c.name, d.c.due)
            .where(
                d.c.processor == p,
                d.c.partition == part,
                d.c.published_at.is_(None),
                d.c.due <= bindparam("until", type_=DateTime(timezone=True)),
            )
            .order_by(d.c.due, d.c.key, d.c.name)
            .limit(bindparam("n", type_=Integer))
        )
        triple = sqlalchemy.tuple_(d.c.key, d.c.name, d.c.due)
        self.deadlines_published = (
            sqlalchemy.update(d)
            .where(
                d.c.processor == p,
                triple.in_(select(_array("keys", String), _array("names", String), _array("dues", DateTime(timezone=True)))),
            )
            .values(published_at=func.now())
        )
        ids = (
            func.unnest(
                cast(bindparam("ids", type_=ARRAY(Uuid(as_uuid=False))), ARRAY(Uuid(as_uuid=False))),
                cast(bindparam("digests", type_=ARRAY(LargeBinary)), ARRAY(LargeBinary)),
                cast(bindparam("offsets", type_=ARRAY(BigInteger)), ARRAY(BigInteger)),
                cast(bindparam("hows", type_=ARRAY(String)), ARRAY(String)),
            )
            .table_valued("id", "digest", "offset", "how", with_ordinality="rank")
            .render_derived()
        )
        self.record = insert(j).from_select(
            ["processor", "event_id", "day", "digest", "partition", "sequence", "rank", "topic", "offset", "how", "reglages"],
            select(
                sqlalchemy.literal(p, String),
                ids.c.id,
                bindparam("day", type_=DateTime(timezone=True)),
                ids.c.digest,
                part,
                bindparam("seq", type_=BigInteger),
                ids.c.rank,
                bindparam("top", type_=String),
                ids.c.offset,
                ids.c.how,
                bindparam("reg", type_=Integer),
            ),
        )
        counted = insert(tables.counts).from_select(
            ["processor", "partition", "name", "total"],
            select(sqlalchemy.literal(p, String), part, _array("names", String), _array("totals", BigInteger)),
        )
        self.count = counted.on_conflict_do_update(
            index_elements=["processor", "partition", "name"], set_={"total": tables.counts.c.total + counted.excluded.total}
        )
        self.close_dead = (
            sqlalchemy.update(e).where(e.c.processor == p, e.c.id == _any("ids", BigInteger)).values(state="REPRISE", closed_at=func.now())
        )
        self.outbox = select(o.c.sequence, o.c.batch).where(o.c.processor == p, o.c.partition == part).order_by(o.c.sequence)
        self.send = insert(o).values(
            processor=p, partition=part, sequence=bindparam("seq", type_=BigInteger), batch=bindparam("data", type_=LargeBinary)
        )
        self.clean = sqlalchemy.delete(o).where(o.c.processor == p, o.c.partition == part, o.c.sequence == _any("seqs", BigInteger))
