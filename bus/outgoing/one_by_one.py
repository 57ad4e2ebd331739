"""Effects that leave one by one, mails and calls: at most once each, and never in silence (architecture §5).

An effect is `EN_COURS` in the database before anything is said to the outside. Just before the step after which its end may be
unknown (a mail's last line, a request's first byte), the carrier calls `engage`, which commits that mark. Whatever breaks before
it is tried again; whatever breaks between it and the answer is `INCERTAIN`, and only a person settles it.

One process at a time serves a sink: it holds a PostgreSQL advisory lock. Should it lose the lock without knowing, `engage` finds
that its attempt is no longer the effect's and stops it before that step.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy
import structlog
from sqlalchemy import and_, func, or_, select, text, tuple_, update
from sqlalchemy.exc import DBAPIError

from bus.database import tables
from bus.outgoing import messages
from bus.outgoing.files import Mode, SinkState, State, locked

FIRST_PAUSE = 30.0
LONGEST_PAUSE = 3_600.0
LONGEST_WAIT_ASKED = 86_400.0
"""Seconds of a `Retry-After` that are believed."""
MOST_ATTEMPTS = 30
"""Of an effect that the other side keeps putting off: about a day."""
AT_ONCE = 100
"""Effects of a sink in one round: then the other sinks have their turn."""
CLOSING_PATIENCE = 30.0
"""Seconds for which an answer already had is kept while PostgreSQL is away."""
LONGEST_ANSWER = 60

log = structlog.get_logger("bus.outgoing.files")
effets, sinks = tables.effets, tables.sinks
WAITING_FOR_A_PERSON = (State.UNCERTAIN.value, State.REFUSED.value)


@dataclass(frozen=True, slots=True)
class Errand:
    """One effect to carry out, in the mode and to the target that the sink had when it began."""

    id: str
    payload: Mapping[str, Any]
    attempt: int
    """1 for the first one."""
    mode: Mode
    target: str | None
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class _Ripe:
    id: str
    payload: Mapping[str, Any]
    attempt: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an attempt ended. `answer` is a stage and a code (`RCPT 550`), never what the other side wrote."""

    state: State
    answer: str
    after: float | None = None
    """Seconds before the next attempt, where the other side asked for it."""
    whole_sink: bool = False
    """The trouble is not this effect's: the others would meet it too."""


def done(answer: str) -> Verdict:
    return Verdict(State.DONE, answer)


def later(answer: str, after: float | None = None) -> Verdict:
    """Nothing was taken: the effect will be tried again."""
    return Verdict(State.TODO, answer, after)


def unavailable(answer: str, after: float | None = None) -> Verdict:
    """Nothing was taken, and no other effect of the sink would be now."""
    return Verdict(State.TODO, answer, after, whole_sink=True)


def refused(answer: str) -> Verdict:
    return Verdict(State.REFUSED, answer)


def uncertain(answer: str) -> Verdict:
    return Verdict(State.UNCERTAIN, answer)


class Misconfigured(Exception):
    """The sink cannot work as it is set; its text is the reason of its suspension."""


class Superseded(Exception):
    """Another process took the effect over: this attempt must end before it says anything more."""


class Carrier(Protocol):
    """What carries a sink's effects outside: `bus.outgoing.mail`, `bus.outgoing.http`."""

    @property
    def name(self) -> str: ...
    @property
    def hourly_ceiling(self) -> int: ...
    def carry(self, errand: Errand, engage: Callable[[], None]) -> Verdict:
        """One attempt. `engage` is called once at most, just before the step after which the end may be unknown. Raises Misconfigured."""
        ...


