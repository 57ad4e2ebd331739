"""The synchros from dropped files and told acts to the school's table, on the real broker."""

import asyncio
from datetime import datetime
from typing import Any

from bus.samples.bundle import files, make_bundle
from bus.samples.school import SchoolType, make_school
from tests.bus.ecoles.conftest import MakeBus

UAI = "9830418M"
MADE = datetime(2018, 7, 23, 10)  # noqa: DTZ001 (school-local)
SCHOOL = make_school("lsu", UAI, 60, SchoolType.COLLEGE, 2017)
STRUCTURE = "La structure a été envoyée à SCONET via un service Web."
SERVICES = "Les services ont été envoyés à SCONET via un service Web."


def act(evenement: str, **data: Any) -> dict[str, Any]:
    return {"evenement": evenement, "uai": UAI, **data}


def version(logiciel: str, bits: int = 64) -> dict[str, Any]:
    return act("version_constatee", logiciel=logiciel, millesime="2017", version="0.2.10", bits=bits)


def test_the_five_synchros_of_a_school_go_from_its_files_and_acts_to_its_table(make_bus: MakeBus) -> None:
    bus = make_bus("lsu siecle.projections", "siecle etablissement")
    seven = [(path, content) for path, content in files(make_bundle(SCHOOL, MADE)) if path.startswith("siecle/")]
    names = [path.partition("/")[2] for path, _ in seven]

    async def play() -> None:
        async with bus.running():
            await bus.tell(
                "etablissement",
                version("PRONOTE", bits=32),
            )
            await bus.drop_all(seven)
            await bus.tell(
                "etablissement",
                act("fichiers_choisis", fichiers=names[:-1]),
                version("PRONOTE"),
                version("EDT"),
                act("campagne_constatee", annee_sts=2018, type="Rentrée", debut="2018-03-05", fin="2018-03-19"),
                *(act(name, synchro=code) for code in ("S1", "S2", "S3") for name in ("synchro_debut", "synchro_fin")),
                act("synchro_debut", synchro="S4A"),
                act("synchro_debut", synchro="S4B", destination="SCONET"),
                act("synchro_message", message=STRUCTURE),
                act("synchro_message", message=SERVICES),
            )
            await bus.settled()

    asyncio.run(play())
    states = {row["synchro"]: row["statut"] for row in bus.rows("SELECT synchro, statut FROM synchros_etats")}
    assert states == dict.fromkeys(("S1", "S2", "S3", "S4A", "S4B", "S4"), "FAITE")
    assert bus.one("SELECT a_verifier FROM synchros_etats WHERE synchro = 'S2'").startswith("Consulter le rapport d'import")
    refused = bus.rows("SELECT code, message FROM siecle_refus ORDER BY refuse_le, code")
    assert [each["code"] for each in refused] == ["VERSION_NON_ADMISE", "LOT_INCOMPLET"]
    assert refused[1]["message"].endswith("Manque : Géographique.")
    assert bus.dead_letters() == []
