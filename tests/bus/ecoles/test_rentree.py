"""The calendar of a collège without OMOGEN: a forbidden order, a late step in its file, pupils sent and integrated, on the real broker."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from bus.samples.bundle import files, make_bundle
from bus.samples.school import SchoolType, make_school
from tests.bus.ecoles.bus_of_schools import BusOfSchools
from tests.bus.ecoles.conftest import MakeBus

UAI, ANNEE = "0840001V", 2024
SCHOOL = make_school("rentree", UAI, 120, SchoolType.COLLEGE, ANNEE)
PUPILS = [pupil.ine for pupil in SCHOOL.present()]


def act(evenement: str, instant: str, **data: Any) -> dict[str, Any]:
    return {"evenement": evenement, "instant": instant, "uai": UAI, "annee": ANNEE, **data}


def steps(day: str, *numbers: int) -> list[dict[str, Any]]:
    return [act("etape", f"{day}T09:00:00+02:00", numero=number) for number in numbers]


LATE = f"{UAI};{ANNEE};19;Envoi des effectifs depuis SIECLE;Début septembre;15/09/2024;1"


def notices(bus: BusOfSchools) -> list[str]:
    """The lines of every file of lateness: what falls due together may be said in two."""
    files = [content for name, content in bus.written().items() if name.startswith("rentree/rentree_retards_")]
    return [line for content in files for line in content.decode("utf-8-sig").splitlines()]


def test_the_calendar_goes_from_told_steps_to_its_table_its_notices_and_its_reconciliation(make_bus: MakeBus) -> None:
    bus = make_bus("rentree rentree.projections rentree.fichiers", "charlemagne academie")
    dossiers = [each for each in files(make_bundle(SCHOOL, datetime(2024, 9, 10, 10))) if each[0].startswith("charlemagne/")]  # noqa: DTZ001

    async def play() -> None:
        bus.clock.set(datetime(2024, 9, 10, 8, tzinfo=UTC))
        async with bus.running():
            await bus.tell("academie", act("etablissement", "2024-06-03T08:00:00Z", type="COLLEGE", omogen=False, rentree="2024-09-02"))
            await bus.settled()
            await bus.drop_all(dossiers)
            await bus.tell(
                "charlemagne", *steps("2024-06-20", 1, 3, 4, 5, 6, 7), *steps("2024-07-03", 9, 10, 11, 12, 13, 7, 14, 15, 16, 17, 18)
            )
            await bus.settled()
            bus.clock.set(datetime(2024, 9, 16, 8, tzinfo=UTC))
            await bus.until(lambda: bus.rows("SELECT 1 FROM rentree_rappels"))
            await bus.until(lambda: LATE in notices(bus))
            await bus.tell(
                "charlemagne",
                act("eleves_envoyes", "2024-09-16T11:00:00+02:00", eleves=PUPILS),
                act("identifiants_importes", "2024-09-16T12:00:00+02:00", nombre_eleves=len(PUPILS)),
                act("eleves_envoyes", "2024-09-16T13:00:00+02:00", eleves=PUPILS),
            )
            await bus.settled()
            await bus.tell("academie", act("integration_bee", "2024-09-17T09:00:00+02:00", eleves=PUPILS[3:]))
            await bus.settled()

    asyncio.run(play())
    assert bus.refusals("rentree_refus") == ["ETAPE_PREALABLE_MANQUANTE", "IDENTIFIANTS_NON_IMPORTES"]
    assert notices(bus).count(LATE) == 1
    (integrated,) = bus.rows("SELECT nombre_envoyes, nombre_integres, ecart, non_integres FROM rentree_rapprochements_eleves")
    assert (integrated["nombre_envoyes"], integrated["nombre_integres"], integrated["ecart"]) == (len(PUPILS), len(PUPILS) - 3, 3)
    assert sorted(integrated["non_integres"]) == sorted(PUPILS[:3])
    assert bus.one("SELECT statut FROM rentree_etapes WHERE numero = 7") == "FAITE"
    assert bus.dead_letters() == []
