"""The three real services the tests talk to: those of the environment, of Docker, or of the embedded stack.

The way is chosen by the environment alone, and a chosen way that fails is an error: nothing falls back.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bus.stack import postgres, processes, stack
from bus.stack.places import Places

VARIABLES = ("KAFKA_BOOTSTRAP_SERVERS", "SCHEMA_REGISTRY_URL", "DATABASE_URL")
CHOICE = "PASSERELLE_TEST_SERVICES"
CACHE = Path(__file__).resolve().parent.parent / "var" / "cache"
FOLDER_PREFIX = "passerelle-tests-"


class Kind(StrEnum):
    """Where the services come from."""

    ENVIRONMENT = "environment"
    DOCKER = "docker"
    EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class Services:
    """Addresses of a Kafka, a schema registry and a PostgreSQL that the tests may write to."""

    kafka: str
    """`host:port`."""
    registry: str
    """Base URL of the Confluent API."""
    database: str
    """SQLAlchemy URL, `postgresql+psycopg://…`."""
    kind: Kind
    places: Places | None = None
    """Of the embedded stack."""


class ServicesMissing(Exception):
    """The chosen way cannot be used; the message says what to set."""


def choose(environment: Mapping[str, str]) -> Kind:
    """The way that the environment asks for; a half-set one is refused."""
    given = [name for name in VARIABLES if environment.get(name)]
    if given:
        missing = [name for name in VARIABLES if name not in given]
        if missing:
            raise ServicesMissing(f"{', '.join(given)} donné(s), mais pas {', '.join(missing)} : donnez les trois, ou aucun.")
        return Kind.ENVIRONMENT
    match environment.get(CHOICE, ""):
        case "docker":
            return Kind.DOCKER
        case "" | "embedded":
            return Kind.EMBEDDED
        case other:
            raise ServicesMissing(f"{CHOICE}={other} est inconnu : attendu « docker », « embedded », ou rien.")


@contextmanager
def opened(environment: Mapping[str, str]) -> Iterator[Services]:
    """The services of the chosen way, stopped on the way out when they were started here."""
    with ExitStack() as exits:
        match choose(environment):
            case Kind.ENVIRONMENT:
                kafka, registry, database = (environment[name] for name in VARIABLES)
                yield Services(kafka, registry, database, Kind.ENVIRONMENT)
            case Kind.DOCKER:
                from tests.docker_services import docker_services

                kafka, registry, database = exits.enter_context(docker_services())
                yield Services(kafka, registry, database, Kind.DOCKER)
            case Kind.EMBEDDED:
                yield exits.enter_context(_embedded())


def handed_over(services: Services) -> dict[str, str]:
    """As plain strings, for another process of the same test run."""
    var = str(services.places.var) if services.places else ""
    return {"kafka": services.kafka, "registry": services.registry, "database": services.database, "kind": services.kind, "var": var}


def taken_over(given: Mapping[str, str]) -> Services:
    """The services that `handed_over` described."""
    places = Places.of(Path(given["var"]), CACHE) if given["var"] else None
    return Services(given["kafka"], given["registry"], given["database"], Kind(given["kind"]), places)


@contextmanager
def embedded_places() -> Iterator[Places]:
    """A folder for one stack, with the shared cache; whatever runs there is stopped and removed on the way out."""
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX))
    processes.note(folder / "owner.json", os.getpid())
    places = Places.of(folder / "var", CACHE)
    try:
        yield places
    finally:
        _remove(folder)


def sweep() -> None:
    """Stop and remove the stacks of test runs of ours that were killed before they could do it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{FOLDER_PREFIX}*"):
        owner = folder / "owner.json"
        if folder.stat().st_uid == os.geteuid() and owner.exists() and processes.find(owner) is None:
            _remove(folder)


@contextmanager
def _embedded() -> Iterator[Services]:
    sweep()
    with embedded_places() as places:
        found = stack.up(places)
        yield Services(found.kafka, found.registry, found.database, Kind.EMBEDDED, places)


def _remove(folder: Path) -> None:
    places = Places.of(folder / "var", CACHE)
    if places.var.exists():
        stack.down(places)
        postgres.remove(places)
    shutil.rmtree(folder)
