"""A school's deposits from file to report: order, replacement, bounds, slices (R-PRO-03, 43, 50 to 56, 72 to 74)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from processors.depot_siecle.depot import nom_lu
from processors.depot_siecle.reglages import Reglages
from schemas.records import pronote, siecle
from tests.processors.depot_siecle.driver import FICHIER, UAI, Ecole

MORNING = datetime(2018, 7, 23, 22, 0, tzinfo=UTC)
"""Nine o'clock on 24/07/2018 in Nouméa."""
MEF = "10110019110"


def pupil(number: int, *groups: str) -> tuple[str, Any]:
    name = f"NOM-{number:05d} D'UNE LONGUEUR ORDINAIRE"
    return "eleve", siecle.Eleve(
        uai=UAI,
        eleve_id=str(1_000_000 + number),
        id_national=f"{number * 7919 % 10**9:09d}AB",
        ine_bea=f"{number * 104729 % 10**10:010d}K",
        id_prv_ele=str(number),
        nom_de_famille=name,
        prenom=f"Prénom{number * 31 % 997}",
        prenom2=f"Deux{number % 89}",
        date_naiss=date(2004, 1, 1) + timedelta(days=number % 2000),
        code_mef=MEF,
        date_entree=date(2018, 2, 19),
        structures=(
            siecle.Structure(code_structure="4EME B", type_structure="D"),
            *(siecle.Structure(code_structure=each, type_structure="G") for each in groups),
        ),
    )


def links(number: int, *groups: str) -> tuple[str, Any]:
    _, known = pupil(number)
    return "eleve", pronote.Eleve(
        uai=UAI,
        rang=number + 1,
        eleve_id=known.eleve_id,
        nom_de_famille=known.nom_de_famille,
        prenom=known.prenom,
        date_naiss=known.date_naiss,
        groupes=tuple(
            pronote.Groupe(code_groupe=each, date_debut_groupe=date(2018, 2, 19), date_fin_groupe=date(2018, 12, 15)) for each in groups
        ),
    )


def exports(ecole: Ecole, pupils: int, groups: tuple[str, ...] = ("G1", "G2")) -> None:
    ecole.file("siecle.exports.v1", "eleves_sans_adresses", [pupil(number, *groups) for number in range(pupils)], siecle)
    rows = [("groupe", siecle.Groupe(uai=UAI, code_structure=each, mefs=(MEF,))) for each in groups]
    ecole.file("siecle.exports.v1", "structures", rows, siecle)
    year = siecle.AnneeScolaire(
        uai=UAI,
        avenir=False,
        date_debut_eleve=date(2018, 2, 19),
        date_fin_eleve=date(2018, 12, 14),
        date_debut_prof=date(2018, 2, 16),
        date_fin_prof=date(2018, 12, 15),
    )
    ecole.file("siecle.exports.v1", "communs", [("annee_scolaire", year)], siecle)


def elegroupe(ecole: Ecole, rows: list[tuple[str, Any]], base: str = FICHIER, **head: Any) -> None:
    ecole.file("pronote.liens_eleve_groupe.v1", "elegroupe", rows, pronote, fichier=f"{base}.xml", archive=f"{base}.zip", **head)


def ready(pupils: int = 5, **changed: Any) -> Ecole:
    ecole = Ecole(MORNING, Reglages(**changed))
    exports(ecole, pupils)
    ecole.synchros()
    return ecole


def test_a_school_of_3000_pupils_fits_in_states_and_records() -> None:
    ecole = ready(3000)
    groups = tuple(f"GROUPE{number}" for number in range(6))
    elegroupe(ecole, [links(number, "G1", "G2", *groups) for number in range(3000)])
    ecole.deposit()
    ecole.night()
    (report,) = ecole.named("compte_rendu")
    assert (report.eleves, report.absents, report.avec_anomalies, report.liens_importes) == (3000, 0, 3000, 6000)
    assert len(ecole.named("compte_rendu_ligne")) == 3000
    assert ecole.largest_state < 64 * 1024
    assert ecole.largest_output < 900_000


