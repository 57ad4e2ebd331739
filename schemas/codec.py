"""Records ↔ bytes of a Kafka value, in the Confluent wire format: 0, the schema id on four bytes, Avro binary.

Written under our own contract, a value is read and written by `schemas.compiled`; written under another schema of the
registry (an older or a newer release, a foreign producer), it is resolved against our contract by fastavro.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import fastavro
import msgspec

from schemas.binary import Malformed, decode_long, encode_long
from schemas.compiled import READING_ERRORS, WRITING_ERRORS, RecordCodec, compile_contract
from schemas.contracts import contract_of
from schemas.records import NESTED, RECORDS

AVRO_ENTETE = "AVRO_ENTETE"
AVRO_SCHEMA_INCONNU = "AVRO_SCHEMA_INCONNU"
AVRO_ILLISIBLE = "AVRO_ILLISIBLE"

MAGIC = b"\0"
HEADER_SIZE = 5

Decoded = tuple[str, Any]
"""Record name and struct."""

WriterSchema = Callable[[int], Any]
"""Schema id -> Avro schema (JSON values). Raises SchemaUnknown for an id that the registry does not have."""

Reader = Callable[[bytes], Decoded]


class SchemaUnknown(Exception):
    """The registry answers and has no schema of this id: permanent."""


class Undecodable(Exception):
    """A value that will never be readable. `reason` is French, names the field, and carries no value."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code} : {reason}")
        self.code = code
        self.reason = reason


class Unencodable(Exception):
    """A record that its contract cannot hold: the fault of a rule or a connector. French, names the field, carries no value."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One record that a topic's value may be."""

    name: str
    struct: type[msgspec.Struct]
    prefix: bytes
    """Its branch number in the union; empty when the contract is a single record."""
    codec: RecordCodec


@cache
def branches_of(topic: str) -> tuple[Branch, ...]:
    """The compiled contract of a topic, in the order of its union. Raises BadContract for a topic without contract."""
    contract = contract_of(topic)
    structs = RECORDS[topic]
    codecs = compile_contract(contract, structs | NESTED.get(topic, {}))
    return tuple(
        Branch(name, structs[name], encode_long(rank) if contract.is_union else b"", codec)
        for rank, (name, codec) in enumerate(zip(contract.names, codecs, strict=True))
    )


@cache
def _by_name(topic: str) -> dict[str, Branch]:
    return {branch.name: branch for branch in branches_of(topic)}


def encode(topic: str, name: str, record: Any, schema_id: int) -> bytes:
    """The value of a record under the topic's contract, registered as `schema_id`. Raises Unencodable."""
    branch = _by_name(topic).get(name)
    if branch is None:
        raise Unencodable(f"{topic} : le contrat n'a pas d'enregistrement {name}")
    out = bytearray(MAGIC + schema_id.to_bytes(4, "big") + branch.prefix)
    try:
        branch.codec.encode(out, record)
    except WRITING_ERRORS as error:
        raise Unencodable(f"{topic} {name} : {branch.codec.located(error)}") from error
    return bytes(out)


def schema_id_of(value: bytes) -> int:
    """The registry id of the schema that wrote a value. Raises Undecodable (AVRO_ENTETE)."""
    if len(value) < HEADER_SIZE:
        raise Undecodable(AVRO_ENTETE, f"{len(value)} octets : il en faut au moins {HEADER_SIZE} pour l'en-tête Confluent")
    if value[:1] != MAGIC:
        raise Undecodable(AVRO_ENTETE, "le premier octet n'est pas 0 : la valeur n'est pas au format Confluent")
    return int.from_bytes(value[1:HEADER_SIZE], "big")


def decode(topic: str, value: bytes, writer_schema: WriterSchema) -> Decoded:
    """Record name and struct of a value. Raises Undecodable, and what `writer_schema` raises besides SchemaUnknown.

    What it takes to read under a schema is prepared once per object that `writer_schema` gives: give the same one again.
    """
    schema_id = schema_id_of(value)
    try:
        schema = writer_schema(schema_id)
    except SchemaUnknown as error:
        raise Undecodable(AVRO_SCHEMA_INCONNU, f"le registre ne connaît pas le schéma {schema_id}") from error
    return _reader(topic, schema_id, schema)(value)


def decode_any(topic: str, value: bytes | None, writer_schema: WriterSchema) -> Decoded | None:
    """The same, and None for a null value: a deletion."""
    return None if value is None else decode(topic, value, writer_schema)


_READERS: dict[tuple[str, int], tuple[Any, Reader]] = {}


def _reader(topic: str, schema_id: int, schema: Any) -> Reader:
    prepared = _READERS.get((topic, schema_id))
    if prepared is None or prepared[0] is not schema:
        reader = _own_reader(topic) if _shape(schema) == _own_shape(topic) else _foreign_reader(topic, schema)
        prepared = _READERS[topic, schema_id] = (schema, reader)
    return prepared[1]


# --- written under our contract --------------------------------------------------------------------------------------


def _own_reader(topic: str) -> Reader:
    branches = branches_of(topic)
    if not branches[0].prefix:
        single = branches[0]
        return lambda value: _read(single, value, HEADER_SIZE)

    by_number = {branch.prefix[0]: branch for branch in branches}

    def read(value: bytes) -> Decoded:
        branch = by_number.get(value[HEADER_SIZE]) if len(value) > HEADER_SIZE else None
        if branch is None:
            raise Undecodable(AVRO_ILLISIBLE, "branche inconnue de l'union du contrat")
        return _read(branch, value, HEADER_SIZE + 1)

    return read


