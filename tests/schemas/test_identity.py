"""Equal causes give equal ids, different ones never the same."""

import hmac
import uuid
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identity import OUTPUTS, RECEIVED, derive, from_receipt, from_source
from schemas.student_key import StudentKeys

KEYS = StudentKeys(b"k" * 32)


@given(st.text(), st.text(), st.integers(0, 10**6))
def test_an_id_is_a_uuid5(cause: str, name: str, rank: int) -> None:
    assert derive(cause, name, rank) == str(uuid.uuid5(uuid.UUID(bytes=OUTPUTS), f"{cause}\0{name}\0{rank}"))


@given(st.text(), st.text())
def test_the_id_of_what_was_received_is_one_too(receipt: str, position: str) -> None:
    assert from_receipt(receipt, position) == str(uuid.uuid5(uuid.UUID(bytes=RECEIVED), f"{receipt}\0{position}"))


def test_ids_stay_the_same_from_one_release_to_the_next() -> None:
    assert derive("9ccbc318-890d-5b6b-9472-1f80aebdb016", "validation", 0) == "b4dd8c49-481d-5cc4-b305-9a4ee3977bc9"
    assert from_receipt("r-1", "ligne 17") == "3ed4d6b8-5780-5f3a-b199-9e4ac8a4301b"
    assert from_source("apogee", "42/3") == "d71f0b6f-bc4a-5933-9510-219a59c2d15f"


def test_different_causes_have_different_ids() -> None:
    ids = [
        derive("a", "b", 1),
        derive("a", "b", 2),
        derive("a", "b1", 1),
        derive("ab", "", 1),
        from_receipt("a", "b"),
        from_receipt("ab", ""),
        from_source("a", "b"),
        from_source("a", "b\x001"),
    ]
    assert all(one != other for one, other in combinations(ids, 2))


def test_the_key_of_a_student_does_not_depend_on_case_and_outer_spaces() -> None:
    assert KEYS.of_nne("1111037734l ") == KEYS.of_nne("1111037734L")
    assert len(KEYS.of_nne("1111037734L")) == 32


def test_the_key_of_a_student_shows_nothing_and_changes_with_the_secret() -> None:
    key = KEYS.of_nne("1111037734L")
    assert "1111037734" not in key
    assert key != StudentKeys(b"l" * 32).of_nne("1111037734L")
    assert "kkk" not in repr(KEYS)


def test_students_without_nne_are_told_apart_by_establishment() -> None:
    assert KEYS.without_nne("0840001V", "42") != KEYS.without_nne("0840002W", "42")
    assert KEYS.without_nne("0840001V", "42") == KEYS.of_nne("0840001V|42")


@given(secret=st.binary(min_size=16, max_size=200), nne=st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_the_key_of_a_student_is_an_hmac_whatever_the_secrets_length(secret: bytes, nne: str) -> None:
    keyed = hmac.new(secret, nne.strip().upper().encode(), "sha256")
    assert StudentKeys(secret).of_nne(nne) == keyed.hexdigest()[:32]


@pytest.mark.parametrize("nne", ["", "  "])
def test_a_blank_identifier_has_no_key(nne: str) -> None:
    with pytest.raises(ValueError, match="identifiant"):
        KEYS.of_nne(nne)
    with pytest.raises(ValueError, match="numéro d'étudiant"):
        KEYS.without_nne("0840001V", nne)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="octets"):
        StudentKeys(b"court")
