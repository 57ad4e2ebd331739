"""Writes `docs/topics.md` and `docs/asyncapi.yaml` from the catalogue and the contracts: `python -m bus.documents [--check]`.

`--check` writes nothing and exits 3 with the list of stale files on stderr.
"""

import argparse
import copy
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bus import answers
from bus.deployment import Deployment
from bus.engine.assembly import inputs_of
from bus.processors import all_processors
from bus.registry_client import subject_of
from bus.topic_admin import configs_of
from bus.topics_plan import outputs_of, published_by_connectors
from schemas.contracts import Contract, contract_of
from schemas.outcome import Processor
from topics.catalogue import CATALOGUE, EMBEDDED_PARTITIONS, PRODUCTION_PARTITIONS, Topic

DOCS = Path(__file__).resolve().parent.parent / "docs"
MADE_BY = "Écrit par `python -m bus.documents` d'après le catalogue et les contrats : ne pas modifier à la main."
PRODUCTION = Deployment(production=True)
KAFKA_BINDING = "0.5.0"
AVRO_FORMAT = "application/vnd.apache.avro;version=1.9.0"

Writers = Mapping[str, Sequence[str]]
"""topic → who publishes to it."""


def main(arguments: list[str] | None = None, folder: Path = DOCS) -> int:
    """0 done or up to date, 3 stale files."""
    parser = argparse.ArgumentParser(prog="python -m bus.documents", description="Generate docs/topics.md and docs/asyncapi.yaml.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 3 when a file is stale")
    options = parser.parse_args(arguments)
    changed = [name for name, text in documents() if not _is_current(folder / name, text)]
    for name, text in documents() if not options.check else ():
        (folder / name).write_text(text, encoding="utf-8")
    for name in changed:
        sys.stderr.write(f"{'stale' if options.check else 'wrote'}: docs/{name}\n")
    return 3 if options.check and changed else 0


def documents() -> Iterator[tuple[str, str]]:
    """File name and text of each document."""
    topics = sorted(CATALOGUE, key=lambda topic: topic.name)
    processors = all_processors()
    yield "topics.md", topics_page(topics, processors, _writers(processors))
    yield "asyncapi.yaml", _yaml(asyncapi(topics, processors, _writers(processors)))


def _is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def _writers(processors: Sequence[Processor]) -> Writers:
    found: dict[str, list[str]] = {}
    for system, topics in published_by_connectors().items():
        for topic in topics:
            found.setdefault(topic, []).append(f"connecteur {system}")
    for processor in processors:
        for topic in outputs_of(processor):
            found.setdefault(topic, []).append(processor.name)
    for topic in answers.WRITES:
        found.setdefault(topic, []).append(answers.NAME)
    return found


# --- the page --------------------------------------------------------------------------------------------------------


def topics_page(topics: Sequence[Topic], processors: Sequence[Processor], writers: Writers) -> str:
    """The page for people who publish to the bus or read it."""
    return "\n".join([*_introduction(), *_summary(topics), *(line for topic in topics for line in _section(topic, processors, writers))])


def _introduction() -> list[str]:
    return [
        "# Topics et contrats",
        "",
        MADE_BY,
        "",
        "- **Valeur** : Avro au format Confluent (octet 0, numéro de schéma sur quatre octets, données). "
        "Une valeur nulle est une suppression.",
        f"- **Schéma** : au registre sous le sujet `{subject_of('<topic>')}`, compatibilité BACKWARD.",
        "- **En-têtes** : CloudEvents 1.0 en mode binaire (`ce_id`, `ce_type`, `ce_source`, `ce_subject`, `ce_time`, `ce_specversion`), "
        "`content-type: application/avro`, `traceparent`, et `ce_sequence` pour ce qu'un traitement publie.",
        "- **Doublons** : un lecteur extérieur au bus peut revoir un enregistrement après un incident, avec le même `ce_id`.",
        "- **Transactions** : lire avec `isolation.level=read_committed`.",
        f"- **Partitions** : {EMBEDDED_PARTITIONS} dans la pile embarquée, {PRODUCTION_PARTITIONS} en production, sauf mention ; "
        "la clé est placée par murmur2, comme le font les clients Java.",
        "",
    ]


def _summary(topics: Sequence[Topic]) -> list[str]:
    return [
        "| topic | objet | clé | données personnelles | conservation |",
        "|---|---|---|---|---|",
        *(
            "| " + " | ".join((_link(topic.name), _cell(topic.about), _cell(topic.key.value), topic.personal.value, _kept(topic))) + " |"
            for topic in topics
        ),
        "",
    ]


def _section(topic: Topic, processors: Sequence[Processor], writers: Writers) -> list[str]:
    readers = [processor.name for processor in processors if topic.name in inputs_of(processor)]
    readers += [answers.NAME] if topic.name in answers.READS else []
    contract = contract_of(topic.name)
    return [
        f"## {topic.name}",
        "",
        topic.about,
        "",
        f"- Clé : {topic.key.value}.",
        f"- Données personnelles : {topic.personal.value}. Conservation : {_kept(topic)}."
        + (f" Partitions : {topic.partitions}." if topic.partitions else ""),
        f"- Publié par : {_names(writers.get(topic.name, ()))}. Lu par : {_names(readers)}.",
        "",
        *(line for record in contract.records for line in _record(record)),
    ]


