"""Files larger than a message, from the drop to the outbox byte for byte, on the real broker."""

import asyncio
import io
import zipfile
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import text

from bus.consigne import Consigne
from bus.samples.bundle import files, make_bundle
from bus.samples.school import SchoolType, make_school
from connectors.transport.zip import write_zip
from sinks.siecle.liens import LARGEST
from tests.bus.ecoles.bus_of_schools import BusOfSchools
from tests.bus.ecoles.conftest import MakeBus

UAI = "9830649N"
SCHOOL = make_school("consigne", UAI, 40, SchoolType.COLLEGE, 2025)
BUNDLE = make_bundle(SCHOOL, datetime(2026, 4, 20, 8, 15))  # noqa: DTZ001 (school-local)
FILES = dict(files(BUNDLE))
FORGOTTEN = [{"state": "REFUSE", "answer": "OCTETS_OUBLIES"}]
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


def to_siecle(bus: BusOfSchools) -> dict[str, bytes]:
    """What is in the outbox of SIECLE after one more round."""
    return {path: each for path, each in bus.written().items() if path.startswith("siecle/")}


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
            assert to_siecle(bus) == {}
            await bus.tell("etablissement", act("depot_demande", fichier=name), act("depot_reponse", choix="OK"))
            await bus.until(lambda: to_siecle(bus))

    asyncio.run(play())
    assert to_siecle(bus) == {f"siecle/{name}": content}
    assert bus.rows("SELECT DISTINCT codes FROM siecle_predictions_lignes") == []
    assert bus.one("SELECT count(*) FROM effets WHERE payload ? 'contenu'") == bus.one(
        "SELECT count(*) FROM effets WHERE sink = 'edt.sts_emp' OR sink = 'sts.emp_sts'"
    )
    assert bus.dead_letters() == []


def annual(evenement: str, **data: Any) -> dict[str, Any]:
    return act(evenement, annee=2026, **data)


def test_the_dossiers_of_charlemagne_reach_siecle_once_their_sending_is_accepted(make_bus: MakeBus) -> None:
    bus = make_bus("rentree rentree.fichiers rentree.projections", "charlemagne academie")
    ((path, content),) = ((path, content) for path, content in FILES.items() if path.startswith("charlemagne/"))
    name = path.partition("/")[2]
    sent = annual("eleves_envoyes", eleves=["150000001AA"], envoye_le="2026-04-21", instant="2026-04-22T08:00:00+11:00")

    async def play() -> None:
        async with bus.running():
            await bus.tell("academie", annual("etablissement", type="COLLEGE", omogen=False, rentree="2026-02-16"))
            await bus.settled()
            assert await bus.drop("charlemagne", name, content) == "ARCHIVED", bus.reports("charlemagne")
            await bus.tell("charlemagne", sent)
            await bus.settled()
            assert bus.refusals("rentree_refus") == ["IDENTIFIANTS_NON_IMPORTES"]
            assert to_siecle(bus) == {}
            imported = annual("identifiants_importes", importe_le="2026-04-21", instant="2026-04-22T09:00:00+11:00")
            await bus.tell("charlemagne", imported, {**sent, "instant": "2026-04-22T10:00:00+11:00"})
            await bus.until(lambda: to_siecle(bus) == {f"siecle/{name}": content})

    asyncio.run(play())
    assert bus.dead_letters() == []


def folder(bus: BusOfSchools, system: str) -> dict[str, bytes]:
    """`folder/name` and bytes of what is in an outbox after one more round."""
    bus.written()
    outbox = bus.folder / "outbox" / system
    return {str(path.relative_to(outbox)): path.read_bytes() for path in outbox.rglob("*") if path.is_file()}


