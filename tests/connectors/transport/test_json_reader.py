import io
from decimal import Decimal
from typing import Any

import pytest

from connectors.transport.faults import Unreadable
from connectors.transport.json_reader import read_json


def read(text: str | bytes, **limits: Any) -> Any:
    raw = text.encode() if isinstance(text, str) else text
    return read_json(lambda: io.BytesIO(raw), len(raw), **limits)


def test_numbers_are_exact_and_accents_survive() -> None:
    assert read('{"montant": 1665.10, "nom": "Hélène"}') == {"montant": Decimal("1665.10"), "nom": "Hélène"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_understood(encoding: str) -> None:
    assert read('{"é": 1}'.encode(encoding)) == {"é": 1}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "FICHIER_VIDE"),
        ("{", "JSON_INVALIDE"),
        ("[1,]", "JSON_INVALIDE"),
        ('{"a": NaN}', "JSON_INVALIDE"),
        ('{"a": -Infinity}', "JSON_INVALIDE"),
        ('{"a": 1} {"b": 2}', "JSON_INVALIDE"),
        ('{"a": 1, "a": 2}', "CHAMP_EN_DOUBLE"),
        ('{"x": {"a": 1, "a": 1}}', "CHAMP_EN_DOUBLE"),
        ('{"a": "\t"}', "JSON_INVALIDE"),
        ("{'a': 1}", "JSON_INVALIDE"),
        ("1" * 5000, "JSON_INVALIDE"),
        ("[" * 17 + "]" * 17, "JSON_TROP_PROFOND"),
        ("[" * 100_000, "JSON_TROP_PROFOND"),
        ('{"a":' * 100_000, "JSON_TROP_PROFOND"),
        ("a\0b", "CARACTERE_NUL"),
        (b'{"nom": "H\xe9l\xe8ne"}', "ENCODAGE_INVALIDE"),
    ],
)
def test_hostile_json_gets_a_coded_fault(text: str | bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read(text)
    assert caught.value.fault.code == code


def test_a_fault_says_line_and_column_in_french() -> None:
    with pytest.raises(Unreadable) as caught:
        read('{\n  "a" 1\n}')
    assert caught.value.fault.message == "Ligne 2, colonne 7 : deux-points sont attendus."


def test_a_name_given_twice_is_shown_only_when_it_is_a_known_field() -> None:
    for name, shown in (("nne", True), ("MARTINEZ", False)):
        with pytest.raises(Unreadable) as caught:
            read(f'{{"{name}": 1, "{name}": 2}}', known=("nne",))
        assert (name in caught.value.fault.message) is shown


def test_sixteen_levels_are_read() -> None:
    assert read("[" * 16 + "]" * 16)


def test_a_body_over_the_limit_is_not_parsed() -> None:
    with pytest.raises(Unreadable) as caught:
        read('{"a": 1}', max_bytes=4)
    assert caught.value.fault.code == "FICHIER_TROP_GROS"
