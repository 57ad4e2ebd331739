"""`passerelle tasks`, `sinks` and `dead-letters` on a real installation: plan first, `--execute` to change, exit codes that say."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import text
from typer.testing import CliRunner

from bus.cli import app
from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.told import Told
from tests.services import Services


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


class Commands:
    """Runs the real commands as `passerelle` does, in this process: starting one takes longer than its work."""

    def __init__(self, services: Services, schema: str, var: Path) -> None:
        self.database = connect(services.database, schema)
        migrate(self.database, schema)
        self._environment = {
            "KAFKA_BOOTSTRAP_SERVERS": services.kafka,
            "SCHEMA_REGISTRY_URL": services.registry,
            "DATABASE_URL": services.database,
            "PASSERELLE_DATABASE__SCHEMA": schema,
            "PASSERELLE_VAR": str(var),
            "NO_COLOR": "1",
        }

    def run(self, *words: str) -> Done:
        result = CliRunner().invoke(app, words, env=self._environment)
        told = result.exception
        if isinstance(told, Told):
            return Done(told.exit_code, result.stdout, f"{result.stderr}{told}")
        if told is not None and not isinstance(told, SystemExit):
            raise told
        return Done(result.exit_code, result.stdout, result.stderr)

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "-o", "json").stdout)

    def sql(self, statement: str) -> list[sqlalchemy.Row[Any]]:
        with self.database.begin() as connection:
            found = connection.execute(text(statement))
            return list(found) if found.returns_rows else []


@pytest.fixture
def commands(services: Services, schema: str, tmp_path: Path) -> Iterator[Commands]:
    made = Commands(services, schema, tmp_path)
    yield made
    made.database.dispose()


def stopped(commands: Commands) -> None:
    commands.sql(
        "INSERT INTO tasks (processor, partition, epoch, sequence, cluster_id, stopped) VALUES ('bourses', 0, 3, 7, 'c', 'Parce que.')"
    )


def test_a_stopped_task_is_shown_with_its_reason_and_fails_the_check(commands: Commands) -> None:
    stopped(commands)
    shown = commands.run("tasks", "list", "-o", "json")
    assert shown.returncode == 3
    assert json.loads(shown.stdout)[0]["arret"] == "Parce que."


def test_resume_shows_the_plan_and_changes_only_with_execute(commands: Commands) -> None:
    stopped(commands)
    planned = commands.run("tasks", "resume", "bourses")
    assert planned.returncode == 0
    assert "Parce que." in planned.stderr
    assert commands.sql("SELECT stopped FROM tasks")[0][0] == "Parce que."
    assert commands.run("tasks", "resume", "bourses", "--execute").returncode == 0
    assert commands.sql("SELECT stopped FROM tasks")[0][0] is None
    assert commands.run("tasks", "list").returncode == 0


def test_adopt_forgets_the_checkpoints_only_with_execute(commands: Commands) -> None:
    stopped(commands)
    commands.sql("INSERT INTO checkpoints (processor, partition, topic, topic_id, next_offset) VALUES ('bourses', 0, 't', 'i', 12)")
    assert "point de reprise 12" in commands.run("tasks", "adopt", "bourses").stderr
    assert len(commands.sql("SELECT 1 FROM checkpoints")) == 1
    commands.run("tasks", "adopt", "bourses", "--execute")
    assert not commands.sql("SELECT 1 FROM checkpoints")
    assert commands.sql("SELECT cluster_id, stopped FROM tasks")[0] == ("", None)


def test_a_sink_starts_in_observation_and_changes_mode_with_execute(commands: Commands, tmp_path: Path) -> None:
    assert {row["mode"] for row in commands.json("sinks", "list")} == {"observation"}
    commands.run("sinks", "mode", "aglae.decisions", "actif")
    assert {row["mode"] for row in commands.json("sinks", "list")} == {"observation"}
    assert commands.run("sinks", "mode", "aglae.decisions", "redirige").returncode == 4
    assert commands.run("sinks", "mode", "aglae.decisions", "redirige", "--vers", str(tmp_path), "--execute").returncode == 0
    found = {row["sortie"]: row for row in commands.json("sinks", "list")}
    assert (found["aglae.decisions"]["mode"], found["aglae.decisions"]["cible"]) == ("redirige", str(tmp_path))
    assert commands.run("sinks", "mode", "inconnue", "actif").returncode == 2


def test_dead_letters_are_listed_without_key_headers_or_bytes(commands: Commands) -> None:
    commands.sql(
        'INSERT INTO dead_letters (processor, topic, partition, "offset", code, reason, key, headers, value) '
        "VALUES ('bourses', 'apogee.inscriptions.v1', 1, 42, 'AVRO_ENTETE', 'Illisible.', 'secretkey', '{\"ce_id\": \"x\"}', '\\x0102')"
    )
    listed = commands.run("dead-letters", "list", "-o", "json")
    assert listed.returncode == 0
    assert "secretkey" not in listed.stdout
    letter = json.loads(listed.stdout)[0]
    assert (letter["code"], letter["offset"]) == ("AVRO_ENTETE", 42)
    assert commands.json("dead-letters", "count") == [{"processor": "bourses", "code": "AVRO_ENTETE", "nombre": 1}]
    shown = json.loads(commands.run("dead-letters", "show", str(letter["id"])).stdout)[0]
    assert shown["octets"] == 2
    assert "valeur_hexadecimale" not in shown
    assert commands.run("dead-letters", "redrive", "999999").returncode == 4


def test_connectors_name_their_system_direction_topics_and_state(commands: Commands) -> None:
    rows = commands.json("connectors", "list")
    assert {"nom", "systeme", "sens", "topics", "transports", "etat"} == set(rows[0])
    by_name = {row["nom"]: row for row in rows}
    assert by_name["apogee"]["topics"] == ["apogee.inscriptions.v1"]
    assert by_name["aglae.decisions"]["etat"] == "observation"
    assert {row["sens"] for row in rows} == {"entrée", "sortie"}


def test_the_tables_are_checked_and_migrated(commands: Commands) -> None:
    assert commands.run("database", "check").returncode == 0
    commands.sql("UPDATE alembic_version SET version_num = '0000'")
    assert commands.run("database", "check").returncode == 3
