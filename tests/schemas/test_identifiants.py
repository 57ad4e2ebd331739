"""Identifiers: recognised, checked, never refused for their key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiants import (
    DOSSIER_FORME,
    INE_CLE,
    INE_FORME,
    INES_LETTRES,
    KEY_ALPHABET,
    UAI_CLE,
    UAI_FORME,
    Nature,
    check_letter,
    dossier_warnings,
    join_nne,
    nne36_key,
    normalise,
    parse_dossier,
    read_ine,
    uai_warnings,
)

BLANKS = st.text(alphabet=" \t\u00a0\u202f", max_size=3)
KNOWN_UAIS = ["0341088Y", "0781944P", "0840001V", "9830418M", "9830649N", "0332870R", "0751967F", "0011402U", "0890003V"]


@pytest.mark.parametrize("uai", KNOWN_UAIS)
def test_the_letter_of_known_establishments_is_right(uai: str) -> None:
    assert uai_warnings(uai) == ()


@given(st.integers(0, 9_999_999), st.sampled_from(KEY_ALPHABET))
def test_only_one_letter_is_right_for_a_uai(number: int, letter: str) -> None:
    assert uai_warnings(f"{number:07d}{letter}") == (() if letter == check_letter(number) else (UAI_CLE,))


@pytest.mark.parametrize("uai", ["", "0781944", "78194P", "0781944PP", "078194é4P", "ABCDEFGH"])
def test_a_uai_of_another_form_is_said(uai: str) -> None:
    assert uai_warnings(uai) == (UAI_FORME,)


@pytest.mark.parametrize(
    ("number", "nature"),
    [
        ("1111037734L", Nature.BEA),
        ("0906018155T", Nature.BEA),
        ("0100007108D", Nature.BEA),
        ("0DDG5R00015", Nature.NNE36),
        ("0DDG5Z00024", Nature.NNE36),
        ("012345678GD", Nature.INES),
        ("2018A12345K", Nature.SIFA),
    ],
)
def test_each_kind_is_recognised_and_good_ones_raise_no_doubt(number: str, nature: Nature) -> None:
    ine = read_ine(number)
    assert ine.nature is nature
    assert ine.avertissements == ()


@given(st.integers(0, 10**10 - 1), st.sampled_from(KEY_ALPHABET))
def test_a_wrong_bea_key_is_a_warning_and_the_number_is_kept(number: int, letter: str) -> None:
    ine = read_ine(f"{number:010d}{letter}")
    right = letter == check_letter(number)
    assert (ine.nature, ine.cle_bonne) == (Nature.BEA, right)
    assert ine.avertissements == (() if right else (INE_CLE,))


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=10, max_size=10))
def test_the_base_36_key_follows_the_short_rule(first_ten: str) -> None:
    values = [int(character, 36) for character in first_ten]
    assert nne36_key(first_ten) == str((6 * sum(values[:-1]) + values[-1]) % 10)


@given(st.integers(0, 10**9 - 1), st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2))
def test_an_ines_is_never_said_wrong_only_its_letters_may_be_doubtful(number: int, letters: str) -> None:
    ine = read_ine(f"{number:09d}{letters}")
    assert (ine.nature, ine.cle_bonne) == (Nature.INES, None)
    assert ine.avertissements == (() if set(letters) <= set("ABCDEFGHJK") else (INES_LETTRES,))


@pytest.mark.parametrize("number", ["", "1111037734", "1111037734LL", "1.11104E+10", "ABCDEFGHIJK"])
def test_what_has_no_known_form_is_said_and_kept(number: str) -> None:
    ine = read_ine(number)
    assert (ine.nature, ine.avertissements) == (None, (INE_FORME,))
    assert ine.valeur == normalise(number)


@given(st.text(max_size=20))
def test_any_text_is_read_without_an_error_and_twice_alike(text: str) -> None:
    ine = read_ine(text)
    assert read_ine(ine.valeur) == ine
    assert all(text not in warning.message for warning in ine.avertissements if len(text) > 5)


@given(st.integers(0, 10**10 - 1), BLANKS, BLANKS)
def test_blanks_and_case_do_not_count(number: int, before: str, inside: str) -> None:
    digits, letter = f"{number:010d}", check_letter(number)
    assert read_ine(f"{before}{digits[:4]}{inside}{digits[4:]}{letter.lower()}") == read_ine(digits + letter)


@pytest.mark.parametrize(
    ("nne", "cle", "whole"),
    [
        ("1111037734", "L", "1111037734L"),
        ("1111037734", "l", "1111037734L"),
        ("012345678", "GD", "012345678GD"),
        ("1111037734L", "L", "1111037734L"),
        ("1111037734L", None, "1111037734L"),
        ("1111037734", None, "1111037734"),
        (None, None, None),
        ("", "L", None),
        ("  ", None, None),
    ],
)
def test_the_two_columns_of_apogee_are_joined(nne: str | None, cle: str | None, whole: str | None) -> None:
    assert join_nne(nne, cle) == whole


def test_a_dossier_number_has_three_parts() -> None:
    parts = parse_dossier("2014MON1111037734L")
    assert parts is not None
    assert (parts.annee, parts.academie, parts.numero_boursier) == (2014, "MON", "1111037734L")


@given(st.integers(1900, 2100), st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3), st.integers(0, 10**10 - 1))
def test_a_dossier_number_is_read_back(annee: int, academie: str, number: int) -> None:
    text = f"{annee}{academie}{number:010d}{check_letter(number)}"
    assert str(parse_dossier(text.lower())) == text
    assert dossier_warnings(text) == ()


@pytest.mark.parametrize("numero", ["", "2014MON", "14MON1111037734L", "2014M0N1111037734L", "2014MON1111037734"])
def test_a_dossier_number_of_another_form_is_said(numero: str) -> None:
    assert parse_dossier(numero) is None
    assert dossier_warnings(numero) == (DOSSIER_FORME,)


def test_a_dossier_number_with_a_mistyped_boursier_is_doubtful() -> None:
    assert dossier_warnings("2014MON1111037734M") == (INE_CLE,)
