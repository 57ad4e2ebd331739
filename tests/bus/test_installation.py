"""What is done once before the workers start."""

from pathlib import Path

import httpx
import pytest
from kafka import KafkaAdminClient

from bus.installation import NotReady, prepare
from bus.settings import DatabaseSettings, Settings
from tests.services import Services
from tests.waiting import PATIENCE
from topics.catalogue import CATALOGUE


@pytest.fixture
def settings(services: Services, prefix: str, schema: str, tmp_path: Path) -> Settings:
    found = Settings(prefix=prefix, var=tmp_path, database=DatabaseSettings(schema=schema))
    return found.with_addresses(services.kafka, services.registry, services.database)


def test_an_empty_installation_gets_tables_topics_and_contracts_and_twice_is_once(settings: Settings) -> None:
    said: list[str] = []
    prepare(settings, said.append)
    assert said == [f"{len(CATALOGUE)} topics créés"]
    prepare(settings, said.append)
    assert len(said) == 1
    subjects = httpx.get(f"{settings.registry.url}/subjects", timeout=PATIENCE).json()
    assert sum(subject.startswith(settings.prefix) for subject in subjects) == len(CATALOGUE)


def test_topics_that_differ_from_the_catalogue_are_refused_with_what_differs(settings: Settings) -> None:
    name = settings.deployment().topic(CATALOGUE[0].name)
    admin = KafkaAdminClient(bootstrap_servers=settings.kafka.bootstrap_servers)
    try:
        admin.create_topics({name: {"num_partitions": 1, "replication_factor": 1}})
    finally:
        admin.close()
    with pytest.raises(NotReady, match=name):
        prepare(settings, lambda _: None)
