"""Every expectation holds when it should, and can fail."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bus.simulate.document import parse_document
from bus.simulate.matching import gaps, matches
from tests.bus.simulate.playing import comes, holds, played

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2026, 6, 5, 10, 0, tzinfo=UTC)
OUT = "bourses.decisions.v1"
TEN = "2026-06-05T10:00"
EVERYTHING = (
    comes(TEN, "PUBLIE")
    + comes(TEN, "LIGNE")
    + comes(TEN, "REFUS")
    + comes(TEN, "RIEN")
    + comes(TEN, "ATTEND", "008")
    + comes(TEN, "FAUTE", "009")
    + comes(TEN, "RIEN", "").replace("0781944P", "DOUTEUX")
    + comes(TEN, "RIEN", "010").replace("0781944P", "DOUTEUX")
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (f"topic: {OUT}", "topic: bourses.interne.v1"),
        (f"{{topic: {OUT}, count: 1}}", f"{{topic: {OUT}, count: 2}}"),
        (f"{{topic: {OUT}, at: {TEN}}}", f"{{topic: {OUT}, at: 2026-06-05T10:01}}"),
        (f"{{topic: {OUT}, event: situation}}", f"{{topic: {OUT}, event: validation}}"),
        (f"{{topic: {OUT}, data: {{cod_etu: 007}}}}", f"{{topic: {OUT}, data: {{cod_etu: 7}}}}"),
        (f"{{topic: {OUT}, count: 0, data: {{cod_etu: 8}}}}", f"{{topic: {OUT}, count: 0}}"),
        (f"{{none: {OUT}, until: {TEN}}}", f"none: {OUT}"),
        (f"{{none: {OUT}, event: validation}}", f"{{none: {OUT}, event: situation}}"),
        (f"{{none: {OUT}, data: {{statut: REFUSE}}}}", f"{{none: {OUT}, data: {{statut: DEFINITIF}}}}"),
        ("refusal: {message: Cette étape est fermée., code: ETAPE_FERMEE}", "refusal: {message: Cette étape est ouverte.}"),
        ("refusal: {remede: Choisir une autre étape., event: inscription}", "refusal: {code: ETAPE_OUVERTE}"),
        ("{refusal: {code: ETAPE_FERMEE}, at: 2026-06-05T08:00Z}", "{refusal: {code: ETAPE_FERMEE}, at: 2026-06-05T08:01Z}"),
        ("refusal: {contains: [étape, fermée]}", "refusal: {contains: [étape, ouverte]}"),
        ("refusal: {code: CHAMP_MANQUANT, line: 1, system: guichet}", "refusal: {code: CHAMP_MANQUANT, line: 2}"),
        ("warning: {code: CLE_UAI_INVALIDE}", "warning: {code: CLE_NNE_INVALIDE}"),
        ("parked: {system: guichet, waits_for: ouverture du guichet}", "parked: {system: autre, waits_for: ouverture du guichet}"),
        ("parked: {waits_for: ouverture 1}", "parked: {waits_for: fermeture}"),
        ("parked: {released: false}", "parked: {released: true}"),
        (f"{{parked: {{waits_for: ouverture}}, at: {TEN}}}", "{parked: {waits_for: ouverture}, at: 2026-06-05T09:00}"),
        ("dead_letter: {code: REGLE_EN_ERREUR, processor: guichet}", "dead_letter: {code: SORTIE_REFUSEE}"),
        ("{counted: sans_effet, count: 2}", "{counted: sans_effet, count: 1}"),
        ("file: {sink: guichet, name: sortie(1).csv}", "file: {sink: guichet, name: sortie(2).csv}"),
        ('file: {sink: guichet.sortie, contains: "166.50"}', 'file: {sink: guichet.sortie, contains: "166.51"}'),
        ("row: {table: guichet, data: {montant: 333}}", "row: {table: guichet, data: {montant: 166}}"),
        ("row: {table: guichet, count: 1}", "row: {table: guichet, count: 2}"),
        ("{row: {table: guichet}, count: 1}", "row: {table: guichet, data: {rang: x}}"),
    ],
)
def test_an_expectation_holds_and_can_fail(tmp_path: Path, right: str, wrong: str) -> None:
    assert holds(tmp_path, EVERYTHING, f"- {right}")
    assert not holds(tmp_path, EVERYTHING, f"- {wrong}")


def test_a_failing_expectation_says_what_was_found_instead(tmp_path: Path) -> None:
    verdict = played(tmp_path, EVERYTHING, f"- {{topic: {OUT}, data: {{statut: REFUSE}}}}").verdicts[0]
    assert "attendu au moins 1, trouvé 0" in verdict.found
    assert "statut : attendu REFUSE, trouvé DEFINITIF" in verdict.found
    assert verdict.expected.line == 12


def test_too_many_are_shown(tmp_path: Path) -> None:
    found = played(tmp_path, EVERYTHING + comes(TEN, "PUBLIE", "011"), f"- {{topic: {OUT}, count: 1}}").verdicts[0].found
    assert found.startswith("attendu 1, trouvé 2")
    assert "cod_etu: 011" in found


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ('"1665.00"', Decimal("1665")),
        ("1665,00", Decimal("1665.00")),
        ("1 665,00", Decimal("1665.00")),
        ("1665", Decimal("1665.00")),
        ("2026-06-06", date(2026, 6, 6)),
        ("06/06/2026", date(2026, 6, 6)),
        ("2026-06-05T12:00", NOON),
        ("2026-06-05T10:00Z", NOON),
        ("2026-06-05T12:00+02:00", NOON),
        ("2026-06-05", NOON),
        ("007", "007"),
        ("3", 3),
        ("oui", True),
        ("false", False),
        ("null", None),
        ('"null"', "null"),
        ("{a: {b: 1}}", {"a": {"b": 1, "c": 2}, "d": 3}),
        ("[{a: 1}, {a: 2}]", ({"a": 1, "b": 9}, {"a": 2})),
        ("{contains: [2, 1]}", [1, 2, 3]),
        ("[]", ()),
        ("ff", b"\xff"),
    ],
)
def test_values_compare_by_what_they_are(expected: str, value: Any) -> None:
    assert matches(parse_document("x", f"v: {expected}").entries["v"], value, PARIS)


@pytest.mark.parametrize(
    ("expected", "value"),
    [
        ("1665.01", Decimal("1665")),
        ("beaucoup", Decimal("1665")),
        ("2026-06-07", date(2026, 6, 6)),
        ("demain", date(2026, 6, 6)),
        ("2026-06-05T12:01", NOON),
        ("2026-06-06", NOON),
        ("midi", NOON),
        ("7", "007"),
        ("1665.00", "1665"),
        ("1", True),
        ("null", "null"),
        ("null", 0),
        ("x", None),
        ("{a: {b: 1}}", {"a": {"b": 2}}),
        ("{a: null, e: 1}", {"a": None}),
        ("[1, 2]", [1, 2, 3]),
        ("[2, 1]", [1, 2]),
        ("{contains: [1, 1]}", [1, 2]),
        ("[1]", 1),
        ("{a: 1}", "a"),
    ],
)
def test_values_that_differ_are_seen(expected: str, value: Any) -> None:
    assert not matches(parse_document("x", f"v: {expected}").entries["v"], value, PARIS)


def test_a_field_that_is_not_there_is_not_null() -> None:
    node = parse_document("x", "v: {a: null}").entries["v"]
    assert [str(gap) for gap in gaps(node, {}, PARIS)] == ["a : attendu null, trouvé rien"]


def test_a_gap_names_its_path() -> None:
    node = parse_document("x", "v: {voeux: [{rang: 1}, {rang: 3}]}").entries["v"]
    assert [gap.path for gap in gaps(node, {"voeux": [{"rang": 1}, {"rang": 2}]}, PARIS)] == ["voeux[1].rang"]
