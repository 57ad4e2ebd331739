"""Files of the consigne on their way out: byte for byte, together where they must be, refused where their bytes are gone."""

import hashlib
import io
import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import delete, func, insert, select, update

from bus.consigne import PIECE, Consigne
from bus.database import tables
from bus.database.transport_tables import consigne, consigne_morceaux
from bus.outgoing.files import Mode, OutgoingFiles, State
from schemas.outcome import ConsignedFile, OutgoingFolder

ONE, TWO = Random(1).randbytes(PIECE + 5), b"two"


class Died(BaseException):
    """Stands for SIGKILL."""


class Single:
    """One file of the consigne a group."""

    name = "essai.un"
    system = "essai"
    processor = "essai.fichiers"
    hourly_ceiling = 10
    file_per_group = True

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> ConsignedFile:
        return ConsignedFile(*payloads[0]["fichiers"][0])


class Together(Single):
    """Several in one folder."""

    name = "essai.ensemble"

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFolder:  # type: ignore[override]
        return OutgoingFolder(f"ensemble_{lot:06d}", tuple(ConsignedFile(*each) for each in payloads[0]["fichiers"]))


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def kept(database: sqlalchemy.Engine, *contents: bytes) -> None:
    for content in contents:
        Consigne(database).keep(sha(content), len(content), lambda content=content: io.BytesIO(content))  # type: ignore[misc]


def effect(database: sqlalchemy.Engine, sink: type[Single], **files: bytes) -> None:
    with database.begin() as connection:
        if not connection.execute(select(tables.sinks.c.sink).where(tables.sinks.c.sink == sink.name)).first():
            connection.execute(insert(tables.sinks).values(sink=sink.name, mode=Mode.ACTIF.value, last_lot=0))
        values = {
            "id": str(uuid.uuid4()),
            "sink": sink.name,
            "partition": 0,
            "sequence": 1,
            "rank": 0,
            "group": str(uuid.uuid4()),
            "payload": {"fichiers": [(name, sha(content)) for name, content in files.items()]},
            "state": State.TODO.value,
            "since": func.now() - timedelta(minutes=1),
        }
        connection.execute(insert(tables.effets).values(**values))


def round_of(database: sqlalchemy.Engine, outbox: Path, sink: type[Single], die_at: str = "") -> list[tuple[str, str | None]]:
    """One round; state and answer of every effect afterwards."""

    def probe(point: str) -> None:
        if point == die_at:
            raise Died

    OutgoingFiles(database, outbox, [sink()], probe).once()
    with database.begin() as connection:
        return [tuple(row) for row in connection.execute(select(tables.effets.c.state, tables.effets.c.answer))]


def contents(outbox: Path) -> dict[str, bytes]:
    return {str(path.relative_to(outbox)): path.read_bytes() for path in sorted(outbox.rglob("*")) if path.is_file()}


def test_a_file_leaves_byte_for_byte_and_a_new_one_takes_its_place(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    kept(database, ONE, TWO)
    effect(database, Single, fichier=ONE)
    assert round_of(database, tmp_path, Single) == [("FAIT", None)]
    assert contents(tmp_path) == {"essai/fichier": ONE}
    effect(database, Single, fichier=TWO)
    round_of(database, tmp_path, Single)
    assert contents(tmp_path) == {"essai/fichier": TWO}


def test_files_that_go_together_are_seen_together(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    kept(database, ONE, TWO)
    effect(database, Together, un=ONE, deux=TWO)
    assert round_of(database, tmp_path, Together) == [("FAIT", None)]
    assert contents(tmp_path) == {"essai/ensemble_000001/un": ONE, "essai/ensemble_000001/deux": TWO}
    assert [path.name for path in (tmp_path / "essai").iterdir()] == ["ensemble_000001"]


@pytest.mark.parametrize("sink", [Single, Together])
def test_bytes_that_are_forgotten_leave_nothing_and_are_shown_to_a_person(
    database: sqlalchemy.Engine, tmp_path: Path, sink: type[Single]
) -> None:
    kept(database, ONE)
    effect(database, sink, **({"deux": TWO} if sink is Single else {"un": ONE, "deux": TWO}))
    assert round_of(database, tmp_path, sink) == [("REFUSE", "OCTETS_OUBLIES")]
    assert list((tmp_path / "essai").iterdir()) == []


def test_bytes_that_changed_never_leave_nor_replace_good_ones(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    kept(database, ONE, TWO)
    effect(database, Single, fichier=TWO)
    round_of(database, tmp_path, Single)
    with database.begin() as connection:
        place = consigne_morceaux.c.sha256 == sha(ONE), consigne_morceaux.c.rank == 2
        connection.execute(update(consigne_morceaux).where(*place).values(content=b"xxxxx"))
    effect(database, Single, fichier=ONE)
    assert ("REFUSE", "EMPREINTE_FAUSSE") in round_of(database, tmp_path, Single)
    assert contents(tmp_path) == {"essai/fichier": TWO}


@pytest.mark.parametrize("point", ["lot_numbered", "file_placed"])
@pytest.mark.parametrize("sink", [Single, Together])
def test_a_crash_leaves_each_once_with_the_same_bytes(database: sqlalchemy.Engine, tmp_path: Path, point: str, sink: type[Single]) -> None:
    kept(database, ONE)
    effect(database, sink, un=ONE)
    with pytest.raises(Died):
        round_of(database, tmp_path, sink, die_at=point)
    assert round_of(database, tmp_path, sink) == [("FAIT", None)]
    assert list(contents(tmp_path).values()) == [ONE]


def test_what_a_crash_left_half_written_is_written_anew(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    kept(database, ONE, TWO)
    effect(database, Together, un=ONE, deux=TWO)
    half = tmp_path / "essai" / ".ensemble_000001.tmp"
    half.mkdir(parents=True)
    (half / "un").write_bytes(b"half")
    (half / "trois").write_bytes(b"of another time")
    assert round_of(database, tmp_path, Together) == [("FAIT", None)]
    assert set(contents(tmp_path)) == {"essai/ensemble_000001/un", "essai/ensemble_000001/deux"}


def test_a_folder_that_stands_there_with_something_else_is_left_and_shown(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    kept(database, ONE)
    effect(database, Together, un=ONE)
    other = tmp_path / "essai" / "ensemble_000001"
    other.mkdir(parents=True)
    (other / "un").write_bytes(b"other")
    assert round_of(database, tmp_path, Together) == [("INCERTAIN", "AUTRE_CONTENU")]
    assert contents(tmp_path) == {"essai/ensemble_000001/un": b"other"}


def test_once_it_has_its_bytes_again_a_refused_file_leaves_when_a_person_asks_for_it(database: sqlalchemy.Engine, tmp_path: Path) -> None:
    kept(database, ONE)
    with database.begin() as connection:
        connection.execute(delete(consigne))
    effect(database, Single, fichier=ONE)
    assert round_of(database, tmp_path, Single) == [("REFUSE", "OCTETS_OUBLIES")]
    kept(database, ONE)
    with database.begin() as connection:
        connection.execute(update(tables.effets).values(state=State.TODO.value, lot=None))
    assert round_of(database, tmp_path, Single) == [("FAIT", None)]
    assert contents(tmp_path) == {"essai/fichier": ONE}
