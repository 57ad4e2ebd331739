"""`python -m bus.answers`: serves the synchronous answer until SIGTERM or SIGINT."""

import asyncio
import signal
import sys
from datetime import timedelta

import uvloop

from bus import logging
from bus.answers import DETECTIONS, REPLIES
from bus.answers.app import Answers, create_app
from bus.answers.desk import Desk
from bus.answers.doubts import PROCESSOR, look_at
from bus.answers.feed import Feed
from bus.answers.publisher import DetectionPublisher
from bus.answers.questions import BusQuestions
from bus.answers.rights import TOPIC, Rights
from bus.database.connection import connect
from bus.database.freshness import Marks
from bus.database.migrate import check_schema
from bus.database.schema_store import SchemaTable
from bus.engine.assembly import partitioner
from bus.kafka_clients import aiokafka_options
from bus.push.http_push import server_of
from bus.registry_client import RegistryAccess, RegistryClient
from bus.settings import Settings, load_settings
from bus.tokens import TokenFile
from bus.told import Told
from schemas.student_key import StudentKeys
from topics.catalogue import CATALOGUE


async def run(settings: Settings) -> None:
    """Serve; requests in progress are answered and detections published before the end."""
    deployment = settings.deployment()
    database = connect(settings.database.address().render_as_string(hide_password=False), settings.database.db_schema)
    check_schema(database)
    user, password = settings.registry.credentials() or (None, None)
    access = RegistryAccess(settings.registry.url, user, password, settings.registry.ca_file)
    registry = RegistryClient(access, SchemaTable(database, settings.registry.url))
    kafka = aiokafka_options(settings.kafka)
    partitions = deployment.partitions(next(topic for topic in CATALOGUE if topic.name == TOPIC))
    marks, rights = Marks(database, PROCESSOR), Rights()
    fresh_for = timedelta(seconds=settings.answers.fresh_seconds)
    feed = Feed(rights, kafka, deployment.topic(TOPIC), partitions, registry.schema, lambda: look_at(marks, partitions), fresh_for)
    ids = registry.schema_ids({topic: deployment.topic(topic) for topic in (DETECTIONS, REPLIES)})
    detections = DetectionPublisher(kafka, deployment.topic(DETECTIONS), ids[DETECTIONS], partitioner(deployment))
    tokens = TokenFile(settings.http.tokens_file or settings.var / "secrets" / "http_tokens.json")
    desk = Desk(StudentKeys(settings.student_key()), rights, feed, detections)
    questions = BusQuestions(desk, kafka, deployment, registry.schema, ids[REPLIES], timedelta(seconds=settings.answers.question_seconds))
    server = server_of(create_app(Answers(desk, tokens, settings.answers.calls_per_second)), settings.answers.host, settings.answers.port)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    background = [asyncio.create_task(each.run()) for each in (feed, detections, questions)]
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.wait([serving, *background], return_when=asyncio.FIRST_COMPLETED)
        for task in background:
            if task.done():
                task.result()
    finally:
        server.stop()
        await serving
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        registry.close()
        database.dispose()


class NoPort(Told):
    """In production nobody finds a port that changes at each start."""

    exit_code = 2


def main() -> int:
    settings = load_settings()
    if settings.environment == "production" and settings.answers.port == 0:
        raise NoPort("PASSERELLE_ANSWERS__PORT : obligatoire en production pour la réponse synchrone.")
    logging.configure(settings.log_level)
    uvloop.run(run(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
