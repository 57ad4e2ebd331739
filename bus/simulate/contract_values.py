"""What a scenario writes under `data`, read by the contract of its record: identifiers keep their zeros, amounts and times
are exact. The result is JSON values, as the system itself would send them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bus.simulate.document import Fields, Items, Node, Text, shown
from bus.simulate.times import BadTime, read_day, read_instant
from schemas.contracts import contract_of

TRUE = frozenset({"true", "vrai", "oui"})
FALSE = frozenset({"false", "faux", "non"})

Complain = Callable[[int, str], None]
"""Told the line and what is wrong there."""


@dataclass(frozen=True, slots=True)
class FieldShape:
    """One field of a record, as people write it."""

    name: str
    type: Any
    """Avro type, names resolved."""
    doc: str
    required: bool
    default: Any = None

    @property
    def written(self) -> str:
        """Its type in words: `texte`, `montant (2 décimales)`, `liste de voeu`."""
        return written(self.type)


@dataclass(frozen=True, slots=True)
class RecordShape:
    """One record of a contract: an event of a scenario."""

    topic: str
    name: str
    doc: str
    fields: tuple[FieldShape, ...]

    def field(self, name: str) -> FieldShape | None:
        return next((each for each in self.fields if each.name == name), None)


@cache
def shapes_of(topic: str) -> dict[str, RecordShape]:
    """The records of a topic's contract by name. Raises schemas.contracts.BadContract for a topic without contract."""
    contract = contract_of(topic)
    named: dict[str, Any] = {}
    shapes = [_record(topic, record, named, record.get("namespace")) for record in contract.records]
    return {shape.name: shape for shape in shapes}


def _record(topic: str, schema: Mapping[str, Any], named: dict[str, Any], space: str | None) -> RecordShape:
    fields = tuple(
        FieldShape(each["name"], _resolve(each["type"], named, space), each.get("doc", ""), "default" not in each, each.get("default"))
        for each in schema["fields"]
    )
    return RecordShape(topic, _short(schema["name"]), schema.get("doc", ""), fields)


def _short(name: str) -> str:
    return name.rsplit(".", 1)[-1]


def _resolve(schema: Any, named: dict[str, Any], space: str | None) -> Any:
    """The type with every named type written out, so that a reader needs no context."""
    if isinstance(schema, str):
        return named.get(_short(schema), schema)
    if isinstance(schema, list):
        return [_resolve(branch, named, space) for branch in schema]
    resolved = dict(schema)
    if resolved["type"] == "record":
        resolved["fields"] = [{**each, "type": _resolve(each["type"], named, space)} for each in schema["fields"]]
    elif resolved["type"] == "array":
        resolved["items"] = _resolve(schema["items"], named, space)
    elif resolved["type"] == "map":
        resolved["values"] = _resolve(schema["values"], named, space)
    if "name" in resolved:
        named[_short(resolved["name"])] = resolved
    return resolved


WORDS = {"string": "texte", "int": "nombre entier", "long": "nombre entier", "boolean": "booléen", "bytes": "octets", "null": "rien"}


def written(schema: Any) -> str:
    """An Avro type in words for people."""
    if isinstance(schema, list):
        return " ou ".join(written(branch) for branch in schema if branch != "null") + (", facultatif" if "null" in schema else "")
    if isinstance(schema, str):
        return WORDS.get(schema, schema)
    logical = schema.get("logicalType")
    if logical == "decimal":
        return f"montant ({schema['scale']} décimales)"
    if logical is not None:
        return "date" if logical == "date" else "instant"
    kind = schema["type"]
    if kind == "enum":
        return " | ".join(schema["symbols"])
    if kind == "record":
        inside = ", ".join(f"{each['name']}{'' if 'default' in each else '*'}: {written(each['type'])}" for each in schema["fields"])
        return f"{_short(schema['name'])} {{{inside}}}"
    if kind == "array":
        return f"liste de {written(schema['items'])}"
    if kind == "map":
        return f"table de {written(schema['values'])}"
    return written(kind)


