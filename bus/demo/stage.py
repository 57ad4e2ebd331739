"""The installation that the demonstration plays on: this folder's embedded stack, emptied of the demonstration before."""

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import sqlalchemy
from kafka.errors import KafkaError
from sqlalchemy import text

from bus import supervisor, topic_admin
from bus.cli.stack import up
from bus.database.connection import connect
from bus.deployment import Deployment
from bus.kafka_clients import admin_options
from bus.processors import all_processors
from bus.registry_client import subject_of
from bus.settings import Settings, load_settings
from bus.stack.places import Places
from bus.told import Told
from topics.catalogue import CATALOGUE

MARKER = "demo.json"
PATIENCE = 60.0


class Occupied(Told):
    """The installation holds something else than a demonstration."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Stage:
    """An empty installation with its workers running."""

    settings: Settings
    places: Places
    database: sqlalchemy.Engine


def set_up() -> Stage:
    """Start the services, remove what the last demonstration left, start the workers. Raises Occupied rather than remove other data."""
    up(workers=False)
    settings = load_settings()
    places = Places.of(settings.var, settings.cache_folder)
    marker = settings.var / MARKER
    database = connect(settings.database.address().render_as_string(hide_password=False), settings.database.db_schema)
    if marker.exists():
        supervisor.stop(places)
        _empty(settings, database)
    elif _holds_data(database):
        database.dispose()
        raise Occupied(
            f"L'installation de {settings.var} contient déjà des données. La démonstration demande un autre dossier : PASSERELLE_VAR=… ."
        )
    marker.write_text(json.dumps({"rejouable": True}) + "\n")
    up(workers=True)
    return Stage(load_settings(), places, database)


def _holds_data(database: sqlalchemy.Engine) -> bool:
    with database.begin() as connection:
        known = connection.execute(text("SELECT to_regclass('tasks') IS NOT NULL")).scalar_one()
        return bool(known) and connection.execute(text("SELECT count(*) FROM tasks WHERE sequence > 0")).scalar_one() > 0


def _empty(settings: Settings, database: sqlalchemy.Engine) -> None:
    with database.begin() as connection:
        connection.execute(text(f'DROP SCHEMA IF EXISTS "{settings.database.db_schema}" CASCADE'))
    database.dispose()
    for folder in (settings.inbox_folder, settings.outbox_folder):
        shutil.rmtree(folder, ignore_errors=True)
    _forget_kafka(settings, settings.deployment())
    _forget_contracts(settings, settings.deployment())


def _forget_kafka(settings: Settings, deployment: Deployment) -> None:
    names = [deployment.topic(topic.name) for topic in CATALOGUE]
    with topic_admin.administration(admin_options(settings.kafka)) as client:
        standing = sorted(topic_admin.existing(client, names))
        if standing:
            client.delete_topics(standing)
        wait_for(lambda: not topic_admin.existing(client, names), "la suppression des topics de la démonstration précédente")
        for processor in all_processors():
            try:
                client.delete_groups([deployment.group(processor.name)])
            except KafkaError:
                continue  # a group that never was, or that the broker forgets by itself


def _forget_contracts(settings: Settings, deployment: Deployment) -> None:
    """Contracts of a program that changed since: an empty bus has no reader to stay compatible with."""
    user = settings.registry.credentials()
    with httpx.Client(base_url=settings.registry.url, auth=user, timeout=10) as registry:
        subjects = {subject_of(deployment.topic(topic.name)) for topic in CATALOGUE}
        for subject in sorted(subjects & set(registry.get("/subjects").json())):
            registry.delete(f"/subjects/{subject}").raise_for_status()
            registry.delete(f"/subjects/{subject}", params={"permanent": "true"}).raise_for_status()


def wait_for(condition: Callable[[], bool], what: str, patience: float = PATIENCE, every: float = 0.2) -> None:
    """Wait until the condition holds. Raises TimeoutError, which says what did not come."""
    until = time.monotonic() + patience
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"{what} : toujours pas après {patience:.0f} s (journaux : var/logs)")
        time.sleep(every)


def folder_of(settings: Settings, system: str) -> Path:
    """Where a file is dropped for a system."""
    folder = settings.inbox_folder / system / "depot"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