def test_slices_that_nothing_refers_to_are_forgotten() -> None:
    ecole = ready(40)
    counts = []
    for _ in range(4):
        exports(ecole, 40)
        elegroupe(ecole, [links(number, "G1", "INCONNU") for number in range(30)])
        ecole.deposit()
        ecole.night()
        counts.append(ecole.slices())
    assert counts == [counts[0]] * 4, "nothing piles up from one night to the next"


def test_no_report_before_the_night_and_one_after_it() -> None:
    ecole = ready()
    elegroupe(ecole, [links(number, "G1") for number in range(5)])
    ecole.deposit()
    (told,) = ecole.named("fichier_depose")
    assert (told.message, told.etat) == ("Fichier déposé.", "DEPOSE")
    assert told.traitement_le == datetime(2018, 7, 24, 11, 0, tzinfo=UTC), "22 h in Nouméa"
    ecole.until(datetime(2018, 7, 24, 10, 59, tzinfo=UTC))
    assert not ecole.named("compte_rendu")
    ecole.until(datetime(2018, 7, 24, 11, 0, tzinfo=UTC))
    (report,) = ecole.named("compte_rendu")
    assert report.date_import == date(2018, 7, 24)
    ecole.night()
    assert len(ecole.named("compte_rendu")) == 1


def test_of_two_deposits_only_the_last_is_treated() -> None:
    ecole = ready()
    elegroupe(ecole, [links(0, "G1")])
    ecole.deposit()
    second = "9830418MELEGROUPE2017180724100000"
    elegroupe(ecole, [links(number, "G1") for number in range(3)], second)
    ecole.deposit(f"{second}.zip")
    ecole.night()
    assert [each.remplace for each in ecole.named("fichier_depose")] == [None, f"{FICHIER}.xml"]
    assert [(each.fichier, each.eleves) for each in ecole.named("compte_rendu")] == [(f"{second}.xml", 3)]


def test_a_file_received_after_the_deposit_does_not_change_what_was_deposited() -> None:
    ecole = ready()
    elegroupe(ecole, [links(0, "G1")])
    ecole.deposit()
    elegroupe(ecole, [links(number, "G1") for number in range(3)], "9830418MELEGROUPE2017180724100000")
    ecole.night()
    assert [(each.fichier, each.eleves) for each in ecole.named("compte_rendu")] == [(f"{FICHIER}.xml", 1)]


@pytest.mark.parametrize(
    "name",
    [
        "9830418MELEGROUPE2017180724091341.txt",
        "9830418MELEGROUTE2017180724091341.zip",
        "9830418MELEGROUPE201718072409134.zip",
        "9830418MELEGROUPE2017181332091341.zip",
        "9830418mELEGROUPE2017180724091341.zip",
        "9830418MELEGROUPE2017180724091341.zip ",
    ],
)
def test_a_malformed_name_is_refused_with_siecles_own_message(name: str) -> None:
    assert nom_lu(name) is None
    ecole = ready()
    elegroupe(ecole, [links(0, "G1")])
    ecole.deposit(name)
    assert [each.message for each in ecole.refusals] == ["Nom du fichier mal formaté!"]
    assert not ecole.named("fichier_depose")


def test_the_year_in_use_is_configured_or_what_siecle_says_never_a_date() -> None:
    ecole = ready(annees={"983": 2018})
    elegroupe(ecole, [links(0, "G1")])
    assert [each.code for each in ecole.refusals] == ["MILLESIME_DU_FICHIER"]
    ecole.deposit()
    assert ecole.refusals[-1].message == "Année du fichier différente de l'année utilisée !"
    other = ready()
    elegroupe(other, [links(0, "G1")])
    other.deposit()
    assert not other.refusals
    assert other.named("fichier_depose")


def test_what_must_come_before_is_asked_in_order() -> None:
    ecole = Ecole(MORNING)
    elegroupe(ecole, [links(0, "G1")])
    ecole.deposit()
    exports(ecole, 3)
    ecole.deposit()
    assert [each.code for each in ecole.refusals] == ["SANS_EXPORT_ELEVES", "SANS_SYNCHRO_3"]
    (first, second) = ecole.named("prediction")
    assert (first.etat, second.etat) == ("IMPOSSIBLE", "FAITE"), "predicted as soon as it can be"


