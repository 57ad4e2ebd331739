"""Records ↔ bytes of a Kafka value, in the Confluent wire format: 0, the schema id on four bytes, Avro binary.

What is exactly ours is written and read by functions made once per contract; fastavro judges everything else, and resolves a
value written under another schema of the registry (an older or a newer release, a foreign producer) against our contract.
"""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import fastavro
import msgspec

from schemas.avro_functions import NotOurs
from schemas.avro_reader import readers_of
from schemas.avro_writer import INT, Write, writers_of
from schemas.contracts import contract_of
from schemas.records import NESTED, RECORDS
from schemas.writer_schemas import Unbounded, require_bounded

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

BRANCH = fastavro.parse_schema({"type": "long"})

PLAIN_TYPES = (bytes, datetime, date, Decimal)
"""What fastavro takes and gives as it is."""


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
class Prepared:
    """The contract of a topic, parsed once."""

    schema: Any
    branches: dict[str, tuple[bytes, Any]]
    """Record name → its number in the union, encoded (nothing for a single record), and its schema: fastavro looks a branch of a
    large union up far slower than a dictionary does."""
    writers: dict[str, Write | None]
    """Record name → what writes our own structs; None: only fastavro does."""
    named: dict[str, Any]
    """Full name of a record or an enumeration → its schema, those inside others included."""


@cache
def _prepared(topic: str) -> Prepared:
    contract = contract_of(topic)
    parsed = fastavro.parse_schema(contract.schema)
    schemas: list[Any] = parsed if isinstance(parsed, list) else [parsed]
    branches = {name: (_number(rank) if contract.is_union else b"", schemas[rank]) for rank, name in enumerate(contract.names)}
    return Prepared(parsed, branches, dict(zip(contract.names, writers_of(schemas), strict=True)), dict(_named(schemas)))


def _number(rank: int) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, BRANCH, rank)
    return out.getvalue()


def _named(schema: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, list):
        for each in schema:
            yield from _named(each)
    elif isinstance(schema, dict):
        if "name" in schema:
            yield schema["name"], schema
        inside = [field["type"] for field in schema.get("fields", ())]
        yield from _named([*inside, *(schema[part] for part in ("items", "values") if part in schema)])


def _check(prepared: Prepared, name: str, record: Any) -> None:
    """Raises Unencodable for what fastavro would silently take for something else."""
    for field in prepared.branches[name][1]["fields"]:
        if not hasattr(record, field["name"]):
            continue
        try:
            meant = _is_meant(field["type"], getattr(record, field["name"]), prepared.named)
        except Exception:  # noqa: BLE001 (as in encode)
            meant = False
        if not meant:
            raise Unencodable(f"{name} : champ {field['name']} : valeur que le contrat n'admet pas")


PLAIN: Mapping[str, type] = {"string": str, "bytes": bytes, "boolean": bool, "int": int, "long": int}


def _is_meant(schema: Any, value: Any, named: Mapping[str, Any]) -> bool:
    """False for what fastavro takes as well: a naive instant, an instant for a day, a text for a list, an amount for a whole number,
    anything or nothing for a yes or no; and for what is too long for its type, or in no calendar."""
    if value is None:
        return isinstance(schema, list) and "null" in schema
    if isinstance(schema, list):
        return any(_is_meant(branch, value, named) for branch in schema if branch != "null")
    if isinstance(schema, str):
        return _is_meant(named[schema], value, named) if schema in named else _is_plain(schema, value)
    match schema.get("logicalType") or schema["type"]:
        case "timestamp-millis":
            return isinstance(value, datetime) and value.tzinfo is not None and value.astimezone(UTC) is not None
        case "date":
            return isinstance(value, date) and not isinstance(value, datetime)
        case "decimal":
            return isinstance(value, Decimal) and (not value or value.adjusted() < schema["precision"] - schema["scale"])
        case "array":
            return not isinstance(value, str | bytes | dict) and all(_is_meant(schema["items"], each, named) for each in value)
        case "map":
            return all(_is_meant(schema["values"], each, named) for each in value.values())
        case "record":
            return all(_is_meant(field["type"], getattr(value, field["name"], None), named) for field in schema["fields"])
        case "enum":
            return isinstance(value, str)
        case plain:
            return _is_meant(plain, value, named)


def _is_plain(kind: str, value: Any) -> bool:
    if not isinstance(value, PLAIN.get(kind, object)) or isinstance(value, bool) != (kind == "boolean"):
        return False
    return kind != "int" or not isinstance(value, int) or INT.start <= value < INT.stop


def encode(topic: str, name: str, record: Any, schema_id: int) -> bytes:
    """The value of a record under the topic's contract, registered as `schema_id`. Raises Unencodable."""
    prepared = _prepared(topic)
    found = prepared.branches.get(name)
    if found is None:
        raise Unencodable(f"{topic} : le contrat n'a pas d'enregistrement {name}")
    head = MAGIC + schema_id.to_bytes(4, "big") + found[0]
    write = prepared.writers[name]
    if write is None:
        return _by_fastavro(prepared, topic, name, record, head)
    try:
        return head + write(record)
    except Exception:  # noqa: BLE001 (it raises whatever it meets; fastavro judges what is not exactly ours)
        return _by_fastavro(prepared, topic, name, record, head)


