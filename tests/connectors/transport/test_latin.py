"""Latin bytes as UTF-8: always what Python's own decoder gives, whichever accents meet in a text."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.transport.latin import ENCODINGS, accents_of, as_utf8, is_doubtful

HIGH = range(128, 256)


def converted(data: bytes, encoding: str) -> bytes:
    return as_utf8(data, accents_of(data), encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_two_accents_may_stand_in_one_text(encoding: str) -> None:
    """The UTF-8 of Ã holds the byte that is another character's: pairs like it are the trap."""
    for first, second in product(HIGH, HIGH):
        data = bytes((first, 65, second, first))
        assert converted(data, encoding) == data.decode(encoding).encode()


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_what_the_decoder_gives(encoding: str, data: bytes) -> None:
    assert converted(data, encoding) == data.decode(encoding).encode()


def test_what_is_ascii_has_no_accents_and_stays() -> None:
    assert accents_of(b"<NOM>DUPONT</NOM>") == b""
    assert converted(b"<NOM>DUPONT</NOM>", "ISO-8859-15") == b"<NOM>DUPONT</NOM>"


@pytest.mark.parametrize(
    ("data", "doubtful"),
    [("Hélène Œuvrard".encode("iso8859-15"), False), ("Hélène".encode(), True), ("« l’été »".encode("cp1252"), True), (b"ETE", False)],
)
def test_utf_8_and_windows_quotes_are_doubtful(data: bytes, doubtful: bool) -> None:
    assert is_doubtful(data, accents_of(data)) is doubtful


def test_an_accent_apart_from_the_one_before_is_no_utf_8() -> None:
    """Ã and a space of another word follow each other among the accents only."""
    data = b"S\xc3O \xa0 TOM\xc9"
    assert not is_doubtful(data, accents_of(data))
