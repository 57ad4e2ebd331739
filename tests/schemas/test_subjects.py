"""Subjects reach headers and logs: they tell things apart and name no person."""

from hypothesis import given
from hypothesis import strategies as st

from schemas import subjects

CODE = st.text(alphabet="0123456789ABCDEF", min_size=1, max_size=8)


@given(CODE, CODE, CODE)
def test_two_individuals_of_one_etape_are_told_apart_without_their_number(etape: str, one: str, other: str) -> None:
    first, second = (subjects.of_registration("0781944P", "2026", cod_ind, etape, "120") for cod_ind in (one, other))
    assert (first == second) == (one == other)
    assert first == f"ia/0781944P/2026/{etape}/120/{first.rsplit('/', 1)[1]}"
    assert len(first.rsplit("/", 1)[1]) == subjects.DIGEST_LENGTH


def test_a_retraitement_never_queues_with_the_dossier() -> None:
    assert subjects.of_retraitement(2026, "0781944P", "L1INFO") != subjects.of_dossier(2026)
