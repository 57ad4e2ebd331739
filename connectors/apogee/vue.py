"""Rows of the read-only SQL view of Apogée → registrations, and how far the view was read. Pure: `bus.pull_view` asks.

The view has the columns of INS_ADM_ETP and INDIVIDU under Apogée's own names (bursaries facts §2.2). A sweep goes through
the rows in the order of `DAT_MOD_IAE` (`DAT_CRE_IAE` where it is empty), page by page, up to its end; the next one starts
again a little before where it ended (the overlap): a row that Apogée dated early and committed late is not lost. What is
read again has the same `ce_id`, which follows from the row's keys and from a keyed digest of its content.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from connectors.apogee import messages
from connectors.apogee.fields import REGISTRATION
from connectors.apogee.registrations import TOPIC, record_of, registration_of, warnings_of
from connectors.apogee.row_names import row_of_view
from connectors.transport.faults import FaultList
from connectors.transport.fields import Field
from connectors.transport.values import PARIS, BadValue
from schemas.outcome import Doubted, Fault, NotTaken, Pulled, Record
from schemas.student_key import StudentKeys

FLOOR = datetime(1900, 1, 1)  # noqa: DTZ001 - compared with the view's own wall clock
"""Rows dated before are told, never read."""
SKEW = timedelta(minutes=5)
"""How far the source's clock may be ahead of ours."""
SHOWN_OUTSIDE = 100
"""Rows outside the readable dates told at each sweep."""

DATED = "DAT_MOD_IAE"
CREATED = "DAT_CRE_IAE"
OCCURRENCE = "NUM_OCC_IAE"
DAYS = frozenset({"DATE_NAI_IND"})
KEYS = ("COD_ANU", "COD_IND", "COD_ETP", "COD_VRS_VET", OCCURRENCE)
"""They order rows of one instant and tell one row from another."""
NO_KEY = "-"
"""Stands for an empty key: a comparison with NULL would leave the row out for ever."""


def _name(each: Field) -> str:
    return each.aliases[0] if each.aliases else each.column


COLUMNS: Mapping[str, Field] = {_name(each): each for each in REGISTRATION if each.name != "dat_mod_iae"}
"""Column of the view → field. `UAI` may be missing where the setting gives the establishment."""
STATE = "ETA_IAE"
"""Required here: a view that left it out would make every annulled registration a current one."""
REQUIRED = (*(name for name, each in COLUMNS.items() if each.required and name != "UAI"), STATE, DATED)


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far the view was read. Instants are the view's own: wall clock of its zone, or with their offset."""

    start: str = ""
    """Where this sweep begins; empty: at `FLOOR`."""
    top: str = ""
    """The present when this sweep began, on the view's clock, and what allows for its skew: nothing later is read."""
    after: tuple[str, ...] = ()
    """The instant and the keys of the last row read; none at the beginning of a sweep."""
    seen: str = ""
    """The latest instant read so far."""


@dataclass(frozen=True, slots=True)
class Window:
    """What one page asks for: rows from `start` to `top`, after `after` in the order of their instant and keys."""

    start: datetime
    top: datetime
    after: tuple[datetime, tuple[str, ...]] | None
    first: bool
    """The first page of a sweep: the rows that no window will reach are then looked for."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the view gives it, texts trimmed by nobody yet."""

    instant: datetime | None
    """Exact, so that the next page begins just after it."""
    keys: tuple[str, ...]
    """The values of `KEYS`."""
    texts: Mapping[str, str | None]
    """Column → text; a day as AAAA-MM-JJ."""


