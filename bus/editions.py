"""The control editions of the bursaries: made from the projections, kept, written as files, mailed; once a day, never twice.

An edition is compared with the one before it, which is kept here; what people wrote about its lines comes back from the files
that they return (`take_back`) or one line at a time (`note`).
"""

import time as clock
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
import structlog
from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import distinct_on, insert

from bus.database.edition_tables import editions, editions_notes
from bus.database.freshness import Marks
from bus.database.tables import effets
from bus.deployment import Deployment
from bus.engine.transient import Transient
from bus.outgoing.files import State
from bus.outgoing.placing import place
from bus.settings import WEEKDAYS, EditionsSettings
from bus.told import Told
from schemas.identity import derive
from schemas.outcome import OutgoingFile
from sinks.bourses.bilan import Bilan, dresser
from sinks.bourses.courriels import NAME, payload_of
from sinks.bourses.editions import IDENTITY, LISTES, PARIS, WRITTEN, Ancienne, Edition, Liste, editer, relire
from sinks.registry import TABLES
from topics.catalogue import CATALOGUE

PROJECTIONS = "bourses.projections"
FOLDER = "editions"
"""Under the outbox."""
KEPT_DAYS = 400
LONGEST_NAME, LONGEST_COMMENT = 200, 2_000
CHECKED_EVERY = 30.0
"""Seconds between two looks at the clock."""

Identity = tuple[str, ...]
log = structlog.get_logger("bus.editions")


class AlreadyMade(Told):
    """The editions of that day went out."""

    exit_code = 4


class UnknownLine(Told):
    """No line of the list is that one."""

    exit_code = 4


def liste_named(code: str) -> Liste:
    """Raises UnknownLine, which names those that exist."""
    found = next((liste for liste in LISTES if liste.code == code), None)
    if found is None:
        raise UnknownLine(f"Liste inconnue : {code}. Connues : {', '.join(liste.code for liste in LISTES)}.")
    return found


# --- making them -----------------------------------------------------------------------------------------------------


def prepared(connection: sqlalchemy.Connection, jour: date) -> tuple[Edition, ...]:
    """What the editions of that day are, from the projections as they stand. Raises AlreadyMade."""
    last = connection.execute(select(func.max(editions.c.jour))).scalar()
    if last is not None and last >= jour:
        raise AlreadyMade(
            f"Les éditions du {last:%d/%m/%Y} sont déjà faites : une seule par jour, et jamais avant la dernière. "
            "Les voir : « passerelle editions list »."
        )
    return tuple(edition for liste in LISTES for edition in _of(connection, liste, jour))


def make(database: sqlalchemy.Engine, jour: date, a_jour: datetime | None) -> tuple[Edition, ...]:
    """Keep the day's editions and leave one mail a composante to be sent, in one transaction. Raises AlreadyMade.

    `a_jour`: up to when the projections hold everything said; see `up_to`."""
    with database.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' editions', 0))"))
        made = prepared(connection, jour)
        for edition in made:
            connection.execute(insert(editions).values(**_row(edition, jour)))
        for composante in sorted({edition.composante for edition in made}):
            mine = [edition for edition in made if edition.composante == composante]
            connection.execute(insert(effets).values(**_effect(composante, mine, jour, a_jour)).on_conflict_do_nothing())
        connection.execute(delete(editions).where(editions.c.jour < jour - timedelta(days=KEPT_DAYS)))
    log.info("editions_made", count=len(made))
    return made


def write_files(database: sqlalchemy.Engine, jour: date, outbox: Path) -> tuple[Path, ...]:
    """Write the day's editions under `outbox/editions`, as they were kept. Twice writes the same files."""
    query = select(editions.c.fichier, editions.c.contenu).where(editions.c.jour == jour).order_by(editions.c.fichier)
    with database.begin() as connection:
        files = [OutgoingFile(row.fichier, row.contenu) for row in connection.execute(query)]
    folder = outbox / FOLDER
    for file in files:
        place(folder, file, replaces=True)
    return tuple(folder / file.name for file in files)


def partitions_of(deployment: Deployment) -> int:
    """How many tasks write the projections."""
    return deployment.partitions(next(topic for topic in CATALOGUE if topic.name == "bourses.suivi.v1"))


def up_to(database: sqlalchemy.Engine, partitions: int) -> datetime | None:
    """Up to when the projections hold everything said; None when it is not known."""
    try:
        return Marks(database, PROJECTIONS).look(partitions).up_to
    except Transient:
        return None


def _of(connection: sqlalchemy.Connection, liste: Liste, jour: date) -> Iterable[Edition]:
    table = TABLES[liste.table]
    query = select(table).where(*(table.c[name] == value for name, value in liste.where.items()))
    rows = [dict(row._mapping) for row in connection.execute(query)]
    return editer(liste, rows, jour, _former(connection, liste), _notes(connection, liste))


def _former(connection: sqlalchemy.Connection, liste: Liste) -> dict[str, Ancienne]:
    """The last edition of each composante, where it still had an open line."""
    latest = (
        select(editions.c.composante, editions.c.contenu)
        .ext(distinct_on(editions.c.composante))
        .where(editions.c.liste == liste.code)
        .order_by(editions.c.composante, editions.c.jour.desc())
    )
    found = {row.composante: relire(liste, row.contenu) for row in connection.execute(latest)}
    return {composante: ancienne for composante, ancienne in found.items() if ancienne.lines}


