"""What schools' files say of each other, on the real broker: an INE in two schools, a LSU file against SIECLE and STS-WEB."""

import asyncio
from dataclasses import replace
from datetime import datetime

from bus.samples.bundle import files, make_bundle
from bus.samples.school import School, SchoolType, make_school
from tests.bus.ecoles.conftest import MakeBus

AT = datetime(2025, 9, 8, 8)  # noqa: DTZ001 (school-local)
A, B = "0840001V", "0341088Y"
SHARED = "SELECT uai, eleve_id, autre_uai, autre_eleve_id, code FROM siecle_ine_partages ORDER BY uai"


def school(uai: str) -> School:
    return make_school(uai, uai, 60, SchoolType.COLLEGE, 2025)


def export(made: School, beginning: str) -> tuple[str, bytes]:
    ((path, content),) = (each for each in files(make_bundle(made, AT)) if each[0].startswith(beginning))
    return path.partition("/")[2], content


def test_an_ine_of_two_schools_is_told_to_both_until_one_gives_it_up(make_bus: MakeBus) -> None:
    bus = make_bus("siecle.presences siecle.projections", "siecle")
    here, there = school(A), school(B)
    mine = next(pupil for pupil in here.pupils if pupil.left is None)
    theirs = next(pupil for pupil in there.pupils if pupil.left is None)
    same = replace(theirs, ine=mine.ine)
    there.pupils[there.pupils.index(theirs)] = same

    async def play() -> None:
        async with bus.running():
            assert await bus.drop("siecle", *export(here, "siecle/ExportXML_Eleves")) == "ARCHIVED"
            assert await bus.drop("siecle", *export(there, "siecle/ExportXML_Eleves")) == "ARCHIVED"
            await bus.settled()
            assert [tuple(row.values()) for row in bus.rows(SHARED)] == [
                (B, same.id, A, mine.id, "INE_DANS_DEUX_ETABLISSEMENTS"),
                (A, mine.id, B, same.id, "INE_DANS_DEUX_ETABLISSEMENTS"),
            ]
            there.pupils[there.pupils.index(same)] = theirs
            assert await bus.drop("siecle", *export(there, "siecle/ExportXML_Eleves")) == "ARCHIVED"
            await bus.settled()
            assert bus.rows(SHARED) == []

    asyncio.run(play())
    assert bus.one("SELECT count(*) FROM states WHERE key ILIKE :ine", ine=f"%{mine.ine}%") == 0
    assert bus.dead_letters() == []


def test_a_lsu_file_that_comes_before_the_exports_is_checked_when_they_come(make_bus: MakeBus) -> None:
    bus = make_bus("lsu.bilans lsu.projections", "siecle sts lsu")
    made = school(A)
    name, content = export(made, "lsu/")
    checked = "SELECT anomalies, constats FROM lsu_bilans_controles"

    async def play() -> None:
        async with bus.running():
            assert await bus.drop("lsu", name, content.replace(b'id-be="', b'id-be="9', 3)) == "ARCHIVED"
            await bus.settled()
            assert [each["code"] for each in bus.one("SELECT constats FROM lsu_bilans_controles")] == ["RIEN_A_CROISER"]
            for system, beginning in (("sts", "sts/sts_emp"), ("siecle", "siecle/ExportXML_Eleves")):
                assert await bus.drop(system, *export(made, beginning)) == "ARCHIVED"
            await bus.settled()
            (row,) = bus.rows(checked)
            assert (row["anomalies"], [each["code"] for each in row["constats"]]) == (1, ["ID_BE_INCONNU"])
            assert await bus.drop("lsu", name, content) == "ARCHIVED"
            await bus.settled()
            (row,) = bus.rows(checked)
            assert (row["anomalies"], row["constats"]) == (0, [])

    asyncio.run(play())
    assert bus.dead_letters() == []
