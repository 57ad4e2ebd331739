"""Avro binary of our own records, compiled per contract into straight-line Python.

Written because every record of the bus pays for both: a record of 23 fields takes fastavro about 22 µs to write and 18 to
read, struct included, and this about 6 and 10 (`bench/codec.py`, processor time). The tests hold it to fastavro on every
contract, both ways; reading under another writer's schema stays fastavro's work (`schemas.codec`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import msgspec

from schemas import binary
from schemas.contracts import BadContract, Contract

Lines = list[tuple[str, str]]
"""Lines of a function's body, each with the field it is about."""

READING_ERRORS = (ValueError, IndexError, OverflowError, ArithmeticError)
"""What `decode` may raise on bytes that are not the record."""
WRITING_ERRORS = (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError, ArithmeticError)
"""What `encode` may raise on a struct whose values are not what the contract says."""

REASONS: Mapping[type[Exception], str] = {
    IndexError: "octets manquants",
    UnicodeDecodeError: "texte qui n'est pas en UTF-8",
    UnicodeEncodeError: "texte qui n'a pas de forme UTF-8",
    OverflowError: "date ou instant hors du calendrier",
    KeyError: "symbole inconnu de l'énumération",
}


@dataclass(frozen=True, slots=True)
class RecordCodec:
    """Reads and writes one record of a contract."""

    encode: Callable[[bytearray, Any], None]
    """Appends the record. Raises one of WRITING_ERRORS."""
    decode: Callable[[bytes, int], tuple[Any, int]]
    """The struct that starts at a position and the position after it, which must be the end. Raises one of READING_ERRORS."""
    filename: str
    fields_by_line: Mapping[int, str]

    def located(self, error: Exception) -> str:
        """Which field an error of `encode` or `decode` is about, and why, in French and without any value."""
        reason = (
            str(error) if isinstance(error, binary.Malformed) else REASONS.get(type(error), "valeur d'un autre type que celui du contrat")
        )
        name = next(self._fields(error.__traceback__), "")
        return f"champ {name} : {reason}" if name else reason

    def _fields(self, step: TracebackType | None) -> Any:
        while step is not None:
            if step.tb_frame.f_code.co_filename == self.filename and self.fields_by_line.get(step.tb_lineno):
                yield self.fields_by_line[step.tb_lineno]
            step = step.tb_next


def compile_contract(contract: Contract, structs: Mapping[str, type[msgspec.Struct]]) -> tuple[RecordCodec, ...]:
    """One codec per record of the contract, in the order of its branches. `structs`: record name -> struct, nested ones too.

    Raises BadContract for a type that contracts do not use.
    """
    compiler = _Compiler(contract.topic, structs)
    numbers = [compiler.named(record, None) for record in contract.records]
    filename = f"<avro {contract.topic}>"
    exec(compile("\n".join(compiler.lines), filename, "exec"), compiler.scope)  # noqa: S102 (our own contracts, as dataclasses do)
    return tuple(
        RecordCodec(compiler.scope[f"encode_{number}"], compiler.scope[f"decode_{number}"], filename, compiler.fields_by_line)
        for number in numbers
    )


SCOPE: Mapping[str, Any] = {name: getattr(binary, name) for name in dir(binary) if name.startswith(("encode_", "decode_"))} | {
    "SMALL": binary.SMALL,
    "SIZES": binary.SIZES,
    "BOOLEANS": {True: b"\1", False: b"\0"},
    "Malformed": binary.Malformed,
}


