"""Invented schools: equal for an equal seed, coherent, taken by the connectors; each defect does what it says."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bus.cli.samples import app
from bus.samples import defects
from bus.samples.bundle import files, make_bundle
from bus.samples.school import SchoolType, calendar_of, complete_uai, make_school, territory_of
from connectors.registry import Connector, push_connectors
from schemas.codec import encode
from schemas.identifiants import read_ine
from schemas.outcome import Accepted, Record, Refused
from tests.connectors.deliveries import SECRET, delivery

AT = datetime.fromisoformat("2018-07-24T09:13:41")
CONNECTORS: dict[str, Connector] = {connector.system: connector for connector in push_connectors(SECRET)}


def answers(
    *names: str, uai: str = "9830418M", count: int = 200, kind: SchoolType = SchoolType.COLLEGE, annee: int = 2017, seed: str = "1"
) -> dict[str, Accepted | Refused]:
    """What the connectors say of each file of a school with these defects."""
    bundle = make_bundle(make_school(seed, uai, count, kind, annee), AT)
    defects.put(bundle, names)
    found = {}
    for path, content in files(bundle):
        system, name = path.split("/")
        found[path] = CONNECTORS[system].accept(delivery(content, name))
    return found


def one(found: dict[str, Accepted | Refused], prefix: str) -> Accepted | Refused:
    (answer,) = [each for path, each in found.items() if path.startswith(prefix)]
    return answer


def rows(answer: Accepted | Refused, name: str) -> list[Record]:
    assert isinstance(answer, Accepted), answer
    return [record for record in answer.records if record.name == name]


@pytest.mark.parametrize(
    ("uai", "kind", "count"),
    [("9830418M", SchoolType.COLLEGE, 455), ("0840001V", SchoolType.LYCEE, 130), ("9740001J", SchoolType.COLLEGE, 30),
     ("0840002W", SchoolType.ECOLE, 90), ("9710001A", SchoolType.COLLEGE, 1), ("0840002W", SchoolType.ECOLE, 1)],
)  # fmt: skip
def test_every_file_of_a_good_school_is_taken_and_fits_its_contract(uai: str, kind: SchoolType, count: int) -> None:
    found = answers(uai=uai, kind=kind, count=count)
    second_degree = kind is not SchoolType.ECOLE
    assert any(path.startswith("pronote/") for path in found) is (second_degree and count > 1), "one pupil of 6e has no group"
    for path, answer in found.items():
        assert isinstance(answer, Accepted), (path, answer)
        for record in answer.records:
            assert record.key.split("/")[0] == uai
            assert encode(record.topic, record.name, record.data, 1)
        assert {fault.code for fault in answer.warnings} <= {"GROUPE_TROP_LONG", "CLE_UAI_INVALIDE"}, (path, answer.warnings)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    def made(seed: str) -> list[tuple[str, bytes]]:
        return list(files(make_bundle(make_school(seed, "9830418M", 60, annee=2017), AT)))

    assert made("1") == made("1")
    assert made("1") != made("2")


def test_the_files_agree_with_each_other() -> None:
    found = answers()
    pupils = {record.data.eleve_id: record.data for record in rows(one(found, "siecle/ExportXML_Eleves"), "eleve")}
    groups = {record.data.code_structure: record.data for record in rows(one(found, "siecle/ExportXML_Structures"), "groupe")}
    links = rows(one(found, "pronote/"), "eleve")
    sts = one(found, "sts/sts_emp")
    assert isinstance(sts, Accepted)
    records = list(sts.records)
    assert {record.data.code_structure for record in records if record.name == "groupe"} == set(groups)
    teachers = {(record.data.type, record.data.id) for record in records if record.name == "individu"}
    for link in links:
        pupil = pupils[link.data.eleve_id]
        assert (pupil.nom_de_famille, pupil.prenom, pupil.date_naiss) == (link.data.nom_de_famille, link.data.prenom, link.data.date_naiss)
        assert all(pupil.code_mef in groups[each.code_groupe].mefs for each in link.data.groupes)
    lsu = one(found, "lsu/")
    assert isinstance(lsu, Accepted)
    for record in lsu.records:
        if record.name == "eleve":
            assert record.data.id_be in pupils
        elif record.name == "enseignant":
            assert (record.data.type, record.data.id_sts) in teachers


def test_nouvelle_caledonie_has_its_calendar_and_its_two_years() -> None:
    calendar = calendar_of(territory_of("9830418M"), 2017)
    assert (calendar.pupils_start, calendar.pupils_end) == (date(2018, 2, 19), date(2018, 12, 14))
    assert (calendar.teachers_start, calendar.teachers_end) == (date(2018, 2, 16), date(2018, 12, 15))
    assert (calendar.siecle, calendar.sts) == (2017, 2018)
    found = answers()
    assert "sts/sts_emp_9830418M_2018.xml" in found
    assert "pronote/9830418MELEGROUPE2017180724091341.zip" in found
    metropole = calendar_of(territory_of("0840001V"), 2025)
    assert (metropole.siecle, metropole.sts, metropole.pupils_start) == (2025, 2025, date(2025, 9, 1))


def test_identifiers_are_unique_and_well_formed() -> None:
    school = make_school("7", "0840001V", 3000)
    assert len({pupil.ine for pupil in school.pupils}) == len({pupil.id for pupil in school.pupils}) == 3000
    assert not [pupil for pupil in school.pupils if read_ine(pupil.ine).avertissements]
    assert len({division.code for division in school.divisions}) == len(school.divisions)
    assert all(len(division.code) <= 8 for division in school.divisions)


@pytest.mark.parametrize(("given", "whole"), [("9830418", "9830418M"), ("0840001V", "0840001V"), ("0540001", "0540001H")])
def test_a_uai_gets_its_key(given: str, whole: str) -> None:
    assert complete_uai(given) == whole


@pytest.mark.parametrize("uai", ["", "98304", "9830418I", "983041AM", "9830418MM"])
def test_a_malformed_uai_is_refused(uai: str) -> None:
    with pytest.raises(ValueError, match="7 chiffres"):
        complete_uai(uai)


REFUSED = {
    "date_naissance_fausse": ("pronote/", "XML_NON_VALIDE"),
    "nom_zip_different": ("pronote/", "NOM_ZIP_DIFFERENT"),
    "nom_malforme": ("pronote/", "NOM_DE_FICHIER"),
    "date_siecle_fausse": ("siecle/ExportXML_Eleves", "DATE_IMPOSSIBLE"),
    "doctype": ("siecle/ExportXML_Eleves", "XML_DOCTYPE"),
    "tronque": ("siecle/ExportXML_Eleves", "XML_MAL_FORME"),
}
WARNED = {"encodage_faux": ("siecle/ExportXML_Eleves", "ENCODAGE_DOUTEUX"), "parente_courte": ("charlemagne/", "CODE_INCONNU")}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_defect_that_reading_decides_refuses_its_file_and_no_other(name: str) -> None:
    prefix, code = REFUSED[name]
    found = answers(name)
    answer = one(found, prefix)
    assert isinstance(answer, Refused)
    assert answer.faults[0].code == code
    assert all(isinstance(other, Accepted) for path, other in found.items() if not path.startswith(prefix))


@pytest.mark.parametrize("name", sorted(WARNED))
def test_a_defect_that_only_warns_is_warned_about(name: str) -> None:
    prefix, code = WARNED[name]
    answer = one(answers(name), prefix)
    assert isinstance(answer, Accepted)
    assert code in {fault.code for fault in answer.warnings}


def test_defects_that_the_rules_decide_are_in_the_records() -> None:
    names = (
        "groupe_inconnu",
        "fin_hors_periode",
        "debut_hors_periode",
        "dates_inversees",
        "eleve_en_double",
        "eleve_inconnu",
        "groupe_hors_mef",
    )
    links = [record.data for record in rows(one(answers(*names), "pronote/"), "eleve")]
    assert links[0].groupes[-1].code_groupe == "MPERMANGR2"
    assert links[1].groupes[0].date_fin_groupe == date(2018, 12, 15)
    assert links[2].groupes[0].date_debut_groupe == date(2018, 2, 16)
    assert links[3].groupes[0].date_debut_groupe > links[3].groupes[0].date_fin_groupe
    assert links[-1].id_prv_ele
    assert (links[-1].eleve_id, links[-1].nom_de_famille) == (None, links[4].nom_de_famille)
    assert links[5].eleve_id == "999999999"
    assert links[6].groupes[-1].code_groupe[0] != links[6].groupes[0].code_groupe[0]


def test_defects_of_the_bundle_are_in_the_records() -> None:
    found = answers("uai_meles", "fichier_manquant", "sans_mef", "ine_en_double", "mauvais_millesime")
    assert next(iter(_records(one(found, "siecle/ExportXML_Communs")))).key != "9830418M"
    assert not [path for path in found if "Geographique" in path]
    pupils = rows(one(found, "siecle/ExportXML_Eleves"), "eleve")
    first, second, *_ = pupils
    (without,) = (row.data.eleve_id for row in pupils if row.data.code_mef is None)
    links = list(_records(one(found, "pronote/")))
    linked = {row.data.eleve_id for row in links if row.name == "eleve"}
    assert without in linked, "SIECLE only says so of pupils who have links"
    assert first.data.id_national == second.data.id_national
    (path,) = [path for path in found if path.startswith("pronote/")]
    assert path == "pronote/9830418MELEGROUPE2018180724091341.zip"
    assert links[0].data.millesime == 2018


def test_class_less_pupils_are_in_the_extraction_and_not_in_the_archive() -> None:
    found = answers("sans_classe", uai="0840002W", kind=SchoolType.ECOLE, count=120)
    assert sum(record.data.classe == "" for record in rows(one(found, "onde/CSVExtraction_0840002W_eleves"), "eleve")) == 3


def _records(answer: Accepted | Refused) -> Iterator[Record]:
    assert isinstance(answer, Accepted), answer
    yield from answer.records


@pytest.mark.parametrize("name", sorted(defects.DEFECTS))
def test_every_defect_can_be_put_or_says_what_lacks(name: str) -> None:
    college = make_bundle(make_school("1", "0840001V", 200), AT)
    ecole = make_bundle(make_school("1", "0840001V", 60, SchoolType.ECOLE), AT)
    good, wrong = (ecole, college) if name == "sans_classe" else (college, ecole)
    before = dict(files(make_bundle(good.school, AT)))
    defects.put(good, [name])
    assert dict(files(good)) != before
    with pytest.raises(defects.NotHere):
        defects.put(wrong, [name])


def test_the_command_writes_the_files_of_each_system(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["generate", str(tmp_path), "--uai", "9830418", "--annee", "2017", "--eleves", "60", "-o", "json"])
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["charlemagne", "lsu", "pronote", "siecle", "sts"]
    assert len(list((tmp_path / "siecle").iterdir())) == 7


@pytest.mark.parametrize("arguments", [["--defaut", "inconnu"], ["--uai", "12"], ["--defaut", "sans_classe"]])
def test_the_command_explains_what_it_cannot_do(tmp_path: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["generate", str(tmp_path), *arguments])
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())
