"""How the tests choose their services: by the environment alone, never by what happens to answer."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bus.stack import processes
from tests import services
from tests.services import CHOICE, VARIABLES, Kind, ServicesMissing, choose, embedded_places, opened, sweep

GIVEN = dict.fromkeys(VARIABLES, "x")


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        ({}, Kind.EMBEDDED),
        ({CHOICE: "embedded"}, Kind.EMBEDDED),
        ({CHOICE: "docker"}, Kind.DOCKER),
        (GIVEN, Kind.ENVIRONMENT),
        ({**GIVEN, CHOICE: "docker"}, Kind.ENVIRONMENT),
    ],
)
def test_the_variables_come_first_then_the_choice(environment: dict[str, str], kind: Kind) -> None:
    assert choose(environment) is kind


def test_half_set_variables_are_refused_and_the_missing_ones_named() -> None:
    with pytest.raises(ServicesMissing, match="DATABASE_URL"):
        choose({"KAFKA_BOOTSTRAP_SERVERS": "x", "SCHEMA_REGISTRY_URL": "x"})


def test_an_unknown_choice_is_refused() -> None:
    with pytest.raises(ServicesMissing, match="podman"):
        choose({CHOICE: "podman"})


def test_given_services_are_used_as_they_are() -> None:
    with opened({name: f"x{rank}" for rank, name in enumerate(VARIABLES)}) as found:
        assert (found.kafka, found.registry, found.database) == ("x0", "x1", "x2")


def test_a_chosen_way_that_fails_is_an_error_and_nothing_else_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("Kafka ne démarre pas")

    monkeypatch.setattr("tests.services.stack.up", broken)
    with pytest.raises(RuntimeError, match="ne démarre pas"), opened({}):
        raise AssertionError("services that do not exist were given")
    assert not [folder for folder in Path(tempfile.gettempdir()).glob("passerelle-tests-*") if _mine(folder)]


def _mine(folder: Path) -> bool:
    owner = processes.find(folder / "owner.json")
    return owner is not None and owner.pid == os.getpid() and not (folder / "var" / "run").exists()


def test_what_a_killed_run_left_is_stopped_and_removed_and_living_runs_are_left_alone() -> None:
    program = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom bus.stack import processes\nfrom tests.services import embedded_places\n"
        "with embedded_places() as places:\n"
        "    processes.spawn([sys.executable, '-c', 'import time; time.sleep(600)'], pid_file=places.pid('kafka'),"
        " log=places.log('kafka'), environment={})\n"
        "    print(places.var.parent, flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(services.__file__).resolve().parent.parent
    killed = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True)
    left = Path(killed.stdout.strip())
    assert left.is_dir()
    server = processes.find(left / "var" / "run" / "kafka.json")
    assert server is not None
    with embedded_places() as living:
        sweep()
        assert living.var.parent.exists()
    assert not left.exists()
    assert not server.is_running() or server.status() == "zombie"
