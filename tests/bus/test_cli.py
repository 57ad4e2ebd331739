"""The `passerelle` command as a whole: help, lazy loading, errors for people."""

import os
import subprocess
import sys
from importlib import import_module

import pytest

from bus.cli import COMMANDS, load

PROGRAM = "import sys; sys.argv[0] = 'passerelle'; from bus.cli import main; main()"


SETTINGS = ("PASSERELLE_", "KAFKA_BOOTSTRAP_SERVERS", "SCHEMA_REGISTRY_URL", "DATABASE_URL")


def _passerelle(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command with these settings and no other."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    return subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, env={**ours, **variables})


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_where_its_line_says(name: str) -> None:
    module, _, attribute = COMMANDS[name][0].partition(":")
    assert hasattr(import_module(module), attribute)
    assert load(name).name == name


def test_help_names_every_command_and_imports_no_heavy_module() -> None:
    done = _passerelle("--help")
    assert done.returncode == 0
    assert all(name in done.stdout for name in COMMANDS)
    heavy = "import sys\nfrom bus import cli\ntry: cli.main()\nexcept SystemExit: pass\nprint(sorted(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", heavy, "--help"], capture_output=True, text=True, check=True).stdout
    assert not [name for name in ("kafka", "sqlalchemy", "pydantic", "faust", "lxml", "rich") if f"'{name}'" in shown]


def test_an_unknown_command_is_a_usage_error_with_the_nearest_name() -> None:
    done = _passerelle("statut")
    assert done.returncode == 2
    assert "'status'" in done.stderr


def test_faults_of_the_settings_are_said_without_a_trace() -> None:
    done = _passerelle("status", PASSERELLE_KAFKA__SESSION_TIMEOUT_MS="lent", PASSERELLE_INCONNU="1")
    assert done.returncode == 2
    assert "2 réglages sont à corriger" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_embedded_stack_is_refused_where_services_are_given() -> None:
    done = _passerelle("up", KAFKA_BOOTSTRAP_SERVERS="h:1", SCHEMA_REGISTRY_URL="http://h", DATABASE_URL="postgresql://h/b")
    assert done.returncode == 4
    assert "pile embarquée" in done.stderr


def test_status_of_a_stopped_stack_fails_as_a_check(tmp_path: object) -> None:
    done = _passerelle("status", "-o", "json", PASSERELLE_VAR=str(tmp_path))
    assert done.returncode == 3
    assert '"kafka"' in done.stdout
