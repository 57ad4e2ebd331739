"""Asks the read-only SQL view of Apogée: one page, one read-only transaction. `connectors.apogee.vue` says what, and reads it.

The statements are SQLAlchemy's, for PostgreSQL and Oracle alike; only PostgreSQL is tried by the tests.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import ColumnElement, Date, DateTime, Select, String, and_, cast, column, func, literal, or_, select, text
from sqlalchemy.exc import DataError, DBAPIError, NoSuchTableError, ProgrammingError, SQLAlchemyError
from sqlalchemy.sql.selectable import TableClause

from bus.pulling.outage import SourceAway
from bus.settings import ApogeeVueSettings
from connectors.apogee.vue import COLUMNS, CREATED, DATED, DAYS, FLOOR, KEYS, NO_KEY, REQUIRED, SHOWN_OUTSIDE, ApogeeVue, Row, Window
from schemas.outcome import Pulled

OUTSIDE_EVERY = timedelta(minutes=15)
_TEXT = String(4000)
_KEY = String(100)
_DAY, _INSTANT = "YYYY-MM-DD", "YYYY-MM-DD HH24:MI:SS"


class SqlView:
    """See `schemas.outcome.PullConnector`. One connection at a time; a broken one is made anew."""

    name = ApogeeVue.name
    system = ApogeeVue.system
    topics: tuple[str, ...] = ApogeeVue.topics

    def __init__(
        self,
        vue: ApogeeVue,
        engine: sqlalchemy.Engine,
        view: str,
        page_rows: int,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._vue = vue
        self._engine = engine
        self._view = view
        self._page_rows = page_rows
        self._clock = clock
        self._looked_at: datetime | None = None

    def pull(self, after: str | None) -> Pulled:
        try:
            with self._engine.begin() as connection:
                connection.execute(text("SET TRANSACTION READ ONLY"))
                return self._pull(connection, after)
        except (ProgrammingError, DataError, NoSuchTableError) as error:
            raise SourceAway("VUE_INVALIDE", _kind(error)) from None
        except SQLAlchemyError as error:
            raise SourceAway("SOURCE_INJOIGNABLE", _kind(error)) from None

    def _pull(self, connection: sqlalchemy.Connection, after: str | None) -> Pulled:
        statements = Statements(*self._columns(connection), self._view)
        now = self._clock()
        window = self._vue.window(after, now, statements.aware)
        outside = [_row(found) for found in connection.execute(statements.outside(window))] if self._looks_outside(window, now) else []
        rows = [_row(found) for found in connection.execute(statements.page(window, self._page_rows))]
        return self._vue.pulled(after, window, rows, outside, len(rows) == self._page_rows, now)

    def _looks_outside(self, window: Window, now: datetime) -> bool:
        """At the first sweep, then now and then: no index helps to find rows without a date."""
        due = self._looked_at is None or now - self._looked_at >= OUTSIDE_EVERY
        if window.first and due:
            self._looked_at = now
        return window.first and due

    def _columns(self, connection: sqlalchemy.Connection) -> tuple[dict[str, str], Any]:
        schema, _, name = self._view.rpartition(".")
        found = sqlalchemy.inspect(connection).get_columns(name, schema or None)
        missing = sorted(set(REQUIRED) - {each["name"].upper() for each in found})
        if missing:
            raise SourceAway("VUE_INVALIDE", f"colonnes absentes : {', '.join(missing)}")
        dated = next(each["type"] for each in found if each["name"].upper() == DATED)
        if not isinstance(dated, Date | DateTime):
            raise SourceAway("VUE_INVALIDE", f"{DATED} n'est pas une date")
        return {each["name"].upper(): each["name"] for each in found}, dated


class Statements:
    """The two questions, for the columns that the view has."""

    def __init__(self, names: dict[str, str], dated: Any, view: str) -> None:
        schema, _, name = view.rpartition(".")
        self._names = names
        self.aware = bool(getattr(dated, "timezone", False))
        """Whether instants come with their offset."""
        self._view: TableClause = sqlalchemy.table(name, *(column(each) for each in names.values()), schema=schema or None)
        created = CREATED in names
        self._instant: ColumnElement[Any] = func.coalesce(self._column(DATED), self._column(CREATED)) if created else self._column(DATED)
        self._keys = [self._key(each) for each in KEYS]
        self._order = [key for name, key in zip(KEYS, self._keys, strict=True) if name in names]

    def page(self, window: Window, rows: int) -> Select[Any]:
        """The rows of the window, in order, from just after the last one read."""
        query = self._select(self._instant).where(self._instant <= window.top)
        if window.after is None:
            query = query.where(self._instant >= window.start, self._modified_since(window.start))
        else:
            instant, keys = window.after
            later = _beyond([(self._instant, instant), *zip(self._keys, keys, strict=True)])
            query = query.where(self._instant >= instant, self._modified_since(instant), later)
        return query.order_by(self._instant, *self._order).limit(rows)

    def _modified_since(self, instant: datetime) -> ColumnElement[bool]:
        """The same bound on the columns themselves, which have indexes."""
        modified = self._column(DATED) >= instant
        if CREATED not in self._names:
            return modified
        return or_(modified, and_(self._column(DATED).is_(None), self._column(CREATED) >= instant))

    def outside(self, window: Window) -> Select[Any]:
        """Some rows that no window reaches. Their instant is not asked for as such: it may be one that Python has not."""
        floor = FLOOR.replace(tzinfo=UTC) if self.aware else FLOOR
        beyond = or_(self._instant.is_(None), self._instant < floor, self._instant > window.top)
        return self._select(literal(None)).where(beyond).order_by(*self._order).limit(SHOWN_OUTSIDE)

    def _select(self, instant: ColumnElement[Any]) -> Select[Any]:
        texts = [self._text(each).label(f"t_{each.lower()}") for each in COLUMNS if each in self._names]
        dated = func.to_char(self._instant, _INSTANT).label(f"t_{DATED.lower()}")
        keys = [key.label(f"k_{name.lower()}") for name, key in zip(KEYS, self._keys, strict=True)]
        return select(instant.label("instant"), dated, *keys, *texts).select_from(self._view)

    def _column(self, name: str) -> ColumnElement[Any]:
        found: ColumnElement[Any] = self._view.c[self._names[name]]
        return found

    def _key(self, name: str) -> ColumnElement[Any]:
        return func.coalesce(cast(self._column(name), _KEY), NO_KEY) if name in self._names else literal(NO_KEY)

    def _text(self, name: str) -> ColumnElement[Any]:
        return func.to_char(self._column(name), _DAY) if name in DAYS else cast(self._column(name), _TEXT)


def _beyond(parts: Sequence[tuple[ColumnElement[Any], Any]]) -> ColumnElement[bool]:
    """(a, b, …) > (x, y, …) without row values, which Oracle has not."""
    (found, value), *rest = parts
    return or_(found > value, and_(found == value, _beyond(rest))) if rest else found > value


def _kind(error: SQLAlchemyError) -> str:
    """The driver's own word (`UndefinedTable`, `InsufficientPrivilege`): its message may quote values."""
    return type(error.orig if isinstance(error, DBAPIError) and error.orig else error).__name__


def _row(found: Any) -> Row:
    values = found._mapping
    texts = {name[2:].upper(): value for name, value in values.items() if name.startswith("t_")}
    return Row(_instant(values["instant"]), tuple(values[f"k_{name.lower()}"] for name in KEYS), texts)


def _instant(value: Any) -> datetime | None:
    return datetime.combine(value, time()) if isinstance(value, date) and not isinstance(value, datetime) else value


def open_view(settings: ApogeeVueSettings, secret: bytes) -> SqlView:
    """The view of the settings. Nothing is asked yet."""
    address = settings.address()
    options: dict[str, Any] = {}
    if address.get_backend_name() == "postgresql":
        limits = {"default_transaction_read_only": "on", "statement_timeout": settings.statement_seconds * 1000, "timezone": "UTC"}
        given = " ".join(f"-c {name}={value}" for name, value in limits.items())
        options = {"options": given, "connect_timeout": 10, "application_name": "passerelle"}
    engine = sqlalchemy.create_engine(address, pool_size=1, max_overflow=0, pool_pre_ping=True, hide_parameters=True, connect_args=options)
    return SqlView(settings.connector(secret), engine, settings.view, settings.page_rows)
