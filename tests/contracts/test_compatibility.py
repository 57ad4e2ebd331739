"""The present contracts can read what the released ones wrote, and the check sees every change that would break this."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.schema import parse

from schemas import release
from schemas.compatibility import incompatibilities
from schemas.contracts import RELEASED_FOLDER, Contract, contract_of, topics_with_contract
from tests.schemas.samples import EVERY_RECORD

RELEASED = topics_with_contract(RELEASED_FOLDER)

ENUM = {"type": "enum", "name": "etat", "symbols": ["A", "B"], "default": "A"}
DAY = {"type": "int", "logicalType": "date"}
BASE: list[Any] = [
    {
        "type": "record",
        "name": "chose",
        "namespace": "fr.essai",
        "fields": [
            {"name": "code", "type": "string"},
            {"name": "rang", "type": "int"},
            {"name": "jour", "type": ["null", DAY], "default": None},
            {"name": "montant", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}},
            {"name": "etat", "type": ENUM},
            {"name": "mots", "type": {"type": "array", "items": "string"}, "default": []},
            {
                "name": "lignes",
                "type": {
                    "type": "array",
                    "items": {"type": "record", "name": "ligne", "fields": [{"name": "x", "type": "string"}]},
                },
            },
            {"name": "table", "type": {"type": "map", "values": "long"}},
        ],
    },
    {"type": "record", "name": "autre", "namespace": "fr.essai", "fields": [{"name": "y", "type": "fr.essai.ligne"}]},
]


def changed(change: Any) -> list[Any]:
    schema = copy.deepcopy(BASE)
    return change(schema) or schema


def field(schema: list[Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in schema[0]["fields"] if each["name"] == name)
    return found


def added(schema: list[Any], **more: Any) -> None:
    schema[0]["fields"].append({"name": "nouveau", "type": "string", **more})


BREAKING: dict[str, tuple[Any, str]] = {
    "a field added without a default": (lambda s: added(s), "chose.nouveau : champ ajouté sans défaut"),
    "a field renamed": (lambda s: field(s, "code").update(name="codes"), "chose.codes : champ ajouté"),
    "a type changed": (lambda s: field(s, "rang").update(type="string"), "chose.rang : int est devenu string"),
    "a long made an int": (lambda s: field(s, "table")["type"].update(values="int"), "long est devenu int"),
    "a day made a plain number": (lambda s: field(s, "jour").update(type=["null", "int"]), "date"),
    "an optional field made required": (lambda s: field(s, "jour").update(type=DAY, default=0), "null est devenu date"),
    "another scale": (lambda s: field(s, "montant")["type"].update(scale=3), "decimal(10,2) est devenu decimal(10,3)"),
    "fewer digits": (lambda s: field(s, "montant")["type"].update(precision=8), "decimal(10,2) est devenu decimal(8,2)"),
    "a symbol removed without a default": (
        lambda s: field(s, "etat").update(type={"type": "enum", "name": "etat", "symbols": ["A"]}),
        "symboles retirés sans défaut : B",
    ),
    "an enumeration renamed": (lambda s: field(s, "etat")["type"].update(name="etats"), "enum etat est devenu enum etats"),
    "items of another type": (lambda s: field(s, "mots")["type"].update(items="long"), "chose.mots[] : string est devenu long"),
    "a nested field without a default": (
        lambda s: field(s, "lignes")["type"]["items"]["fields"].append({"name": "z", "type": "int"}),
        "ligne.z : champ ajouté",
    ),
    "a record removed from the union": (lambda s: s[:1], "record autre"),
    "the union made a single record": (lambda s: s[0], "record autre est devenu record chose"),
}

HARMLESS: dict[str, Any] = {
    "nothing": lambda s: None,
    "documentation": lambda s: s[0].update(doc="mieux dit"),
    "a field added with a default": lambda s: added(s, default=""),
    "a field removed": lambda s: s[0]["fields"].remove(field(s, "rang")),
    "an int made a long": lambda s: field(s, "rang").update(type="long"),
    "a required field made optional": lambda s: field(s, "code").update(type=["null", "string"], default=None),
    "a symbol added": lambda s: field(s, "etat")["type"]["symbols"].append("C"),
    "a symbol removed where there is a default": lambda s: field(s, "etat")["type"].update(symbols=["A"]),
    "a record added to the union": lambda s: s.append({"type": "record", "name": "n", "fields": [{"name": "y", "type": "int"}]}),
    "more digits": lambda s: field(s, "montant")["type"].update(precision=12),
    "a field renamed with an alias": lambda s: field(s, "code").update(name="codes", aliases=["code"]),
    "the order of the fields": lambda s: s[0]["fields"].sort(key=lambda each: (each["name"] == "lignes", each["name"])),
}

STRICTER_THAN_AVRO = {"a day made a plain number", "another scale", "fewer digits"}
"""Avro's own check looks at no logical type."""


def found(schema: Any) -> list[str]:
    return incompatibilities(Contract("essai.choses.v1", BASE), Contract("essai.choses.v1", schema))


@pytest.mark.parametrize("name", BREAKING)
def test_a_change_that_breaks_readers_is_seen_and_said(name: str) -> None:
    change, said = BREAKING[name]
    sentences = found(changed(change))
    assert any(said in sentence for sentence in sentences), sentences


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_change_is_let_through(name: str) -> None:
    assert found(changed(HARMLESS[name])) == []


@pytest.mark.parametrize("name", [*BREAKING, *HARMLESS])
def test_the_check_agrees_with_the_one_of_the_avro_project(name: str) -> None:
    schema = changed(BREAKING[name][0] if name in BREAKING else HARMLESS[name])
    checker: Any = ReaderWriterCompatibilityChecker
    theirs = checker().get_compatibility(parse(json.dumps(schema)), parse(json.dumps(BASE)))
    agree = (theirs.compatibility is SchemaCompatibilityType.compatible) == (not found(schema))
    assert agree == (name not in STRICTER_THAN_AVRO)


@pytest.mark.parametrize("topic", sorted({topic for topic, _ in EVERY_RECORD}))
def test_a_field_required_from_now_on_breaks_any_contract(topic: str) -> None:
    mutated = copy.deepcopy(contract_of(topic).schema)
    (mutated if isinstance(mutated, dict) else mutated[-1])["fields"].append({"name": "exige", "type": "string", "doc": "x"})
    assert incompatibilities(contract_of(topic), Contract(topic, mutated)) != []
    assert incompatibilities(contract_of(topic), contract_of(topic)) == []


def test_there_are_released_contracts() -> None:
    assert RELEASED


def test_no_present_contract_breaks_a_released_one() -> None:
    assert release.broken() == []


def test_a_breaking_change_is_never_released(tmp_path: Path) -> None:
    avro, released = tmp_path / "avro", tmp_path / "released"
    avro.mkdir()
    (avro / "essai.choses.v1.avsc").write_text(json.dumps(BASE))
    assert release.release(avro, released) == ["essai.choses.v1"]
    assert release.broken(avro, released) == []
    (avro / "essai.choses.v1.avsc").write_text(json.dumps(changed(BREAKING["a type changed"][0])))
    assert release.broken(avro, released) == ["essai.choses.v1 : chose.rang : int est devenu string."]
    (avro / "essai.choses.v1.avsc").unlink()
    assert "n'a plus de contrat" in release.broken(avro, released)[0]
