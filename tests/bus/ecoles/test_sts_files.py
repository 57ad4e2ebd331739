"""A sts_emp and an emp_sts from the drop to the outbox of the system that imports them, on the real broker."""

import asyncio
import hashlib
from datetime import datetime

import pytest

from bus.outgoing.files import OutgoingFiles
from bus.samples.bundle import files, make_bundle
from bus.samples.school import SchoolType, make_school
from connectors.transport import passthrough
from sinks.registry import FILE_SINKS
from tests.bus.ecoles.conftest import MakeBus

UAI = "9830418M"
SCHOOL = make_school("sts", UAI, 90, SchoolType.COLLEGE, 2017)
BUNDLE = files(make_bundle(SCHOOL, datetime(2018, 7, 23, 10)))  # noqa: DTZ001 (school-local)
MADE = {path.partition("/")[2]: content for path, content in BUNDLE if path.startswith("sts/")}
PIECE = 4_000
STATES = "SELECT DISTINCT sink, state FROM effets ORDER BY sink"


def test_a_file_of_sts_web_reaches_edt_whole_and_unchanged_once_somebody_lets_it(
    make_bus: MakeBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In several pieces; under the name of STS-WEB, though a browser had changed it."""
    monkeypatch.setattr(passthrough, "PIECE", PIECE)
    bus = make_bus("lsu.fichiers", "sts")
    (down,) = (name for name in MADE if name.startswith("sts_emp"))
    (up,) = (name for name in MADE if name.startswith("emp_sts"))
    stem, other = down.removesuffix(".xml"), MADE[down].replace(b"</STS_EDT>", b"\r\n</STS_EDT>")
    assert len(MADE[down]) > 3 * PIECE

    async def play() -> None:
        async with bus.running():
            assert await bus.drop("sts", down, MADE[down]) == "ARCHIVED"
            await bus.settled()
            observing = OutgoingFiles(bus.database, bus.folder / "outbox", FILE_SINKS)
            await bus.until(lambda: bool(observing.once()) or bus.rows(STATES) == [{"sink": "edt.sts_emp", "state": "OBSERVE"}])
            assert not list((bus.folder / "outbox").rglob("*"))
            assert await bus.drop("sts", down, MADE[down]) == "IGNORED"
            assert await bus.drop("sts", f"{stem} (1).xml", other) == "ARCHIVED"
            assert await bus.drop("sts", up, MADE[up]) == "ARCHIVED"
            await bus.until(lambda: bus.written() == {f"edt/{down}": other, f"sts/{up}": MADE[up]})

    asyncio.run(play())
    came = (bus.folder / "outbox" / "edt" / down).read_bytes()
    assert hashlib.sha256(came).hexdigest() == hashlib.sha256(other).hexdigest()
    assert bus.dead_letters() == []
