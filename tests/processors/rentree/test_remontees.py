"""Sendings of pupils and of figures: what must come before, the window, and who is missing at the other end."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.engine.fold import MAX_STATE_BYTES
from processors.rentree import eleves as listes
from processors.rentree.reglages import Reglages
from processors.rentree.state import Annee, Faite, Occurrence
from schemas.records.academie import Effectif as Recu
from schemas.records.charlemagne import Effectif
from tests.processors.rentree.driver import ANNEE, RECEPTIONS, UAI, Driver, at, codes, ligne, named


def ouvert(reglages: Reglages | None = None, **profil: Any) -> Driver:
    driver = Driver(reglages or Reglages())
    driver.profil(at(2024, 6, 3, 8), **profil)
    return driver


def envoye(driver: Driver, *eleves: str, jour: int = 20, **data: object) -> None:
    driver.acte("identifiants_importes", at(2024, 9, jour, 8), **data)
    driver.acte("eleves_envoyes", at(2024, 9, jour, 9), eleves=eleves, **data)


def test_pupils_are_not_sent_before_the_identifiers_of_the_same_occurrence_came() -> None:
    driver = ouvert()
    assert codes(driver.acte("eleves_envoyes", at(2024, 9, 20, 8), eleves=("A",))) == ["IDENTIFIANTS_NON_IMPORTES"]
    driver.acte("identifiants_importes", at(2024, 9, 20, 9), occurrence="x")
    assert codes(driver.acte("eleves_envoyes", at(2024, 9, 20, 10), occurrence="y", eleves=("A",))) == ["IDENTIFIANTS_NON_IMPORTES"]
    assert codes(driver.acte("eleves_envoyes", at(2024, 9, 20, 11), occurrence="x", eleves=("A",))) == []


def test_identifiers_serve_one_sending_only() -> None:
    driver = ouvert()
    envoye(driver, "A", "B")
    assert codes(driver.acte("eleves_envoyes", at(2024, 9, 27, 9), eleves=("A", "B", "C"))) == ["IDENTIFIANTS_NON_IMPORTES"]


def test_identifiers_that_came_after_the_day_of_the_sending_do_not_count() -> None:
    driver = ouvert()
    driver.acte("identifiants_importes", at(2024, 9, 20, 8))
    sent = driver.acte("eleves_envoyes", at(2024, 9, 20, 9), envoye_le=date(2024, 9, 19), eleves=("A",))
    assert codes(sent) == ["IDENTIFIANTS_NON_IMPORTES"]


@pytest.mark.parametrize(("jour", "dedans"), [((2024, 9, 14), False), ((2024, 9, 15), True), ((2025, 5, 31), True), ((2025, 6, 1), False)])
def test_the_window_is_of_the_school_year_both_ends_included(jour: tuple[int, int, int], dedans: bool) -> None:
    driver = ouvert()
    driver.acte("identifiants_importes", at(2024, 9, 10, 8))
    published = driver.acte("eleves_envoyes", at(*jour, 10), eleves=("A",))
    assert (codes(published) == []) == dedans
    assert [each.dans_la_fenetre for each in named(published, "occurrence")] == [dedans]


def test_a_sending_told_by_its_step_and_by_its_list_is_one_whatever_comes_first() -> None:
    for order in (("etape", "liste"), ("liste", "etape")):
        driver = ouvert()
        driver.acte("identifiants_importes", at(2024, 9, 20, 8))
        for each in order:
            if each == "etape":
                driver.etape(22, at(2024, 9, 20, 9))
            else:
                driver.acte("eleves_envoyes", at(2024, 9, 20, 9), eleves=("A", "B"))
        (une,) = driver.annee().occurrences
        assert (une.nombre, une.liste, une.envoye_le) == (2, True, date(2024, 9, 20))
        assert codes(driver.outputs) == []


def test_the_missing_pupils_are_named_and_a_second_reading_counts_on() -> None:
    driver = ouvert()
    envoye(driver, "A", "B", "C", "D")
    first = named(driver.bee(at(2024, 9, 21, 9), "A", "Z"), "rapprochement_eleves")[0]
    assert (first.nombre_integres, first.non_integres, first.non_envoyes) == (1, ("B", "C", "D"), ("Z",))
    second = named(driver.bee(at(2024, 9, 22, 9), "A", "B", "C"), "rapprochement_eleves")[0]
    assert (second.nombre_integres, second.ecart, second.non_integres, second.non_envoyes) == (3, 1, ("D",), ())
    assert driver.annee().eleves == ("D",)


def test_a_check_without_an_occurrence_is_of_the_oldest_unchecked_sending() -> None:
    driver = ouvert()
    envoye(driver, "A", "B", occurrence="un")
    envoye(driver, "A", "C", jour=25, occurrence="deux")
    published = driver.bee(at(2024, 9, 26, 9), "A", "B")
    assert [each.occurrence for each in named(published, "rapprochement_eleves")] == ["un"]
    assert ligne(published, 23).a_controler == ("deux",)
    published = driver.bee(at(2024, 9, 27, 9), "A")
    assert [each.non_integres for each in named(published, "rapprochement_eleves")] == [("C",)]
    assert (ligne(published, 23).statut, ligne(published, 23).ecarts) == ("FAITE", 1)


def test_a_check_by_hand_compares_nothing_and_says_so() -> None:
    driver = ouvert()
    envoye(driver, "A", "B")
    published = driver.etape(23, at(2024, 9, 23, 9))
    assert named(published, "rapprochement_eleves") == []
    assert (ligne(published, 23).statut, ligne(published, 23).ecarts) == ("FAITE", None)
    assert driver.annee().eleves == ()


def test_a_sending_is_never_taken_back() -> None:
    driver = ouvert()
    envoye(driver, "A")
    assert codes(driver.acte("etape_annulee", at(2024, 9, 21, 9), numero=22)) == ["ENVOI_NON_ANNULABLE"]


def test_a_rhythm_set_by_the_rectorat_makes_the_next_sending_late() -> None:
    driver = ouvert(Reglages(periodicite_envois=30))
    envoye(driver, "A")
    assert [each.echeance for each in named(driver.until(at(2024, 10, 22)), "retard")] == [date(2024, 10, 20)]
    envoye_le = at(2024, 10, 23, 9)
    driver.acte("identifiants_importes", envoye_le)
    assert ligne(driver.acte("eleves_envoyes", envoye_le, eleves=("A",)), 22).statut == "FAITE"


def test_more_pupils_than_a_state_may_hold_are_refused_until_a_check_makes_room() -> None:
    driver = ouvert(Reglages(place_eleves=80))
    envoye(driver, *(f"E{rank:08d}" for rank in range(5)), occurrence="un")
    driver.acte("identifiants_importes", at(2024, 9, 21, 8), occurrence="deux")
    others = tuple(f"F{rank:08d}" for rank in range(5))
    assert codes(driver.acte("eleves_envoyes", at(2024, 9, 21, 9), occurrence="deux", eleves=others)) == ["TROP_D_ELEVES"]
    driver.bee(at(2024, 9, 22, 9), *(f"E{rank:08d}" for rank in range(5)), occurrence="un")
    assert codes(driver.acte("eleves_envoyes", at(2024, 9, 23, 9), occurrence="deux", eleves=others)) == []


def test_the_fullest_year_stays_within_a_state() -> None:
    reglages = Reglages()
    jour = date(2024, 9, 20)

    def year(annee: int, eleves: tuple[str, ...], bits: bytes) -> Annee:
        occurrences = tuple(
            Occurrence(f"occurrence-{rank:04d}", jour, jour, None, True, len(eleves), bits, 0, (6, 7, 16), bytes(8))
            for rank in range(reglages.occurrences_max)
        )
        return Annee(
            annee=annee, faites=tuple(Faite(n, jour, (8, 9, 10), "x" * 60) for n in range(1, 21)), occurrences=occurrences, eleves=eleves
        )

    eleves = tuple(f"{150_000_000 + rank}AB" for rank in range(2_500))
    years = (year(2022, (), b""), year(2023, (), b""), year(2024, eleves, listes.ajouter((), eleves)[1]))
    assert listes.place(years) > reglages.place_eleves - 2_000
    size = len(msgspec.msgpack.encode(years))
    assert size < MAX_STATE_BYTES - 4_000, size


@given(st.lists(st.lists(st.integers(0, 60).map(str), unique=True), max_size=6))
def test_lists_come_back_from_their_bitmaps(lists: list[list[str]]) -> None:
    pool: tuple[str, ...] = ()
    kept: list[bytes] = []
    for each in lists:
        pool, bits = listes.ajouter(pool, each)
        kept.append(bits)
    assert [set(listes.lire(pool, bits)) for bits in kept] == [set(each) for each in lists]
    annee = Annee(annee=2024, eleves=(*pool, "oublie"), occurrences=tuple(Occurrence(str(n), bits=bits) for n, bits in enumerate(kept)))
    packed = listes.resserrer(annee)
    assert "oublie" not in packed.eleves
    assert [set(listes.lire(packed.eleves, each.bits)) for each in packed.occurrences] == [set(each) for each in lists]


# --- figures ---------------------------------------------------------------------------------------------------------


def figures(driver: Driver, jour: int, **counts: int) -> list[object]:
    lines = tuple(Effectif(code=code, nombre=nombre) for code, nombre in counts.items())
    return list(driver.acte("effectifs_envoyes", at(2024, 9, jour, 9), effectifs=lines))


def bea(driver: Driver, jour: int, total: int | None = None, **counts: int) -> list[object]:
    lines = tuple(Recu(code=code, nombre=nombre) for code, nombre in counts.items())
    sent = driver.send(RECEPTIONS, "reception_bea", at(2024, 9, jour, 9), UAI, "bea", uai=UAI, annee=ANNEE, effectifs=lines, total=total)
    return list(sent)


def test_figures_of_equal_total_may_still_differ() -> None:
    driver = ouvert()
    figures(driver, 5, SIXIEME=120, CINQUIEME=100)
    bea(driver, 6, SIXIEME=100, CINQUIEME=120)
    (found,) = named(driver.outputs, "rapprochement_effectifs")
    assert (found.ecart, [(d.code, d.envoye, d.recu) for d in found.differences]) == (0, [("CINQUIEME", 100, 120), ("SIXIEME", 120, 100)])


def test_a_total_alone_is_compared_with_the_sum() -> None:
    driver = ouvert()
    figures(driver, 5, SIXIEME=120, CINQUIEME=100)
    bea(driver, 6, total=219)
    (found,) = named(driver.outputs, "rapprochement_effectifs")
    assert (found.ecart, found.differences) == (-1, ())
    assert ligne(driver.outputs, 20).ecarts == 1


def test_a_step_declared_before_its_figures_is_compared_when_they_come() -> None:
    driver = ouvert()
    driver.etape(19, at(2024, 9, 4, 9))
    bea(driver, 6, SIXIEME=10)
    assert named(driver.outputs, "rapprochement_effectifs") == []
    figures(driver, 7, SIXIEME=10)
    assert [each.ecart for each in named(driver.outputs, "rapprochement_effectifs")] == [0]


def test_a_code_given_twice_is_refused() -> None:
    lines = (Effectif(code="6EME", nombre=1), Effectif(code="6EME", nombre=2))
    driver = ouvert()
    assert codes(driver.acte("effectifs_envoyes", at(2024, 9, 5, 9), effectifs=lines)) == ["CODE_EN_DOUBLE"]


def test_no_identifier_of_a_pupil_is_said_by_a_refusal_or_a_key() -> None:
    driver = ouvert()
    driver.acte("eleves_envoyes", at(2024, 9, 20, 8), eleves=("150000001AA",))
    envoye(driver, "150000001AA")
    for output in driver.outputs:
        said = f"{output.key} {output.subject} {getattr(output.data, 'message', '')} {getattr(output.data, 'remede', '')}"
        assert "150000001AA" not in said