def _record(record: Mapping[str, Any]) -> list[str]:
    rows = [f"| `{name}` | {_cell(kind)} | {required} | {_cell(about)} |" for name, kind, required, about in _fields(record, "")]
    head = ["| champ | type | présence | sens |", "|---|---|---|---|"]
    return [f"### {record['name']}", "", str(record.get("doc", "")), "", *head, *rows, ""]


def _fields(record: Mapping[str, Any], above: str) -> Iterator[tuple[str, str, str, str]]:
    for field in record["fields"]:
        name = f"{above}{field['name']}"
        default = field.get("default", "")
        if "default" not in field:
            required = "obligatoire"
        else:
            required = "facultatif" if default in (None, [], {}) else f"défaut {default!r}"
        yield name, _said(field["type"]), required, field.get("doc", "")
        inner = _inner_record(field["type"])
        if inner is not None:
            yield from _fields(inner, f"{name}.")


def _inner_record(schema: Any) -> Mapping[str, Any] | None:
    if isinstance(schema, list):
        return next((found for found in map(_inner_record, schema) if found), None)
    if not isinstance(schema, dict):
        return None
    return schema if schema["type"] == "record" else _inner_record(schema.get("items", schema.get("values")))


def _said(schema: Any) -> str:
    """An Avro type in a few words."""
    if isinstance(schema, list):
        return " ou ".join(_said(branch) for branch in schema if branch != "null")
    if isinstance(schema, str):
        return WORDS.get(schema, schema.rsplit(".", 1)[-1])
    match schema.get("logicalType", schema["type"]):
        case "array":
            return f"liste de {_said(schema['items'])}"
        case "map":
            return f"table de {_said(schema['values'])}"
        case "enum":
            return " / ".join(schema["symbols"])
        case "record":
            return str(schema["name"])
        case "decimal":
            return f"décimal, {schema['scale']} décimales"
        case other:
            return WORDS.get(other, str(other))


WORDS = {
    "string": "texte",
    "int": "entier",
    "long": "entier long",
    "boolean": "oui ou non",
    "bytes": "octets",
    "date": "date",
    "timestamp-millis": "instant UTC",
}


def _kept(topic: Topic) -> str:
    return "dernière valeur de chaque clé" if topic.compacted else f"{topic.retention_days} jours"


