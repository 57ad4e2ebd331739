"""`passerelle tokens`: plan first, the token once on stdout, never in a list."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bus import tokens
from bus.cli.tokens import app


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = tmp_path / "http_tokens.json"
    monkeypatch.setattr("bus.cli.tokens._file", lambda: found)
    return found


def test_nothing_changes_without_execute(file: Path) -> None:
    run = CliRunner().invoke(app, ["create", "scolarite", "--portee", "apogee:ecrire"])
    assert (run.exit_code, run.stdout) == (0, "")
    assert "Serait créé" in run.stderr
    assert not file.exists()


def test_a_token_is_printed_once_listed_without_its_value_and_revoked(file: Path) -> None:
    made = CliRunner().invoke(app, ["create", "scolarite", "--portee", "apogee:ecrire", "--execute"])
    token = made.stdout.strip()
    assert tokens.TokenFile(file).holder(token) is not None
    listed = CliRunner().invoke(app, ["list", "-o", "json"])
    assert token not in listed.stdout
    assert [(row["name"], row["scopes"]) for row in json.loads(listed.stdout)] == [("scolarite", "apogee:ecrire")]
    CliRunner().invoke(app, ["revoke", "scolarite"])
    assert tokens.TokenFile(file).holder(token) is not None
    CliRunner().invoke(app, ["revoke", "scolarite", "--execute"])
    assert tokens.TokenFile(file).holder(token) is None