def _by_fastavro(prepared: Prepared, topic: str, name: str, record: Any, head: bytes) -> bytes:
    branch = prepared.branches[name][1]
    out = io.BytesIO()
    out.write(head)
    try:
        _check(prepared, name, record)
        plain = msgspec.to_builtins(record, builtin_types=PLAIN_TYPES)
        fastavro.schemaless_writer(out, branch, plain, strict=True)
    except Unencodable:
        raise
    except Exception as error:
        # fastavro and the check raise whatever their loops meet on a value of another type; each means that the contract cannot hold it.
        raise Unencodable(f"{topic} {name} : {_fault_of(branch, record, error)}") from error
    return out.getvalue()


def _fault_of(branch: Any, record: Any, error: Exception) -> str:
    """Which field the contract cannot hold, found again field by field, without any value."""
    for field in branch["fields"]:
        if not hasattr(record, field["name"]):
            return f"champ {field['name']} : absent"
        try:
            plain = msgspec.to_builtins(getattr(record, field["name"]), builtin_types=PLAIN_TYPES)
            alone = {"type": "record", "name": "seul", "fields": [{"name": field["name"], "type": field["type"]}]}
            fastavro.schemaless_writer(io.BytesIO(), fastavro.parse_schema(alone), {field["name"]: plain}, strict=True)
        except Exception:  # noqa: BLE001 (as in encode)
            return f"champ {field['name']} : valeur que le contrat n'admet pas"
    return type(error).__name__


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
        prepared = _READERS[topic, schema_id] = (schema, _reading(topic, schema))
    return prepared[1]


def _reading(topic: str, writer_schema: Any) -> Reader:
    """Resolves each value; under a schema that is no Avro, or no record of this topic, every value is AVRO_ILLISIBLE."""
    try:
        writer = fastavro.parse_schema(writer_schema)
        branches: list[Any] = writer if isinstance(writer, list) else [writer]
        if not all(isinstance(branch, dict) and branch.get("type") == "record" for branch in branches):
            return _refuse("le schéma de l'écrivain n'est ni un enregistrement ni une union d'enregistrements")
        require_bounded(branches)
    except Unbounded as error:
        return _refuse(f"le schéma de l'écrivain n'est pas lu : {error}")
    except Exception as error:  # noqa: BLE001 (anybody may have registered it)
        return _refuse(f"le schéma de l'écrivain n'est pas utilisable ({type(error).__name__})")
    structs = RECORDS[topic]
    foreign = writer_schema != contract_of(topic).schema
    ours = _prepared(topic).branches
    fast = None if foreign else _fast(topic, branches, isinstance(writer, list))

    def by_fastavro(value: bytes) -> Decoded:
        stream = io.BytesIO(value)
        stream.seek(HEADER_SIZE)
        name = ""
        try:
            branch = branches[_branch_number(stream)] if isinstance(writer, list) else branches[0]
            name = str(branch["name"]).rsplit(".", 1)[-1]
            struct = structs[name]
            plain = fastavro.schemaless_reader(stream, branch, ours[name][1] if foreign else None)
            record = msgspec.convert(plain, struct, builtin_types=PLAIN_TYPES)
            encode(topic, name, record, 0)  # a longer number, or one of another scale, may not fit our contract
        except MemoryError:
            raise
        except Exception as error:
            # Foreign bytes: fastavro raises whatever its loops meet, and each means an unreadable value.
            raise Undecodable(AVRO_ILLISIBLE, f"{name or topic} : illisible sous le contrat présent ({type(error).__name__})") from error
        if stream.tell() != len(value):
            raise Undecodable(AVRO_ILLISIBLE, f"{name} : {len(value) - stream.tell()} octets de trop après l'enregistrement")
        return name, record

    return by_fastavro if fast is None else _first(fast, by_fastavro)


def _fast(topic: str, branches: list[Any], is_union: bool) -> Reader:
    """Reads what our own writers wrote; raises whatever for anything else."""
    readers = readers_of(branches, RECORDS[topic] | NESTED.get(topic, {}))
    found = [(str(branch["name"]).rsplit(".", 1)[-1], reader or _unread) for branch, reader in zip(branches, readers, strict=True)]
    by_first_byte = {_number(rank)[0]: each for rank, each in enumerate(found) if len(_number(rank)) == 1}

    def of_union(value: bytes) -> Decoded:
        name, read = by_first_byte[value[HEADER_SIZE]]
        record, end = read(value, HEADER_SIZE + 1)
        if end != len(value):
            raise NotOurs
        return name, record

    def alone(value: bytes) -> Decoded:
        record, end = read_alone(value, HEADER_SIZE)
        if end != len(value):
            raise NotOurs
        return name_alone, record

    name_alone, read_alone = found[0]
    return of_union if is_union else alone


def _first(fast: Reader, otherwise: Reader) -> Reader:
    def read(value: bytes) -> Decoded:
        try:
            return fast(value)
        except Exception:  # noqa: BLE001 (as in encode)
            return otherwise(value)

    return read


def _unread(_value: bytes, _place: int) -> Any:
    """In the place of a reader that there is none of."""
    raise NotOurs


def _branch_number(stream: io.BytesIO) -> int:
    """The number of a union's branch. Raises for a negative one: Python would count it from the end."""
    number = int(fastavro.schemaless_reader(stream, BRANCH, None))  # type: ignore[arg-type]  # a long is what this schema gives
    if number < 0:
        raise IndexError(number)
    return number


def _refuse(reason: str) -> Reader:
    def read(_value: bytes) -> Decoded:
        raise Undecodable(AVRO_ILLISIBLE, reason)

    return read
