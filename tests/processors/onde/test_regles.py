"""Formations, classes, control, export and the person: nobody is lost in silence, nothing is done before someone says so."""

import hashlib
from datetime import date
from typing import Any

import msgspec
import pytest

from bus.engine.fold import MAX_STATE_BYTES
from processors.onde.reglages import Reglages
from processors.onde.state import Classe, Ecole, Eleve, Export
from tests.processors.onde.driver import ANNEE, ARCHIVES, UAI, Driver, codes, fiche, named, pret, statuts

CONTENT = b"an archive that Charlemagne made"
SHA = hashlib.sha256(CONTENT).hexdigest()


def controle(driver: Driver, **data: Any) -> Any:
    return named(driver.acte("controle", **data), "controle_effectue")[-1]


def archive(driver: Driver, content: bytes = CONTENT, morceaux: int = 1) -> list[Any]:
    sha = hashlib.sha256(content).hexdigest()
    told: dict[str, Any] = {"uai": UAI, "empreinte": sha}
    published = driver.send(ARCHIVES, "fichier", type="archive_onde", nom=f"{UAI}.ZIP", taille=len(content), morceaux=morceaux, **told)
    return [*published, *driver.send(ARCHIVES, "morceau", rang=1, contenu=content, **told)]


# --- control ---------------------------------------------------------------------------------------------------------


def test_pupils_without_a_class_are_neither_controlled_nor_exported_and_are_told_apart() -> None:
    driver = pret(fiche("E1", "CP-A"), fiche("E2"), fiche("E3", ""))
    fait = controle(driver)
    assert (fait.nombre_eleves, fait.nombre_controles, fait.sans_classe, fait.conforme) == (3, 1, ("E2", "E3"), True)
    (exporte,) = named(driver.acte("export_demande"), "export_effectue")
    assert (exporte.nombre_exportes, exporte.omis) == (1, ("E2", "E3"))


def test_a_pupil_of_a_class_of_one_level_inherits_its_formation() -> None:
    driver = pret(fiche("E1", "CP-A"))
    assert controle(driver).conforme
    (envoi,) = named(driver.acte("export_demande"), "archive_interne")
    assert [(each.eleve, each.formation, each.code_rectorat) for each in envoi.eleves] == [("E1", "CP", "1")]


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        (fiche("E1", "CE2-CM1"), "classe à plusieurs niveaux : formation absente de la fiche"),
        (fiche("E1", "CE2-CM1", "CP"), "formation de la fiche absente de la classe"),
        (fiche("E1", "CP-A", "CM1"), "formation de la fiche absente de la classe"),
        (fiche("E1", "CM2-Z"), "classe absente du paramétrage"),
        (fiche("E1", "CP-A", None, "Adresse absente"), "Adresse absente"),
    ],
)
def test_a_faulty_sheet_is_not_conforming(sheet: Any, said: str) -> None:
    fait = controle(pret(sheet, fiche("E2", "CP-A")))
    assert [(each.eleve, each.anomalies) for each in fait.non_conformes] == [("E1", (said,))]
    assert not fait.conforme


def test_what_charlemagne_reproaches_counts_until_its_next_control() -> None:
    from schemas.records.charlemagne import Anomalie

    driver = pret()
    reproche = Anomalie(eleve="E1", libelle="INE en double")
    assert controle(driver, anomalies=(reproche, Anomalie(eleve="X9", libelle="Inconnu"))).nombre_non_conformes == 2
    assert codes(driver.acte("export_demande")) == ["CONTROLE_NON_CONFORME"]
    assert controle(driver).conforme
    assert codes(driver.acte("export_demande")) == []


def test_a_count_that_charlemagne_shows_and_the_sheets_do_not_is_said() -> None:
    driver = pret()
    assert controle(driver, controles=3).avertissement == "Charlemagne a contrôlé 3 élève(s) ; les fiches connues en donnent 2."
    assert controle(driver, controles=2).avertissement is None


@pytest.mark.parametrize(
    "change",
    [
        lambda driver: driver.acte("fiche_eleve", eleve="E1", classe="CP-A", formation="CP"),
        lambda driver: driver.acte("fiche_eleve", eleve="E9", classe="CP-A"),
        lambda driver: driver.acte("eleve_sorti", eleve="E1"),
        lambda driver: driver.classe("CP-A", "9", "CP"),
        lambda driver: driver.acte("classe_supprimee", classe="CE2-CM1"),
        lambda driver: driver.acte("base_eleves", eleves=(fiche("E1", "CP-A"),)),
        lambda driver: driver.acte("formations_importees", formations=("CP", "CE2", "CM1")),
    ],
)
def test_any_change_after_a_clean_control_invalidates_it(change: Any) -> None:
    driver = pret()
    assert controle(driver).conforme
    change(driver)
    assert statuts(driver)["CONTROLE"] == "A_REFAIRE"
    assert codes(driver.acte("export_demande")) == ["CONTROLE_INVALIDE"]