def _names(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "personne à ce jour"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _link(title: str) -> str:
    return f"[{title}](#{title.replace('.', '')})"


# --- AsyncAPI --------------------------------------------------------------------------------------------------------


def asyncapi(topics: Sequence[Topic], processors: Sequence[Processor], writers: Writers) -> dict[str, Any]:
    """The AsyncAPI 3.0 document, with production's settings and no prefix."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Passerelle",
            "version": "1",
            "description": MADE_BY,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/avro",
        "servers": {"production": _server()},
        "channels": {_id(topic.name): _channel(topic) for topic in topics},
        "operations": dict(_operations(topics, processors, writers)),
        "components": {
            "schemas": {"Enveloppe": ENVELOPE},
            "messages": {
                _message_id(topic, name): _message(topic, contract_of(topic.name), rank)
                for topic in topics
                for rank, name in enumerate(contract_of(topic.name).names)
            },
        },
    }


def _server() -> dict[str, Any]:
    return {
        "host": "{adresses}",
        "protocol": "kafka-secure",
        "description": "Les courtiers du déploiement.",
        "variables": {"adresses": {"default": "kafka.invalid:9093", "description": "hôte:port d'un courtier."}},
        "bindings": {
            "kafka": {
                "schemaRegistryUrl": "https://registre.invalid/apis/ccompat/v7",
                "schemaRegistryVendor": "confluent",
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    configs = configs_of(topic, PRODUCTION)
    names = contract_of(topic.name).names
    union = " La valeur est une union : le numéro de branche précède l'enregistrement." if contract_of(topic.name).is_union else ""
    return {
        "address": topic.name,
        "description": f"{topic.about} Données personnelles : {topic.personal.value}.{union}",
        "messages": {name: {"$ref": f"#/components/messages/{_message_id(topic, name)}"} for name in names},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": PRODUCTION.partitions(topic),
                "replicas": PRODUCTION.replication_factor,
                "topicConfiguration": {
                    "cleanup.policy": configs["cleanup.policy"].split(","),
                    "retention.ms": int(configs["retention.ms"]),
                    "max.message.bytes": int(configs["max.message.bytes"]),
                },
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _message(topic: Topic, contract: Contract, rank: int) -> dict[str, Any]:
    record = standalone(contract, rank)
    return {
        "name": contract.names[rank],
        "summary": record.get("doc", ""),
        "contentType": "application/avro",
        "headers": {"$ref": "#/components/schemas/Enveloppe"},
        "payload": {"schemaFormat": AVRO_FORMAT, "schema": record},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": topic.key.value},
                "schemaIdLocation": "payload",
                "schemaIdPayloadEncoding": "confluent",
                "schemaLookupStrategy": "TopicNameStrategy",
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _operations(topics: Sequence[Topic], processors: Sequence[Processor], writers: Writers) -> Iterator[tuple[str, Any]]:
    for topic in topics:
        for writer in writers.get(topic.name, ()):
            yield f"{_id(writer)}_publie_{_id(topic.name)}", {"action": "send", "channel": _channel_ref(topic)}
        for processor in processors:
            if topic.name in inputs_of(processor):
                group = {"type": "string", "enum": [PRODUCTION.group(processor.name)]}
                yield (
                    f"{_id(processor.name)}_lit_{_id(topic.name)}",
                    {
                        "action": "receive",
                        "channel": _channel_ref(topic),
                        "summary": processor.about,
                        "bindings": {"kafka": {"groupId": group, "bindingVersion": KAFKA_BINDING}},
                    },
                )


def standalone(contract: Contract, rank: int) -> dict[str, Any]:
    """One record of a union as a schema of its own: types that an earlier record defines are defined at their first mention."""
    defined: dict[str, Any] = {}
    for record in contract.records[:rank]:
        _collect(record, record.get("namespace"), defined)
    found = _inlined(copy.deepcopy(contract.records[rank]), contract.records[rank].get("namespace"), defined, set())
    assert isinstance(found, dict)
    return found


def _collect(schema: Any, namespace: str | None, defined: dict[str, Any]) -> None:
    _walk(schema, namespace, lambda full, type_: defined.setdefault(full, type_))


def _walk(schema: Any, namespace: str | None, visit: Callable[[str, Any], Any]) -> None:
    if isinstance(schema, list):
        for branch in schema:
            _walk(branch, namespace, visit)
    elif isinstance(schema, dict):
        if schema["type"] in ("record", "enum", "fixed"):
            namespace = schema.get("namespace", namespace)
            visit(_full(schema["name"], namespace), {**schema, "namespace": namespace})
        for inner in (schema.get("items"), schema.get("values"), *(field["type"] for field in schema.get("fields", ()))):
            _walk(inner, namespace, visit)


def _inlined(schema: Any, namespace: str | None, defined: Mapping[str, Any], done: set[str]) -> Any:
    if isinstance(schema, list):
        return [_inlined(branch, namespace, defined, done) for branch in schema]
    if isinstance(schema, str):
        full = _full(schema, namespace)
        if full not in defined or full in done:
            return schema
        return _inlined(copy.deepcopy(defined[full]), namespace, defined, done)
    if schema["type"] in ("record", "enum", "fixed"):
        namespace = schema.get("namespace", namespace)
        done.add(_full(schema["name"], namespace))
    for key in ("items", "values"):
        if key in schema:
            schema[key] = _inlined(schema[key], namespace, defined, done)
    for field in schema.get("fields", ()):
        field["type"] = _inlined(field["type"], namespace, defined, done)
    return schema


def _full(name: str, namespace: str | None) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"


def _id(name: str) -> str:
    """AsyncAPI's ids are letters, digits, `-` and `_`."""
    return name.replace(".", "-").replace(" ", "-")


def _message_id(topic: Topic, record: str) -> str:
    return f"{_id(topic.name)}-{record}"


def _channel_ref(topic: Topic) -> dict[str, str]:
    return {"$ref": f"#/channels/{_id(topic.name)}"}


ENVELOPE: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0 en mode binaire.",
    "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time"],
    "properties": {
        "ce_specversion": {"type": "string", "enum": ["1.0"]},
        "ce_id": {"type": "string", "format": "uuid", "description": "UUIDv5 de ce qui l'a causé : même identifiant, même événement."},
        "ce_type": {"type": "string", "description": "Nom de l'enregistrement dans le contrat."},
        "ce_source": {"type": "string", "description": "Le système dont il vient, comme /apogee."},
        "ce_subject": {"type": "string", "description": "Ce dont il s'agit, sans identifiant de personne."},
        "ce_time": {"type": "string", "format": "date-time", "description": "Quand cela s'est produit dans la source, UTC."},
        "content-type": {"type": "string", "enum": ["application/avro"]},
        "ce_sequence": {"type": "string", "pattern": "^[0-9]+$", "description": "Numéro d'ordre de la tâche qui l'a publié."},
        "traceparent": {"type": "string", "description": "Contexte de trace W3C."},
    },
}


class _Dumper(yaml.SafeDumper):
    """Writes every part out: no anchors, which some readers of AsyncAPI do not follow."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(document: Mapping[str, Any]) -> str:
    return f"# {MADE_BY}\n" + yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


if __name__ == "__main__":
    sys.exit(main())
