"""The fixtures that every test of the bus stands on."""

import psycopg
from kafka import KafkaAdminClient
from sqlalchemy import make_url

from tests.services import Services


def test_a_test_has_a_prefix_and_a_schema_of_its_own(services: Services, prefix: str, schema: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=services.kafka)
    try:
        admin.create_topics({f"{prefix}essai.v1": {"num_partitions": 1, "replication_factor": 1}})
        assert f"{prefix}essai.v1" in admin.list_topics()
    finally:
        admin.close()
    url = make_url(services.database).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as link:
        link.execute(f"create table {schema}.essai (valeur text)")
    assert prefix.endswith(".")


def test_what_the_previous_test_made_is_gone(services: Services, prefix: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=services.kafka)
    try:
        assert not [topic for topic in admin.list_topics() if topic.endswith("essai.v1")]
    finally:
        admin.close()