def test_the_same_again_invalidates_nothing() -> None:
    driver = pret()
    controle(driver)
    driver.acte("fiche_eleve", eleve="E1", classe="CP-A")
    driver.classe("CP-A", "1", "CP")
    driver.acte("formations_importees", formations=("CP", "CE1", "CE2", "CM1"))
    assert codes(driver.acte("export_demande")) == []


# --- gates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("classe", "code"),
    [
        (("CP-A", ""), "CLASSE_SANS_CODE_RECTORAT"),
        (("CP-A", "  "), "CLASSE_SANS_CODE_RECTORAT"),
        (("CP-A", "2"), "CODE_RECTORAT_EN_DOUBLE"),
    ],
)
def test_a_class_wants_a_code_of_its_own(classe: tuple[str, str], code: str) -> None:
    driver = pret()
    driver.classe(*classe, "CP")
    assert codes(driver.acte("controle")) == [code]
    driver.classe("CP-A", "ce que l'école veut, 1/2", "CP")
    assert codes(driver.acte("controle")) == []


@pytest.mark.parametrize(
    ("formations", "more", "said"),
    [
        ((), {}, "une formation"),
        (("ULIS",), {}, "ULIS"),
        (("CP",), {"type_contrat": ""}, "contrat"),
        (("CP",), {"type_classe": ""}, "classe"),
    ],
)
def test_a_class_wants_its_contract_its_type_and_imported_formations(formations: tuple[str, ...], more: dict[str, Any], said: str) -> None:
    driver = pret()
    driver.classe("CP-A", "1", *formations, **more)
    (refus,) = named(driver.acte("controle"), "refus")
    assert refus.code == "CLASSE_INCOMPLETE"
    assert said in refus.message


def test_formations_of_the_year_before_are_flagged_once_then_refused() -> None:
    driver = pret()
    flagged = driver.classe("CP-B", "7", "CP", annee=ANNEE + 1)
    assert [each.code for each in named(flagged, "information")] == ["FORMATIONS_ANNEE_PRECEDENTE"]
    assert statuts(driver)["FORMATIONS"] == "A_REFAIRE"
    assert codes(driver.acte("controle", ANNEE + 1)) == ["FORMATIONS_ANNEE_PRECEDENTE"]
    driver.acte("formations_importees", ANNEE + 1, formations=("CP", "CE2", "CM1"))
    assert codes(driver.acte("controle", ANNEE + 1)) == []


def test_the_chapters_cannot_be_taken_in_another_order() -> None:
    driver = Driver()
    assert codes(driver.acte("export_demande")) == ["FORMATIONS_ABSENTES"]
    driver.acte("formations_importees")
    assert codes(driver.acte("controle")) == ["CLASSES_ABSENTES"]
    driver.classe("CP-A", "1", "CP")
    assert codes(driver.acte("controle")) == ["AUCUN_ELEVE"]
    driver.acte("base_eleves", eleves=(fiche("E1", "CP-A"),))
    assert codes(driver.acte("export_demande")) == ["CONTROLE_ABSENT"]
    assert codes(driver.personne("depot_effectue")) == ["RIEN_A_DEPOSER"]


def test_a_new_year_begins_without_control_nor_export() -> None:
    driver = pret()
    controle(driver)
    driver.acte("export_demande")
    driver.acte("formations_importees", ANNEE + 1, formations=("CP", "CE1", "CE2", "CM1"))
    assert (driver.ecole.controle, driver.ecole.export, len(driver.ecole.eleves)) == (None, None, 2)
    assert codes(driver.acte("controle", ANNEE)) == ["ANNEE_PASSEE"]


# --- archive and person ----------------------------------------------------------------------------------------------


def test_the_bytes_of_charlemagne_go_out_unchanged_under_the_exact_name() -> None:
    driver = pret(reglages=Reglages(lecteur="D"))
    controle(driver)
    assert named(driver.acte("export_demande"), "export_effectue") == []
    assert statuts(driver)["EXPORT"] == "ATTEND_CHARLEMAGNE"
    published = archive(driver)
    (envoi,) = named(published, "archive_a_deposer")
    assert (envoi.contenu, envoi.fichier, envoi.empreinte) == (CONTENT, "0840001V.ZIP", SHA)
    assert [each.chemin for each in named(published, "export_effectue")] == [r"D:\ALCUIN\Export\BE1D\0840001V\0840001V.ZIP"]
    assert (statuts(driver)["EXPORT"], statuts(driver)["DEPOT"]) == ("FAITE", "ATTEND_UNE_PERSONNE")


