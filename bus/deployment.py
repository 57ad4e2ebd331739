"""Where the bus runs: how its topics, groups and transactions are named and how they are replicated."""

import re
from dataclasses import dataclass

from topics.catalogue import EMBEDDED_PARTITIONS, PRODUCTION_PARTITIONS, Topic

_PREFIX = re.compile(r"[A-Za-z0-9._-]{0,64}").fullmatch


@dataclass(frozen=True, slots=True)
class Deployment:
    """One environment. The prefix keeps several apart on one broker (tests, a shared cluster); rules never see it."""

    prefix: str = ""
    """Comes before every topic, group and transactional id, as it is (`t3f9a01.`)."""
    production: bool = False
    replicas: int | None = None
    """None: 3 in production, 1 embedded."""

    def __post_init__(self) -> None:
        if not _PREFIX(self.prefix):
            raise ValueError(f"préfixe {self.prefix!r} : au plus 64 lettres, chiffres, points, tirets et soulignés")

    @property
    def replication_factor(self) -> int:
        return self.replicas or (3 if self.production else 1)

    @property
    def min_insync_replicas(self) -> int:
        """One broker less than the copies: a write waits for these, and one broker may be away."""
        return max(1, self.replication_factor - 1)

    def partitions(self, topic: Topic) -> int:
        """The topic's own count, else the environment's. It belongs to the contract: keys would move if it changed."""
        return topic.partitions or (PRODUCTION_PARTITIONS if self.production else EMBEDDED_PARTITIONS)

    def topic(self, name: str) -> str:
        """The Kafka name of a topic of the catalogue."""
        return f"{self.prefix}{name}"

    def catalogue_name(self, topic: str) -> str | None:
        """The catalogue's name of a Kafka topic; None when it does not carry our prefix."""
        return topic[len(self.prefix) :] if topic.startswith(self.prefix) else None

    def group(self, processor: str) -> str:
        """The consumer group of a processor."""
        return f"{self.prefix}passerelle.{processor}"

    def transactional_id(self, processor: str, partition: int) -> str:
        """Of one task: the broker fences its former owner by it."""
        return f"{self.prefix}{processor}-{partition}"
