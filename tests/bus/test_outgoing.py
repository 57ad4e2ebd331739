"""Outgoing files on a real PostgreSQL: modes, lots, ceiling, crashes. What leaves the bus leaves once, whole and under one name."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import func, insert, select, update

from bus.database import tables
from bus.outgoing.files import Mode, OutgoingFiles, State
from bus.outgoing.placing import place
from schemas.outcome import FileSink, OutgoingFile


class Lines:
    """A file sink for the tests: one line a payload."""

    name = "essai.lignes"
    system = "essai"
    processor = "essai.fichiers"
    hourly_ceiling = 10

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile:
        return OutgoingFile(f"lignes_{lot:06d}.txt", "".join(f"{p['ligne']}\n" for p in payloads).encode())


class Died(BaseException):
    """Stands for SIGKILL."""


def effects(database: sqlalchemy.Engine, *lines: str, group: str = "", sequence: int = 1, age: int = 60, pieces: int = 1) -> None:
    with database.begin() as connection:
        for rank, line in enumerate(lines):
            values = {
                "id": str(uuid.uuid4()),
                "sink": Lines.name,
                "partition": 0,
                "sequence": sequence,
                "rank": rank,
                "group": group,
                "payload": {"ligne": line, "morceaux": pieces},
                "state": State.TODO.value,
                "since": func.now() - timedelta(seconds=age),
            }
            connection.execute(insert(tables.effets).values(**values))


def put_in(database: sqlalchemy.Engine, mode: Mode, target: Path | None = None) -> None:
    """As an hour ago: what `effects` adds is new to the operator."""
    with database.begin() as connection:
        since = func.now() - timedelta(hours=1)
        values = {"sink": Lines.name, "mode": mode.value, "target": str(target) if target else None, "last_lot": 0, "changed_at": since}
        connection.execute(insert(tables.sinks).values(**values))


def states(database: sqlalchemy.Engine) -> dict[str, int]:
    with database.begin() as connection:
        query = select(tables.effets.c.state, func.count()).group_by(tables.effets.c.state)
        return {str(state): int(count) for state, count in connection.execute(query)}


def outgoing(database: sqlalchemy.Engine, outbox: Path, die_at: str = "") -> OutgoingFiles:
    def probe(point: str) -> None:
        if point == die_at:
            raise Died

    return OutgoingFiles(database, outbox, [Lines()], probe)


def test_a_sink_nobody_touched_observes_and_sends_nothing(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    effects(database, "a", "b")
    outgoing(database, tmp_path).once()
    assert states(database) == {"OBSERVE": 2}
    assert not list(tmp_path.rglob("*.txt"))


def test_what_was_observed_does_not_leave_when_the_sink_becomes_active(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    effects(database, "a")
    outgoing(database, tmp_path).once()
    with database.begin() as connection:
        connection.execute(update(tables.sinks).values(mode=Mode.ACTIF.value))
    outgoing(database, tmp_path).once()
    assert not list(tmp_path.rglob("*.txt"))


def test_an_active_sink_writes_the_lines_in_the_order_they_were_decided(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    put_in(database, Mode.ACTIF)
    effects(database, "c", "d", sequence=2)
    effects(database, "a", "b", sequence=1)
    outgoing(database, tmp_path).once()
    assert (tmp_path / "essai" / "lignes_000001.txt").read_text() == "a\nb\nc\nd\n"
    assert states(database) == {"FAIT": 4}


def test_a_redirected_sink_writes_to_the_test_folder_alone(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    put_in(database, Mode.REDIRIGE, tmp_path / "essais")
    effects(database, "a")
    outgoing(database, tmp_path / "outbox").once()
    assert [path.name for path in (tmp_path / "essais").iterdir()] == ["lignes_000001.txt"]
    assert not (tmp_path / "outbox").exists()


def test_above_its_hourly_ceiling_a_sink_suspends_itself_and_says_why(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    put_in(database, Mode.ACTIF)
    effects(database, *(str(n) for n in range(Lines.hourly_ceiling + 1)))
    outgoing(database, tmp_path).once()
    assert states(database) == {"A_FAIRE": Lines.hourly_ceiling + 1}
    with database.begin() as connection:
        assert "passerelle sinks resume" in connection.execute(select(tables.sinks.c.suspended)).scalar_one()
    assert not list(tmp_path.rglob("*.txt"))


def test_lots_of_the_last_hour_count_towards_the_ceiling(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    put_in(database, Mode.ACTIF)
    effects(database, *(str(n) for n in range(Lines.hourly_ceiling)))
    outgoing(database, tmp_path).once()
    effects(database, "one more", sequence=2)
    outgoing(database, tmp_path).once()
    assert states(database) == {"FAIT": Lines.hourly_ceiling, "A_FAIRE": 1}


def test_what_waited_when_somebody_resumed_the_sink_leaves_whatever_its_number(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    put_in(database, Mode.ACTIF)
    effects(database, *(str(n) for n in range(Lines.hourly_ceiling + 1)))
    outgoing(database, tmp_path).once()
    with database.begin() as connection:
        connection.execute(update(tables.sinks).values(suspended=None, changed_at=func.now()))
    outgoing(database, tmp_path).once()
    assert states(database) == {"FAIT": Lines.hourly_ceiling + 1}


@pytest.mark.parametrize("point", ["lot_numbered", "file_placed"])
def test_a_crash_leaves_one_file_with_the_same_bytes(database: sqlalchemy.Engine, tmp_path: Path, point: str) -> None:
    put_in(database, Mode.ACTIF)
    effects(database, "a", "b")
    with pytest.raises(Died):
        outgoing(database, tmp_path, die_at=point).once()
    effects(database, "c", sequence=2)
    outgoing(database, tmp_path).once()
    files = {path.name: path.read_text() for path in (tmp_path / "essai").iterdir()}
    assert files == {"lignes_000001.txt": "a\nb\n", "lignes_000002.txt": "c\n"}
    assert states(database) == {"FAIT": 3}


def test_fresh_effects_wait_for_their_companions(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    put_in(database, Mode.ACTIF)
    effects(database, "a", age=0)
    outgoing(database, tmp_path).once()
    assert states(database) == {"A_FAIRE": 1}


def test_a_file_of_another_content_under_the_same_name_is_never_overwritten(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    put_in(database, Mode.ACTIF)
    (tmp_path / "essai").mkdir()
    (tmp_path / "essai" / "lignes_000001.txt").write_text("somebody else's\n")
    effects(database, "a")
    outgoing(database, tmp_path).once()
    assert (tmp_path / "essai" / "lignes_000001.txt").read_text() == "somebody else's\n"
    assert states(database) == {"INCERTAIN": 1}


def test_a_disk_that_refuses_leaves_no_partial_file(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(OSError):
        place(blocked / "essai", OutgoingFile("lignes_000001.txt", b"a\n"))
    assert [path.name for path in tmp_path.iterdir()] == ["blocked"]


class Named(Lines):
    """Its files have names of their own."""

    file_per_group = True

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile:
        return OutgoingFile("0840001V.ZIP" if payloads[0]["ligne"] < "c" else "autre.zip", Lines.write(self, lot, payloads).content)


class Broken(Lines):
    """A sink whose writer cannot make a file of what was decided."""

    name = "essai.faux"
    system = "faux"

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile:
        raise UnicodeEncodeError("latin-1", payloads[0]["ligne"], 0, 1, "MARTINEZ")


class Elsewhere(Lines):
    """A sink of another system."""

    name = "essai.ailleurs"
    system = "ailleurs"


def given_to(database: sqlalchemy.Engine, *file_sinks: FileSink) -> None:
    """One effect each, to leave at once; what the last ones get is not moved on."""
    for sink in file_sinks:
        effects(database, "a")
        with database.begin() as connection:
            connection.execute(update(tables.effets).where(tables.effets.c.sink == Lines.name).values(sink=sink.name))
            connection.execute(insert(tables.sinks).values(sink=sink.name, mode=Mode.ACTIF.value, last_lot=0))


def test_a_file_that_cannot_be_made_is_shown_to_a_person_and_stops_no_other(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    given_to(database, Broken(), Elsewhere())
    assert OutgoingFiles(database, tmp_path, (Broken(), Elsewhere())).once() == 2
    assert (tmp_path / "ailleurs" / "lignes_000001.txt").read_text() == "a\n"
    with database.begin() as connection:
        ends = dict(connection.execute(select(tables.effets.c.sink, tables.effets.c.answer)).all())
    assert ends == {"essai.faux": "COMPOSITION UnicodeEncodeError", "essai.ailleurs": None}
    assert states(database) == {"REFUSE": 1, "FAIT": 1}


def test_a_folder_that_cannot_be_written_keeps_its_lot_and_stops_no_other(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    given_to(database, Elsewhere(), Lines())
    (tmp_path / "essai").write_text("un fichier là où il faut un dossier")
    files = OutgoingFiles(database, tmp_path, (Lines(), Elsewhere()))
    with pytest.raises(OSError):
        files.once()
    assert (tmp_path / "ailleurs" / "lignes_000001.txt").read_text() == "a\n"
    (tmp_path / "essai").unlink()
    files.once()
    assert (tmp_path / "essai" / "lignes_000001.txt").read_text() == "a\n"
    assert states(database) == {"FAIT": 2}


def test_a_file_per_group_is_a_lot_each_and_a_new_one_replaces_the_one_before(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    put_in(database, Mode.ACTIF)
    effects(database, "a1", "a2", group="a", sequence=1)
    effects(database, "c1", group="c", sequence=2)
    effects(database, "b1", group="b", sequence=3)
    assert OutgoingFiles(database, tmp_path, [Named()]).once() == 3
    assert (tmp_path / "essai" / "0840001V.ZIP").read_bytes() == b"b1\n"
    assert (tmp_path / "essai" / "autre.zip").read_bytes() == b"c1\n"
    assert states(database) == {"FAIT": 4}


class InPieces(Named):
    """Its files come in several transactions."""

    pieces_field = "morceaux"


@pytest.mark.parametrize("mode", [Mode.ACTIF, Mode.OBSERVATION])
def test_a_file_in_pieces_waits_until_all_of_it_is_there_and_stops_no_other(
    database: sqlalchemy.Engine, tmp_path: Path, mode: Mode
) -> None:
    put_in(database, mode)
    effects(database, "a1", group="a", sequence=1, pieces=2)
    effects(database, "c1", group="c", sequence=2, pieces=1)
    files = OutgoingFiles(database, tmp_path, [InPieces()])
    while files.once():
        pass
    done = "FAIT" if mode is Mode.ACTIF else "OBSERVE"
    assert states(database) == {"A_FAIRE": 1, done: 1}
    effects(database, "a2", group="a", sequence=3, pieces=2)
    while files.once():
        pass
    assert states(database) == {done: 3}
    written = {path.name: path.read_bytes() for path in tmp_path.glob("essai/*")}
    assert written == ({"0840001V.ZIP": b"a1\na2\n", "autre.zip": b"c1\n"} if mode is Mode.ACTIF else {})
