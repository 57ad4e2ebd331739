"""What every contract keeps to: names, documentation, types (R-BUS-07, R-BUS-09), and its place in the catalogue."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.contracts import contract_of, topics_with_contract
from topics.catalogue import CATALOGUE

TOPICS = topics_with_contract()
TOPIC_NAME = re.compile(r"[a-z][a-z0-9]*(\.[a-z][a-z0-9_]*)+\.v[1-9][0-9]*")
RECORD_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
SYMBOL = re.compile(r"[A-Z][A-Z0-9_]*")
ALLOWED = {"string", "bytes", "int", "long", "boolean", "null"}
LOGICAL = {"decimal": "bytes", "date": "int", "timestamp-millis": "long"}
IDENTIFIERS = re.compile(r"(^|_)(uai|rne|nne|ine|siret|siren|cod|code|numero|num|id|identifiant)(_|$)")
COUNTED = ("Numéro d'ordre", "Nombre", "Rang")


def places(schema: Any, where: str, namespace: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every type and every field of a schema, with its place."""
    if isinstance(schema, list):
        for branch in schema:
            yield from places(branch, where)
    elif isinstance(schema, str):
        yield where, {"type": schema}
    else:
        here = f"{where}.{schema['name']}" if "name" in schema else where
        yield here, schema
        for key in ("items", "values"):
            if key in schema:
                yield from places(schema[key], here)
        for field in schema.get("fields", ()):
            yield f"{here}.{field['name']}", {"field": field}
            yield from places(field["type"], f"{here}.{field['name']}")


def every(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for topic in TOPICS:
        for where, found in places(contract_of(topic).schema, topic):
            if kind == "field" and "field" in found:
                yield where, found["field"]
            elif kind != "field" and found.get("type") == kind:
                yield where, found


def test_every_topic_of_the_catalogue_has_a_contract_and_the_other_way_round() -> None:
    assert sorted(TOPICS) == sorted(topic.name for topic in CATALOGUE)


def test_no_topic_is_twice_in_the_catalogue() -> None:
    names = [topic.name for topic in CATALOGUE]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("topic", CATALOGUE, ids=lambda topic: topic.name)
def test_a_topic_is_named_by_its_owner_what_it_holds_and_its_major(topic: Any) -> None:
    assert TOPIC_NAME.fullmatch(topic.name)
    assert len(topic.name) <= 150, "a prefix must still fit in Kafka's 249 characters"
    assert topic.about.endswith(".")


def test_names_that_metrics_would_mix_up_are_not_both_there() -> None:
    """Kafka's metrics write '.' and '_' alike."""
    names = [topic.name.replace("_", ".") for topic in CATALOGUE]
    assert len(set(names)) == len(names)


def test_every_record_and_every_field_says_what_it_is() -> None:
    undocumented = [where for kind in ("record", "field") for where, found in every(kind) if not str(found.get("doc", "")).strip()]
    assert undocumented == []


def test_names_are_lower_case_french_without_accents() -> None:
    wrong = [where for kind in ("record", "enum", "field") for where, found in every(kind) if not RECORD_NAME.fullmatch(found["name"])]
    assert wrong == []


def test_every_enumeration_has_a_default_among_its_symbols() -> None:
    wrong = [where for where, found in every("enum") if found.get("default") not in found["symbols"]]
    assert wrong == []
    assert [where for where, found in every("enum") if not all(SYMBOL.fullmatch(symbol) for symbol in found["symbols"])] == []


def test_records_are_of_the_namespace_of_their_owner_or_of_the_bus() -> None:
    wrong = []
    for topic in TOPICS:
        allowed = {f"fr.passerelle.{topic.split('.', 1)[0]}", "fr.passerelle.bus"}
        wrong += [f"{topic}: {record['name']}" for record in contract_of(topic).records if record.get("namespace") not in allowed]
    assert wrong == []


def test_money_is_decimal_and_nothing_is_a_floating_number() -> None:
    assert [where for kind in ("float", "double", "fixed") for where, _ in every(kind)] == []


def test_only_the_agreed_logical_types_are_used() -> None:
    wrong = []
    for topic in TOPICS:
        for where, found in places(contract_of(topic).schema, topic):
            logical = found.get("logicalType")
            if logical is not None and LOGICAL.get(logical) != found["type"]:
                wrong.append(f"{where}: {logical}")
            if logical == "decimal" and not (0 <= found.get("scale", 0) <= found["precision"] <= 18):
                wrong.append(f"{where}: precision or scale")
    assert wrong == []


def test_an_optional_field_is_null_by_default() -> None:
    """Null first and as default: the field may be left out by a writer, and added later."""
    unions = [(where, found) for where, found in every("field") if isinstance(found["type"], list)]
    assert unions
    assert [where for where, found in unions if found["type"][0] != "null" or found.get("default", "") is not None] == []


def test_identifiers_are_texts() -> None:
    """Leading zeros count (R-BUS-07). What is counted says so in its documentation."""
    wrong = []
    for where, found in every("field"):
        kinds = found["type"] if isinstance(found["type"], list) else [found["type"]]
        if IDENTIFIERS.search(found["name"]) and not found["doc"].startswith(COUNTED) and any(kind in ("int", "long") for kind in kinds):
            wrong.append(where)
    assert wrong == []
