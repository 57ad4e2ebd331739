"""BACKWARD compatibility: whether everything written under a released contract can be read under the present one (R-BUS-09).

Stricter than the Avro specification where bytes would change their meaning: a logical type, a scale. Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.contracts import Contract

PROMOTIONS: Mapping[str, frozenset[str]] = {
    "int": frozenset({"long", "float", "double"}),
    "long": frozenset({"float", "double"}),
    "float": frozenset({"double"}),
    "string": frozenset({"bytes"}),
    "bytes": frozenset({"string"}),
}
"""What a primitive type may become."""


def incompatibilities(released: Contract, present: Contract) -> list[str]:
    """Why records of the released contract could no longer be read, one French sentence each; empty when they can."""
    return list(_Reading(_named_types(released.schema), _named_types(present.schema)).compare(released.schema, present.schema, ""))


class _Reading:
    """Compares what was written with what is read, with the named types of both sides."""

    def __init__(self, written: Mapping[str, Any], read: Mapping[str, Any]) -> None:
        self._written = written
        self._read = read

    def compare(self, written: Any, read: Any, where: str) -> Iterator[str]:
        """`written` and `read` are Avro types at the same place."""
        written, read = _resolved(written, self._written), _resolved(read, self._read)
        if isinstance(written, list):
            for branch in written:
                yield from self.compare(branch, read, where)
            return
        if isinstance(read, list):
            yield from self._among(written, read, where)
            return
        if not _same_kind(written, read):
            yield f"{where or 'contrat'} : {_said(written)} est devenu {_said(read)}."
            return
        match written["type"]:
            case "record":
                yield from self._fields(written, read, where)
            case "enum":
                yield from _symbols(written, read, where)
            case "array":
                yield from self.compare(written["items"], read["items"], f"{where}[]")
            case "map":
                yield from self.compare(written["values"], read["values"], f"{where}{{}}")

    def _among(self, written: Any, branches: list[Any], where: str) -> Iterator[str]:
        candidates = [branch for branch in (_resolved(each, self._read) for each in branches) if _same_kind(written, branch)]
        if not candidates:
            yield f"{where or 'contrat'} : la branche {_said(written)} n'est plus dans l'union."
            return
        found = [list(self.compare(written, branch, where)) for branch in candidates]
        if all(found):
            yield from found[0]

    def _fields(self, written: Mapping[str, Any], read: Mapping[str, Any], where: str) -> Iterator[str]:
        above = f"{where}.{_short(written)}" if where else _short(written)
        before = {each["name"]: each for each in written["fields"]}
        for each in read["fields"]:
            names = (each["name"], *each.get("aliases", ()))
            known = next((before[name] for name in names if name in before), None)
            if known is not None:
                yield from self.compare(known["type"], each["type"], f"{above}.{each['name']}")
            elif "default" not in each:
                yield f"{above}.{each['name']} : champ ajouté sans défaut."


def _symbols(written: Mapping[str, Any], read: Mapping[str, Any], where: str) -> Iterator[str]:
    gone = [symbol for symbol in written["symbols"] if symbol not in read["symbols"]]
    if gone and "default" not in read:
        yield f"{where} : symboles retirés sans défaut : {', '.join(gone)}."


def _same_kind(written: Mapping[str, Any], read: Mapping[str, Any]) -> bool:
    before, now = written["type"], read["type"]
    if written.get("logicalType") != read.get("logicalType"):
        return False
    if written.get("logicalType") == "decimal":
        return bool(written.get("scale", 0) == read.get("scale", 0) and written["precision"] <= read["precision"])
    if before in ("record", "enum", "fixed"):
        return bool(before == now and (_short(written) == _short(read) or _short(written) in read.get("aliases", ())))
    return bool(before == now or now in PROMOTIONS.get(before, frozenset()))


def _named_types(schema: Any) -> dict[str, Any]:
    """Short name → definition of every named type."""
    found: dict[str, Any] = {}
    pending = [schema]
    while pending:
        each = pending.pop()
        if isinstance(each, list):
            pending += each
        elif isinstance(each, dict):
            if each.get("type") in ("record", "enum", "fixed"):
                found[_short(each)] = each
            pending += [each[key] for key in ("type", "items", "values") if isinstance(each.get(key), dict | list)]
            pending += [field["type"] for field in each.get("fields", ())]
    return found


def _resolved(schema: Any, named: Mapping[str, Any]) -> Any:
    """A list (union) or an object: names are replaced by what they name, primitives become objects."""
    if isinstance(schema, list):
        return schema
    if isinstance(schema, str):
        return named.get(schema.rsplit(".", 1)[-1], {"type": schema})
    return _resolved(schema["type"], named) if isinstance(schema["type"], dict | list) else schema


def _short(schema: Mapping[str, Any]) -> str:
    return str(schema["name"]).rsplit(".", 1)[-1]


def _said(schema: Mapping[str, Any]) -> str:
    if "name" in schema:
        return f"{schema['type']} {_short(schema)}"
    if schema.get("logicalType") == "decimal":
        return f"decimal({schema['precision']},{schema.get('scale', 0)})"
    return str(schema.get("logicalType", schema["type"]))
