"""LSU files on the bus: held against SIECLE and STS-WEB in whichever order they come, in a state that stays small."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bus.controler.controle import controler
from bus.controler.lecture import lire
from bus.engine.fold import MAX_STATE_BYTES
from bus.samples.bundle import files, make_bundle
from bus.samples.school import complete_uai, make_school
from processors.bilans_lsu import PROCESSOR
from processors.bilans_lsu.reglages import Reglages
from processors.bilans_lsu.state import Etat
from schemas.outcome import Event, Outcome
from schemas.records import lsu, siecle, sts

UAI = "0341088Y"
AT = datetime(2025, 12, 5, tzinfo=UTC)
SIECLE, STS, LSU = "siecle.exports.v1", "sts.echanges.v1", "lsu.bilans.v1"
MODULES: dict[str, Any] = {SIECLE: siecle, STS: sts, LSU: lsu}


class Bus:
    def __init__(self) -> None:
        self.state: Etat | None = None
        self.said: list[lsu.BilansControles] = []
        self.largest = 0

    def give(self, topic: str, name: str, data: Any) -> Outcome:
        outcome = PROCESSOR.decide(Reglages(), self.state, Event("e", name, AT, data.uai, "", "/test", topic, data))
        if outcome.refusal is None:
            self.state = outcome.state
        self.said += [each.data for each in outcome.emitted]
        return outcome

    def file(
        self, topic: str, kind: str, rows: Iterable[Any], year: int | None = 2025, name: str = "", recu: str = "r", missing: int = 0
    ) -> Outcome:
        of, count = MODULES[topic], 0
        self.give(
            topic, "instantane_debut", of.InstantaneDebut(recu=recu, uai=UAI, type=kind, fichier=name or f"{kind}.xml", millesime=year)
        )
        for row in rows:
            self.give(topic, "ligne", row)
            count += 1
        self.largest = max(self.largest, len(msgspec.msgpack.encode(self.state)))
        return self.give(topic, "instantane_fin", of.InstantaneFin(recu=recu, uai=UAI, type=kind, nombre=count + missing, empreinte="e"))

    def codes(self) -> list[str]:
        return [each.code for each in self.said[-1].constats]


def pupils(*who: tuple[str, str]) -> list[siecle.Eleve]:
    group = siecle.Structure(code_structure="LATIN", type_structure="G")
    return [
        siecle.Eleve(
            uai=UAI,
            eleve_id=number,
            nom_de_famille="INVENTÉ",
            prenom="Zoé",
            date_naiss=AT.date(),
            doublement=False,
            code_regime="2",
            structures=(siecle.Structure(code_structure=division, type_structure="D"), group),
        )
        for number, division in who
    ]


def bilans(*who: tuple[str | None, str | None], code: str = "030201", people: tuple[tuple[str, str], ...] = ()) -> list[Any]:
    return [
        *(lsu.Eleve(uai=UAI, id_be=number, code_division=division, bilans_periodiques=1, bilans_cycle=0) for number, division in who),
        *(lsu.Enseignant(uai=UAI, type=kind, id_sts=number) for kind, number in people),
        lsu.Discipline(uai=UAI, code=code),
    ]


def emploi_du_temps(*people: tuple[str, str]) -> list[Any]:
    return [
        sts.Matiere(uai=UAI, code_matiere="030201"),
        sts.Division(uai=UAI, code_structure="3B"),
        *(sts.Individu(uai=UAI, type=kind, id=number, suppleant=False) for kind, number in people),
    ]


def test_every_code_is_said_with_its_example_and_the_right_count() -> None:
    bus = Bus()
    bus.file(SIECLE, "eleves_sans_adresses", pupils(("101", "3A"), ("102", "3B")))
    bus.file(SIECLE, "structures", [siecle.Division(uai=UAI, code_structure="3A")])
    bus.file(STS, "sts_emp", emploi_du_temps(("epp", "7")))
    assert not bus.said
    bus.file(
        LSU,
        "lsun_bilans",
        bilans(("101", "3B"), ("102", "3C"), ("999", "3A"), code="999999", people=(("epp", "7"), ("local", "7"), ("autre", "8"))),
    )
    assert bus.codes() == ["ID_BE_INCONNU", "DIVISION_DIFFERENTE", "DIVISION_INCONNUE", "DISCIPLINE_INCONNUE", "ID_STS_INCONNU"]
    messages = [each.message for each in bus.said[-1].constats]
    assert messages[0] == "Élèves dont l'id-be n'est pas dans SIECLE : 999."
    assert messages[1].endswith(": 101, 102.")
    assert messages[4] == "Enseignants dont l'id-sts n'est pas dans STS-WEB : local 7."
    assert (bus.said[-1].anomalies, bus.said[-1].eleves, bus.said[-1].enseignants) == (5, 3, 3)


@pytest.mark.parametrize("first", [True, False])
def test_whichever_comes_first_the_last_word_is_the_same(first: bool) -> None:
    bus = Bus()
    rows = bilans(("101", "3A"), ("103", "3A"), people=(("epp", "7"),))
    if first:
        bus.file(LSU, "lsun_bilans", rows)
        assert bus.codes() == ["RIEN_A_CROISER"]
    bus.file(SIECLE, "eleves_avec_adresses", pupils(("101", "3A")))
    bus.file(STS, "sts_emp", emploi_du_temps(("epp", "7")))
    if not first:
        bus.file(LSU, "lsun_bilans", rows)
    assert bus.codes() == ["ID_BE_INCONNU", "DIVISION_INCONNUE"]
    assert bus.said[-1].compares == ("eleves_avec_adresses.xml", "sts_emp.xml")


def test_the_subject_tells_files_apart_without_the_name_that_somebody_gave_them() -> None:
    bus = Bus()
    told = [bus.file(LSU, "lsun_bilans", bilans(("1", "2")), name=name).emitted for name in ("Bilan MARTINEZ.xml", "Bilan DURAND.xml")]
    subjects = [each.subject or "" for emitted in told for each in emitted]
    assert len(set(subjects)) == 2
    assert not any("MARTINEZ" in subject or "DURAND" in subject for subject in subjects)


def test_a_mended_base_takes_the_report_back_and_says_nothing_twice() -> None:
    bus = Bus()
    bus.file(LSU, "lsun_bilans", bilans(("101", "3A")))
    bus.file(SIECLE, "eleves_avec_adresses", pupils(("100", "3A")))
    assert bus.codes() == ["ID_BE_INCONNU"]
    count = len(bus.said)
    bus.file(SIECLE, "eleves_avec_adresses", pupils(("100", "3A")), recu="s")
    assert len(bus.said) == count
    bus.file(SIECLE, "eleves_avec_adresses", pupils(("100", "3A"), ("101", "3A")), recu="t")
    assert bus.said[-1].anomalies == 0
    assert bus.codes() == []


def test_a_pupil_who_leaves_later_does_not_spoil_a_file_that_agreed() -> None:
    bus = Bus()
    bus.file(SIECLE, "eleves_avec_adresses", pupils(("100", "3A"), ("101", "3A")))
    bus.file(LSU, "lsun_bilans", bilans(("101", "3A")))
    count = len(bus.said)
    bus.file(SIECLE, "eleves_avec_adresses", pupils(("100", "3A")), recu="s")
    assert len(bus.said) == count


def test_next_years_exports_are_not_compared_with_last_years_bilans() -> None:
    bus = Bus()
    bus.file(LSU, "lsun_bilans", bilans(("101", "3A")))
    bus.file(SIECLE, "eleves_avec_adresses", pupils(("200", "2A")), year=2026)
    assert bus.codes() == ["RIEN_A_CROISER", "ANNEE_AUTRE"]
    assert "(2026)" in bus.said[-1].constats[1].message
    assert bus.said[-1].anomalies == 0


def test_a_truncated_file_is_refused_and_the_one_before_still_counts() -> None:
    bus = Bus()
    bus.file(SIECLE, "eleves_avec_adresses", pupils(("101", "3A")))
    outcome = bus.file(SIECLE, "eleves_avec_adresses", pupils(("200", "3A")), recu="s", missing=1)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "INSTANTANE_INCOMPLET"
    bus.file(LSU, "lsun_bilans", bilans(("101", "3A")))
    assert bus.said[-1].anomalies == 0


def test_what_is_mended_in_a_new_file_is_said_of_it_and_an_equal_one_is_not_said_again() -> None:
    bus = Bus()
    bus.file(SIECLE, "eleves_avec_adresses", pupils(("101", "3A")))
    bus.file(LSU, "lsun_bilans", bilans(("109", "3A")))
    bus.file(LSU, "lsun_bilans", bilans(("109", "3A")))
    assert len(bus.said) == 1
    bus.file(LSU, "lsun_bilans", bilans(("101", "3A")), recu="s")
    assert [each.anomalies for each in bus.said] == [1, 0]


@pytest.mark.parametrize("count", [455, 3000])
def test_a_large_school_fits_in_a_state_even_while_it_is_replaced(count: int) -> None:
    bus = Bus()
    who = [(str(1_200_000 + rank * 7919 % 800_000), f"{3 + rank % 4}EME {rank % 30}") for rank in range(count)]
    for recu in ("r", "s"):
        bus.file(SIECLE, "eleves_avec_adresses", pupils(*who), recu=recu)
        bus.file(SIECLE, "nomenclature", [siecle.Matiere(uai=UAI, code_matiere=f"{rank * 37:06d}") for rank in range(1000)], recu=recu)
        bus.file(STS, "sts_emp", emploi_du_temps(*(("epp", str(rank * 4001)) for rank in range(300))), recu=recu)
        bus.file(LSU, "lsun_bilans", bilans(*who), recu=recu)
    assert bus.largest < MAX_STATE_BYTES
    assert bus.said[-1].eleves == count


def test_a_school_beyond_any_size_is_refused_and_the_state_stays_small() -> None:
    bus = Bus()
    outcome = bus.file(SIECLE, "eleves_avec_adresses", pupils(*((str(rank * 7919), "3A") for rank in range(20_000))))
    assert outcome.refusal is not None
    assert outcome.refusal.code == "FICHIER_TROP_GRAND"
    assert bus.largest < MAX_STATE_BYTES


@pytest.mark.parametrize("uai", ["9830649N", "0341088Y"])
def test_the_bus_says_word_for_word_what_controler_says(tmp_path: Path, uai: str) -> None:
    school = make_school("11", complete_uai(uai), 60, annee=2017)
    for name, content in files(make_bundle(school, datetime(2018, 2, 20, 10))):  # noqa: DTZ001 (school-local)
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (path,) = (tmp_path / "lsu").iterdir()
    text = path.read_text(encoding="utf-8").replace('id-be="', 'id-be="9', 12).replace('id-sts="', 'id-sts="9', 1)
    path.write_text(text, encoding="utf-8")
    known = [*sorted((tmp_path / "siecle").iterdir()), *sorted((tmp_path / "sts").glob("sts_emp*"))]
    (rapport,) = controler([path], known, AT)
    bus = Bus()
    _drop(bus, [*known, path])
    said = [(each.gravite, each.code, each.message, each.remede) for each in bus.said[-1].constats]
    assert said == [(each.gravite.name, each.code, each.message, each.remede) for each in rapport.constats]
    assert {"ID_BE_INCONNU", "ID_STS_INCONNU"} <= {each[1] for each in said}
    assert "(12 en tout)" in json.dumps(said)


def _drop(bus: Bus, paths: Iterable[Path]) -> None:

    for path in paths:
        for each in lire(path, AT).records:
            if each.topic in PROCESSOR.inputs:
                bus.give(each.topic, each.name, each.data)
