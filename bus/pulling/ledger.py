"""How far each asked source was read, which events it gave lately, what of it is refused. One transaction a page."""

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import Connection, Uuid, and_, any_, bindparam, case, delete, func, null, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from bus.database.transport_tables import releves, releves_lieux, releves_refus, releves_vus
from bus.inbox.ledger import Overtaken
from schemas.outcome import Doubted, Fault, NotTaken

_IDS = ARRAY(Uuid(as_uuid=False))
_PLACES = ARRAY(releves_lieux.c.place.type)


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a source is asked next."""

    cursor: str | None
    version: int
    sweep: int


@dataclass(frozen=True, slots=True)
class Held:
    """What a place of a source held when it was last published."""

    said: str
    """The id made of the source's own id and version alone."""
    turn: int
    """How often the place had become something else before."""


@dataclass(frozen=True, slots=True)
class PageDone:
    """What is stored of one page once the broker has acknowledged it."""

    cursor: str
    complete: bool
    events: Collection[str]
    """The `ce_id` of every record of the page, published now or before."""
    places: Set[str]
    """Their places: refusals of these are closed."""
    held: Mapping[str, Held]
    """What those of them hold that are not as they were."""
    published: int
    duplicates: int
    not_taken: Sequence[NotTaken]
    doubted: Sequence[Doubted] = ()
    """Among `places`: taken, and to be looked at."""


@dataclass(frozen=True, slots=True)
class OpenRemark:
    """A row or element that is refused, or taken with a doubt, as long as it stays as it is."""

    source: str
    place: str
    since: datetime
    faults: tuple[Fault, ...]


class PullLedger:
    """Each call is one transaction; an outage raises sqlalchemy.exc.DBAPIError."""

    def __init__(self, database: sqlalchemy.Engine) -> None:
        self._database = database

    def read(self, source: str) -> Reading:
        query = select(releves.c.cursor, releves.c.version, releves.c.sweep).where(releves.c.source == source)
        with self._database.begin() as connection:
            connection.execute(insert(releves).values(source=source).on_conflict_do_nothing())
            found = connection.execute(query).one()
        return Reading(found.cursor, found.version, found.sweep)

    def known(self, source: str, events: Collection[str]) -> set[str]:
        """Those of the events that were published and are still remembered."""
        wanted = any_(bindparam("events", sorted(events), type_=_IDS))
        query = select(releves_vus.c.event_id).where(releves_vus.c.source == source, releves_vus.c.event_id == wanted)
        with self._database.begin() as connection:
            return set(connection.execute(query).scalars())

    def held(self, source: str, places: Collection[str]) -> dict[str, Held]:
        """What these places held when they were last published."""
        wanted = any_(bindparam("places", sorted(places), type_=_PLACES))
        query = select(releves_lieux.c.place, releves_lieux.c.said, releves_lieux.c.turn)
        with self._database.begin() as connection:
            found = connection.execute(query.where(releves_lieux.c.source == source, releves_lieux.c.place == wanted))
            return {row.place: Held(row.said, row.turn) for row in found}

    def advance(self, source: str, reading: Reading, page: PageDone) -> int:
        """Move the cursor and keep what was published, together; how many refusals are new. Raises Overtaken when another worker
        moved it meanwhile."""
        with self._database.begin() as connection:
            fresh = _refuse(connection, source, page.not_taken)
            values = {
                "cursor": page.cursor,
                "version": reading.version + 1,
                "sweep": reading.sweep + int(page.complete),
                "published": releves.c.published + page.published,
                "duplicates": releves.c.duplicates + page.duplicates,
                "refused": releves.c.refused + fresh,
                "read_at": func.now(),
                "complete_at": func.now() if page.complete else releves.c.complete_at,
                "trouble": None,
                "trouble_since": None,
            }
            moved = connection.execute(
                update(releves).where(releves.c.source == source, releves.c.version == reading.version).values(values)
            )
            if moved.rowcount != 1:
                raise Overtaken(source)
            _remember(connection, source, page.events, reading.sweep)
            _hold(connection, source, page.held)
            doubted = {each.place: each.warnings for each in page.doubted}
            _close(connection, source, page.places - doubted.keys())
            _remark(connection, source, doubted, taken=True)
            if page.complete:
                connection.execute(delete(releves_vus).where(releves_vus.c.source == source, releves_vus.c.sweep < reading.sweep))
        return fresh

    def note(self, source: str, published: int, not_taken: Sequence[NotTaken], places: Collection[str]) -> int:
        """The same for a source that has no cursor of its own: its topic's offsets say how far it is."""
        with self._database.begin() as connection:
            connection.execute(insert(releves).values(source=source).on_conflict_do_nothing())
            fresh = _refuse(connection, source, not_taken)
            values = {
                "published": releves.c.published + published,
                "refused": releves.c.refused + fresh,
                "read_at": func.now(),
                "trouble": None,
                "trouble_since": None,
            }
            connection.execute(update(releves).where(releves.c.source == source).values(values))
            _close(connection, source, places)
        return fresh

    def troubled(self, source: str, code: str) -> None:
        """Show why the source cannot be read; since when stays while it is the same."""
        since = case((releves.c.trouble == code, releves.c.trouble_since), else_=func.now())
        with self._database.begin() as connection:
            connection.execute(update(releves).where(releves.c.source == source).values(trouble=code, trouble_since=since))

    def states(self) -> dict[str, dict[str, Any]]:
        """Source → its row."""
        with self._database.begin() as connection:
            return {row["source"]: dict(row) for row in connection.execute(select(releves)).mappings()}

    def open_refusals(self, source: str | None = None) -> list[OpenRemark]:
        """What is refused now, oldest first."""
        return self._open(source, taken=False)

    def open_doubts(self, source: str | None = None) -> list[OpenRemark]:
        """What was taken and is doubtful as it stands now, oldest first."""
        return self._open(source, taken=True)

    def _open(self, source: str | None, taken: bool) -> list[OpenRemark]:
        query = select(releves_refus).where(releves_refus.c.closed_at.is_(None), releves_refus.c.taken.is_(taken))
        query = query.order_by(releves_refus.c.since, releves_refus.c.place)
        if source is not None:
            query = query.where(releves_refus.c.source == source)
        with self._database.begin() as connection:
            return [
                OpenRemark(row.source, row.place, row.since, tuple(Fault(**each) for each in row.remarks))
                for row in connection.execute(query)
            ]


