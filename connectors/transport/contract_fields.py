"""Fields read from a contract: one rule for the JSON object and for the line of a file of every record of a topic.

For systems whose format is our own ("format interne, non homologué"): a field's JSON name is the contract's, its column is
that name in capitals. A list of records is a list of objects in JSON; in a file it is one cell, records separated by `|`,
their values by `~`, in the order of the contract.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from connectors.transport import messages, values
from connectors.transport.faults import FaultList
from connectors.transport.fields import Field, columns_of, read_object, read_row
from connectors.transport.values import Kind, kind_of
from schemas.contracts import contract_of
from schemas.records import RECORDS

RECORD_SEPARATOR = "|"
VALUE_SEPARATOR = "~"
MAX_ITEMS = 1_000
MAX_WHOLE = 1_000_000

Kinds = Mapping[str, Kind]
"""`field` or `record.field` → how it is read, where the contract's type says too little."""


@dataclass(frozen=True, slots=True)
class Nested:
    """A field that holds one record (`many` false) or a list of them."""

    name: str
    shape: "Shape"
    many: bool
    struct: type[Any]

    @property
    def column(self) -> str:
        return self.name.upper()


@dataclass(frozen=True, slots=True)
class Shape:
    """How one record of a contract is read."""

    fields: tuple[Field, ...]
    nested: tuple[Nested, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return (*(each.name for each in self.fields), *(each.name for each in self.nested))

    def read_json(
        self, value: Mapping[str, Any], rank: int, faults: FaultList, inside: str = "", passed: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The typed values of a JSON object, records inside it included."""
        read = read_object(self.fields, value, rank, faults, inside, (*passed, *(each.name for each in self.nested)))
        for each in self.nested:
            found = value.get(each.name)
            if found is None:
                continue
            read[each.name] = _read_nested(each, found, rank, faults, inside)
        return read

    def read_line(self, row: Mapping[str, str], line: int, faults: FaultList) -> dict[str, Any]:
        """The typed values of a line. A record inside it has columns of its own, after its name and an underscore."""
        read = read_row(self.fields, row, line, faults)
        for each in self.nested:
            if each.many:
                cell = row.get(each.column, "")
                read[each.name] = tuple(_read_items(each, cell, line, faults)) if cell else ()
            else:
                own = _prefixed(each)
                if any(row.get(column) for column in columns_of(own).names):
                    inner = read_row(own, row, line, faults)
                    read[each.name] = each.struct(**{name.removeprefix(f"{each.name}_"): value for name, value in inner.items()})
        return read

    def columns(self) -> tuple[Field, ...]:
        """Every column of a file of this record."""
        flat = list(self.fields)
        for each in self.nested:
            flat += [Field(each.name, values.text(64_000))] if each.many else _prefixed(each)
        return tuple(flat)


def _prefixed(nested: Nested) -> list[Field]:
    """Columns of a record inside a line; none is mandatory, since the record itself may be absent."""
    return [Field(f"{nested.name}_{each.name}", each.kind) for each in nested.shape.fields]


def _read_nested(nested: Nested, found: Any, rank: int, faults: FaultList, inside: str) -> Any:
    where = f"Élément {rank}, champ {inside}{nested.name}"
    if not nested.many:
        if not isinstance(found, dict):
            faults.add(messages.bad_value(where, rank, "TYPE_INATTENDU", "objet", kind_of(found), "Envoyer un objet."))
            return None
        return _build(nested, found, rank, faults, f"{inside}{nested.name}.")
    if not isinstance(found, list) or len(found) > MAX_ITEMS:
        seen = f"{len(found)} éléments" if isinstance(found, list) else kind_of(found)
        faults.add(
            messages.bad_value(where, rank, "TYPE_INATTENDU", f"liste d'au plus {MAX_ITEMS} objets", seen, "Envoyer une liste d'objets.")
        )
        return ()
    built = []
    for number, each in enumerate(found, start=1):
        if not isinstance(each, dict):
            faults.add(messages.event_not_an_object(rank, kind_of(each)))
            continue
        built.append(_build(nested, each, rank, faults, f"{inside}{nested.name}[{number}]."))
    return tuple(each for each in built if each is not None)


def _build(nested: Nested, value: Mapping[str, Any], rank: int, faults: FaultList, inside: str) -> Any:
    before = faults.count
    read = nested.shape.read_json(value, rank, faults, inside)
    return nested.struct(**read) if faults.count == before else None


def _read_items(nested: Nested, cell: str, line: int, faults: FaultList) -> list[Any]:
    fields = nested.shape.fields
    built = []
    for number, item in enumerate(cell.split(RECORD_SEPARATOR), start=1):
        parts = [part.strip() for part in item.split(VALUE_SEPARATOR)]
        if len(parts) != len(fields):
            where = f"Ligne {line}, colonne {nested.column}, élément {number}"
            expected = f"{len(fields)} valeurs séparées par « {VALUE_SEPARATOR} »"
            remede = "Suivre l'ordre du format documenté."
            faults.add(messages.bad_value(where, line, "NOMBRE_DE_CHAMPS", expected, f"{len(parts)} valeurs", remede))
            continue
        before = faults.count
        read = read_row(fields, {each.column: part for each, part in zip(fields, parts, strict=True)}, line, faults)
        if faults.count == before:
            built.append(nested.struct(**read))
    return built


# --- from the contract -----------------------------------------------------------------------------------------------


@cache
def _schemas(topic: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Records by name and every named type of a topic's contract."""
    named: dict[str, Any] = {}
    contract = contract_of(topic)
    for record in contract.records:
        _collect(record, named)
    return dict(zip(contract.names, contract.records, strict=True)), named


def _collect(schema: Any, named: dict[str, Any]) -> None:
    if isinstance(schema, list):
        for branch in schema:
            _collect(branch, named)
    elif isinstance(schema, dict):
        if "name" in schema and schema.get("type") in ("record", "enum"):
            named[schema["name"]] = schema
        for each in schema.get("fields", ()):
            _collect(each["type"], named)
        if schema.get("type") == "array":
            _collect(schema["items"], named)


def shape_of(topic: str, record: str, kinds: Kinds) -> Shape:
    """How `record` of `topic` is read; `kinds` tells identifiers from other texts, by field name."""
    records, named = _schemas(topic)
    return _shape(records[record], named, kinds, RECORDS[topic][record])


def _shape(schema: Mapping[str, Any], named: Mapping[str, Any], kinds: Kinds, struct: type[Any]) -> Shape:
    fields: list[Field] = []
    nested: list[Nested] = []
    for each in schema["fields"]:
        inner, many = _record_inside(each["type"], named)
        if inner is not None:
            owner = _struct_of(inner["name"], struct)
            nested.append(Nested(each["name"], _shape(inner, named, kinds, owner), many, owner))
        else:
            name = each["name"]
            kind = kinds.get(f"{schema['name']}.{name}") or kinds.get(name) or _kind(each["type"], named)
            fields.append(Field(name, kind, "default" not in each))
    return Shape(tuple(fields), tuple(nested))


def _record_inside(schema: Any, named: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, bool]:
    schema = _present(schema, named)
    if isinstance(schema, dict) and schema["type"] == "record":
        return schema, False
    if isinstance(schema, dict) and schema["type"] == "array":
        item = _present(schema["items"], named)
        if isinstance(item, dict) and item["type"] == "record":
            return item, True
    return None, False


def _present(schema: Any, named: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        schema = next(branch for branch in schema if branch != "null")
    return named.get(schema, schema) if isinstance(schema, str) else schema


def _struct_of(name: str, holder: type[Any]) -> type[Any]:
    """The generated struct of a record inside another: it is in the same module, under its name in PascalCase."""
    module = import_module(holder.__module__)
    found: type[Any] = getattr(module, "".join(part[:1].upper() + part[1:] for part in name.split("_")))
    return found


def _kind(schema: Any, named: Mapping[str, Any]) -> Kind:
    schema = _present(schema, named)
    if isinstance(schema, str):
        return {"string": values.text(500), "int": values.integer(0, MAX_WHOLE), "boolean": values.boolean()}[schema]
    logical = schema.get("logicalType")
    if logical == "decimal":
        return values.money(scale=schema["scale"], digits=schema["precision"], negative=True)
    if logical == "date":
        return values.day()
    if logical == "timestamp-millis":
        return values.instant()
    if schema["type"] == "enum":
        return values.code(tuple(schema["symbols"]))
    return values.texts(RECORD_SEPARATOR)
