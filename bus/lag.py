"""How far each consumer group is behind, by topic and partition (R-BUS-03).

Committed offsets are read first and end offsets second, so that a lag is never below zero nor falsely none.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import CoordinatorLoadInProgressError, CoordinatorNotAvailableError, NotCoordinatorError

from bus.deployment import Deployment
from bus.topic_admin import UNKNOWN_TOPIC, patiently

STARTING = (CoordinatorNotAvailableError, CoordinatorLoadInProgressError, NotCoordinatorError)
COLUMNS = ("group", "topic", "partition", "committed", "end", "count")


@dataclass(frozen=True, slots=True)
class GroupInputs:
    """A consumer group and the topics that it reads, under their names in the catalogue."""

    processor: str
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartitionLag:
    """One partition of one group. The topic is named as in the catalogue, the group as in Kafka."""

    group: str
    topic: str
    partition: int
    committed: int | None
    """The next offset to read; None when the group never committed here: shown « — », never 0."""
    end: int

    @property
    def count(self) -> int | None:
        """Records not yet passed, transaction markers included; None without a committed offset."""
        return None if self.committed is None else max(0, self.end - self.committed)

    def row(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in COLUMNS}


def measure(client: KafkaAdminClient, groups: Iterable[GroupInputs], deployment: Deployment) -> list[PartitionLag]:
    """The lag of each partition that each group reads, topics that do not exist left out. Raises KafkaError."""
    groups = tuple(groups)
    if not groups:
        return []
    names = {deployment.group(group.processor): group for group in groups}
    committed = patiently(lambda: client.list_group_offsets(dict.fromkeys(names)), STARTING)
    partitions = _partitions(client, {deployment.topic(topic) for group in groups for topic in group.topics})
    ends = client.list_partition_offsets({each: OffsetSpec.LATEST for topic in partitions.values() for each in topic})
    return [
        PartitionLag(name, topic, each.partition, _offset(committed[name].get(each)), ends[each].offset)
        for name, group in sorted(names.items())
        for topic in sorted(group.topics)
        for each in partitions.get(deployment.topic(topic), ())
    ]


def _partitions(client: KafkaAdminClient, topics: set[str]) -> dict[str, list[TopicPartition]]:
    if not topics:
        return {}
    return {
        topic["name"]: sorted(TopicPartition(topic["name"], partition["partition_index"]) for partition in topic["partitions"])
        for topic in client.describe_topics(sorted(topics))
        if topic["error_code"] != UNKNOWN_TOPIC
    }


def _offset(committed: object) -> int | None:
    offset = getattr(committed, "offset", -1)
    return offset if isinstance(offset, int) and offset >= 0 else None


def total(lags: Iterable[PartitionLag]) -> int:
    """The sum of what is known: partitions without a committed offset are left out."""
    return sum(each.count for each in lags if each.count is not None)
