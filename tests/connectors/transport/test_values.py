from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.transport import values
from connectors.transport.values import BadValue, Kind


def refused(kind: Kind, value: Any, from_json: bool = False) -> BadValue:
    with pytest.raises(BadValue) as caught:
        (kind.from_json if from_json else kind.from_text)(value)
    assert not (isinstance(value, str) and len(value) > 3 and value in caught.value.found.split(", proche de")[0])
    return caught.value


@pytest.mark.parametrize("written", ["29/02/2024", "2024-02-29"])
def test_a_day_is_french_or_iso(written: str) -> None:
    assert values.day().from_text(written) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("31/02/2026", "DATE_IMPOSSIBLE"),
        ("2026-13-01", "DATE_IMPOSSIBLE"),
        ("00/00/0000", "DATE_IMPOSSIBLE"),
        ("01/01/1899", "DATE_ABSURDE"),
        ("2101-01-01", "DATE_ABSURDE"),
        ("01/01/99", "DATE_INVALIDE"),
        ("45910", "DATE_INVALIDE"),
        ("01-02-2026", "DATE_INVALIDE"),
        ("2026-09-01T10:00:00", "DATE_INVALIDE"),
        ("١٢/٠٩/٢٠٢٦", "DATE_INVALIDE"),
        ("demain", "DATE_INVALIDE"),
    ],
)
def test_an_absurd_day_is_refused_with_its_code(written: str, code: str) -> None:
    assert refused(values.day(), written).code == code


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-07-01T10:00:00", datetime(2026, 7, 1, 8, 0, tzinfo=UTC)),
        ("01/12/2026 10:00:00", datetime(2026, 12, 1, 9, 0, tzinfo=UTC)),
        ("2026-07-01 10:00", datetime(2026, 7, 1, 8, 0, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, 0, tzinfo=UTC)),
        ("2026-07-01T10:00:00Z", datetime(2026, 7, 1, 10, 0, tzinfo=UTC)),
        ("2026-07-01T10:00:00+11:00", datetime(2026, 6, 30, 23, 0, tzinfo=UTC)),
        ("2026-07-01T10:00:00.1239Z", datetime(2026, 7, 1, 10, 0, 0, 123_000, tzinfo=UTC)),
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-03-29T02:30:00", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_local_instant_is_of_paris_unless_it_says_its_zone(written: str, instant: datetime) -> None:
    assert values.instant().from_text(written) == instant


def test_the_zone_of_a_local_instant_is_the_systems() -> None:
    noumea = values.instant(ZoneInfo("Pacific/Noumea"))
    assert noumea.from_text("2026-07-01T10:00:00") == datetime(2026, 6, 30, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["2026-07-01T24:00:00", "2026-07-01T10:61:00", "2026-07-01T10:00:00+25:00", "31/02/2026 10:00:00", "10:00"]
)
def test_an_impossible_instant_is_refused(written: str) -> None:
    assert refused(values.instant(), written).code in {"INSTANT_INVALIDE", "DATE_IMPOSSIBLE"}


@pytest.mark.parametrize("written", ["1665", "1665,00", "1665.00", "1 665,00", "1\u202f665,0", "1\u00a0665,00"])
def test_an_amount_is_french_or_dotted(written: str) -> None:
    assert values.money().from_text(written) == Decimal("1665.00")


@pytest.mark.parametrize(
    "written", ["1,665.00", "1.665,00", "1665,005", "1665 €", "-1", "1e3", "NaN", "123456789,00", "16 65", "", "0" * 100 + "x", "9" * 40]
)
def test_a_doubtful_amount_is_refused_and_never_rounded(written: str) -> None:
    assert refused(values.money(), written).code == "MONTANT_INVALIDE"


@pytest.mark.parametrize(("given", "read"), [(1665, "1665.00"), (Decimal("1665.1"), "1665.10"), ("1665.10", "1665.10")])
def test_an_amount_in_json_is_a_number_or_a_text(given: Any, read: str) -> None:
    assert values.money().from_json(given) == Decimal(read)


@pytest.mark.parametrize("given", [True, [], Decimal("1e999999"), Decimal("1e-999999"), Decimal("0.001")])
def test_a_doubtful_amount_in_json_is_refused(given: Any) -> None:
    assert refused(values.money(), given, from_json=True).code in {"MONTANT_INVALIDE", "TYPE_INATTENDU"}


def test_an_identifier_keeps_its_leading_zeros_and_json_numbers_are_refused() -> None:
    kind = values.identifier(r"[0-9]{6}", "6 chiffres")
    assert kind.from_text("007874") == "007874"
    bad = refused(kind, 7874, from_json=True)
    assert bad.code == "TYPE_INATTENDU"
    assert "zéros de tête" in bad.remede


@pytest.mark.parametrize("value", ["٠٠٧٨٧٤", "007874\n", "=1+1", "007 874"])
def test_an_identifier_is_plain_characters(value: str) -> None:
    assert refused(values.identifier(r"[0-9]{6}", "6 chiffres"), value).code == "IDENTIFIANT_INVALIDE"


def test_an_unknown_code_is_told_with_the_known_ones_and_the_nearest() -> None:
    bad = refused(values.code(("IA_CREEE", "IA_ANNULEE")), "IA_CREE")
    assert (bad.code, bad.expected, bad.found) == (
        "CODE_INCONNU",
        "un des codes IA_CREEE, IA_ANNULEE",
        "texte de 7 caractères, proche de IA_CREEE",
    )


def test_o_and_n_are_the_booleans_of_files_and_true_and_false_those_of_json() -> None:
    kind = values.boolean()
    assert [kind.from_text("O"), kind.from_text("N"), kind.from_json(True)] == [True, False, True]
    assert refused(kind, "oui").code == "BOOLEEN_INVALIDE"
    assert refused(kind, "O", from_json=True).code == "TYPE_INATTENDU"


@pytest.mark.parametrize("value", [chr(0xD800), "a\x00b", "a\x1bb", "\ufffd"])
def test_a_text_holds_no_character_that_utf_8_or_a_screen_would_refuse(value: str) -> None:
    assert refused(values.text(), value, from_json=True).code == "CARACTERE_INTERDIT"


@pytest.mark.parametrize("given", ["1", Decimal("1.0"), 0, 51, None])
def test_a_whole_number_in_json_is_a_number_within_its_bounds(given: Any) -> None:
    assert refused(values.integer(1, 50), given, from_json=True).code in {"TYPE_INATTENDU", "NOMBRE_INVALIDE"}


def test_several_texts_are_separated_in_a_file_and_listed_in_json() -> None:
    kind = values.texts()
    assert kind.from_text("Avis d'imposition| RIB |") == kind.from_json(["Avis d'imposition", "RIB", ""]) == ("Avis d'imposition", "RIB")
