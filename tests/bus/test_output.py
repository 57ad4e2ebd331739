"""Data on stdout in three forms; words on stderr."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bus.cli.output import Output, render, say

ROWS: list[dict[str, object]] = [
    {"topic": "essai.choses.v1", "lag": 3, "late": True, "amount": Decimal("1.10"), "day": date(2026, 9, 1)},
    {"topic": "[bold]essai[/bold]", "lag": None, "at": datetime(2026, 9, 1, tzinfo=UTC)},
]


def test_a_table_shows_the_chosen_columns_and_a_dash_for_what_is_absent(capsys: pytest.CaptureFixture[str]) -> None:
    render(ROWS, {"topic": "topic", "lag": "retard", "late": "en retard"}, Output.TABLE)
    out = capsys.readouterr().out.splitlines()
    assert [line.split() for line in out] == [
        ["topic", "retard", "en", "retard"],
        ["essai.choses.v1", "3", "oui"],
        ["[bold]essai[/bold]", "—", "—"],
    ]


def test_a_long_cell_is_not_cut_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    render([{"x": "a" * 500}], ("x",), Output.TABLE)
    assert "a" * 500 in capsys.readouterr().out


def test_json_carries_every_key_with_amounts_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    render(ROWS, ("topic",), Output.JSON)
    found = json.loads(capsys.readouterr().out)
    assert found[0] == {"topic": "essai.choses.v1", "lag": 3, "late": True, "amount": "1.10", "day": "2026-09-01"}
    assert found[1]["at"] == "2026-09-01T00:00:00+00:00"


def test_json_lines_are_one_row_a_line_with_accents_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    render(({"x": "Zoë"}, {"x": "É\nà"}), ("x",), Output.JSONL)
    assert capsys.readouterr().out == '{"x": "Zoë"}\n{"x": "É\\nà"}\n'


def test_no_row_is_an_empty_list_and_a_table_with_its_headings(capsys: pytest.CaptureFixture[str]) -> None:
    render([], ("x",), Output.JSON)
    render([], ("x",), Output.TABLE)
    assert capsys.readouterr().out.split() == ["[]", "x"]


def test_words_are_for_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    say("bonjour")
    assert tuple(capsys.readouterr()) == ("", "bonjour\n")
