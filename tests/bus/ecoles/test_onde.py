"""An école's way to ONDE, from what is done in Charlemagne to the archive that a person imports, on the real broker."""

import asyncio
import hashlib
from datetime import datetime
from typing import Any

from bus.samples.bundle import files, make_bundle
from bus.samples.school import SchoolType, make_school
from tests.bus.ecoles.conftest import MakeBus

UAI, ANNEE = "0840001V", 2025
SCHOOL = make_school("onde", UAI, 118, SchoolType.ECOLE, ANNEE)
MADE = dict(files(make_bundle(SCHOOL, datetime(2025, 9, 8, 10))))  # noqa: DTZ001 (school-local)
ARCHIVE = MADE[f"onde/{UAI}.ZIP"]
STATE = "SELECT etape, statut FROM onde_etapes"


def act(evenement: str, **data: Any) -> dict[str, Any]:
    return {"evenement": evenement, "uai": UAI, "annee": ANNEE, **data}


def classes() -> list[dict[str, Any]]:
    return [
        act(
            "classe",
            classe=each.code,
            code_rectorat=str(rank),
            type_contrat="Contrat d'association",
            type_classe="Ordinaire",
            formations=[each.level.code],
        )
        for rank, each in enumerate(SCHOOL.divisions, start=1)
    ]


def sheets(without_class: int) -> dict[str, Any]:
    pupils = [{"eleve": f"E{each.number:03d}", "classe": each.division.code} for each in SCHOOL.present()]
    return act("base_eleves", eleves=[*({"eleve": each["eleve"]} for each in pupils[:without_class]), *pupils[without_class:]])


def test_the_archive_of_charlemagne_goes_unchanged_to_a_person_once_the_control_is_clean(make_bus: MakeBus) -> None:
    bus = make_bus("onde onde.projections onde.fichiers", "charlemagne academie onde")
    present = len(SCHOOL.present())

    async def play() -> None:
        async with bus.running():
            await bus.drop_all((path, content) for path, content in MADE.items() if path.endswith(".csv"))
            await bus.tell("academie", act("etablissement", type="ECOLE"))
            await bus.tell("charlemagne", act("formations_importees"), *classes(), sheets(without_class=3), act("export_demande"))
            await bus.settled()
            assert bus.written() == {}
            await bus.tell("charlemagne", act("controle"), act("export_demande"))
            await bus.settled()
            assert await bus.drop("onde", f"{UAI}.ZIP", ARCHIVE) == "ARCHIVED"
            await bus.until(lambda: bus.written() == {f"onde/{UAI}.ZIP": ARCHIVE})
            await bus.settled()
            states = {row["etape"]: row["statut"] for row in bus.rows(STATE)}
            assert states["DEPOT"] != "FAITE"
            await bus.tell("onde", act("depot_effectue", empreinte=hashlib.sha256(ARCHIVE).hexdigest()))
            await bus.settled()

    asyncio.run(play())
    assert bus.rows("SELECT nombre_exportes, nombre_omis FROM onde_exports") == [{"nombre_exportes": present - 3, "nombre_omis": 3}]
    assert bus.rows(STATE + " WHERE etape = 'DEPOT'") == [{"etape": "DEPOT", "statut": "FAITE"}]
    assert bus.refusals("onde_refus") == ["CONTROLE_ABSENT"]
    assert bus.dead_letters() == []
