"""What the bus needs of a Kafka cluster, as data: topics, groups, transactional ids and access rights.

For administrators who create them themselves (`passerelle topics plan`), and for whatever checks them. One principal per
processor, one for the connectors, one for Apogée's completions, one
for the answers, one for administration: each gets what it uses and no more.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bus import answers
from bus.deployment import Deployment
from bus.engine.assembly import inputs_of
from bus.topic_admin import DAY_MS, configs_of
from connectors.apogee import completion
from connectors.registry import pull_connectors, push_connectors
from schemas.outcome import Processor
from topics.catalogue import Topic

Row = dict[str, object]

UNUSED_SECRET = bytes(32)
"""Connectors ask for the secret of the students' keys when they are built; their topics do not depend on it."""

CONNECTORS = "connecteurs"
COMPLETIONS = "complements"
ADMINISTRATION = "administration"


@dataclass(frozen=True, slots=True)
class Right:
    """One access right, in the words of `kafka-acls`."""

    principal: str
    resource: Literal["topic", "group", "transactional-id", "cluster"]
    name: str
    pattern: Literal["literal", "prefixed"]
    operations: tuple[str, ...]
    why: str

    def row(self) -> Row:
        return {
            "principal": self.principal,
            "ressource": self.resource,
            "nom": self.name,
            "motif": self.pattern,
            "operations": " ".join(self.operations),
            "pourquoi": self.why,
        }


def outputs_of(processor: Processor) -> tuple[str, ...]:
    """What a processor writes: outputs, refusals, its internal topic. Names of the catalogue."""
    refusals = (processor.refusals,) if processor.refusals else ()
    internal = inputs_of(processor)[len(processor.inputs) :]
    return tuple(dict.fromkeys((*processor.outputs, *refusals, *internal)))


def published_by_connectors() -> dict[str, tuple[str, ...]]:
    """System → topics that its connectors publish to, under their names in the catalogue."""
    found: dict[str, tuple[str, ...]] = {}
    for system, topics in (
        *((each.system, each.topics) for each in push_connectors(UNUSED_SECRET)),
        *((each.system, each.topics) for each in pull_connectors(UNUSED_SECRET)),
    ):
        found[system] = tuple(dict.fromkeys((*found.get(system, ()), *topics)))
    return found


def topic_rows(catalogue: Sequence[Topic], processors: Sequence[Processor], deployment: Deployment) -> list[Row]:
    """One row a topic, with its broker settings and who reads it."""
    return [
        {
            "topic": deployment.topic(topic.name),
            "partitions": deployment.partitions(topic),
            "replicas": deployment.replication_factor,
            **configs_of(topic, deployment),
            "retention_jours": int(configs_of(topic, deployment)["retention.ms"]) // DAY_MS,
            "cle": topic.key.value,
            "donnees_personnelles": topic.personal.value,
            "lecteurs": " ".join(processor.name for processor in processors if topic.name in inputs_of(processor)),
            "objet": topic.about,
        }
        for topic in sorted(catalogue, key=lambda topic: topic.name)
    ]


def group_rows(processors: Sequence[Processor], deployment: Deployment) -> list[Row]:
    """One row a consumer group: a processor has one, the questions over the bus another, Apogée's completions a third."""
    groups = [
        *((processor.name, inputs_of(processor)) for processor in processors),
        (answers.NAME, (answers.QUESTIONS,)),
        (completion.GROUP, completion.READS),
    ]
    return [
        {"groupe": deployment.group(name), "processeur": name, "topics": " ".join(deployment.topic(each) for each in topics)}
        for name, topics in groups
    ]


def transactional_rows(catalogue: Sequence[Topic], processors: Sequence[Processor], deployment: Deployment) -> list[Row]:
    """One row a task: a processor has one task for each partition of its inputs."""
    by_name = {topic.name: topic for topic in catalogue}
    return [
        {
            "transactional_id": deployment.transactional_id(processor.name, partition),
            "processeur": processor.name,
            "partition": partition,
        }
        for processor in processors
        for partition in range(max((deployment.partitions(by_name[name]) for name in processor.inputs if name in by_name), default=0))
    ]


def rights(processors: Sequence[Processor], connector_topics: Iterable[str], deployment: Deployment) -> tuple[Right, ...]:
    """Every right that a cluster with access control must give. `connector_topics`: what connectors publish."""
    return (
        *(right for processor in processors for right in _of_processor(processor, deployment)),
        *_of_connectors(connector_topics, deployment),
        *_of_completions(deployment),
        *_of_answers(deployment),
        *_of_administration(deployment),
    )


def principal_of(name: str) -> str:
    """`bourses.projections` → `User:passerelle-bourses-projections`."""
    return f"User:passerelle-{name.replace('.', '-')}"


def _of_processor(processor: Processor, deployment: Deployment) -> Iterator[Right]:
    principal = principal_of(processor.name)
    for name in inputs_of(processor):
        yield Right(principal, "topic", deployment.topic(name), "literal", ("Read", "Describe"), "lit")
    for name in outputs_of(processor):
        yield Right(principal, "topic", deployment.topic(name), "literal", ("Write", "Describe"), "publie")
    yield Right(principal, "group", deployment.group(processor.name), "literal", ("Read", "Describe"), "groupe de consommation")
    prefix = deployment.transactional_id(processor.name, 0).removesuffix("0")
    yield Right(principal, "transactional-id", prefix, "prefixed", ("Write", "Describe"), "une transaction par tâche")


def _of_connectors(topics: Iterable[str], deployment: Deployment) -> Iterator[Right]:
    for name in sorted(set(topics)):
        yield Right(principal_of(CONNECTORS), "topic", deployment.topic(name), "literal", ("Write", "Describe"), "publie ce qui est reçu")


def _of_completions(deployment: Deployment) -> Iterator[Right]:
    principal = principal_of(COMPLETIONS)
    for name in completion.READS:
        yield Right(principal, "topic", deployment.topic(name), "literal", ("Read", "Describe"), "lit")
    for name in completion.TOPICS:
        yield Right(principal, "topic", deployment.topic(name), "literal", ("Write", "Describe"), "publie")
    yield Right(principal, "group", deployment.group(completion.GROUP), "literal", ("Read", "Describe"), "groupe de consommation")


def _of_answers(deployment: Deployment) -> Iterator[Right]:
    principal = principal_of(answers.NAME)
    for name in answers.READS:
        yield Right(principal, "topic", deployment.topic(name), "literal", ("Read", "Describe"), "lit")
    for name in answers.WRITES:
        yield Right(principal, "topic", deployment.topic(name), "literal", ("Write", "Describe"), "publie")
    yield Right(principal, "group", deployment.group(answers.NAME), "literal", ("Read", "Describe"), "groupe de consommation")


def _of_administration(deployment: Deployment) -> Iterator[Right]:
    principal = principal_of(ADMINISTRATION)
    every = deployment.prefix or "*"
    pattern: Literal["literal", "prefixed"] = "prefixed" if deployment.prefix else "literal"
    operations = ("Create", "Describe", "DescribeConfigs", "Read")
    yield Right(principal, "topic", every, pattern, operations, "crée, vérifie et consulte les topics")
    yield Right(principal, "group", f"{deployment.prefix}passerelle.", "prefixed", ("Describe", "Read"), "retard et reprises")
    yield Right(principal, "cluster", "kafka-cluster", "literal", ("Describe",), "identité du cluster")