def test_a_new_school_year_in_siecle_starts_again_at_synchro_3() -> None:
    ecole = ready()
    ecole.file("siecle.exports.v1", "eleves_sans_adresses", [pupil(0)], siecle, millesime=2018)
    elegroupe(ecole, [links(0, "G1")], "9830418MELEGROUPE2018190301091341", millesime=2018)
    ecole.deposit("9830418MELEGROUPE2018190301091341.zip")
    assert [each.code for each in ecole.refusals] == ["SANS_SYNCHRO_3"]


def test_the_later_of_pupils_and_communs_says_the_year_and_a_later_year_starts_again_once() -> None:
    ecole = ready()
    year = siecle.AnneeScolaire(uai=UAI, avenir=False, date_debut_eleve=date(2019, 2, 18), date_fin_eleve=date(2019, 12, 13))
    ecole.until(ecole.now + timedelta(hours=1))
    ecole.file("siecle.exports.v1", "communs", [("annee_scolaire", year)], siecle, millesime=2018)
    elegroupe(ecole, [links(0, "G1")])
    ecole.deposit()
    assert [each.code for each in ecole.refusals] == ["MILLESIME_DU_FICHIER", "ANNEE_DIFFERENTE"]
    later = "9830418MELEGROUPE2018190301091341"
    elegroupe(ecole, [links(0, "G1")], later, millesime=2018)
    ecole.deposit(f"{later}.zip")
    assert ecole.refusals[-1].code == "SANS_SYNCHRO_3"
    ecole.synchros()
    ecole.until(ecole.now + timedelta(hours=1))
    ecole.file("siecle.exports.v1", "eleves_sans_adresses", [pupil(0)], siecle, millesime=2018)
    ecole.deposit(f"{later}.zip")
    assert [each.fichier for each in ecole.named("fichier_depose")] == [f"{later}.xml"]


@pytest.mark.parametrize("count", [0, 2, 4])
def test_a_file_that_is_not_whole_changes_nothing(count: int) -> None:
    ecole = ready()
    ecole.file("pronote.liens_eleve_groupe.v1", "elegroupe", [links(n, "G1") for n in range(3)], pronote, count=count)
    assert [each.code for each in ecole.refusals] == ["INSTANTANE_INCOMPLET"]
    assert not ecole.named("prediction")


def test_a_newer_beginning_drops_an_unfinished_file() -> None:
    ecole = ready()
    debut = pronote.InstantaneDebut(recu="x", uai=UAI, type="elegroupe", fichier="x.xml", millesime=2017)
    ecole.give("pronote.liens_eleve_groupe.v1", "instantane_debut", debut)
    ecole.give("pronote.liens_eleve_groupe.v1", *links(0, "G1"))
    elegroupe(ecole, [links(1, "G1"), links(2, "G1")])
    assert [each.eleves for each in ecole.named("prediction")] == [2]


def test_a_file_larger_than_the_bound_is_refused_before_any_computation() -> None:
    ecole = ready(eleves_max=2)
    elegroupe(ecole, [links(number, "G1") for number in range(3)])
    ecole.deposit()
    assert [each.code for each in ecole.refusals] == ["ETABLISSEMENT_TROP_GRAND"] * 2
    assert not ecole.named("prediction")


@pytest.mark.parametrize(("sent", "warned"), [(10, False), (9, False), (8, True)])
def test_losing_all_links_is_warned_of_above_a_tenth(sent: int, warned: bool) -> None:
    ecole = ready(10)
    elegroupe(ecole, [links(number, "G1") for number in range(sent)])
    (prediction,) = ecole.named("prediction")
    assert prediction.perdent_leurs_liens == 10 - sent
    assert (prediction.alerte is not None) is warned
    assert len(ecole.named("prediction_absent")) == 10 - sent


def test_links_are_what_the_night_left_and_what_was_entered_by_hand_since() -> None:
    ecole = ready(2)
    elegroupe(ecole, [links(0, "G1"), links(1, "G2")])
    ecole.deposit()
    ecole.night()
    ecole.give("siecle.depots.v1", "lien_saisi", siecle.LienSaisi(uai=UAI, eleve_id="1000001", code_groupe="G9"))
    elegroupe(ecole, [links(0, "G1")], "9830418MELEGROUPE2017180725100000")
    (lost,) = ecole.named("prediction_absent")
    assert lost.groupes_perdus == ("G2", "G9")


