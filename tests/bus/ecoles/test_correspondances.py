"""Correspondences between EDT and a dropped sts_emp, and what a person chose kept for the next synchro 1, on the real broker."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

from bus.samples.bundle import files, make_bundle
from bus.samples.school import SchoolType, make_school
from tests.bus.ecoles.conftest import MakeBus

UAI = "9830418M"
TOPIC = "lsu.correspondances.v1"
SCHOOL = make_school("correspondances", UAI, 80, SchoolType.COLLEGE, 2017)
AT = datetime(2018, 2, 20, 8)  # noqa: DTZ001 (school-local)


def act(evenement: str, **data: Any) -> dict[str, Any]:
    return {"evenement": evenement, "uai": UAI, **data}


def elements(nature: str, *names: str) -> dict[str, Any]:
    return act("elements_edt", nature=nature, elements=names)


def sts_emp(newcomers: int = 0) -> tuple[str, bytes]:
    """The school's, once so many more teachers have come."""
    school = make_school("correspondances", UAI, 80, SchoolType.COLLEGE, 2017)
    school.teachers += [replace(school.teachers[-1], id=str(79_001 + rank)) for rank in range(newcomers)]
    ((path, content),) = (each for each in files(make_bundle(school, AT)) if each[0].startswith("sts/sts_emp"))
    return path.partition("/")[2], content


def test_correspondences_are_found_chosen_and_kept_from_one_sts_emp_to_the_next(make_bus: MakeBus) -> None:
    bus = make_bus("lsu.correspondances siecle.projections", "sts etablissement")
    exact, double, other = SCHOOL.teachers[0], SCHOOL.teachers[1], "BMP EPS"
    longer = f"{double.family_name}-DELOY {double.first_name}"
    divisions = [each.code for each in SCHOOL.divisions]
    groups = [each.code for each in SCHOOL.groups]
    subject = SCHOOL.groups[0].subject.label

    async def play() -> None:
        async with bus.running():
            await bus.tell("etablissement", elements("MATIERE", subject))
            await bus.settled()
            assert await bus.drop("sts", *sts_emp()) == "ARCHIVED"
            await bus.settled()
            await bus.tell(
                "etablissement",
                elements("GROUPE", *groups),
                elements("MATIERE", subject),
                elements("PROFESSEUR", f"{exact.family_name} {exact.first_name}", longer, other),
                elements("CLASSE", *divisions),
                elements("GROUPE", *groups, "CLUB ECHECS"),
                act(
                    "services_notation",
                    services=[{"groupe": groups[0], "discipline": subject}, {"groupe": groups[0], "discipline": "CHINOIS"}],
                ),
                act("choix_correspondance", nature="PROFESSEUR", edt=longer, sts=f"epp/{double.id}"),
            )
            await bus.settled()
            assert await bus.drop("sts", *sts_emp(newcomers=1)) == "ARCHIVED"
            await bus.settled()
            found = await bus.came(TOPIC, "correspondances")
            assert [(each.exactes, each.choisies, each.proposees, each.sans) for each in found if each.nature == "PROFESSEUR"] == [
                (1, 0, 1, 1),
                (1, 1, 0, 1),
                (1, 1, 0, 1),
            ]
            (first, *_) = [each for each in found if each.nature == "GROUPE"]
            assert (first.exactes, first.sans) == (len(groups), 1)
            assert [each.raison for each in await bus.came(TOPIC, "service_manquant")] == ["SERVICE_ABSENT"]

    asyncio.run(play())
    assert sorted(row["code"] for row in bus.rows("SELECT code FROM siecle_refus")) == ["ORDRE_DES_CORRESPONDANCES", "SANS_STS_EMP"]
    assert bus.dead_letters() == []
