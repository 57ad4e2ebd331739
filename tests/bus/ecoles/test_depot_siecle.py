"""A file of links from its drop to SIECLE's night and its report, for a collège of 455 pupils in Nouvelle-Calédonie, on the real broker."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from bus.samples import defects
from bus.samples.bundle import Bundle, files, make_bundle
from bus.samples.school import SchoolType, make_school
from sinks.siecle.compte_rendu import html
from sinks.siecle.page import Page
from tests.bus.ecoles.conftest import MakeBus

UAI = "9830649N"
SCHOOL = make_school("depot", UAI, 455, SchoolType.COLLEGE, 2025)
MORNING = datetime(2026, 4, 20, 8, 15)  # noqa: DTZ001 (school-local)
STRUCTURE = "La structure a été envoyée à SCONET via un service Web."
WRONG = ("groupe_inconnu", "fin_hors_periode", "eleve_inconnu")
PREDICTED = "SELECT etat, eleves, absents, rejetes, avec_anomalies FROM siecle_predictions WHERE fichier = :fichier"
REPORTED = "SELECT * FROM siecle_comptes_rendus WHERE fichier = :fichier"
LINES = "SELECT * FROM siecle_comptes_rendus_lignes WHERE fichier = :fichier ORDER BY section, rang"


def act(evenement: str, **data: Any) -> dict[str, Any]:
    return {"evenement": evenement, "uai": UAI, **data}


def elegroupe(bundle: Bundle) -> tuple[str, bytes]:
    """The name of the archive of links and its bytes."""
    ((path, content),) = (each for each in files(bundle) if each[0].startswith("pronote/"))
    return path.partition("/")[2], content


def inner(name: str) -> str:
    return name.replace(".zip", ".xml")


def deposit(name: str) -> tuple[dict[str, Any], ...]:
    return act("depot_demande", fichier=name), act("depot_reponse", choix="OK")


def test_a_file_of_links_is_predicted_corrected_deposited_treated_by_night_and_compared(make_bus: MakeBus) -> None:
    processors = "lsu lsu.fichiers siecle.depots siecle.depots.tranches siecle.projections"
    bus = make_bus(processors, "siecle sts pronote etablissement siecle_suivi")
    good, bad = make_bundle(SCHOOL, MORNING + timedelta(hours=1)), make_bundle(SCHOOL, MORNING)
    defects.put(bad, WRONG)
    with_links = len([pupil for pupil in SCHOOL.present() if pupil.groups])
    absent = len(SCHOOL.present()) - with_links
    first, corrected = elegroupe(bad), elegroupe(good)

    async def play() -> None:
        async with bus.running():
            await bus.drop_all(each for each in files(good) if each[0].startswith(("siecle/", "sts/")))
            await bus.tell("etablissement", act("synchro_debut", synchro="S3"), act("synchro_fin", synchro="S3"))
            assert await bus.drop("pronote", *first) == "ARCHIVED"
            await bus.settled()
            await bus.tell("etablissement", *deposit(first[0]))
            await bus.until(lambda: bus.one("SELECT count(*) FROM siecle_refus") == 1)
            await bus.tell("etablissement", act("synchro_message", message=STRUCTURE))
            assert await bus.drop("pronote", *corrected) == "ARCHIVED"
            await bus.settled()
            await bus.tell("etablissement", *deposit(corrected[0]))
            await bus.until(lambda: bus.one("SELECT etat FROM siecle_depots") == "DEPOSE")
            assert bus.rows(REPORTED, fichier=inner(corrected[0])) == []
            bus.clock.moved = timedelta(days=1)
            await bus.until(lambda: bus.one("SELECT etat FROM siecle_depots") == "TRAITE")
            await bus.settled()
            page = Page(bus.rows(REPORTED, fichier=inner(corrected[0]))[0], bus.rows(LINES, fichier=inner(corrected[0])))
            await bus.until(lambda: [name for name in bus.written() if name.startswith("siecle/")])
            assert await bus.drop("siecle_suivi", "Suivi des échanges.html", html(page).encode()) == "ARCHIVED"
            await bus.settled()

    asyncio.run(play())
    (wrong,), (right,), (real,) = (
        bus.rows(PREDICTED, fichier=inner(first[0])),
        bus.rows(PREDICTED, fichier=inner(corrected[0])),
        bus.rows(REPORTED, fichier=inner(corrected[0])),
    )
    unknown = 1  # the pupil whom SIECLE does not know is read, and the one whom the file should have named is absent
    assert wrong == counts(eleves=with_links, absents=absent + unknown, rejetes=1, avec_anomalies=2)
    codes = bus.rows("SELECT codes FROM siecle_predictions_lignes WHERE fichier = :fichier", fichier=inner(first[0]))
    assert sorted(each["codes"] for each in codes) == [["ELEGRP_A_03"], ["GROUPE_A_01"], ["REJELEGROUPE_01"]]
    assert right == counts(eleves=with_links, absents=absent, rejetes=0, avec_anomalies=0)
    assert {name: real[name] for name in right if name != "etat"} == {name: right[name] for name in right if name != "etat"}
    assert bus.one("SELECT count(*) FROM siecle_liens") == with_links
    assert bus.rows("SELECT calcul, conforme, ecarts FROM siecle_comparaisons") == [{"calcul": "TRAITEMENT", "conforme": True, "ecarts": 0}]
    assert [row["code"] for row in bus.rows("SELECT code FROM siecle_refus")] == ["SANS_SYNCHRO_4A"]
    assert bus.one("SELECT count(*) FROM states WHERE processor = 'siecle.depots.tranches'") > 3
    deposited = {name: content for name, content in bus.written().items() if name.startswith("siecle/")}
    assert deposited == {f"siecle/{corrected[0]}": corrected[1]}
    assert bus.dead_letters() == []


def counts(**values: int) -> dict[str, Any]:
    return {"etat": "FAITE", **values}
