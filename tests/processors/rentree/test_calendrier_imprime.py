"""The 23 rows of the printed calendar, word for word, and what each waits for (R-CHA-01 to 23, 30, 31, 34, 38)."""

from pathlib import Path

import pytest

from processors.rentree.procedure import ETAPES

SECTIONS = {
    1: "Conseils = Siècle 2-Préconisations de paramétrages",
    3: "Conseils = Siècle 3-Nomenclatures & Divisions",
    8: "Traitements fin d'année et ouverture année (Cf les aides en ligne dans ? > Aides en lignes > Procédures)",
    17: "Conseils = Siècle 4-Evaluation de rentrée",
    21: "Conseils = Siècle 5-Echanges & Remontée des élèves",
}
"""Number of its first row → heading."""

LIGNES = (Path(__file__).parent / "calendrier_imprime.txt").read_text(encoding="utf-8")
"""Number | label | reference | « A FAIRE », of the school year 2024-2025."""

ATTENDUS: dict[int, tuple[set[int], set[int]]] = {
    1: (set(), set()),
    2: (set(), set()),
    3: (set(), {1}),
    4: (set(), {1, 3}),
    5: (set(), {4}),
    6: (set(), {3, 5}),
    7: ({13}, {6}),
    8: (set(), set()),
    9: (set(), set()),
    10: (set(), set()),
    11: (set(), {10}),
    12: (set(), {11}),
    13: (set(), {8, 9, 10, 11, 12}),
    14: ({13}, set()),
    15: (set(), {14, 7}),
    16: (set(), {15}),
    17: (set(), {1}),
    18: (set(), {17}),
    19: (set(), {18}),
    20: ({19}, set()),
    21: (set(), {16, 7}),
    22: (set(), {16, 6, 7}),
    23: (set(), {21, 22}),
}
"""Number → what must be done before (the table says so), what should be (inferred: a warning)."""


def lignes() -> list[list[str]]:
    return [line.split(" | ") for line in LIGNES.strip().splitlines()]


def test_the_table_has_its_23_rows_in_their_order() -> None:
    assert list(ETAPES) == [int(number) for number, *_ in lignes()] == list(range(1, 24))


@pytest.mark.parametrize("ligne", lignes(), ids=lambda ligne: f"étape {ligne[0]}")
def test_each_row_has_the_words_of_the_printed_table(ligne: list[str]) -> None:
    number, libelle, reference, a_faire = ligne
    etape = ETAPES[int(number)]
    heading = max(first for first in SECTIONS if first <= int(number))
    assert (etape.libelle, etape.reference, etape.consigne(2024), etape.section) == (libelle, reference, a_faire, SECTIONS[heading])


def test_the_year_of_the_window_is_that_of_the_school() -> None:
    assert ETAPES[21].consigne(2026) == "De la mi-septembre 2026 à fin mai 2027 :"


@pytest.mark.parametrize("number", ATTENDUS)
def test_each_row_waits_for_what_the_table_says_and_should_for_what_it_implies(number: int) -> None:
    etape = ETAPES[number]
    assert (set(etape.exige), set(etape.suit)) == ATTENDUS[number]


def test_numbers_are_not_the_order_of_execution() -> None:
    """R-CHA-30, and R-CHA-07 with the web service."""
    assert any(before > number for number, (gates, _) in ATTENDUS.items() for before in gates)
    assert ETAPES[7].suit_avec_omogen == (5,)


def test_what_a_school_is_concerned_by() -> None:
    """R-CHA-31 and R-CHA-34."""
    assert {number: etape.omogen for number, etape in ETAPES.items() if etape.omogen is not None} == {6: False, 21: True, 22: False}
    of_a_type = {number: set(etape.types) for number, etape in ETAPES.items() if etape.types is not None}
    assert of_a_type == {8: {"LYCEE", "CITE_SCOLAIRE"}, 9: {"COLLEGE", "CITE_SCOLAIRE"}}
