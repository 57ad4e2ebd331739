"""Whose key an academy's word comes under, and what it may not be."""

import json
from typing import Any

import pytest

from connectors.academie.connector import Academie
from connectors.transport.school_fields import PUPILS_MAX
from schemas.outcome import Accepted, Record, Refused
from tests.connectors.deliveries import delivery

FERMETURE: dict[str, Any] = {"evenement": "fermeture", "reference": "F1", "systeme": "SIECLE", "debut": "2025-06-28", "fin": "2025-07-02"}
BEE: dict[str, Any] = {"evenement": "integration_bee", "uai": "0840001v", "annee": 2024, "eleves": ["150000001AA"]}


def given(event: dict[str, Any]) -> Accepted | Refused:
    return Academie().accept(delivery(json.dumps(event).encode()))


def record(event: dict[str, Any]) -> Record:
    answer = given(event)
    assert isinstance(answer, Accepted), answer
    (found,) = answer.records
    return found


def test_a_closure_is_the_countrys_and_the_rest_is_the_schools() -> None:
    assert record(FERMETURE | {"departements": ["084", "2A0"]}).key == "national"
    assert (record(BEE).key, record(BEE).subject) == ("0840001V", "integration_bee/2024")


@pytest.mark.parametrize("eleves", [[1], ["a b"], ["x" * 21], "150000001AA", ["150000001AA"] * (PUPILS_MAX + 1)])
def test_a_list_of_pupils_is_a_list_of_identifiers(eleves: Any) -> None:
    answer = given(BEE | {"eleves": eleves})
    assert isinstance(answer, Refused)
    assert "150000001AA" not in answer.faults[0].message


def test_a_long_list_of_pupils_is_taken_whole_and_in_order() -> None:
    eleves = [f"{rank:09d}AB" for rank in range(PUPILS_MAX)]
    assert record(BEE | {"eleves": eleves}).data.eleves == tuple(eleves)
