"""The documents derive from the catalogue: none is stale, and the AsyncAPI one holds together."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastavro
import yaml

from bus import documents
from bus.documents import standalone
from bus.processors import all_processors
from schemas.contracts import contract_of
from tests.schemas.samples import EVERY_RECORD
from topics.catalogue import CATALOGUE

DOCUMENT: dict[str, Any] = yaml.safe_load(dict(documents.documents())["asyncapi.yaml"])

BINDINGS = {
    "servers": {"schemaRegistryUrl", "schemaRegistryVendor", "bindingVersion"},
    "channels": {"topic", "partitions", "replicas", "topicConfiguration", "bindingVersion"},
    "operations": {"groupId", "clientId", "bindingVersion"},
    "messages": {"key", "schemaIdLocation", "schemaIdPayloadEncoding", "schemaLookupStrategy", "bindingVersion"},
}
"""What version 0.5.0 of the Kafka bindings allows, and nothing else."""
TOPIC_CONFIGURATION = {"cleanup.policy", "retention.ms", "retention.bytes", "delete.retention.ms", "max.message.bytes"}


def test_no_document_is_stale() -> None:
    assert documents.main(["--check"]) == 0


def test_a_stale_document_exits_3_and_is_named(tmp_path: Path, capsys: Any) -> None:
    assert documents.main([], tmp_path) == 0
    (tmp_path / "topics.md").write_text("autre chose")
    capsys.readouterr()
    assert documents.main(["--check"], tmp_path) == 3
    assert capsys.readouterr().err == "stale: docs/topics.md\n"


def test_every_topic_is_a_channel_with_the_records_of_its_contract() -> None:
    channels = {channel["address"]: channel for channel in DOCUMENT["channels"].values()}
    assert {name: set(channel["messages"]) for name, channel in channels.items()} == {
        topic.name: set(contract_of(topic.name).names) for topic in CATALOGUE
    }


def test_every_reference_leads_somewhere() -> None:
    references = list(_references(DOCUMENT))
    assert references
    for reference in references:
        found: Any = DOCUMENT
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_ids_are_those_that_asyncapi_allows() -> None:
    names = [*DOCUMENT["channels"], *DOCUMENT["operations"], *DOCUMENT["components"]["messages"]]
    assert [name for name in names if not re.fullmatch(r"[A-Za-z0-9_-]+", name)] == []


def test_only_the_keys_of_the_kafka_bindings_are_used() -> None:
    for part, allowed in BINDINGS.items():
        holders = DOCUMENT["components"]["messages"] if part == "messages" else DOCUMENT[part]
        for holder in holders.values():
            for kafka in [holder["bindings"]["kafka"]] if "bindings" in holder else []:
                assert set(kafka) <= allowed
                assert set(kafka.get("topicConfiguration", {})) <= TOPIC_CONFIGURATION
                assert kafka["bindingVersion"] == "0.5.0"


def test_every_processor_receives_its_inputs_in_its_group() -> None:
    groups = {
        (operation["bindings"]["kafka"]["groupId"]["enum"][0], DOCUMENT["channels"][operation["channel"]["$ref"].split("/")[-1]]["address"])
        for operation in DOCUMENT["operations"].values()
        if operation["action"] == "receive"
    }
    assert {(f"passerelle.{processor.name}", topic) for processor in all_processors() for topic in processor.inputs} <= groups


def test_each_record_stands_alone_as_an_avro_schema() -> None:
    for topic, name in EVERY_RECORD:
        contract = contract_of(topic)
        record = standalone(contract, contract.names.index(name))
        parsed: Any = fastavro.parse_schema(record)
        assert parsed["name"].endswith(name)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)
