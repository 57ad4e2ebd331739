"""Apicurio Registry on 127.0.0.1 with an H2 file: schema ids outlive a restart. Clients use its Confluent API."""

import urllib.request
from collections.abc import Mapping
from pathlib import Path

from bus.stack import java, processes
from bus.stack.places import Places

SERVICE = "registry"
PORTS = ("registry", "registry_management")
TITLE = "Le registre de schémas"


def url(ports: Mapping[str, int]) -> str:
    """The base of the Confluent API."""
    return f"http://127.0.0.1:{ports['registry']}/apis/ccompat/v7"


def start(places: Places, ports: Mapping[str, int], tree: Path) -> None:
    """Start the registry and return once it answers."""
    folder = places.data(SERVICE)
    pid_file, log = places.pid(SERVICE), places.log(SERVICE)
    settings = {
        "QUARKUS_HTTP_HOST": "127.0.0.1",
        "QUARKUS_HTTP_PORT": str(ports["registry"]),
        "QUARKUS_MANAGEMENT_HOST": "127.0.0.1",  # else the management port listens on every address
        "QUARKUS_MANAGEMENT_PORT": str(ports["registry_management"]),
        "QUARKUS_LOG_LEVEL": "WARN",
        "APICURIO_STORAGE_KIND": "sql",
        "APICURIO_STORAGE_SQL_KIND": "h2",
        "APICURIO_DATASOURCE_URL": f"jdbc:h2:file:{folder / 'schemas'}",
    }
    processes.spawn(
        [*java.command("256m", "-jar", "quarkus-run.jar")],
        pid_file=pid_file,
        log=log,
        environment={**java.environment(folder), **settings},
        folder=tree,
    )
    processes.wait_until(lambda: ready(ports), service=TITLE, pid_file=pid_file, log=log)


def ready(ports: Mapping[str, int]) -> bool:
    """Whether the registry answers a client."""
    try:
        with urllib.request.urlopen(f"{url(ports)}/subjects", timeout=2) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except OSError:
        return False