def _read(branch: Branch, value: bytes, start: int) -> Decoded:
    try:
        record, end = branch.codec.decode(value, start)
    except READING_ERRORS as error:
        raise Undecodable(AVRO_ILLISIBLE, f"{branch.name} : {branch.codec.located(error)}") from error
    if end != len(value):
        fault = f"{len(value) - end} octets de trop après" if end < len(value) else "octets manquants à la fin de"
        raise Undecodable(AVRO_ILLISIBLE, f"{branch.name} : {fault} l'enregistrement")
    return branch.name, record


# --- written under another schema ------------------------------------------------------------------------------------


def _foreign_reader(topic: str, writer_schema: Any) -> Reader:
    """Resolves each value; under a schema that is no Avro, or no record of this topic, every value is AVRO_ILLISIBLE."""
    try:
        writers = _parsed_branches(writer_schema)
    except Exception as error:  # noqa: BLE001 (as in _resolve: anybody may have registered it)
        return _refuse(f"le schéma de l'écrivain n'est pas utilisable ({type(error).__name__})")
    readers = dict(zip((branch.name for branch in branches_of(topic)), _parsed_branches(contract_of(topic).schema), strict=True))
    known = _by_name(topic)
    is_union = isinstance(writer_schema, list)

    def read(value: bytes) -> Decoded:
        start = HEADER_SIZE
        number = 0
        if is_union:
            try:
                number, start = decode_long(value, start)
            except (Malformed, IndexError) as error:
                raise Undecodable(AVRO_ILLISIBLE, "branche de l'union illisible") from error
        if not 0 <= number < len(writers):
            raise Undecodable(AVRO_ILLISIBLE, "branche inconnue de l'union de l'écrivain")
        writer = writers[number]
        name = str(writer["name"]).rsplit(".", 1)[-1]
        if name not in readers:
            raise Undecodable(AVRO_ILLISIBLE, f"le contrat de {topic} n'a pas d'enregistrement {name}")
        return name, _resolve(known[name], writer, readers[name], value, start)

    return read


def _resolve(branch: Branch, writer: Any, reader: Any, value: bytes, start: int) -> Any:
    stream = io.BytesIO(value)
    stream.seek(start)
    try:
        plain = fastavro.schemaless_reader(stream, writer, reader)
        record = msgspec.convert(plain, branch.struct, builtin_types=(bytes, datetime, date, Decimal))
        branch.codec.encode(bytearray(), record)  # another scale or a longer number may not fit our contract
    except MemoryError:
        raise
    except Exception as error:
        # Foreign bytes and a foreign schema: fastavro raises whatever its loops meet, and each means an unreadable value.
        raise Undecodable(AVRO_ILLISIBLE, f"{branch.name} : non résolu sous le contrat présent ({type(error).__name__})") from error
    if stream.tell() != len(value):
        raise Undecodable(AVRO_ILLISIBLE, f"{branch.name} : {len(value) - stream.tell()} octets de trop après l'enregistrement")
    return record


def _refuse(reason: str) -> Reader:
    def read(_value: bytes) -> Decoded:
        raise Undecodable(AVRO_ILLISIBLE, reason)

    return read


def _parsed_branches(schema: Any) -> list[Any]:
    """The branches, each parsed with the named types of those before it. Raises what fastavro raises, ValueError for no record."""
    parsed = fastavro.parse_schema(schema)
    branches = list(parsed) if isinstance(parsed, list) else [parsed]
    if not all(isinstance(branch, dict) and branch.get("type") == "record" for branch in branches):
        raise ValueError("not a record nor a union of records")
    return branches


# --- the same bytes mean the same ------------------------------------------------------------------------------------

PRIMITIVES = frozenset({"null", "boolean", "int", "long", "float", "double", "bytes", "string"})
WRITTEN = ("logicalType", "precision", "scale", "size", "symbols")
"""Attributes besides names and types that change what the bytes mean."""


@cache
def _own_shape(topic: str) -> Any:
    return _shape(contract_of(topic).schema)


def _shape(schema: Any, namespace: str | None = None) -> Any:
    """What of a schema decides the bytes and their meaning: without doc, defaults, aliases and foreign attributes."""
    if isinstance(schema, list):
        return [_shape(branch, namespace) for branch in schema]
    if isinstance(schema, str):
        return schema if "." in schema or schema in PRIMITIVES or not namespace else f"{namespace}.{schema}"
    if not isinstance(schema, dict):
        return None
    shape = {key: schema[key] for key in WRITTEN if key in schema}
    if "name" in schema:
        space = schema.get("namespace", namespace)
        name = shape["name"] = schema["name"] if "." in schema["name"] or not space else f"{space}.{schema['name']}"
        namespace = name.rsplit(".", 1)[0] if "." in name else None
    inner = schema.get("type")
    if not shape and isinstance(inner, str) and not schema.keys() & {"items", "values"}:
        return _shape(inner, namespace)
    shape["type"] = inner if isinstance(inner, str) else _shape(inner, namespace)
    for key in ("items", "values"):
        if key in schema:
            shape[key] = _shape(schema[key], namespace)
    if "fields" in schema:
        shape["fields"] = [(each.get("name"), _shape(each.get("type"), namespace)) for each in schema["fields"]]
    return shape
