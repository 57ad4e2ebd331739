"""The night's treatment, as a function of files (R-PRO-51, 56 to 66, 71, 75, 76)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.depot_siecle.connaissance import Calendrier, Division, Groupe, Lien, mefs_des_groupes
from processors.depot_siecle.dates import borner
from processors.depot_siecle.traitement import Bilan, traiter
from tests.processors.depot_siecle.build import JOUR, MEF, NOUMEA, connu, eleve, entree


def codes(bilan: Bilan) -> list[tuple[str, ...]]:
    return [tuple(each.code for each in ligne.anomalies) for ligne in bilan.lignes]


# --- counting --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("base", "absents"), [(208, 55), (168, 15)])
def test_absents_are_the_pupils_of_siecle_that_the_file_has_not(base: int, absents: int) -> None:
    eleves = [eleve(number) for number in range(base)]
    bilan = traiter([entree(each) for each in eleves[:153]], connu(*eleves), JOUR)
    assert (bilan.lus, len(bilan.absents), bilan.lignes) == (153, absents, ())


@given(st.sets(st.integers(0, 60)), st.sets(st.integers(0, 60)))
def test_absents_are_the_difference_of_the_two_sets(base: set[int], sent: set[int]) -> None:
    known = connu(*(eleve(number) for number in sorted(base)))
    bilan = traiter([entree(eleve(number)) for number in sorted(sent)], known, JOUR)
    assert bilan.lus == len(sent)
    assert {each.eleve_id for each in bilan.absents} == {str(1000 + number) for number in base - sent}
    assert len(bilan.rejets) == len(sent - base)
    assert set(bilan.liens) == {str(1000 + number) for number in base & sent}


def test_a_pupil_who_has_left_is_not_absent_but_one_who_will_leave_is() -> None:
    gone, going = eleve(1, sortie=JOUR), eleve(2, sortie=JOUR + timedelta(days=1))
    assert [each.eleve_id for each in traiter([], connu(gone, going), JOUR).absents] == ["1002"]


# --- matching --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["eleve_id", "id_national", "id_prv_ele"])
def test_a_pupil_is_found_by_the_one_identifier_he_carries_whatever_his_name_is(by: str) -> None:
    one = eleve(1)
    bilan = traiter([entree(one, by=by, nom="TOUT AUTRE")], connu(one, eleve(2)), JOUR)
    assert list(bilan.liens) == ["1001"]


def test_an_unknown_identifier_is_found_by_identity_with_the_family_or_the_usual_name() -> None:
    one, two = eleve(1, nom="D'ARMOR-LE GOFF", nom_usage="Pétro"), eleve(2)
    for name in ("d'armor le goff", "PETRO"):
        bilan = traiter([entree(one, eleve_id="999", nom=name)], connu(one, two), JOUR)
        assert list(bilan.liens) == ["1001"], name


def test_an_identifier_that_matches_nobody_is_not_tried_as_another() -> None:
    """The number of the private software of one is the ELEVE_ID of nobody."""
    one = eleve(1)
    bilan = traiter([entree(one, eleve_id="1", nom="INCONNU")], connu(one), JOUR)
    assert codes(bilan) == [("REJELEGROUPE_01",)]


@pytest.mark.parametrize(("second", "found"), [("Anne", True), ("ANNÉ", True), ("Zoé", False), (None, True)])
def test_other_first_names_count_when_the_file_gives_them(second: str | None, found: bool) -> None:
    one = eleve(1, prenom2="Anne")
    bilan = traiter([entree(one, eleve_id="999", prenom2=second)], connu(one), JOUR)
    assert bool(bilan.liens) is found


def test_homonyms_are_never_guessed() -> None:
    twins = eleve(1, nom="MÊME"), eleve(2, nom="MEME", naissance=eleve(1).naissance)
    bilan = traiter([entree(twins[0], eleve_id="999")], connu(*twins), JOUR)
    assert codes(bilan) == [("REJELEGROUPE_03",)]
    assert len(bilan.absents) == 2


def test_the_second_entry_of_a_pupil_is_rejected_and_the_first_stands() -> None:
    one = eleve(1)
    bilan = traiter([entree(one, Lien("G1")), entree(one, Lien("4EME LV2 AJE"), by="id_prv_ele")], connu(one), JOUR)
    assert codes(bilan) == [("REJELEGROUPE_03",)]
    assert bilan.liens == {"1001": (Lien("G1"),)}
    assert (bilan.lus, len(bilan.absents)) == (2, 0)


# --- groups ----------------------------------------------------------------------------------------------------------


def test_an_unknown_group_rejects_its_link_and_keeps_the_others() -> None:
    one = eleve(1)
    bilan = traiter([entree(one, Lien("MPERMANGR2"), Lien("G1"))], connu(one), JOUR)
    assert bilan.liens == {"1001": (Lien("G1"),)}
    assert bilan.anomalies[0].anomalies[0].message == (
        "Le groupe \"MPERMANGR2\" n'est pas référencé. L'inscription de l'élève dans ce groupe a été rejetée."
    )


@pytest.mark.parametrize("code", ["4EME LV2 AJE ", "4EME  LV2 AJE", "4eme LV2 AJE"])
def test_a_group_is_its_exact_name_spaces_included(code: str) -> None:
    one = eleve(1)
    assert codes(traiter([entree(one, Lien(code))], connu(one), JOUR)) == [("GROUPE_A_01",)]


def test_a_group_of_another_mef_and_a_pupil_without_mef() -> None:
    one, two = eleve(1), eleve(2, mef=None)
    bilan = traiter([entree(one, Lien("AUTRE")), entree(two, Lien("G1"), Lien("AUTRE"))], connu(one, two), JOUR)
    assert codes(bilan) == [("GROUPE_B_02",), ("GROUPE_B_01",)]
    assert bilan.liens_rejetes == 3


def test_without_structures_or_calendar_nothing_is_checked_against_them() -> None:
    one = eleve(1)
    bilan = traiter([entree(one, Lien("X", date(2000, 1, 1)))], connu(one, groupes=None, calendrier=None), JOUR)
    assert (bilan.lignes, bilan.liens["1001"]) == ((), (Lien("X", date(2000, 1, 1)),))


def test_a_group_has_the_mef_of_its_divisions_when_it_has_none() -> None:
    mefs = mefs_des_groupes((Division("4A", (MEF,)), Groupe("G", (), ("4A", "4B")), Groupe("H", ("M",), ("4A",)), Groupe("I")))
    assert mefs == {"G": {MEF}, "H": {"M"}, "I": frozenset()}


@pytest.mark.parametrize(("sts", "branche"), [({"X"}, "TRANSFERT_4A"), (set(), "STRUCTURES_STS"), (None, "INCONNUE")])
def test_the_remedy_depends_on_what_sts_web_has(sts: set[str] | None, branche: str) -> None:
    one = eleve(1)
    bilan = traiter([entree(one, Lien("X"))], connu(one, groupes_sts=None if sts is None else frozenset(sts)), JOUR)
    assert [(each.groupe, each.branche, each.eleves) for each in bilan.remedes] == [("X", branche, 1)]


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fin", "kept", "found"),
    [
        (date(2018, 12, 15), date(2018, 12, 14), ["ELEGRP_A_03"]),
        (date(2018, 12, 14), date(2018, 12, 14), []),
        (date(2018, 6, 1), date(2018, 6, 1), []),
        (None, None, []),
    ],
)
def test_an_end_is_held_against_the_pupils_year_and_not_the_teachers(fin: date | None, kept: date | None, found: list[str]) -> None:
    lien, anomalies = borner(Lien("G1", None, fin), eleve(1), NOUMEA)
    assert (lien.fin, [each.code for each in anomalies]) == (kept, found)


def test_a_start_goes_back_to_the_entry_of_one_who_came_during_the_year() -> None:
    early = Lien("G1", date(2018, 2, 16), date(2018, 12, 14))
    assert borner(early, eleve(1, entree=date(2017, 2, 16)), NOUMEA)[0].debut == date(2018, 2, 19)
    assert borner(early, eleve(1, entree=date(2018, 5, 7)), NOUMEA)[0].debut == date(2018, 5, 7)


def test_an_end_goes_back_to_the_exit_of_one_who_left_before() -> None:
    late = Lien("G1", None, date(2018, 12, 15))
    assert borner(late, eleve(1, sortie=date(2018, 9, 28)), NOUMEA)[0].fin == date(2018, 9, 28)
    assert borner(late, eleve(1, sortie=date(2019, 9, 28)), NOUMEA)[0].fin == date(2018, 12, 14)


def test_a_start_that_is_not_before_the_end_is_reset() -> None:
    lien, (anomalie,) = borner(Lien("G1", date(2018, 6, 2), date(2018, 6, 1)), eleve(1), NOUMEA)
    assert lien.debut == date(2018, 2, 19)
    assert anomalie.message == (
        'La date de début "02/06/2018" n\'est pas antérieure à la date de fin "01/06/2018" pour le groupe "G1". '
        'Celle-ci a été réinitialisée à "19/02/2018".'
    )


DAYS = st.one_of(st.none(), st.dates(date(2017, 1, 1), date(2019, 12, 31)))


@given(DAYS, DAYS, DAYS, DAYS)
def test_dates_once_held_are_inside_the_year_and_never_change_again(
    debut: date | None, fin: date | None, entered: date | None, left: date | None
) -> None:
    pupil = eleve(1, entree=entered, sortie=left)
    once, _ = borner(Lien("G1", debut, fin), pupil, NOUMEA)
    assert all(day is None or NOUMEA.comprend(day) for day in (once.debut, once.fin))
    assert borner(once, pupil, NOUMEA) == (once, ())
    assert (once.debut is None, once.fin is None) == (debut is None, fin is None)


def test_a_calendar_whose_start_is_after_its_end_is_none() -> None:
    with pytest.raises(ValueError, match="calendrier"):
        Calendrier(date(2018, 12, 14), date(2018, 2, 19))


# --- the report ------------------------------------------------------------------------------------------------------


def test_several_anomalies_of_one_pupil_are_one_row_of_the_first_rule() -> None:
    one = eleve(1)
    bad_end = Lien("G1", None, date(2018, 12, 15))
    (ligne,) = traiter([entree(one, Lien("X"), bad_end)], connu(one), JOUR).lignes
    assert (ligne.anomalie, ligne.regle, ligne.identifiants) == ("Liens 'élève-groupe' partiellement importés", "GROUPE", "1001 / 1")
    (ligne,) = traiter([entree(one, bad_end, Lien("X"))], connu(one), JOUR).lignes
    assert ligne.regle == "ELEGRP"


def test_rows_stand_by_section_then_by_pupil_without_regard_to_accents() -> None:
    eleves = [eleve(number, nom=nom) for number, nom in enumerate(("ÉLOI", "ZUMA", "Adam", "EDEN"))]
    bad = [entree(each, Lien("X")) for each in eleves]
    bilan = traiter([*bad, entree(eleve(50, nom="INCONNU"))], connu(*eleves), JOUR)
    assert [ligne.eleve.split()[0] for ligne in bilan.lignes] == ["INCONNU", "Adam", "EDEN", "ÉLOI", "ZUMA"]


def test_links_made_by_hand_that_the_file_has_not_are_wiped() -> None:
    one, two = eleve(1, liens=(Lien("G1"), Lien("G9"))), eleve(2, liens=(Lien("G9"),))
    bilan = traiter([entree(one)], connu(one, two), JOUR)
    assert bilan.liens == {"1001": (Lien("G1"),)}
    assert bilan.liens_effaces == 2
    assert [(each.eleve.eleve_id, each.motif) for each in bilan.perdants] == [("1002", "ABSENT_DU_FICHIER")]


def test_who_has_no_link_today_loses_none_unless_no_link_at_all_is_known() -> None:
    one, two, three = eleve(1), eleve(2, liens=()), eleve(3)
    assert [each.eleve.eleve_id for each in traiter([], connu(one, two), JOUR).perdants] == ["1001"]
    assert [each.eleve.eleve_id for each in traiter([entree(three)], connu(two, three), JOUR).perdants] == []
    assert [each.eleve.eleve_id for each in traiter([], connu(two), JOUR).perdants] == ["1002"]


def test_a_pupil_all_of_whose_links_are_rejected_loses_his() -> None:
    one = eleve(1)
    assert [each.motif for each in traiter([entree(one, Lien("X"))], connu(one), JOUR).perdants] == ["LIENS_REJETES"]