@dataclass(slots=True)
class DataReader:
    """Reads `data` nodes; every problem goes to `complain`, nothing is raised."""

    zone: ZoneInfo
    complain: Complain
    problems: int = field(default=0)

    def record(self, shape: RecordShape, data: Fields) -> dict[str, Any]:
        """The JSON object of a record; what is absent takes the contract's default later."""
        types = {each.name: each.type for each in shape.fields}
        required = [each.name for each in shape.fields if each.required]
        return self._object(f"l'événement « {shape.name} »", types, required, data, "")

    def _object(self, of: str, types: Mapping[str, Any], required: list[str], data: Fields, path: str) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, node in data.entries.items():
            if name not in types:
                self._wrong(data.lines[name], f"champ inconnu « {path}{name} » de {of}. Champs connus : {', '.join(types)}.")
                continue
            result[name] = self._value(types[name], node, f"{path}{name}")
        missing = [name for name in required if name not in data.entries]
        if missing:
            names = ", ".join(f"{path}{name}" for name in missing)
            self._wrong(data.line, f"champ obligatoire absent de {of} : {names}.")
        return result

    def _value(self, schema: Any, node: Node, path: str) -> Any:
        if isinstance(schema, list):
            if isinstance(node, Text) and node.is_null and "null" in schema:
                return None
            return self._value(next(branch for branch in schema if branch != "null"), node, path)
        if isinstance(schema, str):
            return self._scalar({"type": schema}, node, path)
        kind = schema["type"]
        if kind == "record":
            return self._nested(schema, node, path)
        if kind == "array":
            if not isinstance(node, Items):
                return self._expected(node, path, "une liste")
            return [self._value(schema["items"], item, f"{path}[{rank}]") for rank, item in enumerate(node.items)]
        if kind == "map":
            if not isinstance(node, Fields):
                return self._expected(node, path, "une table de champs")
            return {name: self._value(schema["values"], entry, f"{path}.{name}") for name, entry in node.entries.items()}
        return self._scalar(schema, node, path)

    def _nested(self, schema: Mapping[str, Any], node: Node, path: str) -> Any:
        if not isinstance(node, Fields):
            return self._expected(node, path, "un groupe de champs")
        types = {each["name"]: each["type"] for each in schema["fields"]}
        required = [each["name"] for each in schema["fields"] if "default" not in each]
        return self._object(f"« {_short(schema['name'])} »", types, required, node, f"{path}.")

    def _scalar(self, schema: Mapping[str, Any], node: Node, path: str) -> Any:
        if not isinstance(node, Text):
            return self._expected(node, path, "une seule valeur")
        if node.is_null:
            return self._expected(node, path, written(schema))
        if schema["type"] == "enum":
            if node.text not in schema["symbols"]:
                return self._expected(node, path, f"un des codes {', '.join(schema['symbols'])}")
            return node.text
        try:
            return READERS[schema.get("logicalType") or schema["type"]](node.text, self.zone)
        except (ValueError, ArithmeticError, BadTime):
            return self._expected(node, path, written(schema))

    def _expected(self, node: Node, path: str, what: str) -> None:
        found = shown(node)
        self._wrong(node.line, f"« {path} » : attendu : {what} ; trouvé : {found if len(found) <= 60 else found[:57] + '…'}.")

    def _wrong(self, line: int, message: str) -> None:
        self.problems += 1
        self.complain(line, message)


def read_boolean(text: str) -> bool:
    """true, vrai, oui or false, faux, non. Raises ValueError."""
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise ValueError(text)


def read_amount(text: str) -> Decimal:
    """`1665.00`, `1665,00` or `1 665,00`. Raises ValueError."""
    try:
        amount = Decimal(text.replace(" ", "").replace("\u00a0", "").replace("\u202f", "").replace(",", "."))
    except InvalidOperation:
        raise ValueError(text) from None
    if not amount.is_finite():
        raise ValueError(text)
    return amount


def _instant(text: str, zone: ZoneInfo) -> str:
    return read_instant(text, zone).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _day(text: str, _zone: ZoneInfo) -> str:
    day: date = read_day(text)
    return day.isoformat()


READERS: Mapping[str, Callable[[str, ZoneInfo], Any]] = {
    "string": lambda text, _zone: text,
    "int": lambda text, _zone: int(text),
    "long": lambda text, _zone: int(text),
    "boolean": lambda text, _zone: read_boolean(text),
    "bytes": lambda text, _zone: text,
    "decimal": lambda text, _zone: str(read_amount(text)),
    "date": _day,
    "timestamp-millis": _instant,
}
