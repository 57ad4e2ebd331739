"""Brings an installation to this release before its workers start: tables, topics, contracts."""

import sqlalchemy

from bus import topic_admin
from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.kafka_clients import admin_options
from bus.registry_access import registry_client
from bus.registry_client import RegistryAway, RegistryRefuses
from bus.settings import Settings
from bus.stack.downloads import Progress
from bus.told import Told
from topics.catalogue import CATALOGUE


class NotReady(Told):
    """The services are not what this release needs; the text says how they differ and what to do."""


def prepare(settings: Settings, progress: Progress) -> None:
    """Run the missing migrations, create the missing topics, register the contracts. Twice changes nothing.

    Raises NotReady for topics that differ from the catalogue, for a contract that the registered one cannot be read with,
    and for a registry that does not answer. One process does it before all workers start: side by side they would meet.
    """
    database = connect(settings.database.address().render_as_string(hide_password=False), settings.database.db_schema)
    try:
        migrate(database, settings.database.db_schema)
        _topics(settings, progress)
        _contracts(settings, database)
    except (topic_admin.TopicsDiffer, RegistryRefuses, RegistryAway) as refusal:
        raise NotReady(str(refusal)) from refusal
    finally:
        database.dispose()


def _topics(settings: Settings, progress: Progress) -> None:
    deployment = settings.deployment()
    with topic_admin.administration(admin_options(settings.kafka)) as client:
        if settings.kafka.create_topics:
            created = topic_admin.create(client, topic_admin.missing(client, CATALOGUE, deployment), deployment)
            if created:
                progress(f"{len(created)} topics créés")
        topic_admin.require(client, CATALOGUE, deployment)


def _contracts(settings: Settings, database: sqlalchemy.Engine) -> None:
    deployment = settings.deployment()
    with registry_client(settings, database) as registry:
        registry.schema_ids({topic.name: deployment.topic(topic.name) for topic in CATALOGUE})