def test_an_archive_that_no_clean_control_covers_is_kept_back() -> None:
    driver = pret(reglages=Reglages())
    published = archive(driver)
    assert codes(published) == ["CONTROLE_ABSENT"]
    assert named(published, "archive_a_deposer") == []


def test_an_archive_after_a_clean_control_is_itself_the_export() -> None:
    driver = pret(reglages=Reglages())
    controle(driver)
    assert len(named(archive(driver), "archive_a_deposer")) == 1
    assert named(archive(driver), "archive_a_deposer") == []


def test_an_export_is_confirmed_first_then_its_success_and_its_path_are_said() -> None:
    driver = pret(fiche("E1", "CP-A"), fiche("E2", "CP-A"), fiche("E3"))
    assert codes(driver.acte("export_demande", confirme=False)) == ["CONTROLE_ABSENT"]
    controle(driver)
    (asked,) = named(driver.acte("export_demande", confirme=False, lecteur="D"), "information")
    assert asked.code == "EXPORT_A_CONFIRMER"
    assert r"D:\ALCUIN\Export\BE1D\0840001V\0840001V.ZIP ?" in asked.message
    assert asked.message.startswith("Exporter la base élèves : 2 élève(s)")
    assert asked.message.endswith("1 élève(s) sans classe ne le seront pas.")
    assert driver.ecole.export is None, "nothing is exported by a question"
    assert statuts(driver)["EXPORT"] == "A_FAIRE"
    (fait,) = named(driver.acte("export_demande", lecteur="D"), "export_effectue")
    assert fait.chemin == r"D:\ALCUIN\Export\BE1D\0840001V\0840001V.ZIP"
    assert fait.message.startswith(f"{fait.nombre_exportes} élève(s) exporté(s) vers {fait.chemin}.")
    assert (fait.nombre_exportes, fait.nombre_omis) == (2, 1)
    assert statuts(driver)["EXPORT"] == "FAITE"


def test_an_archive_of_no_school_is_refused() -> None:
    driver = pret(reglages=Reglages())
    controle(driver)
    assert codes(archive(driver, morceaux=2)) == ["ARCHIVE_TROP_GROSSE"]


def test_it_is_never_done_until_a_person_confirms_the_very_file() -> None:
    driver = pret(reglages=Reglages())
    controle(driver)
    archive(driver)
    assert statuts(driver)["DEPOT"] == "ATTEND_UNE_PERSONNE"
    assert codes(driver.personne("depot_effectue", empreinte="0" * 64)) == ["AUTRE_FICHIER"]
    assert statuts(driver)["DEPOT"] == "ATTEND_UNE_PERSONNE"
    assert len(named(driver.personne("depot_effectue", empreinte=SHA), "depot_confirme")) == 1
    assert statuts(driver)["DEPOT"] == "FAITE"


def exporte() -> tuple[Driver, int]:
    """A school whose file waits for a person, and how many pupils it holds."""
    driver = pret(reglages=Reglages())
    controle(driver)
    (fait,) = named(archive(driver), "export_effectue")
    return driver, fait.nombre_exportes


@pytest.mark.parametrize("manque", [0, 1, -2])
def test_pupils_integrated_are_held_against_those_exported(manque: int) -> None:
    driver, nombre = exporte()
    outcome = driver.personne("depot_effectue", nombre_integres=nombre - manque)
    (confirme,) = named(outcome, "depot_confirme")
    assert (confirme.nombre_exportes, confirme.nombre_integres, confirme.ecart) == (nombre, nombre - manque, manque)
    said = [each.message for each in named(outcome, "information")]
    expected = f"{nombre} élève(s) exporté(s), {nombre - manque} intégré(s) dans ONDE : écart de {abs(manque)}, à rapprocher dans ONDE."
    assert said == ([expected] if manque else [])


def test_what_onde_integrated_may_be_told_after_the_import_and_once() -> None:
    driver, nombre = exporte()
    (confirme,) = named(driver.personne("depot_effectue"), "depot_confirme")
    assert (confirme.nombre_integres, confirme.ecart) == (None, None)
    (told,) = named(driver.personne("depot_effectue", nombre_integres=nombre - 1), "depot_confirme")
    assert (told.ecart, told.depose_le) == (1, confirme.depose_le)
    assert named(driver.personne("depot_effectue", nombre_integres=nombre - 1), "depot_confirme") == []
    assert named(driver.personne("depot_effectue"), "depot_confirme") == []
    assert statuts(driver)["DEPOT"] == "FAITE"


def test_a_file_that_onde_refuses_is_to_be_made_again() -> None:
    driver = pret()
    controle(driver)
    driver.acte("export_demande")
    driver.personne("depot_refuse", motif="Illisible")
    assert (statuts(driver)["EXPORT"], statuts(driver)["DEPOT"]) == ("A_REFAIRE", "A_REFAIRE")
    assert codes(driver.personne("depot_effectue")) == ["RIEN_A_DEPOSER"]
    driver.acte("export_demande")
    assert statuts(driver)["DEPOT"] == "ATTEND_UNE_PERSONNE"


