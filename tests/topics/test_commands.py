"""`passerelle topics` and `passerelle lag`, as an operator types them."""

import json

import pytest
from typer.testing import CliRunner, Result

from bus.cli import lag, topics
from bus.deployment import Deployment
from bus.topic_admin import TopicsDiffer
from tests.services import Services
from topics.catalogue import CATALOGUE


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("NO_COLOR", "1")
    return CliRunner()


def test_the_plan_needs_no_service(run: CliRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERELLE_ENVIRONMENT", "embedded")
    found = run.invoke(topics.app, ["plan", "-o", "json"])
    assert found.exit_code == 0, found.stderr
    rows = {row["topic"]: row for row in json.loads(found.stdout)}
    assert set(rows) == {topic.name for topic in CATALOGUE}
    assert rows["apogee.inscriptions.v1"]["retention.ms"] == "2592000000"


@pytest.mark.parametrize("part", ["topics", "groupes", "transactions", "droits"])
def test_every_part_of_the_plan_has_its_three_forms(run: CliRunner, part: str) -> None:
    as_json = json.loads(run.invoke(topics.app, ["plan", part, "-o", "json"]).stdout)
    lines = run.invoke(topics.app, ["plan", part, "-o", "jsonl"]).stdout.splitlines()
    table = run.invoke(topics.app, ["plan", part]).stdout.splitlines()
    assert as_json
    assert [json.loads(line) for line in lines] == as_json
    assert len(table) == len(as_json) + 1


def test_an_unknown_part_or_processor_is_a_usage_error(run: CliRunner) -> None:
    assert run.invoke(topics.app, ["plan", "rien"]).exit_code == 2
    found = run.invoke(lag.app, ["--processeur", "rien"])
    assert found.exit_code == 2
    assert "Connus : bourses" in found.stderr


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, services: Services, prefix: str) -> Deployment:
    for name, value in (
        ("KAFKA_BOOTSTRAP_SERVERS", services.kafka),
        ("SCHEMA_REGISTRY_URL", services.registry),
        ("DATABASE_URL", services.database),
        ("PASSERELLE_PREFIX", prefix),
    ):
        monkeypatch.setenv(name, value)
    return Deployment(prefix)


def test_topics_are_shown_then_created_then_checked(run: CliRunner, here: Deployment) -> None:
    name = here.topic("apogee.inscriptions.v1")
    assert _rows(run.invoke(topics.app, ["list", "-o", "json"]))[name]["existe"] is False
    assert run.invoke(topics.app, ["check"]).exit_code == 3
    plan = run.invoke(topics.app, ["create", "-o", "json"])
    assert set(_rows(plan)) == {here.topic(topic.name) for topic in CATALOGUE}
    assert "--execute" in plan.stderr
    assert _rows(run.invoke(topics.app, ["list", "-o", "json"]))[name]["existe"] is False, "the plan alone creates nothing"

    done = run.invoke(topics.app, ["create", "--execute"])
    assert done.exit_code == 0, done.stderr
    assert f"{len(CATALOGUE)} topic(s) créé(s)" in done.stderr
    assert _rows(run.invoke(topics.app, ["list", "-o", "json"]))[name]["partitions"] == 4
    checked = run.invoke(topics.app, ["check", "-o", "json"])
    assert (checked.exit_code, json.loads(checked.stdout)) == (0, [])

    lags = json.loads(run.invoke(lag.app, ["-o", "json", "--processeur", "bourses"]).stdout)
    assert {"group", "topic", "partition", "committed", "end", "count"} == set(lags[0])
    assert {row["group"] for row in lags} == {here.group("bourses")}
    assert {row["count"] for row in lags} == {None}
    shown = run.invoke(lag.app, ["--processeur", "bourses", "--seuil", "0"])
    assert shown.exit_code == 0
    assert "—" in shown.stdout


def test_the_creation_is_refused_where_administrators_do_it(run: CliRunner, here: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERELLE_KAFKA__CREATE_TOPICS", "false")
    found = run.invoke(topics.app, ["create", "--execute"])
    assert isinstance(found.exception, topics.CreationRefused)
    assert found.exception.exit_code == 4
    assert TopicsDiffer(["x"]).exit_code == 4
    assert run.invoke(topics.app, ["check"]).exit_code == 3


def _rows(found: Result) -> dict[str, dict[str, object]]:
    assert found.exit_code == 0, found.stderr
    return {row["topic"]: row for row in json.loads(found.stdout)}
