"""Logs say where and how much, never who."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bus import logging as bus_logging


@pytest.fixture(autouse=True)
def _configured() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    bus_logging.configure("info")
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_entry_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("bus.engine.runner").info("tasks_taken", processor="bourses", partitions=[0, 1])
    (line,) = _lines(capsys)
    assert (line["event"], line["logger"], line["level"]) == ("tasks_taken", "bus.engine.runner", "info")
    assert (line["processor"], line["partitions"]) == ("bourses", [0, 1])
    assert line["timestamp"].endswith("Z")


def test_a_key_that_nobody_allowed_is_dropped_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("x").warning("refus", ine="120000000AB", nom="Durand", count=3)
    (line,) = _lines(capsys)
    assert line["dropped"] == ["ine", "nom"]
    assert line["count"] == 3
    assert "Durand" not in json.dumps(line)


def test_an_exception_keeps_its_places_and_loses_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("INE 120000000AB inconnu")
    except ValueError:
        structlog.get_logger("x").exception("rule_failed")
    text = capsys.readouterr().err
    assert "120000000AB" not in text
    line = json.loads(text)
    assert line["error"] == "ValueError"
    assert line["where"].startswith("test_logging.py:")


def test_a_library_that_may_quote_data_keeps_only_its_template(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("faust.agents").error("crashed on %r", {"nom": "Durand"})
    logging.getLogger("aiokafka.consumer").warning("Heartbeat failed for group %s", "passerelle.bourses")
    quoting, speaking = _lines(capsys)
    assert quoting["event"] == "crashed on %r"
    assert speaking["event"] == "Heartbeat failed for group passerelle.bourses"


def test_long_values_are_cut_and_low_levels_are_silent(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger("x").debug("rien")
    structlog.get_logger("x").info("long", cause="é" * 10_000)
    (line,) = _lines(capsys)
    assert len(line["cause"]) == bus_logging.LONGEST_VALUE + 1