class OneByOne:
    """The sinks of one lane, served in turn."""

    def __init__(
        self,
        database: sqlalchemy.Engine,
        carriers: Sequence[Carrier],
        probe: Callable[[str], None] = lambda _point: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database = database
        self._carriers = carriers
        self._probe = probe
        self._stopping = stopping
        self._resting: dict[str, tuple[float, float]] = {}
        """Sink → when its outside may be tried again (monotonic), and the pause that led there."""

    def once(self) -> int:
        """One round over the sinks; returns how many attempts were made."""
        return sum(self._round(carrier) for carrier in self._carriers)

    def _round(self, carrier: Carrier) -> int:
        if self._resting.get(carrier.name, (0.0, 0.0))[0] > time.monotonic():
            return 0
        attempts = 0
        with self._alone(carrier.name) as mine:
            if not mine:
                return 0
            self._recover(carrier.name)
            while attempts < AT_ONCE and not self._stopping() and (errand := self._next(carrier)) is not None:
                attempts += 1
                if not self._attempt(carrier, errand):
                    break
        return attempts

    @contextmanager
    def _alone(self, sink: str) -> Iterator[bool]:
        """Whether this process is the only one that serves the sink, until the end of the block or of its connection."""
        name = {"name": sink}
        with self._database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            query = text("SELECT pg_try_advisory_lock(hashtextextended(current_schema() || ' sortie ' || :name, 0))")
            mine = bool(connection.execute(query, name).scalar_one())
            try:
                yield mine
            finally:
                if mine:
                    unlock = text("SELECT pg_advisory_unlock(hashtextextended(current_schema() || ' sortie ' || :name, 0))")
                    connection.execute(unlock, name)

    # --- choosing ----------------------------------------------------------------------------------------------------

    def _recover(self, sink: str) -> None:
        """Settle what a process that died left: tried again when it had not engaged, else uncertain."""
        left = and_(effets.c.sink == sink, effets.c.state == State.STARTED.value)
        with self._database.begin() as connection:
            unknown = {"state": State.UNCERTAIN.value, "answer": "INTERROMPU", "done_at": func.now()}
            count = connection.execute(update(effets).where(left, effets.c.engaged_at.is_not(None)).values(**unknown)).rowcount
            again = {"state": State.TODO.value, "begun_at": None, "answer": "INTERROMPU"}
            connection.execute(update(effets).where(left, effets.c.engaged_at.is_(None)).values(**again))
        if count:
            log.error("effects_uncertain", sink=sink, count=count)

    def _next(self, carrier: Carrier) -> Errand | None:
        with self._database.begin() as connection:
            state = locked(connection, carrier.name)
            if state.suspended is not None:
                return None
            if state.mode is Mode.OBSERVATION:
                self._observe(connection, carrier.name)
                return None
            found = self._ripe(connection, carrier.name)
            if found is None:
                return None
            if self._too_many(connection, carrier):
                suspend(connection, carrier.name, messages.ceiling(carrier.name, carrier.hourly_ceiling))
                return None
            errand = self._begin(connection, found, state)
        self._probe("effect_begun")
        return errand

    def _observe(self, connection: sqlalchemy.Connection, sink: str) -> None:
        waiting = and_(effets.c.sink == sink, effets.c.state == State.TODO.value)
        count = connection.execute(update(effets).where(waiting).values(state=State.OBSERVED.value)).rowcount
        if count:
            log.info("effects_observed", sink=sink, count=count)

    def _ripe(self, connection: sqlalchemy.Connection, sink: str) -> _Ripe | None:
        """The oldest effect that may go now: due, and first of what is not settled in its group."""
        before = effets.alias("before")
        unsettled = (State.TODO.value, State.STARTED.value, *WAITING_FOR_A_PERSON)
        earlier = select(before.c.id).where(
            before.c.sink == sink,
            before.c.group == effets.c.group,
            before.c.state.in_(unsettled),
            tuple_(before.c.partition, before.c.sequence, before.c.rank) < tuple_(effets.c.partition, effets.c.sequence, effets.c.rank),
        )
        query = (
            select(effets.c.id, effets.c.payload, effets.c.attempt)
            .where(effets.c.sink == sink, effets.c.state == State.TODO.value)
            .where(or_(effets.c.due_at.is_(None), effets.c.due_at <= func.now()))
            .where(or_(effets.c.group == "", ~earlier.exists()))
            .order_by(effets.c.partition, effets.c.sequence, effets.c.rank)
            .limit(1)
        )
        row = connection.execute(query).one_or_none()
        return None if row is None else _Ripe(row.id, row.payload, row.attempt)

    def _too_many(self, connection: sqlalchemy.Connection, carrier: Carrier) -> bool:
        """Whether more effects wait or left within the hour than the ceiling allows, of those that nobody has seen.

        What waited when somebody last set the sink going was meant: it does not count.
        """
        seen = select(sinks.c.changed_at).where(sinks.c.sink == carrier.name).scalar_subquery()
        unseen = and_(effets.c.sink == carrier.name, effets.c.since > seen)
        waiting = effets.c.state.in_((State.TODO.value, State.STARTED.value))
        left = and_(effets.c.done_at > func.now() - timedelta(hours=1), effets.c.state.in_((State.DONE.value, State.UNCERTAIN.value)))
        counts = (
            connection.execute(
                select(func.count()).select_from(select(effets.c.id).where(unseen, which).limit(carrier.hourly_ceiling + 1).subquery())
            ).scalar_one()
            for which in (waiting, left)
        )
        return sum(counts) > carrier.hourly_ceiling

    def _begin(self, connection: sqlalchemy.Connection, found: _Ripe, state: SinkState) -> Errand:
        values = {
            "state": State.STARTED.value,
            "attempt": effets.c.attempt + 1,
            "begun_at": func.clock_timestamp(),
            "engaged_at": None,
            "due_at": None,
        }
        begun = connection.execute(update(effets).where(effets.c.id == found.id).values(**values).returning(effets.c.begun_at)).scalar_one()
        return Errand(found.id, found.payload, found.attempt + 1, state.mode, state.target, begun)

    # --- carrying ----------------------------------------------------------------------------------------------------

    def _attempt(self, carrier: Carrier, errand: Errand) -> bool:
        """Returns whether the sink may go on to its next effect."""
        try:
            verdict = carrier.carry(errand, lambda: self._engage(errand))
        except Superseded:
            log.error("effect_taken_over", sink=carrier.name, attempt=errand.attempt)
            return False
        except Misconfigured as reason:
            self._close(carrier, errand, unavailable("REGLAGE"), str(reason))
            return False
        self._probe("effect_carried")
        if verdict.state is State.TODO and not verdict.whole_sink and errand.attempt >= MOST_ATTEMPTS:
            verdict = refused(f"ABANDON {verdict.answer}")
        self._close(carrier, errand, verdict, None)
        return not verdict.whole_sink

    def _engage(self, errand: Errand) -> None:
        """Commit that from here on the end may be unknown."""
        self._probe("before_engaging")
        mine = and_(effets.c.id == errand.id, effets.c.state == State.STARTED.value, effets.c.begun_at == errand.begun_at)
        with self._database.begin() as connection:
            if not connection.execute(update(effets).where(mine).values(engaged_at=func.now())).rowcount:
                raise Superseded
        self._probe("effect_engaged")

    def _close(self, carrier: Carrier, errand: Errand, verdict: Verdict, suspended: str | None) -> None:
        values: dict[str, Any] = {"state": verdict.state.value, "answer": verdict.answer[:LONGEST_ANSWER]}
        if verdict.state is State.TODO:
            pause = 0.0 if suspended else self._pause(carrier.name, errand, verdict)
            values |= {"due_at": func.now() + timedelta(seconds=pause), "begun_at": None, "engaged_at": None}
        else:
            self._resting.pop(carrier.name, None)
            values |= {"done_at": func.now()}
        open_still = effets.c.state.in_((State.STARTED.value, State.UNCERTAIN.value))
        mine = and_(effets.c.id == errand.id, effets.c.begun_at == errand.begun_at, open_still)

        def write(connection: sqlalchemy.Connection) -> None:
            connection.execute(update(effets).where(mine).values(**values))
            if suspended is not None:
                suspend(connection, carrier.name, suspended)

        self._patiently(write)
        if suspended is None:
            say = log.info if verdict.state is State.DONE else log.error if verdict.state in WAITING_FOR_A_PERSON else log.warning
            say("effect_tried", sink=carrier.name, status=values["answer"], attempt=errand.attempt, code=verdict.state.value)

    def _patiently(self, write: Callable[[sqlalchemy.Connection], None]) -> None:
        """What the other side answered must not be lost because PostgreSQL restarts."""
        deadline = time.monotonic() + CLOSING_PATIENCE
        pause = 0.1
        while True:
            try:
                with self._database.begin() as connection:
                    write(connection)
                return
            except DBAPIError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, 2.0)

    def _pause(self, sink: str, errand: Errand, verdict: Verdict) -> float:
        """Seconds before the effect's next attempt; notes the rest of the whole sink where its outside is away."""
        last = self._resting.get(sink, (0.0, 0.0))[1]
        asked = max(FIRST_PAUSE, last * 2) if verdict.whole_sink else FIRST_PAUSE * 2.0 ** min(errand.attempt - 1, 10)
        seconds = min(asked, LONGEST_PAUSE)
        if verdict.after is not None:
            seconds = min(max(verdict.after, 1.0), LONGEST_WAIT_ASKED)
        if verdict.whole_sink:
            self._resting[sink] = (time.monotonic() + seconds, min(seconds, LONGEST_PAUSE))
        else:
            self._resting.pop(sink, None)
        return seconds


def suspend(connection: sqlalchemy.Connection, sink: str, reason: str) -> None:
    """Stop the sink until somebody resumes it."""
    connection.execute(update(sinks).where(sinks.c.sink == sink).values(suspended=reason))
    log.error("sink_suspended", sink=sink)
