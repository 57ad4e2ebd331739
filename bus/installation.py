"""Brings an installation to this release before its workers start: tables, then topics."""

from bus import topic_admin
from bus.database.connection import connect
from bus.database.migrate import migrate
from bus.kafka_clients import admin_options
from bus.settings import Settings
from bus.stack.downloads import Progress
from topics.catalogue import CATALOGUE


def prepare(settings: Settings, progress: Progress) -> None:
    """Run the missing migrations, create the missing topics, and refuse topics that differ from the catalogue."""
    database = connect(settings.database.address().render_as_string(hide_password=False), settings.database.db_schema)
    try:
        migrate(database, settings.database.db_schema)
    finally:
        database.dispose()
    deployment = settings.deployment()
    with topic_admin.administration(admin_options(settings.kafka)) as client:
        if settings.kafka.create_topics:
            created = topic_admin.create(client, topic_admin.missing(client, CATALOGUE, deployment), deployment)
            if created:
                progress(f"{len(created)} topics créés")
        topic_admin.require(client, CATALOGUE, deployment)
