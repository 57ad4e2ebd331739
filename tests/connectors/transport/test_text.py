import io

import pytest

from connectors.transport.faults import Unreadable
from connectors.transport.text import Opener, encoding_of, lines, whole_text


def opener(raw: bytes) -> Opener:
    return lambda: io.BytesIO(raw)


def read(raw: bytes, declared: str | None = None) -> list[tuple[int, str]]:
    return list(lines(opener(raw), encoding_of(opener(raw), declared)))


def fault_of(raw: bytes, declared: str | None = None) -> tuple[str, int | None]:
    with pytest.raises(Unreadable) as caught:
        read(raw, declared)
    return caught.value.fault.code, caught.value.fault.line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso8859-15", "cp1252"])
def test_accents_survive_every_accepted_encoding(encoding: str) -> None:
    assert read("NOM;ÉTÉ\r\nLœuvre d’Hélène;1 €\r\n".replace("’", "'").encode(encoding)) == [(1, "NOM;ÉTÉ"), (2, "Lœuvre d'Hélène;1 €")]


def test_a_typographic_apostrophe_tells_windows_from_latin_9() -> None:
    assert encoding_of(opener("l’été".encode("cp1252"))) == "cp1252"
    assert encoding_of(opener("l'été".encode("iso8859-15"))) == "iso8859-15"


def test_a_byte_order_mark_wins_over_the_declared_encoding() -> None:
    assert read("é\n".encode("utf-8-sig"), "iso-8859-1") == [(1, "é")]


def test_a_declared_encoding_is_believed() -> None:
    assert read("¤½é\n".encode("iso-8859-1"), "ISO-8859-1") == [(1, "¤½é")]


@pytest.mark.parametrize("name", ["utf-7", "cp037", "rot13", "base64", "no such thing", "utf-8\0", "x" * 5000])
def test_other_declared_encodings_are_refused(name: str) -> None:
    assert fault_of(b"abc\n", name) == ("ENCODAGE_INCONNU", None)


def test_bytes_that_are_not_of_the_declared_encoding_are_told_with_their_line() -> None:
    assert fault_of("a\nb\né\n".encode("iso-8859-1"), "utf-8") == ("ENCODAGE_INVALIDE", 3)


def test_two_encodings_in_one_file_are_told_with_the_line() -> None:
    assert fault_of("é\n".encode() + "\né\n".encode("iso-8859-1")) == ("ENCODAGES_MELES", 3)


def test_letters_encoded_twice_are_recognised() -> None:
    twice = "Hélène".encode().decode("cp1252").encode()
    assert fault_of(b"ok\n" + twice) == ("ENCODAGE_DOUBLE", 2)
    assert fault_of("Ça à É".encode().decode("iso-8859-1").encode()) == ("ENCODAGE_DOUBLE", 1)


def test_a_capital_a_tilde_is_a_letter_like_another() -> None:
    assert read("JOÃO DA CÃMARA".encode()) == [(1, "JOÃO DA CÃMARA")]


@pytest.mark.parametrize(
    ("raw", "code", "line"),
    [
        (b"", "FICHIER_VIDE", None),
        (b"a\nb\0c\n", "CARACTERE_NUL", 2),
        ("a;b\n".encode("utf-16-le"), "CARACTERE_NUL", 1),
        (b"a\n\x1b[31m\n", "CARACTERE_INTERDIT", 2),
        (b"a\rb\rc\n", "CARACTERE_INTERDIT", 1),
        ("é\ufffd\n".encode(), "CARACTERE_INTERDIT", 1),
        (b"x" * 70_000, "LIGNE_TROP_LONGUE", 1),
        ("x\n".encode("utf-32"), "ENCODAGE_INCONNU", None),
        (b"\xff\xfea\x00\n\x00\xd8\xd8\xd8\xd8", "ENCODAGE_INVALIDE", 2),
        (b"\xff\xfe" + "x".encode("utf-16-le") * 200_000, "LIGNE_TROP_LONGUE", 1),
        (bytes([0x81, 0xE9, 10]), "ENCODAGE_INVALIDE", 1),
    ],
)
def test_hostile_bytes_get_a_coded_fault_with_the_line(raw: bytes, code: str, line: int | None) -> None:
    assert fault_of(raw) == (code, line)


def test_utf_16_lines_longer_than_a_chunk_are_cut_right() -> None:
    text = "".join(f"{'é' * 40_000}{number}\r\n" for number in range(5))
    assert [line[-1] for _, line in read(text.encode("utf-16"))] == ["0", "1", "2", "3", "4"]


def test_the_whole_text_has_a_limit() -> None:
    with pytest.raises(Unreadable) as caught:
        whole_text(opener(b"x" * 11), 10)
    assert caught.value.fault.code == "FICHIER_TROP_GROS"
