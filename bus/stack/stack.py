"""Starts, stops and shows the three services together."""

import fcntl
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from bus.stack import kafka, ports, postgres, processes, registry
from bus.stack.downloads import MAVEN_CENTRAL, Progress, kafka_jars, registry_tree
from bus.stack.places import Places

SERVICES = (kafka.SERVICE, registry.SERVICE, postgres.SERVICE)
PORTS = (*kafka.PORTS, *registry.PORTS, "http", "reponses")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the three services are."""

    kafka: str
    """`host:port`."""
    registry: str
    """Base URL of the Confluent API."""
    database: str
    """SQLAlchemy URL, `postgresql+psycopg://…`."""


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One line of `passerelle status`."""

    name: str
    address: str
    running: processes.Running | None


def up(places: Places, progress: Progress = lambda _: None, repository: str = MAVEN_CENTRAL) -> Addresses:
    """Start what does not run yet, all three side by side, and return once all answer.

    When one fails, those that this call started are stopped again and the failure is raised. Twice `up` is once.
    """
    with _alone(places):
        before = {service for service in SERVICES if processes.find(places.pid(service))}
        postgres.claim(places)
        used = ports.remember(places.var / ports.FILE, PORTS, running=_ports_of(before))
        starts: dict[str, Callable[[], None]] = {
            kafka.SERVICE: lambda: kafka.start(places, used, kafka_jars(places.cache, repository, progress)),
            registry.SERVICE: lambda: registry.start(places, used, registry_tree(places.cache, repository, progress)),
            postgres.SERVICE: lambda: postgres.start(places),
        }
        missing = [service for service in SERVICES if service not in before]
        try:
            with ThreadPoolExecutor(len(SERVICES)) as pool:
                for service, end in [(service, pool.submit(starts[service])) for service in missing]:
                    end.result()
                    progress(f"{service} : prêt")
        except BaseException:
            for service in missing:
                _stop(places, service)
            raise
        return addresses(places, used)


def down(places: Places, progress: Progress = lambda _: None) -> tuple[str, ...]:
    """Stop what runs, by its own pid. Returns the names of what was stopped; the data stay."""
    with _alone(places), ThreadPoolExecutor(len(SERVICES)) as pool:
        stopped = pool.map(lambda service: _stop(places, service), SERVICES)
        names = tuple(service for service, was in zip(SERVICES, stopped, strict=True) if was)
    for name in names:
        progress(f"{name} : arrêté")
    return names


def status(places: Places) -> tuple[ServiceStatus, ...]:
    """The three services as they are now."""
    used = ports.read(places.var / ports.FILE)
    where = addresses(places, used) if used else None
    known = {kafka.SERVICE: where.kafka, registry.SERVICE: where.registry, postgres.SERVICE: where.database} if where else {}
    return tuple(ServiceStatus(name, known.get(name, ""), processes.running(places.pid(name))) for name in SERVICES)


def addresses(places: Places, used: Mapping[str, int]) -> Addresses:
    """The addresses that these ports give."""
    return Addresses(kafka.address(used), registry.url(used), postgres.url(places))


def found(places: Places) -> Addresses | None:
    """The addresses of the stack if all of it runs."""
    if not all(processes.find(places.pid(service)) for service in SERVICES):
        return None
    return addresses(places, ports.read(places.var / ports.FILE))


def _stop(places: Places, service: str) -> bool:
    return postgres.stop(places) if service == postgres.SERVICE else processes.stop(places.pid(service))


def _ports_of(services: set[str]) -> tuple[str, ...]:
    by_service = {kafka.SERVICE: kafka.PORTS, registry.SERVICE: registry.PORTS}
    return ("http", "reponses", *(port for service in services for port in by_service.get(service, ())))


@contextmanager
def _alone(places: Places) -> Iterator[None]:
    """Two commands never start or stop the same stack side by side."""
    places.var.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (places.var / "stack.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