def test_the_seven_exports_reach_pronote_as_one_bundle_of_one_school_and_year_or_not_at_all(make_bus: MakeBus) -> None:
    bus = make_bus("lsu lsu.fichiers siecle.projections", "siecle etablissement")
    seven = {path.partition("/")[2]: content for path, content in FILES.items() if path.startswith("siecle/")}
    (last, content), *_ = reversed(seven.items())
    stem = last.removesuffix(".zip")
    other = dict(files(make_bundle(make_school("autre", "9830418M", 20, SchoolType.COLLEGE, 2025), BUNDLE.moment.at)))[f"siecle/{last}"]
    next_year = dict(files(make_bundle(make_school("apres", UAI, 20, SchoolType.COLLEGE, 2026), BUNDLE.moment.at)))[f"siecle/{last}"]

    async def play() -> None:
        async with bus.running():
            await bus.drop_all((f"siecle/{name}", each) for name, each in seven.items() if name != last)
            assert await bus.drop("siecle", f"{stem}(3).zip", other) == "ARCHIVED"
            await bus.settled()
            await bus.tell("etablissement", act("fichiers_choisis"))
            await bus.tell("etablissement", act("fichiers_choisis", fichiers=[*(name for name in seven if name != last), f"{stem}(3).zip"]))
            assert await bus.drop("siecle", f"{stem}(4).zip", next_year) == "ARCHIVED"
            await bus.settled()
            await bus.tell("etablissement", act("fichiers_choisis"))
            await bus.settled()
            await bus.until(lambda: bus.one("SELECT count(*) FROM siecle_refus") == 3)
            assert folder(bus, "pronote") == {}
            assert await bus.drop("siecle", f"{stem}(1).zip", content) == "ARCHIVED"
            await bus.settled()
            await bus.tell("etablissement", act("fichiers_choisis"))
            await bus.until(lambda: folder(bus, "pronote"))

    asyncio.run(play())
    refused = bus.rows("SELECT code FROM siecle_refus ORDER BY refuse_le, code")
    assert sorted(each["code"] for each in refused) == ["LOT_ANNEES_DIFFERENTES", "LOT_AUTRE_ETABLISSEMENT", "LOT_INCOMPLET"]
    assert folder(bus, "pronote") == {f"{UAI}_2025_000001/{name}": each for name, each in seven.items()}
    assert bus.dead_letters() == []


def test_nomenclatures_and_structures_reach_charlemagne_after_its_year_switch(make_bus: MakeBus) -> None:
    bus = make_bus("rentree rentree.fichiers rentree.projections", "siecle charlemagne academie")
    two = {path: content for path, content in FILES.items() if path.startswith(("siecle/ExportXML_Nom", "siecle/ExportXML_Str"))}

    async def play() -> None:
        async with bus.running():
            await bus.tell("academie", annual("etablissement", type="COLLEGE", omogen=False, rentree="2026-02-16"))
            await bus.drop_all(two.items())
            await bus.settled()
            assert folder(bus, "charlemagne") == {}
            await bus.tell("charlemagne", annual("etape", numero=13, fait_le="2026-02-10", instant="2026-02-11T08:00:00+11:00"))
            await bus.until(lambda: folder(bus, "charlemagne"))

    asyncio.run(play())
    assert folder(bus, "charlemagne") == {f"{UAI}_2025_000001/{path.partition('/')[2]}": content for path, content in two.items()}
    assert bus.dead_letters() == []


def test_an_export_given_again_is_ignored_and_its_bytes_are_there_again_if_they_were_forgotten(make_bus: MakeBus) -> None:
    bus = make_bus("lsu lsu.fichiers", "siecle etablissement")
    seven = {path.partition("/")[2]: content for path, content in FILES.items() if path.startswith("siecle/")}

    async def play() -> None:
        async with bus.running():
            await bus.drop_all((f"siecle/{name}", content) for name, content in seven.items())
            await bus.settled()
            with bus.database.begin() as connection:
                connection.execute(text("UPDATE consigne SET kept_until = now() - interval '1 second'"))
            assert Consigne(bus.database).sweep() == len(seven)
            await bus.tell("etablissement", act("fichiers_choisis"))
            await bus.until(lambda: not bus.written() and bus.rows("SELECT state, answer FROM effets") == FORGOTTEN)
            for name, content in seven.items():
                assert await bus.drop("siecle", name, content) == "IGNORED"
            await bus.tell("etablissement", act("fichiers_choisis"))
            await bus.until(lambda: folder(bus, "pronote"))

    asyncio.run(play())
    assert set(folder(bus, "pronote").values()) == set(seven.values())
    assert bus.one("SELECT count(*) FROM consigne WHERE kept_until > now() + interval '29 days'") == len(seven)
