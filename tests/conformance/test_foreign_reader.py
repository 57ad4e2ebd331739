"""Confluent's own client reads what we write, and we read what it writes, through a real broker and a real registry."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from bus.deployment import Deployment
from bus.registry_client import RegistryAccess, RegistryClient, SchemaUnknown, subject_of
from bus.topic_admin import administration, create
from schemas.codec import decode, encode, schema_id_of
from schemas.contracts import contract_of
from schemas.envelope import Envelope
from schemas.identity import derive
from schemas.records.aglae import Dossier, Retraitement, Voeu
from schemas.records.apogee import Inscription
from tests.services import Services
from topics.catalogue import CATALOGUE

pytestmark = pytest.mark.broker

INSCRIPTIONS = "apogee.inscriptions.v1"
DOSSIERS = "aglae.dossiers.v1"
PLAIN_TYPES = (bytes, datetime, date, Decimal)

inscription = Inscription(
    uai="0840001V",
    cod_anu="2026",
    cod_ind="0007",
    cod_etu="00042",
    nom="L'Été",
    date_nai=date(2006, 2, 28),
    cod_etp="L1",
    cod_vrs_vet="1",
    tem_iae_prm=True,
    dat_mod_iae=datetime(2026, 9, 1, 10, 0, 0, 123000, tzinfo=UTC),
)
dossier = Dossier(
    numero="2026MON001",
    annee=2026,
    numero_boursier="0123456789A",
    etat="CONDITIONNEL",
    montant_annuel=Decimal("5551.00"),
    pieces_manquantes=("Avis d'imposition",),
    voeux=(Voeu(rang=1, uai="0840001V", cod_etp="L1"),),
)
retraitement = Retraitement(
    numero="2026MON001", annee=2026, numero_boursier="0123456789A", uai="0840001V", cod_etp="L1", resultat="ACCEPTE"
)

CASES = [(INSCRIPTIONS, "inscription", inscription), (DOSSIERS, "dossier", dossier), (DOSSIERS, "retraitement", retraitement)]


class Memory(dict[int, str]):
    """A store of schemas for one test."""

    def put(self, schema_id: int, subject: str, text: str) -> None:
        self[schema_id] = text

    def find(self, subject: str, text: str) -> int | None:
        return None


@pytest.fixture
def confluent(services: Services) -> Iterator[SchemaRegistryClient]:
    # Without a limit its HTTP client waits for ever for an answer that was lost.
    with SchemaRegistryClient({"url": services.registry, "timeout": 30}) as client:
        yield client


@pytest.fixture
def registry(services: Services) -> Iterator[RegistryClient]:
    with RegistryClient(RegistryAccess(services.registry), Memory()) as client:
        yield client


def plain(record: Any) -> Any:
    """As fastavro gives it: lists, not tuples."""
    return (
        msgspec.json.decode(msgspec.json.encode(record))
        if record is None
        else _listed(msgspec.to_builtins(record, builtin_types=PLAIN_TYPES))
    )


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(inner) for name, inner in value.items()}
    return [_listed(inner) for inner in value] if isinstance(value, list | tuple) else value


@pytest.mark.parametrize(("topic", "name", "record"), CASES)
def test_confluent_reads_from_kafka_what_we_wrote(
    services: Services, registry: RegistryClient, confluent: SchemaRegistryClient, prefix: str, topic: str, name: str, record: Any
) -> None:
    here = Deployment(prefix)
    with administration({"bootstrap_servers": services.kafka}) as client:
        create(client, [each for each in CATALOGUE if each.name == topic], here)
    ids = registry.schema_ids({topic: here.topic(topic)})
    envelope = Envelope(
        derive("9ccbc318-890d-5b6b-9472-1f80aebdb016", name, 0), name, "/essai", "0840001V", datetime(2026, 9, 1, tzinfo=UTC)
    )
    producer = Producer({"bootstrap.servers": services.kafka})
    producer.produce(here.topic(topic), encode(topic, name, record, ids[topic]), b"0840001V", headers=[*envelope.headers()])
    assert producer.flush(20) == 0

    message = _first(services, here.topic(topic), f"{prefix}conformance")
    deserialize = AvroDeserializer(confluent, return_record_name=contract_of(topic).is_union)
    found = deserialize(message.value(), SerializationContext(message.topic(), MessageField.VALUE))
    full = f"fr.passerelle.{topic.split('.', 1)[0]}.{name}"
    assert found == ((full, plain(record)) if contract_of(topic).is_union else plain(record))
    assert Envelope.parse(message.headers()) == envelope


def _first(services: Services, topic: str, group: str) -> Any:
    consumer = Consumer(
        {"bootstrap.servers": services.kafka, "group.id": group, "auto.offset.reset": "earliest", "isolation.level": "read_committed"}
    )
    consumer.subscribe([topic])
    try:
        message = consumer.poll(30)
        assert message is not None
        assert message.error() is None
        return message
    finally:
        consumer.close()


@pytest.mark.parametrize(("topic", "name", "record"), CASES)
def test_we_read_what_confluent_wrote(
    registry: RegistryClient, confluent: SchemaRegistryClient, prefix: str, topic: str, name: str, record: Any
) -> None:
    contract = contract_of(topic)
    serialize = AvroSerializer(confluent, contract.text)
    full = f"fr.passerelle.{topic.split('.', 1)[0]}.{name}"
    datum = (full, plain(record)) if contract.is_union else plain(record)
    value = serialize(datum, SerializationContext(f"{prefix}{topic}", MessageField.VALUE))
    assert value is not None
    assert decode(topic, value, registry.schema) == (name, record)


@pytest.mark.parametrize("topic", sorted(topic.name for topic in CATALOGUE))
def test_every_contract_is_accepted_by_the_registry_under_one_id_for_ever(registry: RegistryClient, prefix: str, topic: str) -> None:
    first = registry.schema_ids({topic: f"{prefix}{topic}"})
    assert registry.schema_ids({topic: f"{prefix}{topic}"}) == first
    assert registry.is_compatible(subject_of(f"{prefix}{topic}"), contract_of(topic))


def test_the_registry_refuses_what_would_break_readers(registry: RegistryClient, prefix: str) -> None:
    subject = f"{prefix}{INSCRIPTIONS}-value"
    registry.register(subject, contract_of(INSCRIPTIONS))
    assert not registry.is_compatible(subject, contract_of(DOSSIERS))


def test_a_schema_that_the_registry_never_had_is_unknown(registry: RegistryClient) -> None:
    value = encode(INSCRIPTIONS, "inscription", inscription, 2_000_000_000)
    with pytest.raises(SchemaUnknown):
        registry.schema(schema_id_of(value))
