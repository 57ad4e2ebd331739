"""What commands that ask the brokers need: the settings and an administration client, closed at the end."""

from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from bus.kafka_clients import admin_options
from bus.settings import Settings, load_settings
from bus.told import Told
from bus.topic_admin import administration


class KafkaAway(Told):
    """No broker answers, or not as one that lets us in."""


@contextmanager
def cluster_session() -> Iterator[tuple[Settings, KafkaAdminClient]]:
    """The settings and a client of their cluster. What Kafka answers otherwise than asked ends as KafkaAway."""
    settings = load_settings()
    try:
        with administration(admin_options(settings.kafka)) as client:
            yield settings, client
    except KafkaError as error:
        raise KafkaAway(
            f"Kafka ne répond pas comme attendu ({type(error).__name__}) : vérifier son adresse, nos droits et l'état des courtiers, "
            "ou démarrer la pile (« passerelle up »)."
        ) from error