@dataclass(slots=True)
class _Compiler:
    """Writes an `encode_<n>` and a `decode_<n>` for each named type of one contract."""

    topic: str
    structs: Mapping[str, type[msgspec.Struct]]
    scope: dict[str, Any] = field(default_factory=lambda: dict(SCOPE))
    known: dict[str, str] = field(default_factory=dict)
    """full Avro name -> number of a named type."""
    lines: list[str] = field(default_factory=list)
    fields_by_line: dict[int, str] = field(default_factory=dict)
    serial: int = 0

    def named(self, schema: Mapping[str, Any], namespace: str | None) -> str:
        """Compile a record or an enum; its number."""
        full = schema["name"] if "." in schema["name"] or not (space := schema.get("namespace", namespace)) else f"{space}.{schema['name']}"
        number = self.known[full] = str(len(self.known))
        if schema["type"] == "enum":
            self._enum(number, schema["symbols"])
        else:
            self._record(number, schema, full.rsplit(".", 1)[0] if "." in full else None)
        return number

    def _enum(self, number: str, symbols: list[str]) -> None:
        self.scope[f"ENUM_{number}"] = {symbol: binary.encode_long(rank) for rank, symbol in enumerate(symbols)}
        self.scope[f"SYMBOLS_{number}"] = dict(enumerate(symbols))

    def _record(self, number: str, schema: Mapping[str, Any], namespace: str | None) -> None:
        name = schema["name"].rsplit(".", 1)[-1]
        if not schema["fields"]:
            raise BadContract(f"{self.topic}: record {name} has no field")
        self.scope[f"STRUCT_{number}"] = self.structs[name]
        writing: Lines = []
        reading: Lines = []
        values: list[str] = []
        for each in schema["fields"]:
            value = self._fresh()
            writing += [(line, each["name"]) for line in (f"{value} = record.{each['name']}", *self._write(each["type"], value, namespace))]
            reading += [(line, each["name"]) for line in self._read(each["type"], value, namespace)]
            values.append(f"{each['name']}={value}")
        guard = f"if record.__class__ is not STRUCT_{number}: raise Malformed('enregistrement {name} attendu')"
        self._function(f"encode_{number}(out, record)", [(guard, ""), *writing])
        self._function(f"decode_{number}(data, at)", [*reading, (f"return STRUCT_{number}({', '.join(values)}), at", "")])

    def _function(self, signature: str, body: Lines) -> None:
        self.lines.append(f"def {signature}:")
        for line, about in body:
            self.lines.append(f"    {line}")
            self.fields_by_line[len(self.lines)] = about

    def _fresh(self) -> str:
        self.serial += 1
        return f"v{self.serial}"

    # Each of the two below gives the lines that write the variable `v`, or that read into it.

    def _write(self, schema: Any, v: str, namespace: str | None) -> list[str]:
        match _kind(schema):
            case "union":
                null, other = _optional(schema)
                lines = self._write(schema[other], v, namespace)
                return [f"if {v} is None: out += {_branch(null)}", "else:", *_inside([f"out += {_branch(other)}", *lines])]
            case "string":
                return [f"{v} = {v}.encode()", *_write_bytes(v)]
            case "bytes":
                return [f"if {v}.__class__ is not bytes: raise Malformed('octets attendus')", *_write_bytes(v)]
            case "int" | "long" as kind:
                return [f"out += SMALL[{v}] if 0 <= {v} < {len(binary.SMALL)} else encode_{kind}({v})"]
            case "boolean":
                return [f"out += BOOLEANS[{v}]"]
            case "date" | "instant" as kind:
                return [f"out += encode_{kind}({v})"]
            case "decimal":
                return [f"out += encode_decimal({v}, {schema.get('scale', 0)}, {10 ** schema['precision']})"]
            case "array" | "map" as kind:
                return self._write_items(schema, kind, v, namespace)
            case "enum" | "record" | "name" as kind:
                number = self._number(schema, namespace)
                return [f"out += ENUM_{number}[{v}]" if f"ENUM_{number}" in self.scope else f"encode_{number}(out, {v})"]
            case kind:
                raise BadContract(f"{self.topic}: type {kind} is not used in contracts")

    def _write_items(self, schema: Mapping[str, Any], kind: str, v: str, namespace: str | None) -> list[str]:
        key, item = self._fresh(), self._fresh()
        if kind == "array":
            loop, lines = f"for {item} in {v}:", self._write(schema["items"], item, namespace)
        else:
            loop = f"for {key}, {item} in {v}.items():"
            lines = [f"{key} = {key}.encode()", *_write_bytes(key), *self._write(schema["values"], item, namespace)]
        return [f"out += encode_{kind}_count({v})", loop, *_inside(lines), f"if {v}: out += b'\\0'"]

    def _read(self, schema: Any, v: str, namespace: str | None) -> list[str]:
        match _kind(schema):
            case "union":
                null, other = _optional(schema)
                lines = self._read(schema[other], v, namespace)
                absent = [f"{v} = data[at]; at += 1", f"if {v} == {null * 2}: {v} = None"]
                return [*absent, f"elif {v} == {other * 2}:", *_inside(lines), "else: raise Malformed('branche inconnue')"]
            case "string":
                return [*_read_size(v), f"{v} = data[at:(at := at + {v})].decode()"]
            case "bytes":
                return [*_read_size(v), f"{v} = data[at:(at := at + {v})]"]
            case "int" | "long" as kind:
                return [f"{v} = SIZES[data[at]]", "at += 1", f"if {v} < 0: {v}, at = decode_{kind}(data, at - 1)"]
            case "boolean":
                return [f"{v} = data[at]; at += 1", f"if {v} > 1: raise Malformed('booléen attendu')", f"{v} = {v} == 1"]
            case "date" | "instant" as kind:
                return [f"{v}, at = decode_{kind}(data, at)"]
            case "decimal":
                return [f"{v}, at = decode_decimal(data, at, {schema.get('scale', 0)}, {10 ** schema['precision']})"]
            case "array" | "map" as kind:
                return self._read_items(schema, kind, v, namespace)
            case "enum" | "record" | "name":
                return self._read_named(self._number(schema, namespace), v)
            case kind:
                raise BadContract(f"{self.topic}: type {kind} is not used in contracts")

    def _read_items(self, schema: Mapping[str, Any], kind: str, v: str, namespace: str | None) -> list[str]:
        key, item, left = self._fresh(), self._fresh(), self._fresh()
        if kind == "array":
            empty, lines = "[]", [*self._read(schema["items"], item, namespace), f"{v}.append({item})"]
        else:
            empty = "{}"
            lines = [*_read_size(key), f"{key} = data[at:(at := at + {key})].decode()", *self._read(schema["values"], item, namespace)]
            lines.append(f"{v}[{key}] = {item}")
        block = [f"for {left} in range({left}):", *_inside(lines), f"{left}, at = decode_block(data, at)"]
        done = [f"{v} = tuple({v})"] if kind == "array" else []
        return [f"{v} = {empty}", f"{left}, at = decode_block(data, at)", f"while {left}:", *_inside(block), *done]

    def _read_named(self, number: str, v: str) -> list[str]:
        if f"ENUM_{number}" not in self.scope:
            return [f"{v}, at = decode_{number}(data, at)"]
        return [
            f"{v}, at = decode_long(data, at)",
            f"{v} = SYMBOLS_{number}.get({v})",
            f"if {v} is None: raise Malformed('symbole inconnu')",
        ]

    def _number(self, schema: Any, namespace: str | None) -> str:
        """The number of a named type, compiled at its first mention (fields are written before they are read)."""
        name = schema if isinstance(schema, str) else schema["name"]
        full = name if "." in name or not namespace else f"{namespace}.{name}"
        if not isinstance(schema, str) and "namespace" in schema and "." not in name:
            full = f"{schema['namespace']}.{name}"
        if full in self.known:
            return self.known[full]
        if isinstance(schema, str):
            raise BadContract(f"{self.topic}: unknown type {schema}; define it before it is named")
        return self.named(schema, namespace)