def _notes(connection: sqlalchemy.Connection, liste: Liste) -> dict[Identity, Mapping[str, str]]:
    columns = (editions_notes.c[name.lower()] for name in (*IDENTITY, *WRITTEN))
    rows = connection.execute(select(*columns).where(editions_notes.c.liste == liste.code))
    return {tuple(row[: len(IDENTITY)]): dict(zip(WRITTEN, row[len(IDENTITY) :], strict=True)) for row in rows}


def _row(edition: Edition, jour: date) -> dict[str, Any]:
    return {
        "liste": edition.liste.code,
        "composante": edition.composante,
        "jour": jour,
        "fichier": edition.file.name,
        "contenu": edition.file.content,
        "nouveaux": edition.nouveaux,
        "ouverts": edition.ouverts,
        "disparus": edition.disparus,
    }


def _effect(composante: str, mine: Sequence[Edition], jour: date, a_jour: datetime | None) -> dict[str, Any]:
    """One composante's mails leave in the order of their days."""
    return {
        "id": derive(f"editions/{composante}/{jour.isoformat()}", NAME, 0),
        "sink": NAME,
        "partition": 0,
        "sequence": jour.toordinal(),
        "rank": 0,
        "group": f"composante {composante}",
        "payload": payload_of(composante, mine, jour, a_jour),
        "state": State.TODO.value,
    }


# --- what people write about them ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taken:
    """What a returned file brought."""

    notes: Mapping[Identity, tuple[str, str]]
    """Identity → who treats it, comment: those that say something new."""
    unknown: int
    """Lines that no edition of the list has ever had: left aside."""


def read_back(connection: sqlalchemy.Connection, liste: Liste, content: bytes) -> Taken:
    """What people wrote in a returned edition. An empty cell takes nothing back. Raises EditionIllisible."""
    known, notes = _lines_ever(connection, liste), _notes(connection, liste)
    found: dict[Identity, tuple[str, str]] = {}
    unknown = 0
    for identity, named in relire(liste, content).lines.items():
        if identity not in known:
            unknown += 1
            continue
        before = notes.get(identity, dict.fromkeys(WRITTEN, ""))
        said = tuple(named[name].strip() or before[name] for name in WRITTEN)
        if said != tuple(before[name] for name in WRITTEN):
            found[identity] = (said[0][:LONGEST_NAME], said[1][:LONGEST_COMMENT])
    return Taken(found, unknown)


def keep(connection: sqlalchemy.Connection, liste: Liste, notes: Mapping[Identity, tuple[str, str]]) -> None:
    """Keep who treats a line and the comment, over what was kept of it."""
    for identity, (treated_by, comment) in notes.items():
        key = {name.lower(): part for name, part in zip(IDENTITY, identity, strict=True)}
        statement = insert(editions_notes).values(liste=liste.code, **key, traite_par=treated_by, commentaire=comment)
        changed = {"traite_par": treated_by, "commentaire": comment, "noted_at": func.now()}
        connection.execute(statement.on_conflict_do_update(index_elements=["liste", *key], set_=changed))


def check_line(connection: sqlalchemy.Connection, liste: Liste, identity: Identity) -> None:
    """Raise UnknownLine unless some edition of the list has had that line."""
    if identity not in _lines_ever(connection, liste):
        raise UnknownLine(f"Aucune édition « {liste.titre} » n'a de ligne pour cette inscription : vérifier les cinq identifiants.")


def _lines_ever(connection: sqlalchemy.Connection, liste: Liste) -> frozenset[Identity]:
    contents = connection.execute(select(editions.c.contenu).where(editions.c.liste == liste.code)).scalars()
    return frozenset(identity for content in contents for identity in relire(liste, content).lines)


# --- the reconciliation of R-AGL-20 ----------------------------------------------------------------------------------


def bilan(connection: sqlalchemy.Connection, annee: int, declares: int | None) -> Bilan:
    """The figures of one year as the projections have them, beside what the university declares."""
    apogee, ecarts = (
        [dict(row._mapping) for row in connection.execute(select(table).where(table.c.annee == annee))]
        for table in (TABLES["bourses_apogee"], TABLES["bourses_ecarts"])
    )
    return dresser(annee, apogee, ecarts, declares)


# --- when ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Schedule:
    """From which time of which days of the week the editions of a day are made, in Paris."""

    at: time
    weekdays: frozenset[int]
    """0 is Monday."""

    @classmethod
    def of(cls, settings: EditionsSettings) -> "Schedule | None":
        """None: the settings want none."""
        days = frozenset(WEEKDAYS.index(word) for word in settings.days.replace(",", " ").split())
        return cls(time.fromisoformat(settings.at), days) if settings.at else None

    def due(self, now: datetime) -> date | None:
        """The day whose editions should be made by now."""
        local = now.astimezone(PARIS)
        return local.date() if local.weekday() in self.weekdays and local.time() >= self.at else None


class ScheduledEditions:
    """Makes the day's editions once their time has come: also late, when the bus was down at that time."""

    def __init__(
        self,
        database: sqlalchemy.Engine,
        schedule: Schedule,
        outbox: Path,
        partitions: int,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._schedule = schedule
        self._outbox = outbox
        self._partitions = partitions
        self._now = now
        self._settled: date | None = None
        self._looked = -CHECKED_EVERY

    def once(self) -> int:
        """One look; returns how many editions were made."""
        if clock.monotonic() - self._looked < CHECKED_EVERY:
            return 0
        self._looked = clock.monotonic()
        jour = self._schedule.due(self._now())
        if jour is None or jour == self._settled:
            return 0
        try:
            made = len(make(self._database, jour, up_to(self._database, self._partitions)))
        except AlreadyMade:
            made = 0
        write_files(self._database, jour, self._outbox)
        self._settled = jour
        return made
