"""`passerelle controler` on real files, without any service."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bus.cli import app
from bus.controler.controle import controler
from bus.controler.lecture import NATURES
from bus.controler.page_html import html
from bus.controler.rapport import Gravite, Rapport
from bus.samples import defects
from bus.samples.bundle import files, make_bundle
from bus.samples.school import SchoolType, complete_uai, make_school
from connectors.transport.zip import write_zip

NOW = datetime(2018, 2, 21, 0, 0, tzinfo=UTC)
FILES = Path(__file__).parents[2] / "scenarios" / "ecoles" / "files"
KNOWN = ("ExportXML_ElevesSansAdresses.zip", "ExportXML_Structures.zip", "ExportXML_Communs.zip")


def school(folder: Path, *names: str, uai: str = "9830649N", pupils: int = 120, kind: SchoolType = SchoolType.COLLEGE) -> Path:
    """The files of an invented school with these defects, under one folder a system."""
    made = make_school("7", complete_uai(uai), pupils, kind, 2017)
    bundle = make_bundle(made, datetime(2018, 2, 20, 10))  # noqa: DTZ001 (school-local)
    defects.put(bundle, names)
    for name, content in files(bundle):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def all_of(folder: Path, system: str) -> list[Path]:
    return sorted((folder / system).iterdir())


def codes(rapport: Rapport) -> set[str]:
    return {each.code for each in rapport.constats}


def lines(rapport: Rapport) -> set[str]:
    assert rapport.compte_rendu is not None
    return {code for line in rapport.compte_rendu.lignes for code in line["codes"]}


def test_a_good_file_of_links_has_nothing_to_mend(tmp_path: Path) -> None:
    folder = school(tmp_path)
    (rapport,) = controler(all_of(folder, "pronote"), [*all_of(folder, "siecle"), *all_of(folder, "sts")], NOW)
    assert rapport.sain, rapport
    assert rapport.chiffres["Rejetés"] == rapport.chiffres["Avec anomalies"] == 0


@pytest.mark.parametrize(
    ("defect", "code"),
    [
        ("groupe_inconnu", "GROUPE_A_01"),
        ("fin_hors_periode", "ELEGRP_A_03"),
        ("debut_hors_periode", "ELEGRP_A_02"),
        ("dates_inversees", "ELEGRP_A_01"),
        ("eleve_en_double", "REJELEGROUPE_03"),
        ("eleve_inconnu", "REJELEGROUPE_01"),
        ("groupe_hors_mef", "GROUPE_B_02"),
        ("sans_mef", "GROUPE_B_01"),
    ],
)
def test_each_defect_is_predicted_under_its_official_code(tmp_path: Path, defect: str, code: str) -> None:
    folder = school(tmp_path, defect)
    (rapport,) = controler(all_of(folder, "pronote"), [*all_of(folder, "siecle"), *all_of(folder, "sts")], NOW)
    assert lines(rapport) == {code}
    assert not rapport.sain


def test_the_figures_of_the_guide_are_those_of_the_prediction() -> None:
    folder = FILES / "ac_41"
    (rapport,) = controler([folder / "9830418MELEGROUPE2017180724091341.zip"], [folder / name for name in KNOWN], NOW)
    assert (rapport.chiffres["Élèves"], rapport.chiffres["Absents"]) == (153, 55)
    assert "LIENS_PERDUS" in codes(rapport)


def test_the_wrong_year_is_said_before_the_deposit() -> None:
    folder = FILES / "ac_40"
    (rapport,) = controler([folder / "9830418MELEGROUPE2018180724091341.zip"], [folder / KNOWN[0]], NOW)
    assert {"ANNEE_DIFFERENTE", "MILLESIME_DU_FICHIER"} <= codes(rapport)
    assert not rapport.sain


def test_without_an_export_of_pupils_nothing_is_predicted_and_that_is_said() -> None:
    (rapport,) = controler([FILES / "ac_40" / "9830418MELEGROUPE2017180724091341.zip"], [], NOW)
    assert rapport.compte_rendu is None
    assert any("Aucun export des élèves" in each.message for each in rapport.constats)


def test_exports_of_another_school_are_left_aside(tmp_path: Path) -> None:
    other = school(tmp_path)
    (rapport,) = controler([FILES / "ac_40" / "9830418MELEGROUPE2017180724091341.zip"], all_of(other, "siecle"), NOW)
    assert "AUTRE_ETABLISSEMENT" in codes(rapport)
    assert rapport.compte_rendu is None


def test_the_seven_exports_are_a_bundle_whatever_the_browser_calls_them(tmp_path: Path) -> None:
    exports = all_of(school(tmp_path), "siecle")
    renamed = [path.rename(path.with_name(f"{path.stem}(2){path.suffix}")) for path in exports]
    *each, together = controler(renamed, [], NOW)
    assert all(rapport.sain for rapport in each)
    assert together.sain
    assert together.chiffres["Exports du lot"] == 7


def test_a_missing_export_is_named_and_one_of_another_school_refused(tmp_path: Path) -> None:
    mine, other = all_of(school(tmp_path / "a"), "siecle"), all_of(school(tmp_path / "b", uai="9830418M"), "siecle")
    kept = [path for path in mine if "Geographique" not in path.name]
    together = controler(kept, [], NOW)[-1]
    assert [each.code for each in together.constats] == ["LOT_INCOMPLET"]
    assert "Géographique" in together.constats[0].message
    mixed = controler([*kept, *(path for path in other if "Geographique" in path.name)], [], NOW)[-1]
    assert {"LOT_AUTRE_ETABLISSEMENT", "LOT_INCOMPLET"} <= codes(mixed)


def test_an_ine_active_in_two_schools_is_reported(tmp_path: Path) -> None:
    a, b = (next(p for p in all_of(school(tmp_path / uai, uai=uai), "siecle") if "Eleves" in p.name) for uai in ("9830649N", "9830418M"))
    assert "INE_DANS_DEUX_ETABLISSEMENTS" in codes(controler([a], [b], NOW)[-1])
    assert len(controler([a], [], NOW)) == 1


def test_a_lsu_file_is_held_against_siecle_and_sts(tmp_path: Path) -> None:
    folder = school(tmp_path)
    known = [*all_of(folder, "siecle"), *all_of(folder, "sts")]
    (good,) = controler(all_of(folder, "lsu"), known, NOW)
    assert good.sain, good.constats
    path = all_of(folder, "lsu")[0]
    content = path.read_text(encoding="utf-8")
    first = content.index('id-be="') + len('id-be="')
    content = content[:first] + "9" + content[first:]
    path.write_text(content.replace('id-sts="', 'id-sts="9', 1), encoding="utf-8")
    (bad,) = controler([path], known, NOW)
    assert {"ID_BE_INCONNU", "ID_STS_INCONNU"} <= codes(bad)


def test_pupils_without_a_class_are_counted_even_under_ondes_own_file_name(tmp_path: Path) -> None:
    folder = school(tmp_path, "sans_classe", uai="9840001K", pupils=40, kind=SchoolType.ECOLE)
    pupils = next(path for path in all_of(folder, "onde") if path.name.endswith("eleves.csv"))
    (rapport,) = controler([pupils.rename(pupils.with_name("CSVExtraction.csv"))], [], NOW)
    assert {"ELEVE_SANS_CLASSE", "UAI_INCONNU"} == codes(rapport)


def test_what_is_counted_are_the_rows_of_a_file_and_not_what_is_said_of_it(tmp_path: Path) -> None:
    pupils = next(path for path in all_of(school(tmp_path, pupils=37), "siecle") if "Eleves" in path.name)
    (rapport,) = controler([pupils], [], NOW)
    assert rapport.chiffres["Enregistrements"] == 37
    folder = school(tmp_path, uai="9840001K", pupils=40, kind=SchoolType.ECOLE)
    archive = next(path for path in all_of(folder, "onde") if path.suffix.upper() == ".ZIP")
    (rapport,) = controler([archive], [], NOW)
    assert not rapport.constats
    assert "Enregistrements" not in rapport.chiffres


def test_courses_of_edt_are_counted_alone_and_beside_a_file_of_links(tmp_path: Path) -> None:
    cours = tmp_path / "EXP_COURS.xml"
    cours.write_bytes(b'<?xml version="1.0"?><TABLE nom="Cours"><Cours numero="1"><JOUR>lundi</JOUR></Cours></TABLE>')
    (rapport,) = controler([cours], [], NOW)
    assert rapport.nature == "Cours d'un emploi du temps d'EDT (EXP_COURS)"
    assert rapport.chiffres["Enregistrements"] == 1
    assert codes(rapport) == {"UAI_INCONNU"}
    links = all_of(school(tmp_path), "pronote")
    named = cours.rename(tmp_path / "EXP_COURS_9830649N.xml")
    alone, beside = controler(links, [], NOW), controler(links, [named], NOW)
    assert codes(alone[0]) == codes(beside[0])


def test_a_hostile_or_strange_file_is_told_and_the_others_are_checked(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("bonjour", encoding="utf-8")
    (tmp_path / "bombe.xml").write_text('<!DOCTYPE a [<!ENTITY b "c">]><BEE_ELEVES>&b;</BEE_ELEVES>', encoding="utf-8")
    good = FILES / "ac_40" / KNOWN[1]
    first, second, third = controler([tmp_path / "note.txt", tmp_path / "bombe.xml", good], [], NOW)
    assert not first.reconnu
    assert not second.reconnu or not second.sain
    assert third.sain


@pytest.mark.parametrize(
    ("defect", "system", "code"),
    [
        ("date_naissance_fausse", "pronote", "XML_NON_VALIDE"),
        ("nom_malforme", "pronote", "NOM_DE_FICHIER"),
        ("nom_zip_different", "pronote", "NOM_ZIP_DIFFERENT"),
        ("mauvais_millesime", "pronote", "ANNEE_DIFFERENTE"),
        ("uai_meles", "Lot", "LOT_AUTRE_ETABLISSEMENT"),
        ("fichier_manquant", "Lot", "LOT_INCOMPLET"),
        ("ine_en_double", "siecle", "INE_EN_DOUBLE"),
        ("date_siecle_fausse", "siecle", "DATE_IMPOSSIBLE"),
        ("doctype", "illisible", "XML_DOCTYPE"),
        ("tronque", "siecle", "XML_MAL_FORME"),
    ],
)
def test_each_other_defect_is_said_of_its_own_file_when_a_whole_school_is_given(
    tmp_path: Path, defect: str, system: str, code: str
) -> None:
    folder = school(tmp_path, defect)
    found = controler(sorted(path for path in folder.rglob("*") if path.is_file()), [], NOW)
    wrong = [rapport for rapport in found if any(each.gravite is Gravite.ANOMALIE for each in rapport.constats)]
    bundle = "Les 7 fichiers de SIECLE pour PRONOTE"
    assert {rapport.nature for rapport in wrong} - {bundle} == ({NATURES[system]} if system in NATURES else set())
    assert code in {each.code for rapport in wrong for each in rapport.constats}
    assert all(each.message and each.remede for rapport in wrong for each in rapport.constats if each.gravite is Gravite.ANOMALIE)


@pytest.mark.parametrize(("name", "content", "code"), [("vide.xml", b"", "FICHIER_VIDE"), ("image.xml", b"\x89PNG\0\0", "CARACTERE_NUL")])
def test_what_is_no_file_of_anybody_is_said_to_be_unreadable_and_not_of_some_system(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)
    (rapport,) = controler([tmp_path / name], [], NOW)
    assert (rapport.nature, rapport.sain) == (NATURES["illisible"], False)
    assert codes(rapport) == {code}


def test_an_archive_of_nobody_knows_what_is_only_then_asked_for_its_name(tmp_path: Path) -> None:
    (tmp_path / "photos.zip").write_bytes(write_zip((("photo.jpg", b"\xff\xd8"),)))
    (rapport,) = controler([tmp_path / "photos.zip"], [], NOW)
    assert "NOM_DE_FICHIER" in {each.code for each in rapport.constats}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 et rien", write_zip((("Structures.xml", b"<BEE_STRUCTURES>"),))])
@pytest.mark.parametrize("name", ["ExportXML_Structures.zip", "ExportXML_Structures(3).zip", "structures.zip"])
def test_an_export_of_the_bundle_that_cannot_be_read_is_not_also_said_to_be_missing(tmp_path: Path, name: str, content: bytes) -> None:
    exports = all_of(school(tmp_path), "siecle")
    broken = next(path for path in exports if "Structures" in path.name).rename(tmp_path / name)
    broken.write_bytes(content)
    *each, together = controler([path for path in exports if path.exists()] + [broken], [], NOW)
    assert [rapport.fichier for rapport in each if not rapport.sain] == [name]
    assert {constat.code for constat in together.constats} == {"EXPORT_A_REFAIRE"}
    assert name in together.constats[0].message
    assert together.chiffres["Exports du lot"] == 6


def test_an_export_that_cannot_be_read_does_not_hide_another_that_is_missing(tmp_path: Path) -> None:
    exports = all_of(school(tmp_path), "siecle")
    kept = [path for path in exports if "Communs" not in path.name]
    next(path for path in kept if "Structures" in path.name).write_bytes(b"")
    together = controler(kept, [], NOW)[-1]
    missing = next(each.message for each in together.constats if each.code == "LOT_INCOMPLET")
    assert "Commun" in missing
    assert "Structures" not in missing
    assert together.chiffres["Exports du lot"] == 5


def test_an_unreadable_double_of_a_good_export_takes_nothing_from_the_bundle(tmp_path: Path) -> None:
    exports = all_of(school(tmp_path), "siecle")
    (tmp_path / "ExportXML_Structures(1).zip").write_bytes(b"")
    together = controler([*exports, tmp_path / "ExportXML_Structures(1).zip"], [], NOW)[-1]
    assert together.constats == []
    assert together.chiffres["Exports du lot"] == 7


@pytest.mark.parametrize(("code", "said"), [(404, "(code 404)"), (400, "(code 400)"), (True, "CNOUS, qui"), ("0", "CNOUS, qui")])
def test_an_error_that_the_cnous_answers_is_named_as_what_it_is(tmp_path: Path, code: object, said: str) -> None:
    path = tmp_path / "reponse.json"
    path.write_text(json.dumps({"description": "TESTARD Zélie : non trouvée", "code": code}), encoding="utf-8")
    (rapport,) = controler([path], [], NOW)
    assert rapport.nature == "Réponse du CNOUS"
    assert [each.code for each in rapport.constats] == ["SOURCE_EN_ERREUR"]
    assert said in rapport.constats[0].message
    assert "TESTARD" not in rapport.constats[0].message
    assert "pas un refus de bourse" in rapport.constats[0].remede


@pytest.mark.parametrize(
    ("content", "nature"),
    [
        ('{"a": ', NATURES["illisible"]),
        ("[]", NATURES["illisible"]),
        ('[{"couleur": "bleu"}]', ""),
        ('{"evenement": "anniversaire"}', ""),
        ('{"evenement": "etape", "uai": "0840001V"}', NATURES["charlemagne.evenements.json"]),
        ('{"evenement": "decision_crous"}', NATURES["crous"]),
    ],
)
def test_json_is_named_by_the_reader_that_knows_its_words_and_by_no_other(tmp_path: Path, content: str, nature: str) -> None:
    (tmp_path / "envoi.json").write_text(content, encoding="utf-8")
    (rapport,) = controler([tmp_path / "envoi.json"], [], NOW)
    assert rapport.nature == nature


# --- the command -----------------------------------------------------------------------------------------------------


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["controler", *map(str, arguments)])
    return result.exit_code, result.stdout


def test_exit_codes_say_clean_to_mend_or_not_recognised(tmp_path: Path) -> None:
    folder = FILES / "ac_40"
    links, known = folder / "9830418MELEGROUPE2017180724091341.zip", [folder / name for name in KNOWN]
    options = [word for path in known for word in ("--avec", path)]
    assert run(links, *options)[0] == 0
    assert run(FILES / "ac_47" / links.name, *(word for name in KNOWN for word in ("--avec", FILES / "ac_47" / name)))[0] == 3
    (tmp_path / "x.txt").write_text("rien", encoding="utf-8")
    assert run(tmp_path / "x.txt")[0] == 2
    assert run(tmp_path / "absent.zip")[0] == 2


def test_json_is_the_same_report_as_data() -> None:
    folder = FILES / "ac_47"
    code, out = run(folder / "9830418MELEGROUPE2017180724091341.zip", *(w for n in KNOWN for w in ("--avec", folder / n)), "-o", "json")
    said = json.loads(out)
    assert (code, said["sortie"]) == (3, 3)
    (found,) = said["fichiers"]
    assert found["compte_rendu"]["entete"]["eleves"] == 6
    assert {line["section"] for line in found["compte_rendu"]["lignes"]} == {"REJET", "ANOMALIE"}


def test_the_page_escapes_what_files_say_and_loads_nothing(tmp_path: Path) -> None:
    folder = FILES / "ac_47"
    reports = controler([folder / "9830418MELEGROUPE2017180724091341.zip"], [folder / name for name in KNOWN], NOW)
    reports[0].dire(reports[0].constats[0].gravite, "X", "<script>alert(1)</script>")
    page = html(reports)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert 'lang="fr"' in page
    assert page.count("<h1>") == 1
    assert "http://" not in page
    assert "https://" not in page