# --- SIECLE's own report ---------------------------------------------------------------------------------------------


def read_report(**changed: Any) -> siecle.CompteRenduLu:
    values: dict[str, Any] = {
        "uai": UAI,
        "fichier": f"{FICHIER}.xml",
        "eleves": 3,
        "rejetes": 0,
        "avec_anomalies": 1,
        "detaille": True,
    } | changed
    lines = values.pop("lignes", None)
    if lines is None:
        lines = (
            siecle.LigneLue(
                section="ANOMALIE",
                eleve="NOM",
                identifiants="1000000 / 0",
                anomalie="L'inscription de l'élève dans un groupe est invalide.",
                regle="GROUPE",
            ),
        )
    return siecle.CompteRenduLu(lignes=lines, **values)


def predicted() -> Ecole:
    ecole = ready(3)
    rows = [links(0, "G1"), links(1, "G1"), links(2, "G1")]
    known = rows[0][1]
    good = [pronote.Groupe(code_groupe="G1"), pronote.Groupe(code_groupe="X")]
    rows[0] = (
        "eleve",
        pronote.Eleve(
            uai=UAI,
            rang=1,
            eleve_id=known.eleve_id,
            nom_de_famille=known.nom_de_famille,
            prenom=known.prenom,
            date_naiss=known.date_naiss,
            groupes=tuple(good),
        ),
    )
    rows[1:] = [
        (name, pronote.Eleve(**{**{f: getattr(row, f) for f in row.__struct_fields__}, "groupes": (pronote.Groupe(code_groupe="G1"),)}))
        for name, row in rows[1:]
    ]
    elegroupe(ecole, rows)
    return ecole


def test_the_real_report_that_says_the_same_is_conforme() -> None:
    ecole = predicted()
    (computed,) = ecole.named("prediction_ligne")
    same = siecle.LigneLue(
        section="ANOMALIE", eleve="AF…", identifiants=computed.identifiants, anomalie=computed.anomalie, regle=computed.regle
    )
    ecole.give("siecle.comptes_rendus_lus.v1", "compte_rendu_lu", read_report(lignes=(same,)))
    (told,) = ecole.named("comparaison")
    assert (told.conforme, told.calcul, told.ecarts) == (True, "PREDICTION", 0)


def test_the_real_report_that_says_otherwise_is_told_row_by_row() -> None:
    ecole = predicted()
    ecole.deposit()
    ecole.night()
    stranger = siecle.LigneLue(section="REJET", eleve="INCONNU Noé", identifiants="0 / 0", anomalie="…", regle="REJEL")
    ecole.give(
        "siecle.comptes_rendus_lus.v1", "compte_rendu_lu", read_report(lignes=(stranger,), eleves=4, rejetes=1, avec_anomalies=0, absents=2)
    )
    (told,) = ecole.named("comparaison")
    assert (told.conforme, told.calcul) == (False, "TRAITEMENT")
    assert [each.ecart for each in ecole.named("comparaison_ecart")] == ["MANQUE_DANS_SIECLE", "NON_PREVU"]
    assert len(told.messages) == 4


def test_a_report_of_a_file_that_was_never_computed_says_so() -> None:
    ecole = ready()
    ecole.give("siecle.comptes_rendus_lus.v1", "compte_rendu_lu", read_report())
    (told,) = ecole.named("comparaison")
    assert (told.calcul, told.conforme) == ("AUCUN", False)


def test_a_slice_that_is_lost_is_said_and_never_taken_for_an_empty_one() -> None:
    ecole = ready()
    elegroupe(ecole, [links(0, "G1")])
    lost = next(key for key in ecole.states if key[1].startswith(f"{UAI}/ELEVES/"))
    del ecole.states[lost]
    ecole.deposit()
    ecole.night()
    assert [each.code for each in ecole.refusals] == ["COLLECTE_INCOMPLETE"]
    assert not ecole.named("compte_rendu")
