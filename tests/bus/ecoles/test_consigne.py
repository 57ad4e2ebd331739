"""Files larger than a message, from the drop to the outbox byte for byte, on the real broker."""

import asyncio
import io
import zipfile
from datetime import datetime
from random import Random
from typing import Any

from bus.samples.bundle import files, make_bundle
from bus.samples.school import SchoolType, make_school
from connectors.transport.zip import write_zip
from sinks.siecle.liens import LARGEST
from tests.bus.ecoles.conftest import MakeBus

UAI = "9830649N"
SCHOOL = make_school("consigne", UAI, 40, SchoolType.COLLEGE, 2025)
BUNDLE = make_bundle(SCHOOL, datetime(2026, 4, 20, 8, 15))  # noqa: DTZ001 (school-local)
FILES = dict(files(BUNDLE))
STRUCTURE = "La structure a été envoyée à SCONET via un service Web."


def act(evenement: str, **data: Any) -> dict[str, Any]:
    return {"evenement": evenement, "uai": UAI, **data}


def large(archive: bytes) -> bytes:
    """The same with a comment that does not compress: more than a state could ever hold."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        (name,) = opened.namelist()
        document = opened.read(name)
    made = write_zip(((name, document + f"<!-- {Random(3).randbytes(LARGEST).hex()} -->".encode()),))
    assert len(made) > LARGEST
    return made


def test_a_large_elegroupe_waits_in_the_consigne_and_reaches_siecle_once_deposited(make_bus: MakeBus) -> None:
    bus = make_bus("lsu lsu.fichiers siecle.depots siecle.depots.tranches siecle.projections", "siecle sts pronote etablissement")
    ((path, content),) = ((path, large(content)) for path, content in FILES.items() if path.startswith("pronote/"))
    name = path.partition("/")[2]

    async def play() -> None:
        async with bus.running():
            await bus.drop_all((path, content) for path, content in FILES.items() if path.startswith(("siecle/", "sts/")))
            await bus.tell(
                "etablissement",
                act("synchro_debut", synchro="S3"),
                act("synchro_fin", synchro="S3"),
                act("synchro_message", message=STRUCTURE),
            )
            assert await bus.drop("pronote", name, content) == "ARCHIVED", bus.reports("pronote")
            await bus.settled()
            assert not [each for each in bus.written() if each.startswith("siecle/")]
            await bus.tell("etablissement", act("depot_demande", fichier=name), act("depot_reponse", choix="OK"))
            await bus.until(lambda: [each for each in bus.written() if each.startswith("siecle/")])

    asyncio.run(play())
    assert {path: each for path, each in bus.written().items() if path.startswith("siecle/")} == {f"siecle/{name}": content}
    assert bus.rows("SELECT DISTINCT codes FROM siecle_predictions_lignes") == []
    assert bus.one("SELECT count(*) FROM effets WHERE payload ? 'contenu'") == bus.one(
        "SELECT count(*) FROM effets WHERE sink = 'edt.sts_emp' OR sink = 'sts.emp_sts'"
    )
    assert bus.dead_letters() == []
