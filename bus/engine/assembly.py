"""Puts a processor's engine together from its parts. What a worker, a test and a measurement all need is made here once."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy
from aiokafka.partitioner import murmur2

from bus.deployment import Deployment
from bus.engine.engine import Engine, has_internal_topic, nothing
from bus.engine.publication import TaskPublisher
from bus.engine.reading import Reader
from bus.registry_client import RegistryClient
from schemas.codec import Unencodable, encode
from schemas.outcome import Processor
from schemas.records import RECORDS
from topics.catalogue import CATALOGUE

LARGEST_OUTPUT = 900_000
"""Bytes of a record's value: below the brokers' limit with its envelope."""


class Inconsistent(Exception):
    """A processor that does not fit the catalogue: said at start, in French."""


def inputs_of(processor: Processor) -> tuple[str, ...]:
    """Its inputs with its internal topic."""
    return (*processor.inputs, f"{processor.name}.interne.v1") if has_internal_topic(processor) else processor.inputs


def topics_of(processor: Processor) -> tuple[str, ...]:
    """Every topic it reads or writes."""
    refusals = (processor.refusals,) if processor.refusals else ()
    return tuple(dict.fromkeys((*inputs_of(processor), *processor.outputs, *refusals)))


def check_processor(processor: Processor, deployment: Deployment) -> int:
    """The partition count of its inputs, which must be one; raises Inconsistent for what could split a key's states."""
    known = {topic.name: topic for topic in CATALOGUE}
    missing = [name for name in topics_of(processor) if name not in known]
    if missing:
        raise Inconsistent(f"Le processeur {processor.name} nomme des topics que le catalogue ne connaît pas : {', '.join(missing)}.")
    counts = {name: deployment.partitions(known[name]) for name in inputs_of(processor)}
    if len(set(counts.values())) != 1:
        raise Inconsistent(f"Les entrées de {processor.name} n'ont pas le même nombre de partitions : {counts}.")
    keys = {known[name].key for name in inputs_of(processor)}
    if len(keys) != 1:
        raise Inconsistent(f"Les entrées de {processor.name} n'ont pas la même clé : {sorted(keys)}.")
    return next(iter(counts.values()))


def partitioner(deployment: Deployment) -> Callable[[str, str], int]:
    """Kafka's own placing of a key: every producer of the world puts it on the same partition."""
    counts = {topic.name: deployment.partitions(topic) for topic in CATALOGUE}

    @lru_cache(200_000)
    def digest(key: str) -> int:
        return int(murmur2(key.encode())) & 0x7FFFFFFF

    def place(topic: str, key: str) -> int:
        return digest(key) % counts[topic]

    return place


class Encoder:
    """Encodes outputs under the registered ids of their contracts."""

    def __init__(self, ids: Mapping[str, int]) -> None:
        self._ids = ids

    def __call__(self, topic: str, name: str, data: Any) -> bytes:
        value = encode(topic, name, data, self._ids[topic])
        if len(value) > LARGEST_OUTPUT:
            raise Unencodable(f"{topic} {name} : {len(value)} octets, au plus {LARGEST_OUTPUT}")
        return value

    def deadline(self, topic: str, name: str, due: datetime) -> bytes:
        return self(topic, "echeance_atteinte", RECORDS[topic]["echeance_atteinte"](nom=name, due=due))


def refusal_record(topic: str, fields: Mapping[str, str]) -> Any:
    """The topic's own `refus` record."""
    return RECORDS[topic]["refus"](**fields)


def build_encoder(processor: Processor, registry: RegistryClient, deployment: Deployment) -> Encoder:
    """Registers the contracts of the processor's topics."""
    return Encoder(registry.schema_ids({topic: deployment.topic(topic) for topic in topics_of(processor)}))


def build_engine(
    processor: Processor,
    database: sqlalchemy.Engine,
    registry: RegistryClient,
    encoder: Encoder,
    deployment: Deployment,
    projection_tables: Mapping[str, sqlalchemy.Table],
    probe: Callable[[str], None] = nothing,
) -> Engine:
    """The processor's engine. Raises Inconsistent."""
    count = check_processor(processor, deployment)
    alike = frozenset(topic.name for topic in CATALOGUE if topic.name in topics_of(processor) and deployment.partitions(topic) == count)
    reader = Reader(registry.schema, f"{processor.name}.interne.v1")
    return Engine(processor, database, reader, encoder, refusal_record, partitioner(deployment), projection_tables, probe, alike)


def publisher_of(
    processor: Processor, deployment: Deployment, kafka: Mapping[str, Any], probe: Callable[[str], None]
) -> Callable[[int], TaskPublisher]:
    """Makes the transactional producer of a task."""

    def make(partition: int) -> TaskPublisher:
        identifier = deployment.transactional_id(processor.name, partition)
        return TaskPublisher(processor.name, partition, kafka, deployment.topic, identifier, probe)

    return make