def _refuse(connection: Connection, source: str, refused: Iterable[NotTaken]) -> int:
    by_place = {each.place: each.faults for each in refused}
    if not by_place:
        return 0
    query = select(func.count()).where(
        releves_refus.c.source == source,
        releves_refus.c.place.in_(by_place),
        releves_refus.c.closed_at.is_(None),
        releves_refus.c.taken.is_(False),
    )
    already = connection.execute(query).scalar_one()
    _remark(connection, source, by_place, taken=False)
    return len(by_place) - already


def _remark(connection: Connection, source: str, by_place: Mapping[str, Iterable[Fault]], taken: bool) -> None:
    """Since when stays while the same is open."""
    if not by_place:
        return
    statement = insert(releves_refus)
    same = and_(releves_refus.c.closed_at.is_(None), releves_refus.c.taken.is_(taken))
    since = case((same, releves_refus.c.since), else_=func.now())
    changes = {"remarks": statement.excluded.remarks, "taken": taken, "seen_at": func.now(), "since": since, "closed_at": null()}
    upsert = statement.on_conflict_do_update(index_elements=["source", "place"], set_=changes)
    rows = [
        {"source": source, "place": place, "remarks": [_plain(fault) for fault in faults], "taken": taken}
        for place, faults in by_place.items()
    ]
    connection.execute(upsert, rows)


def _close(connection: Connection, source: str, places: Collection[str]) -> None:
    if places:
        wanted = releves_refus.c.place == any_(bindparam("places", sorted(places), type_=ARRAY(releves_refus.c.place.type)))
        statement = update(releves_refus).where(releves_refus.c.source == source, wanted, releves_refus.c.closed_at.is_(None))
        connection.execute(statement.values(closed_at=func.now()))


def _remember(connection: Connection, source: str, events: Collection[str], sweep: int) -> None:
    if events:
        ids = func.unnest(bindparam("events", sorted(events), type_=_IDS)).column_valued("event_id")
        given = select(bindparam("source", source), ids, bindparam("sweep", sweep))
        statement = insert(releves_vus).from_select(["source", "event_id", "sweep"], given)
        connection.execute(statement.on_conflict_do_update(index_elements=["source", "event_id"], set_={"sweep": sweep}))


def _hold(connection: Connection, source: str, held: Mapping[str, Held]) -> None:
    if held:
        statement = insert(releves_lieux)
        upsert = statement.on_conflict_do_update(
            index_elements=["source", "place"], set_={"said": statement.excluded.said, "turn": statement.excluded.turn}
        )
        connection.execute(upsert, [{"source": source, "place": place, "said": it.said, "turn": it.turn} for place, it in held.items()])


def _plain(fault: Fault) -> dict[str, Any]:
    return {"code": fault.code, "message": fault.message, "remede": fault.remede}
