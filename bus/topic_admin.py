"""Creates the topics of the catalogue and compares those that exist with it, through kafka-python's administration client."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import TopicAlreadyExistsError, for_code

from bus.deployment import Deployment
from bus.told import Told
from topics.catalogue import Topic

Result = TypeVar("Result")

DAY_MS = 24 * 3600 * 1000
MAX_MESSAGE_BYTES = 1_048_588
"""The broker's own default, said explicitly: producers refuse above it, and a pass-through file travels in chunks."""
UNCOMPRESSED, AS_SENT = "uncompressed", "producer"
"""The broker opens what others compress: no reader needs their codecs, and a small batch that would be a huge one is refused there."""
READABLE = frozenset({UNCOMPRESSED, "gzip", AS_SENT})
"""Of an existing topic. As sent is what a topic of an older release has: it works as long as nobody compresses by snappy, lz4 or zstd."""

UNKNOWN_TOPIC = 3
PATIENCE = 20.0
"""Seconds during which an answer that a broker gives only while it starts is asked again."""


class TopicsDiffer(Told):
    """The topics that exist are not those of the catalogue: nothing starts on them. `differences` are French sentences."""

    exit_code = 4

    def __init__(self, differences: Iterable[str]) -> None:
        self.differences = tuple(differences)
        super().__init__(
            "Les topics ne sont pas ceux du catalogue :\n- "
            + "\n- ".join(self.differences)
            + "\nCréez ce qui manque par « passerelle topics create --execute » ; corrigez le reste sur le courtier."
        )


@dataclass(frozen=True, slots=True)
class ExistingTopic:
    """A topic as the cluster has it."""

    name: str
    """With its prefix."""
    id: str
    """The topic's UUID: another one under the same name is another topic."""
    partitions: int
    replication_factor: int
    """The smallest of its partitions."""
    configs: Mapping[str, str]


@contextmanager
def administration(options: Mapping[str, Any]) -> Iterator[KafkaAdminClient]:
    """An administration client, closed at the end. `options`: addresses and security under kafka-python's names.

    Raises kafka.errors.KafkaError when no broker answers within ten seconds.
    """
    client = KafkaAdminClient(**{"client_id": "passerelle-admin", "bootstrap_timeout_ms": 10_000, **options})
    try:
        yield client
    finally:
        client.close()


def configs_of(topic: Topic, deployment: Deployment) -> dict[str, str]:
    """The broker settings of a topic."""
    return {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": str(topic.retention_days * DAY_MS),
        "max.message.bytes": str(MAX_MESSAGE_BYTES),
        "min.insync.replicas": str(deployment.min_insync_replicas),
        "message.timestamp.type": "CreateTime",
        "compression.type": UNCOMPRESSED,
    }


def existing(client: KafkaAdminClient, names: Iterable[str]) -> dict[str, ExistingTopic]:
    """Those of the named topics (with prefix) that exist, by name."""
    wanted = sorted(names)
    if not wanted:
        return {}
    described = [topic for topic in client.describe_topics(wanted) if topic["error_code"] != UNKNOWN_TOPIC]
    for topic in described:
        error = for_code(topic["error_code"])
        if topic["error_code"]:
            raise error(topic["name"])
    configs = _configs(client, [topic["name"] for topic in described])
    return {
        topic["name"]: ExistingTopic(
            topic["name"],
            str(topic["topic_id"]),
            len(topic["partitions"]),
            min(len(partition["replica_nodes"]) for partition in topic["partitions"]),
            configs[topic["name"]],
        )
        for topic in described
    }