LOGICAL = {("int", "date"): "date", ("long", "timestamp-millis"): "instant", ("bytes", "decimal"): "decimal"}
SIMPLE = frozenset({"string", "bytes", "int", "long", "boolean"})


def _kind(schema: Any) -> str:
    if isinstance(schema, list):
        return "union"
    if isinstance(schema, str):
        return schema if schema in SIMPLE else "name"
    if "logicalType" in schema:
        return LOGICAL.get((schema["type"], schema["logicalType"]), f"{schema['type']} ({schema['logicalType']})")
    return str(schema["type"])


def _optional(schema: list[Any]) -> tuple[int, int]:
    """The branch numbers of null and of the other type."""
    if len(schema) != 2 or schema.count("null") != 1:
        raise BadContract('only unions ["null", type] are used inside a record')
    null = schema.index("null")
    return null, 1 - null


def _branch(number: int) -> str:
    return repr(binary.encode_long(number))


def _inside(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _write_bytes(v: str) -> list[str]:
    size = f"SMALL[len({v})] if len({v}) < {len(binary.SMALL)} else encode_long(len({v}))"
    return [f"out += {size}", f"out += {v}"]


def _read_size(v: str) -> list[str]:
    return [f"{v} = SIZES[data[at]]", "at += 1", f"if {v} < 0: {v}, at = decode_size(data, at - 1)"]
