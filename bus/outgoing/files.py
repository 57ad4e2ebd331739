"""Outgoing files: effects become lots, a lot becomes one file under a fixed name, exactly once (architecture §5).

A lot is numbered and committed before its file is written; the file is written beside its place, synchronised and renamed;
then the lot is closed. After a crash the same lot is written again under the same name with the same bytes. Bytes that the
consigne has no more are refused, and shown to a person.

Every sink starts in `observation`: its lots are composed and shown, nothing is written. `redirige` writes to a test folder,
`actif` to the system's outbox. Above its hourly ceiling a sink suspends itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy
import structlog
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from bus.consigne import Consigne, Forgotten, WrongDigest
from bus.database import tables
from bus.outgoing.consigned import place_consigned, place_together
from bus.outgoing.placing import place
from schemas.outcome import ConsignedFile, FileInPieces, FilePerGroup, FileSink, OutgoingFile, OutgoingFolder

LARGEST_LOT = 5_000
QUIET_SECONDS = 2.0
"""A lot is closed once no effect has come for this long, …"""
OLDEST_SECONDS = 30.0
"""… or once its oldest effect has waited this long."""

FORGOTTEN, WRONG_DIGEST, DIFFERENT = "OCTETS_OUBLIES", "EMPREINTE_FAUSSE", "AUTRE_CONTENU"
"""Why a file was not written: the consigne has it no more, or has other bytes; another content stands under its name."""

log = structlog.get_logger("bus.outgoing.files")
effets, sinks = tables.effets, tables.sinks


class Mode(StrEnum):
    """What a sink may do."""

    OBSERVATION = "observation"
    REDIRIGE = "redirige"
    ACTIF = "actif"


class State(StrEnum):
    """Where an effect is."""

    TODO = "A_FAIRE"
    STARTED = "EN_COURS"
    DONE = "FAIT"
    OBSERVED = "OBSERVE"
    UNCERTAIN = "INCERTAIN"
    """Its end is unknown: a person settles it."""
    REFUSED = "REFUSE"
    """The other side will never take it: a person settles it."""


@dataclass(frozen=True, slots=True)
class SinkState:
    """A sink as the operator set it."""

    sink: str
    mode: Mode
    target: str | None
    last_lot: int
    suspended: str | None


@dataclass(frozen=True, slots=True)
class Lot:
    """Effects that go out in one file, in the order in which they were decided."""

    number: int
    identifiers: tuple[str, ...]
    payloads: tuple[dict[str, Any], ...]


class OutgoingFiles:
    """The file sinks of an installation. Several processes may run it: the sink's row is locked."""

    def __init__(
        self,
        database: sqlalchemy.Engine,
        outbox: Path,
        file_sinks: Sequence[FileSink],
        probe: Callable[[str], None] = lambda _point: None,
    ) -> None:
        self._database = database
        self._consigne = Consigne(database)
        self._outbox = outbox
        self._sinks = file_sinks
        self._probe = probe

    def once(self) -> int:
        """One round over all sinks; returns how many lots went out or were observed.

        A folder that cannot be written stops its own sink alone: the others' lots go out before its OSError is raised."""
        lots, unwritable = 0, None
        for sink in self._sinks:
            try:
                lots += self._round(sink)
            except OSError as error:
                log.error("outbox_unwritable", sink=sink.name, error=type(error).__name__)
                unwritable = error
        if unwritable is not None:
            raise unwritable
        return lots

    def _round(self, sink: FileSink) -> int:
        lots = 0
        for begun in self._started(sink):
            self._deliver(sink, begun)
            lots += 1
        while (lot := self._next_lot(sink)) is not None:
            self._deliver(sink, lot)
            lots += 1
        return lots

    # --- composing ---------------------------------------------------------------------------------------------------

    def _started(self, sink: FileSink) -> list[Lot]:
        """Lots that a crash left between their number and their end."""
        with self._database.begin() as connection:
            query = (
                select(effets.c.lot).where(effets.c.sink == sink.name, effets.c.state == State.STARTED).distinct().order_by(effets.c.lot)
            )
            numbers = list(connection.execute(query).scalars())
            return [self._lot(connection, sink.name, number) for number in numbers]

    def _next_lot(self, sink: FileSink) -> Lot | None:
        with self._database.begin() as connection:
            state = locked(connection, sink.name)
            if state.suspended is not None or not self._ripe(connection, sink.name):
                return None
            chosen = self._chosen(connection, sink)
            if not chosen:
                return None
            if state.mode is Mode.OBSERVATION:
                self._mark(connection, chosen, State.OBSERVED, None)
                log.info("effects_observed", sink=sink.name, count=len(chosen))
                return None
            if self._too_many(connection, sink, chosen):
                self._suspend(connection, sink)
                return None
            number = state.last_lot + 1
            connection.execute(update(sinks).where(sinks.c.sink == sink.name).values(last_lot=number))
            self._mark(connection, chosen, State.STARTED, number)
            lot = self._lot(connection, sink.name, number)
        self._probe("lot_numbered")
        return lot

    def _ripe(self, connection: sqlalchemy.Connection, sink: str) -> bool:
        """Whether the waiting effects may go: they are many, quiet, or old."""
        waiting = and_(effets.c.sink == sink, effets.c.state == State.TODO)
        row = connection.execute(select(func.count(), func.min(effets.c.since), func.max(effets.c.since)).where(waiting)).one()
        count, oldest, newest = row
        if not count:
            return False
        now = connection.execute(select(func.now())).scalar_one()
        quiet = now - newest > timedelta(seconds=QUIET_SECONDS)
        return bool(count >= LARGEST_LOT or quiet or now - oldest > timedelta(seconds=OLDEST_SECONDS))

    def _chosen(self, connection: sqlalchemy.Connection, sink: FileSink) -> list[str]:
        """The oldest waiting effects up to a lot's size, with the rest of the last one's group; of a file per group, one group."""
        waiting = and_(effets.c.sink == sink.name, effets.c.state == State.TODO)
        order = (effets.c.partition, effets.c.sequence, effets.c.rank)
        whole = and_(waiting, effets.c.group.in_(_whole(waiting, sink.pieces_field))) if isinstance(sink, FileInPieces) else waiting
        first = connection.execute(select(effets.c.id, effets.c.group).where(whole).order_by(*order).limit(LARGEST_LOT)).all()
        if isinstance(sink, FilePerGroup):
            first = first[:1]
        groups = {row.group for row in first if row.group}
        rest = connection.execute(select(effets.c.id).where(waiting, effets.c.group.in_(groups))).scalars() if groups else ()
        return list(dict.fromkeys([*(row.id for row in first), *rest]))

    def _lot(self, connection: sqlalchemy.Connection, sink: str, number: int) -> Lot:
        query = (
            select(effets.c.id, effets.c.payload)
            .where(effets.c.sink == sink, effets.c.lot == number)
            .order_by(effets.c.partition, effets.c.sequence, effets.c.rank)
        )
        rows = connection.execute(query).all()
        return Lot(number, tuple(row.id for row in rows), tuple(row.payload for row in rows))

    def _mark(self, connection: sqlalchemy.Connection, identifiers: Sequence[str], state: State, lot: int | None) -> None:
        values = {"state": state.value, "lot": lot, "attempt": effets.c.attempt + 1}
        connection.execute(update(effets).where(effets.c.id.in_(identifiers)).values(**values))

    def _too_many(self, connection: sqlalchemy.Connection, sink: FileSink, chosen: Sequence[str]) -> bool:
        """Whether the lot, with what left within the hour, is above the ceiling. What waited when somebody last set the sink
        going was meant: it does not count."""
        seen = select(sinks.c.changed_at).where(sinks.c.sink == sink.name).scalar_subquery()
        recent = or_(effets.c.done_at > func.now() - timedelta(hours=1), effets.c.state == State.STARTED)
        went_out = and_(effets.c.state.in_([State.DONE.value, State.STARTED.value]), recent)
        counted = and_(effets.c.sink == sink.name, effets.c.since > seen, or_(effets.c.id.in_(chosen), went_out))
        return bool(connection.execute(select(func.count()).where(counted)).scalar_one() > sink.hourly_ceiling)

    def _suspend(self, connection: sqlalchemy.Connection, sink: FileSink) -> None:
        reason = (
            f"Plus de {sink.hourly_ceiling} lignes en une heure : vérifier qu'elles sont voulues, "
            f"puis « passerelle sinks resume {sink.name} --execute »."
        )
        connection.execute(update(sinks).where(sinks.c.sink == sink.name).values(suspended=reason, changed_at=func.now()))
        log.error("sink_suspended", sink=sink.name, count=sink.hourly_ceiling)

    # --- delivering --------------------------------------------------------------------------------------------------

    def _deliver(self, sink: FileSink, lot: Lot) -> None:
        with self._database.begin() as connection:
            state = locked(connection, sink.name)
        end, answer = self._written(sink, self._folder(sink, state), lot)
        self._probe("file_placed")
        with self._database.begin() as connection:
            values = {"state": end.value, "answer": answer, "done_at": func.now()}
            connection.execute(update(effets).where(effets.c.id.in_(lot.identifiers)).values(**values))
        if end is State.DONE:
            log.info("file_written", sink=sink.name, count=len(lot.identifiers), file_number=lot.number)
        else:
            log.error("file_not_written", sink=sink.name, file_number=lot.number, code=answer)

    def _written(self, sink: FileSink, folder: Path, lot: Lot) -> tuple[State, str | None]:
        """How the lot ended, and why when it is not as it had to."""
        try:
            same = self._place(folder, sink.write(lot.number, lot.payloads), replaces=isinstance(sink, FilePerGroup))
        except Forgotten:
            return State.REFUSED, FORGOTTEN
        except WrongDigest:
            return State.REFUSED, WRONG_DIGEST
        except (OSError, SQLAlchemyError):
            raise
        except Exception as error:  # a sink's fault must not stop the others; the lot stays and is shown
            log.exception("file_not_made", sink=sink.name, file_number=lot.number)
            return State.REFUSED, f"COMPOSITION {type(error).__name__}"
        return (State.DONE, None) if same else (State.UNCERTAIN, DIFFERENT)

    def _place(self, folder: Path, file: OutgoingFile | ConsignedFile | OutgoingFolder, replaces: bool) -> bool:
        match file:
            case OutgoingFile():
                return place(folder, file, replaces)
            case ConsignedFile():
                return place_consigned(folder, file, self._consigne, replaces)
            case OutgoingFolder():
                return place_together(folder, file, self._consigne)

    def _folder(self, sink: FileSink, state: SinkState) -> Path:
        if state.mode is Mode.REDIRIGE and state.target is not None:
            return Path(state.target)
        return self._outbox / sink.system


def _whole(waiting: sqlalchemy.ColumnElement[bool], pieces_field: str) -> sqlalchemy.Select[tuple[str]]:
    """Groups of which every piece waits."""
    pieces = func.max(sqlalchemy.cast(effets.c.payload[pieces_field].astext, sqlalchemy.Integer))
    return select(effets.c.group).where(waiting).group_by(effets.c.group).having(func.count() == pieces)


def locked(connection: sqlalchemy.Connection, sink: str) -> SinkState:
    """The sink's row, made in `observation` when there is none, locked for this transaction."""
    connection.execute(insert(sinks).values(sink=sink, mode=Mode.OBSERVATION.value).on_conflict_do_nothing())
    row = connection.execute(select(sinks).where(sinks.c.sink == sink).with_for_update()).one()
    return SinkState(row.sink, Mode(row.mode), row.target, row.last_lot, row.suspended)