def _configs(client: KafkaAdminClient, names: list[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    found = client.describe_configs(resources, config_filter="all")["topic"]
    return {name: {key: config["value"] for key, config in found[name].items()} for name in names}


def missing(client: KafkaAdminClient, topics: Iterable[Topic], deployment: Deployment) -> tuple[Topic, ...]:
    """The topics of the catalogue that do not exist yet."""
    topics = tuple(topics)
    known = existing(client, (deployment.topic(topic.name) for topic in topics))
    return tuple(topic for topic in topics if deployment.topic(topic.name) not in known)


def create(client: KafkaAdminClient, topics: Iterable[Topic], deployment: Deployment) -> tuple[str, ...]:
    """Create what is missing and wait until it has leaders; the Kafka names created. What exists is left as it is.

    Two processes may call it at once: a topic that the other one made meanwhile is not an error.
    """
    wanted = {
        deployment.topic(topic.name): {
            "num_partitions": deployment.partitions(topic),
            "replication_factor": deployment.replication_factor,
            "configs": configs_of(topic, deployment),
        }
        for topic in missing(client, topics, deployment)
    }
    if not wanted:
        return ()
    answer = client.create_topics(wanted, raise_errors=False)
    created = []
    for topic in answer["topics"]:
        error = for_code(topic["error_code"])
        if topic["error_code"] == 0:
            created.append(topic["name"])
        elif error is not TopicAlreadyExistsError:
            raise error(f"{topic['name']} : {topic.get('error_message') or error.__name__}")
    client.wait_for_topics(list(wanted))
    return tuple(created)


def differences(client: KafkaAdminClient, topics: Iterable[Topic], deployment: Deployment) -> list[str]:
    """What is not as the catalogue says, one French sentence each; empty when all is."""
    topics = tuple(topics)
    known = existing(client, (deployment.topic(topic.name) for topic in topics))
    return [sentence for topic in topics for sentence in _compare(topic, deployment, known.get(deployment.topic(topic.name)))]


def require(client: KafkaAdminClient, topics: Iterable[Topic], deployment: Deployment) -> None:
    """Refuse to start on topics that are not those of the catalogue. Raises TopicsDiffer."""
    topics = tuple(topics)
    known = existing(client, (deployment.topic(topic.name) for topic in topics))
    found = [
        sentence
        for topic in topics
        for sentence in _compare(topic, deployment, known.get(deployment.topic(topic.name)), compressions=READABLE)
    ]
    if found:
        raise TopicsDiffer(found)


def _compare(
    topic: Topic, deployment: Deployment, found: ExistingTopic | None, compressions: frozenset[str] = frozenset()
) -> Iterator[str]:
    """`compressions`: which ones pass besides that of the catalogue."""
    name = deployment.topic(topic.name)
    if found is None:
        yield f"{name} : n'existe pas."
        return
    partitions = deployment.partitions(topic)
    if found.partitions != partitions:
        yield (
            f"{name} : {found.partitions} partitions, {partitions} attendues. Le nombre de partitions fait partie du contrat : "
            "il ne change que par un topic de version suivante."
        )
    if found.replication_factor < deployment.replication_factor:
        yield f"{name} : facteur de réplication {found.replication_factor}, au moins {deployment.replication_factor} attendu."
    for key, wanted in configs_of(topic, deployment).items():
        value = found.configs.get(key, "")
        if not _as_wanted(key, value, wanted) and not (key == "compression.type" and value in compressions):
            yield f"{name} : {key} vaut {value or 'rien'}, {wanted} attendu."


def _as_wanted(key: str, value: str, wanted: str) -> bool:
    if key == "cleanup.policy":
        return set(value.split(",")) == set(wanted.split(","))
    if key in ("min.insync.replicas", "max.message.bytes"):
        return value.isdigit() and int(value) >= int(wanted)
    return value == wanted


def cluster_identity(client: KafkaAdminClient) -> str:
    """The id of the cluster: another one means that offsets kept elsewhere have no sense here."""
    return str(client.describe_cluster()["cluster_id"])


def topic_ids(client: KafkaAdminClient, topics: Iterable[str], deployment: Deployment) -> dict[str, str]:
    """Catalogue name → UUID of each topic. Raises TopicsDiffer when one does not exist."""
    names = tuple(topics)
    known = {topic["name"]: topic for topic in client.describe_topics([deployment.topic(name) for name in names])}
    absent = [name for name in names if known.get(deployment.topic(name), {}).get("error_code", UNKNOWN_TOPIC)]
    if absent:
        raise TopicsDiffer(f"{deployment.topic(name)} : n'existe pas." for name in absent)
    return {name: str(known[deployment.topic(name)]["topic_id"]) for name in names}


def patiently(ask: Callable[[], Result], transient: tuple[type[Exception], ...], patience: float = PATIENCE) -> Result:
    """Ask again while the answer is one of `transient`, for `patience` seconds; then raise it."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return ask()
        except transient:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.2)
