"""Topics and lag on a real broker."""

from collections.abc import Iterator
from functools import partial

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata

from bus.deployment import Deployment
from bus.lag import STARTING, GroupInputs, measure, total
from bus.topic_admin import (
    TopicsDiffer,
    administration,
    cluster_identity,
    configs_of,
    create,
    differences,
    existing,
    missing,
    patiently,
    require,
    topic_ids,
)
from tests.services import Services
from topics.catalogue import Key, Personal, Topic

pytestmark = pytest.mark.broker

CHOSES = Topic("essai.choses.v1", "Essai.", Key.UAI, Personal.NONE)
VERROU = Topic("essai.verrou.v1", "Essai.", Key.VERROU, Personal.NONE, compacted=True, partitions=1)
TOPICS = (CHOSES, VERROU)


@pytest.fixture
def client(services: Services) -> Iterator[KafkaAdminClient]:
    with administration({"bootstrap_servers": services.kafka}) as client:
        yield client


def test_topics_are_created_as_the_catalogue_says(client: KafkaAdminClient, prefix: str) -> None:
    here = Deployment(prefix)
    assert [sentence.endswith("n'existe pas.") for sentence in differences(client, TOPICS, here)] == [True, True]
    assert set(create(client, TOPICS, here)) == {f"{prefix}essai.choses.v1", f"{prefix}essai.verrou.v1"}
    assert differences(client, TOPICS, here) == []
    require(client, TOPICS, here)
    found = existing(client, [f"{prefix}essai.choses.v1", f"{prefix}essai.verrou.v1", f"{prefix}absent"])
    assert {name: (topic.partitions, topic.replication_factor) for name, topic in found.items()} == {
        f"{prefix}essai.choses.v1": (4, 1),
        f"{prefix}essai.verrou.v1": (1, 1),
    }
    assert configs_of(VERROU, here).items() <= found[f"{prefix}essai.verrou.v1"].configs.items()


def test_what_exists_is_left_as_it_is(client: KafkaAdminClient, prefix: str) -> None:
    here = Deployment(prefix)
    create(client, [CHOSES], here)
    before = topic_ids(client, [CHOSES.name], here)
    assert missing(client, TOPICS, here) == (VERROU,)
    assert create(client, TOPICS, here) == (f"{prefix}essai.verrou.v1",)
    assert create(client, TOPICS, here) == ()
    assert topic_ids(client, [CHOSES.name], here) == before


def test_every_difference_is_said_and_nothing_starts(client: KafkaAdminClient, prefix: str) -> None:
    here = Deployment(prefix)
    name = here.topic(CHOSES.name)
    configs = {"cleanup.policy": "compact", "retention.ms": "1000", "max.message.bytes": "1000", "compression.type": "zstd"}
    client.create_topics({name: {"num_partitions": 2, "replication_factor": 1, "configs": configs}}, wait_for_metadata=True)
    said = differences(client, [CHOSES], here)
    assert [sentence for sentence in said if not sentence.startswith(name)] == []
    for part in (
        "2 partitions, 4 attendues",
        "cleanup.policy vaut compact",
        "retention.ms vaut 1000",
        "max.message.bytes vaut 1000",
        "compression.type vaut zstd",
    ):
        assert any(part in sentence for sentence in said), part
    assert len(said) == 5
    with pytest.raises(TopicsDiffer, match="retention") as refusal:
        require(client, [CHOSES], here)
    assert list(refusal.value.differences) == said


def test_production_asks_for_more_copies_than_one_broker_has(client: KafkaAdminClient, prefix: str) -> None:
    create(client, [VERROU], Deployment(prefix))
    said = differences(client, [VERROU], Deployment(prefix, production=True))
    assert any("facteur de réplication 1, au moins 3" in sentence for sentence in said)
    assert any("min.insync.replicas vaut 1, 2" in sentence for sentence in said)


def test_a_topic_made_again_has_another_id(client: KafkaAdminClient, prefix: str) -> None:
    here = Deployment(prefix)
    create(client, [VERROU], here)
    before = topic_ids(client, [VERROU.name], here)
    client.delete_topics([here.topic(VERROU.name)])
    patiently(partial(_gone, client, here.topic(VERROU.name)), (StillThere,))
    create(client, [VERROU], here)
    assert topic_ids(client, [VERROU.name], here) != before


class StillThere(Exception):
    """A topic that is being removed."""


def _gone(client: KafkaAdminClient, name: str) -> None:
    if existing(client, [name]):
        raise StillThere(name)


def test_the_ids_of_cluster_and_topics_are_read(client: KafkaAdminClient, prefix: str) -> None:
    here = Deployment(prefix)
    create(client, [CHOSES], here)
    assert len(cluster_identity(client)) == 22
    assert cluster_identity(client) == cluster_identity(client)
    assert len(topic_ids(client, [CHOSES.name], here)[CHOSES.name]) == 36
    with pytest.raises(TopicsDiffer, match=r"essai\.verrou\.v1"):
        topic_ids(client, [CHOSES.name, VERROU.name], here)


def test_the_lag_of_a_partition_never_read_is_not_zero(client: KafkaAdminClient, services: Services, prefix: str) -> None:
    here = Deployment(prefix)
    create(client, [VERROU], here)
    _produce(services, here.topic(VERROU.name), 3)
    group = GroupInputs("essai", (VERROU.name, CHOSES.name))
    (lag,) = measure(client, [group], here)
    assert (lag.group, lag.topic, lag.partition) == (f"{prefix}passerelle.essai", VERROU.name, 0)
    assert (lag.committed, lag.end, lag.count) == (None, 3, None)
    assert total([lag]) == 0


def test_the_lag_is_what_is_between_the_committed_offset_and_the_end(client: KafkaAdminClient, services: Services, prefix: str) -> None:
    here = Deployment(prefix)
    create(client, TOPICS, here)
    _produce(services, here.topic(VERROU.name), 5)
    place = TopicPartition(here.topic(VERROU.name), 0)
    for committed, expected in ((2, 3), (5, 0)):
        offset = OffsetAndMetadata(committed, "", -1)
        patiently(partial(client.alter_group_offsets, here.group("essai"), {place: offset}), STARTING)
        lags = measure(client, [GroupInputs("essai", (VERROU.name, CHOSES.name))], here)
        assert {(each.topic, each.partition): each.count for each in lags} == {
            (VERROU.name, 0): expected,
            **{(CHOSES.name, partition): None for partition in range(4)},
        }
        assert total(lags) == expected


def _produce(services: Services, topic: str, count: int) -> None:
    producer = KafkaProducer(bootstrap_servers=services.kafka)
    for rank in range(count):
        producer.send(topic, value=b"x", key=str(rank).encode(), partition=0)
    producer.flush()
    producer.close()