@dataclass(frozen=True, slots=True)
class ApogeeVue:
    """The mapping and the windows of one view. `zone`: of its dates without an offset."""

    secret: bytes = field(repr=False)
    uai: str = ""
    """The establishment, where the view does not say it."""
    zone: ZoneInfo = PARIS
    overlap: timedelta = timedelta(minutes=15)
    since: datetime = FLOOR
    """The first sweep begins there."""

    name = "apogee.vue"
    system = "apogee"
    topics = (TOPIC,)

    def window(self, after: str | None, now: datetime, aware: bool) -> Window:
        """What to ask next. `aware`: whether the view's instants carry an offset."""
        cursor = _read(after)
        if cursor.after:
            last = datetime.fromisoformat(cursor.after[0])
            return Window(self._start(cursor, aware), datetime.fromisoformat(cursor.top), (last, cursor.after[1:]), first=False)
        return Window(self._start(cursor, aware), self._clock(now, aware) + SKEW, None, first=True)

    def pulled(self, after: str | None, window: Window, rows: Sequence[Row], outside: Iterable[Row], full: bool, now: datetime) -> Pulled:
        """The page's records and refusals. `full`: there may be more rows; `outside`: rows that no window reaches."""
        records: list[Record] = []
        doubted: list[Doubted] = []
        refused = [NotTaken(self._place(row), (messages.unreadable_date(self._where(row), DATED),)) for row in outside]
        for row in rows:
            faults, record = self._record(row, now)
            if record is None:
                refused.append(NotTaken(self._place(row), faults))
            else:
                records.append(record)
                if warnings := tuple(warnings_of(record.data, f"{self._where(row)}, champ", None)):
                    doubted.append(Doubted(record.position, warnings))
        following = self._next(_read(after), window, rows, full)
        return Pulled(tuple(records), following, tuple(refused), complete=not full, doubted=tuple(doubted))

    # --- how far ------------------------------------------------------------------------------------------------------

    def _start(self, cursor: Cursor, aware: bool) -> datetime:
        if cursor.start:
            return datetime.fromisoformat(cursor.start)
        return self.since.replace(tzinfo=self.zone) if aware else self.since

    def _clock(self, now: datetime, aware: bool) -> datetime:
        """The view's present; in the second pass of the hour that autumn repeats, the end of the first has passed too."""
        if aware:
            return now
        local = now.astimezone(self.zone)
        return local.replace(tzinfo=None) + (_repeated(local, self.zone) if local.fold else timedelta())

    def _next(self, cursor: Cursor, window: Window, rows: Sequence[Row], full: bool) -> str:
        instants = [row.instant for row in rows if row.instant is not None]
        seen = max([*instants, *([datetime.fromisoformat(cursor.seen)] if cursor.seen else [])], default=None)
        if full and rows:
            last = rows[-1]
            assert last.instant is not None  # the window lets no other in
            assert seen is not None
            following = Cursor(window.start.isoformat(), window.top.isoformat(), (last.instant.isoformat(), *last.keys), seen.isoformat())
        elif seen is None:
            following = Cursor(cursor.start)
        else:
            # A row ahead of the clock must not carry the watermark with it.
            reached = before(min(seen, window.top - SKEW), self.overlap, self.zone)
            following = Cursor(max(window.start, reached).isoformat())
        return msgspec.json.encode(following).decode()

    # --- one row ------------------------------------------------------------------------------------------------------

    def _record(self, row: Row, now: datetime) -> tuple[tuple[Fault, ...], Record | None]:
        faults = FaultList()
        values: dict[str, Any] = {}
        for column, each in COLUMNS.items():
            text = (row.texts.get(column) or "").strip()
            if column == "UAI" and not text:
                text = self.uai
            if not text:
                if each.required or column == STATE:
                    faults.add(messages.row_without(self._where(row), column))
                continue
            try:
                values[each.name] = each.kind.from_text(text)
            except BadValue as bad:
                faults.add(messages.row_value(self._where(row), column, bad.code, bad.expected, bad.found))
        if faults or row.instant is None:
            return faults.report(), None
        values["dat_mod_iae"] = utc(row.instant, self.zone)
        registration = registration_of(values)
        position = self._place(row)
        record = record_of(registration, StudentKeys(self.secret), now, position)
        content = hmac.digest(self.secret, msgspec.msgpack.encode(record.data), "sha256").hex()
        return (), _replace(record, own_id=f"vue/{position}/{content}")

    def _place(self, row: Row) -> str:
        """Names the row without naming the student."""
        return "ligne " + sha256("\0".join((self.uai, *row.keys)).encode()).hexdigest()[:16]

    def _where(self, row: Row) -> str:
        """Enough to find the row in Apogée: its étape and when it was modified."""
        year, _, step, version, _ = row.keys
        dated = row.instant.isoformat(" ", "seconds") if row.instant else row.texts.get(DATED) or ""
        return row_of_view(year, step, version, dated)


def before(instant: datetime, span: timedelta, zone: ZoneInfo) -> datetime:
    """`span` earlier. In the hour that autumn repeats, a wall clock may be of its first or of its second pass: what was written
    in the second pass, before the same time of the first, must be read too."""
    return instant - span - (timedelta() if instant.tzinfo is not None else _repeated(instant, zone))


def _repeated(wall: datetime, zone: ZoneInfo) -> timedelta:
    """By how much the clock goes back over this time of day: one hour in the hour that autumn repeats, nothing elsewhere."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return max(first - second, timedelta())


def utc(instant: datetime, zone: ZoneInfo) -> datetime:
    """To the millisecond. In the hour that autumn repeats it is the first, as everywhere in this connector."""
    located = instant if instant.tzinfo is not None else instant.replace(tzinfo=zone)
    return located.astimezone(UTC).replace(microsecond=instant.microsecond // 1000 * 1000)


def _read(cursor: str | None) -> Cursor:
    return msgspec.json.decode(cursor, type=Cursor) if cursor else Cursor()


def _replace(record: Record, own_id: str) -> Record:
    return Record(record.topic, record.name, record.key, record.subject, record.time, record.data, record.position, own_id)