# --- bounds ----------------------------------------------------------------------------------------------------------


def test_the_fullest_school_stays_within_a_state() -> None:
    reglages = Reglages()
    classes = tuple(
        Classe(f"CLASSE {rank:021d}", f"{rank:020d}", "x" * 60, "y" * 60, tuple(f"FORMATION {n:08d}" for n in range(4)))
        for rank in range(reglages.classes_max)
    )
    eleves = tuple(Eleve(f"{rank:011d}", rank % 40, "CE2", (1, 2), (200,)) for rank in range(reglages.eleves_max))
    full = Ecole(
        annee=2024,
        classes=classes,
        noms=tuple(each.nom for each in classes),
        eleves=eleves,
        libelles=tuple(f"{rank:0120d}" for rank in range(reglages.libelles_max)),
        formations=tuple(f"FORMATION {n:08d}" for n in range(50)),
        export=Export("C", "PRETE", 900, tuple(f"{rank:011d}" for rank in range(100)), "0" * 64, f"{UAI}.ZIP"),
    )
    assert len(msgspec.msgpack.encode(full)) < MAX_STATE_BYTES


def test_too_much_for_one_school_is_refused() -> None:
    driver = pret(reglages=Reglages(eleves_max=2, classes_max=2))
    assert codes(driver.acte("fiche_eleve", eleve="E3", classe="CP-A")) == ["TROP_GRAND"]
    assert codes(driver.classe("CM2", "8", "CM1")) == ["TROP_GRAND"]
    assert codes(driver.acte("base_eleves", eleves=(fiche("A"), fiche("A")))) == ["ELEVE_EN_DOUBLE"]


def test_anomalies_beyond_those_a_state_can_name_still_block() -> None:
    sheets = tuple(fiche(f"E{n}", "CP-A", None, f"anomalie {n}") for n in range(5))
    fait = controle(pret(*sheets, reglages=Reglages(libelles_max=3)))
    assert fait.nombre_non_conformes == 5
    assert fait.non_conformes[-1].anomalies == ("Autre anomalie",)


@pytest.mark.parametrize("wrong", [{"lecteur": "CC"}, {"lecteur": "1"}, {"eleves_max": 0}])
def test_settings_that_cannot_be_applied_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="attendue"):
        Reglages(**wrong)


# --- extractions of ONDE ---------------------------------------------------------------------------------------------


def extraire(driver: Driver, *classes: str | None, recu: str = "r", manque: int = 0, kind: str = "eleves") -> list[Any]:
    topic, told = "onde.extractions.v1", dict[str, Any](uai=UAI, type=kind, recu=recu)
    published = driver.send(topic, "instantane_debut", fichier=f"CSVExtraction_{UAI}.csv", **told)
    for rang, classe in enumerate(classes, start=1):
        published += driver.send(
            topic, "eleve", uai=UAI, rang=rang, classe=classe, nom="INVENTÉ", prenom="Zoé", date_naissance=date(2016, 2, 29)
        )
    return [*published, *driver.send(topic, "instantane_fin", nombre=len(classes) + manque, empreinte="e", **told)]


def test_an_extraction_names_the_lines_of_pupils_without_a_class_and_takes_it_back_once_they_have_one() -> None:
    driver = Driver()
    (said,) = named(extraire(driver, "CP", None, " ", "CE1"), "information")
    assert (said.code, said.message) == ("ELEVES_SANS_CLASSE", "Élèves sans classe : 2, aux lignes 3, 4. Ils ne seraient pas exportés.")
    assert extraire(driver, "CP", None, " ", "CE1", recu="s") == [], "said already"
    (back,) = named(extraire(driver, "CP", "CP", "CP", "CE1", recu="t"), "information")
    assert back.message == "Extraction d'ONDE : tous les élèves ont une classe."
    assert extraire(driver, "CP", recu="u") == []


def test_many_pupils_without_a_class_are_counted_and_the_first_lines_given() -> None:
    (said,) = named(extraire(Driver(), *([None] * 41)), "information")
    assert said.message == "Élèves sans classe : 41, aux lignes 2, 3, 4, 5, 6, 7, 8, 9, 10, 11…. Ils ne seraient pas exportés."


def test_an_extraction_that_is_not_whole_or_not_of_pupils_says_nothing() -> None:
    driver = Driver()
    assert codes(extraire(driver, None, manque=1)) == ["INSTANTANE_INCOMPLET"]
    assert extraire(driver, None, kind="enseignants") == []
    assert named(driver.outputs, "information") == []
