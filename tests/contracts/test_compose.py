"""`docker-compose.yml` says what the embedded stack does, and nothing of it is reachable from another machine."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from bus.cli import COMMANDS
from bus.processors import all_processors, domain_of
from bus.pulling.sources import configured
from bus.settings import load_settings
from bus.settings_reading import PLAIN, SECRETS, known_places, variable
from bus.stack import compose_settings, downloads
from bus.stack.secrets import make_for_compose
from bus.workers import commands
from connectors.registry import pull_connectors

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SERVICE_KEYS = {
    *("image", "build", "command", "environment", "ports", "volumes", "healthcheck", "depends_on", "restart", "init"),
    *("secrets", "configs", "stop_grace_period", "env_file"),
}
KRAFT = {
    *("CLUSTER_ID", "KAFKA_NODE_ID", "KAFKA_PROCESS_ROLES", "KAFKA_CONTROLLER_QUORUM_VOTERS", "KAFKA_LISTENERS"),
    *("KAFKA_ADVERTISED_LISTENERS", "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "KAFKA_INTER_BROKER_LISTENER_NAME"),
    *("KAFKA_CONTROLLER_LISTENER_NAMES", "KAFKA_LOG_DIRS", "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR"),
    *("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "KAFKA_AUTO_CREATE_TOPICS_ENABLE"),
}


def _listeners(name: str) -> dict[str, str]:
    pairs = (entry.split("://") for entry in SERVICES["kafka"]["environment"][name].split(","))
    return {listener: address for listener, address in pairs}  # noqa: C416 - dict() would not know the pairs as two


def test_the_file_has_only_known_parts() -> None:
    assert set(COMPOSE) == {"name", "services", "secrets", "configs", "volumes"}
    assert set(SERVICES) == {"kafka", "registry", "postgres", "bus"}
    for name, service in SERVICES.items():
        assert set(service) <= SERVICE_KEYS, name


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned(name: str) -> None:
    image, _, tag = SERVICES[name]["image"].partition(":")
    assert image
    assert tag
    assert tag != "latest"
    if "build" in SERVICES[name]:
        base = re.search(r"^FROM \S+:(\S+)$", SERVICES[name]["build"]["dockerfile_inline"], re.M)
        assert base
        assert base.group(1) != "latest"


def test_the_versions_are_those_of_the_embedded_stack() -> None:
    broker = next(artifact for artifact in downloads.kafka_artifacts() if artifact.name == "kafka_2.13")
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{broker.version}"
    assert SERVICES["registry"]["image"] == f"apicurio/apicurio-registry:{downloads.registry_artifact().version}"
    assert SERVICES["postgres"]["image"] == "postgres:18"


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_health_check_that_can_end(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert set(check) == {"test", "interval", "timeout", "start_period", "retries"}
    assert int(check["timeout"][:-1]) < int(check["interval"][:-1])


@pytest.mark.parametrize("name", SERVICES)
def test_every_published_port_is_on_this_machine_alone(name: str) -> None:
    for port in SERVICES[name].get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port), port


def test_the_bus_waits_for_healthy_services() -> None:
    waits = SERVICES["bus"]["depends_on"]
    assert {name: wait["condition"] for name, wait in waits.items()} == dict.fromkeys(("kafka", "registry", "postgres"), "service_healthy")


def test_the_bus_is_given_only_settings_that_exist_and_the_needed_ones() -> None:
    given = set(SERVICES["bus"]["environment"])
    known = {variable(place) for place in known_places()} | set(PLAIN)
    assert given <= known
    assert set(PLAIN) <= given
    assert SERVICES["bus"]["environment"]["PASSERELLE_ENVIRONMENT"] == "production"


def test_the_bus_runs_commands_that_exist() -> None:
    for command in (SERVICES["bus"]["command"], SERVICES["bus"]["healthcheck"]["test"][1:]):
        assert command[0] == "passerelle"
        assert command[1] in COMMANDS


def test_no_secret_is_in_the_file_and_all_come_from_one_closed_folder(tmp_path: Path) -> None:
    for service in SERVICES.values():
        assert not [name for name in service.get("environment", {}) if "PASSWORD" in name and not name.endswith("_FILE")]
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    make_for_compose(tmp_path / "compose", ["apogee"])
    assert (tmp_path / "compose").stat().st_mode & 0o777 == 0o700
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./var/compose/{name}"}
        assert (tmp_path / "compose" / name).read_text().strip()
    assert set(SERVICES["bus"]["secrets"]) <= set(SECRETS.values())


def _offered(folder: Path) -> dict[str, str]:
    """What the file of settings offers, its secrets where the container would find them."""
    make_for_compose(folder, ["apogee"])
    lines = (folder / compose_settings.FILE).read_text().splitlines()
    pairs = [line.removeprefix("#").split("=", 1) for line in lines if re.match(r"#?[A-Z_]+=", line)]
    assert all(line.startswith("#") for line in lines if line), "nothing is on unless somebody wants it"
    return {name: value.replace(compose_settings.SOURCES, str(folder / compose_settings.FOLDER)) for name, value in pairs}


def test_the_sources_are_turned_on_by_a_file_of_settings_that_exist(tmp_path: Path) -> None:
    folder = tmp_path / "compose"
    offered = _offered(folder)
    assert SERVICES["bus"]["env_file"] == [{"path": f"./var/compose/{compose_settings.FILE}", "required": False}]
    assert f"./var/compose/{compose_settings.FOLDER}:{compose_settings.SOURCES}:ro" in SERVICES["bus"]["volumes"]
    assert set(offered) <= {variable(place) for place in known_places()}
    assert not set(offered) & set(SERVICES["bus"]["environment"])
    for name, value in offered.items():
        if name.endswith("_FILE"):
            Path(value).write_text("secret\n")
    given = {name: value for name, value in SERVICES["bus"]["environment"].items() if name in PLAIN}
    settings = load_settings({**given, **offered, "PASSERELLE_VAR": str(tmp_path)})
    assert configured(settings) == {source.name for source in pull_connectors(bytes(32))}
    assert {"interrogations", "complements"} <= set(commands(settings))
    assert set(settings.domains) == {domain_of(processor) for processor in all_processors()}


def test_settings_that_somebody_filled_in_stay(tmp_path: Path) -> None:
    make_for_compose(tmp_path, ["apogee"])
    filled = tmp_path / compose_settings.FILE
    filled.write_text("PASSERELLE_DOMAINS=bourses\n")
    make_for_compose(tmp_path, ["apogee"])
    assert filled.read_text() == "PASSERELLE_DOMAINS=bourses\n"


def test_kafka_is_given_its_whole_configuration() -> None:
    environment = SERVICES["kafka"]["environment"]
    assert set(environment) >= KRAFT
    assert environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    listeners, advertised = _listeners("KAFKA_LISTENERS"), _listeners("KAFKA_ADVERTISED_LISTENERS")
    controller = environment["KAFKA_CONTROLLER_LISTENER_NAMES"]
    assert set(advertised) == set(listeners) - {controller}
    protocols = dict(entry.split(":") for entry in environment["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(","))
    assert set(protocols) == set(listeners)
    assert environment["KAFKA_INTER_BROKER_LISTENER_NAME"] in advertised
    assert environment["KAFKA_CONTROLLER_QUORUM_VOTERS"] == f"{environment['KAFKA_NODE_ID']}@localhost{listeners[controller]}"
    assert SERVICES["bus"]["environment"]["KAFKA_BOOTSTRAP_SERVERS"] == advertised["INTERNAL"]
    assert advertised["HOST"].rsplit(":", 1)[1] == SERVICES["kafka"]["ports"][0].split(":")[1]
    assert len(environment["CLUSTER_ID"]) == 22


def test_the_services_have_the_names_that_the_bus_is_told() -> None:
    told = SERVICES["bus"]["environment"]
    assert told["SCHEMA_REGISTRY_URL"].startswith("http://registry:8080/")
    assert "@postgres:5432/" in told["DATABASE_URL"]
    open_to_callers = (told["PASSERELLE_HTTP__PORT"], told["PASSERELLE_ANSWERS__PORT"])
    assert SERVICES["bus"]["ports"] == [f"127.0.0.1:{port}:{port}" for port in open_to_callers]


def test_every_named_volume_and_config_is_declared() -> None:
    for service in SERVICES.values():
        named = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert {volume for volume in named if not volume.startswith("./")} <= set(COMPOSE["volumes"])
        assert {config["source"] for config in service.get("configs", [])} <= set(COMPOSE["configs"])


def test_the_image_holds_every_package_of_the_project() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]["include"]
    recipe = SERVICES["bus"]["build"]["dockerfile_inline"]
    for package in packages:
        name = package.rstrip("*")
        assert f"COPY {name} ./{name}" in recipe
    for line in re.findall(r"^COPY (.*) \./\S*$", recipe, re.M):
        for source in line.split():
            assert source == "README.md" or (ROOT / source).exists(), source
