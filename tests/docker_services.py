"""The three servers of `docker-compose.yml` in containers of their own, each on a free port of 127.0.0.1."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import yaml
from sqlalchemy import make_url
from testcontainers.core.container import DockerContainer

from bus.stack import kafka, ports, registry

COMPOSE = Path(__file__).resolve().parent.parent / "docker-compose.yml"
STARTUP_SECONDS = 120.0
ELSEWHERE = ("POSTGRES_PASSWORD_FILE", "SMALLRYE_CONFIG_LOCATIONS")
"""Secrets of the compose file: here the database trusts, and the registry keeps its schemas in memory."""
INSIDE = {"kafka": 9092, "registry": 8080, "postgres": 5432}


@contextmanager
def docker_services() -> Iterator[tuple[str, str, str]]:
    """Addresses of Kafka, of the registry's Confluent API and of the database, once all three answer."""
    declared = yaml.safe_load(COMPOSE.read_text())["services"]
    used = {name: ports.unused() for name in INSIDE}
    containers = {name: _container(name, declared[name], used[name]) for name in INSIDE}
    advertised = f"HOST://{kafka.address(used)},INTERNAL://localhost:19092"
    containers["kafka"].with_env("KAFKA_ADVERTISED_LISTENERS", advertised)
    containers["postgres"].with_env("POSTGRES_HOST_AUTH_METHOD", "trust")
    database = f"postgresql+psycopg://passerelle@127.0.0.1:{used['postgres']}/passerelle"
    with containers["kafka"], containers["registry"], containers["postgres"]:
        _wait(lambda: kafka.ready(used), "Kafka")
        _wait(lambda: registry.ready(used), "le registre de schémas")
        _wait(lambda: _database_ready(database), "PostgreSQL")
        yield kafka.address(used), registry.url(used), database


def _container(name: str, declared: dict[str, Any], port: int) -> DockerContainer:
    container = DockerContainer(declared["image"])
    container.ports[f"{INSIDE[name]}/tcp"] = ("127.0.0.1", port)  # type: ignore[assignment]  # docker takes a pair, its wrapper's type does not
    for variable, value in declared.get("environment", {}).items():
        if variable not in ELSEWHERE and not variable.startswith("APICURIO_"):
            container.with_env(variable, str(value))
    return container


def _database_ready(url: str) -> bool:
    address = make_url(url)
    try:
        psycopg.connect(host=address.host, port=address.port, user=address.username, dbname=address.database, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _wait(ready: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + STARTUP_SECONDS
    while not ready():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} ne répond pas au bout de {STARTUP_SECONDS:.0f} s dans son conteneur.")
        time.sleep(0.2)
