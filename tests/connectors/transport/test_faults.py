import inspect
import typing

import pytest

from connectors.aglae import messages as aglae
from connectors.apogee import messages as apogee
from connectors.pegase import messages as pegase
from connectors.transport import messages
from connectors.transport.faults import CODES, MAX_FAULTS, FaultList, fault
from schemas.outcome import Fault


def every_message() -> list[Fault]:
    found = []
    for module in (messages, apogee, aglae, pegase):
        for function in vars(module).values():
            if inspect.isfunction(function) and function.__module__ == module.__name__ and not function.__name__.startswith("_"):
                hints = typing.get_type_hints(function)
                hints.pop("return")
                code = {"code": "JSON_INVALIDE", "remede": "Faire."}
                found.append(
                    function(**{name: code.get(name, 2 if kind is int else "x" if kind is str else ()) for name, kind in hints.items()})
                )
    return found


def test_every_message_has_a_code_of_the_closed_set_a_text_and_a_remedy() -> None:
    for each in every_message():
        assert each.code in CODES
        assert each.message.endswith(".")
        assert each.remede.endswith(".")


def test_a_code_outside_the_set_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="AUTRE"):
        fault("AUTRE", "x", "y")


def test_after_a_hundred_faults_the_others_are_counted() -> None:
    faults = FaultList()
    for line in range(250):
        faults.add(messages.bad_quoting(line))
    report = faults.report()
    assert len(report) == MAX_FAULTS + 1
    assert report[-1].message == "Anomalies du même envoi qui ne sont pas détaillées ici : 150."
