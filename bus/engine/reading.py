"""Step 2 of the engine: raw records become events, or say why they cannot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from bus.engine.fold import Incoming, Redrive
from schemas.codec import SchemaUnknown, Undecodable, decode
from schemas.contracts import contract_of
from schemas.envelope import BadEnvelope, Envelope
from schemas.outcome import ECHEANCE, DeadlineReached, Event
from topics.catalogue import CATALOGUE

if TYPE_CHECKING:
    from bus.engine.batches import RawRecord

CLE_ABSENTE = "CLE_ABSENTE"
TYPE_CONTRAIRE = "TYPE_CONTRAIRE"
COMPACTED = frozenset(topic.name for topic in CATALOGUE if topic.compacted)
LONGEST_KEY = 512
"""Characters: far above any key of the catalogue, below what an index takes."""

WriterSchema = Callable[[int], Any]
"""Schema id → parsed Avro schema. Raises RegistryAway (transient) or SchemaUnknown."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A record that no rule can see: it becomes a dead letter with its original bytes."""

    offset: int
    code: str
    reason: str
    key: str | None
    event_id: str | None
    headers: dict[str, str]
    value: bytes | None


class Reader:
    """Decodes the records of a processor's inputs under the schemas they were written with."""

    def __init__(self, writer_schema: WriterSchema, internal_topic: str) -> None:
        self._writer_schema = writer_schema
        self._internal_topic = internal_topic

    def read(self, topic: str, records: "Sequence[RawRecord]") -> list[Incoming | Undecided]:
        """Each record in order. A registry that is away raises RegistryAway: nothing of the batch is decided."""
        one = self._internal if topic == self._internal_topic else self._plain
        schema = self._asked_once()
        return [self._guarded(one, topic, record, schema) for record in records]

    def _asked_once(self) -> WriterSchema:
        """What the registry does not have may stand in every record: of one batch, it is asked once for each id."""
        unknown: set[int] = set()
        known = self._writer_schema

        def schema(schema_id: int) -> Any:
            if schema_id in unknown:
                raise SchemaUnknown(schema_id)
            try:
                return known(schema_id)
            except SchemaUnknown:
                unknown.add(schema_id)
                raise

        return schema

    def again(self, topic: str, name: str, raw: bytes | None) -> Any:
        """The typed record of an event that was kept as bytes. It was readable once: failing now is a fault of the program."""
        if raw is None:
            return None
        found, data = decode(topic, raw, self._writer_schema)
        if topic == self._internal_topic and name == ECHEANCE:
            return DeadlineReached(data.nom)
        if found != name:
            raise ValueError(f"{topic}: un événement en attente de type {name} se lit comme {found}")
        return data

    def _guarded(
        self, one: "Callable[[str, RawRecord, WriterSchema], Incoming]", topic: str, record: "RawRecord", schema: WriterSchema
    ) -> Incoming | Undecided:
        try:
            return one(topic, record, schema)
        except (BadEnvelope, Undecodable, _Contrary) as error:
            return _undecided(record, error.code, error.reason)

    def _plain(self, topic: str, record: "RawRecord", schema: WriterSchema) -> Incoming:
        envelope = Envelope.parse(record.headers)
        value = record.value
        data = None
        if value is None:
            _check_deletion(topic, envelope.ce_type)
        else:
            name, data = decode(topic, value, schema)
            if name != envelope.ce_type:
                raise _Contrary(TYPE_CONTRAIRE, "Le type annoncé par ce_type n'est pas celui de l'enregistrement.")
        event = Event(
            envelope.ce_id, envelope.ce_type, envelope.ce_time, _key(record), envelope.ce_subject, envelope.ce_source, topic, data
        )
        return Incoming(event, digest(envelope.ce_type, value), record.offset, value or b"", received=_reached(record))

    def _internal(self, topic: str, record: "RawRecord", schema: WriterSchema) -> Incoming:
        envelope = Envelope.parse(record.headers)
        if record.value is None:
            raise _Contrary(TYPE_CONTRAIRE, "Un enregistrement interne ne peut pas être une suppression.")
        name, data = decode(topic, record.value, schema)
        key = _key(record)
        seal = digest(envelope.ce_type, record.value)
        if name == "echeance_atteinte":
            event = Event(
                envelope.ce_id, ECHEANCE, data.due, key, envelope.ce_subject, envelope.ce_source, topic, DeadlineReached(data.nom)
            )
            return Incoming(event, seal, record.offset, record.value, received=_reached(record))
        if data.motif == "LIBERATION":
            event = Event(envelope.ce_id, envelope.ce_type, envelope.ce_time, key, envelope.ce_subject, envelope.ce_source, topic, None)
            return Incoming(event, seal, record.offset, b"", Redrive(data.lettre_morte, False), _reached(record), envelope.ce_id)
        return self._redriven(data, key, seal, record, envelope, schema)

    def _redriven(self, data: Any, key: str, seal: bytes, record: "RawRecord", envelope: Envelope, schema: WriterSchema) -> Incoming:
        if data.topic is None:
            raise _Contrary(TYPE_CONTRAIRE, "Une reprise ne dit pas de quel topic vient son événement.")
        original = Envelope.parse([(name, value.encode()) for name, value in data.entetes.items()])
        decided = None
        if data.valeur is not None:
            name, decided = decode(data.topic, data.valeur, schema)
            if name != original.ce_type:
                raise _Contrary(TYPE_CONTRAIRE, "Le type annoncé par ce_type n'est pas celui de l'enregistrement repris.")
        event = Event(original.ce_id, original.ce_type, original.ce_time, key, original.ce_subject, original.ce_source, data.topic, decided)
        return Incoming(event, seal, record.offset, data.valeur or b"", Redrive(data.lettre_morte, True), _reached(record), envelope.ce_id)


class _Contrary(Exception):
    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


def digest(name: str, value: bytes | None) -> bytes:
    """Of the type and the value without its schema id: what two records of one `ce_id` must share."""
    return blake2b((value or b"")[5:], digest_size=16, person=name.encode()[:16]).digest()


def _key(record: "RawRecord") -> str:
    if record.key is None:
        raise _Contrary(CLE_ABSENTE, "L'enregistrement n'a pas de clé : aucun état ne peut lui être rattaché.")
    try:
        key = bytes(record.key).decode()
    except UnicodeDecodeError as error:
        raise _Contrary(CLE_ABSENTE, "La clé de l'enregistrement n'est pas en UTF-8.") from error
    if not key or "\x00" in key or len(key) > LONGEST_KEY:
        raise _Contrary(CLE_ABSENTE, f"La clé de l'enregistrement est vide, contient un octet nul ou dépasse {LONGEST_KEY} caractères.")
    return key


def _check_deletion(topic: str, name: str) -> None:
    """A null value means something only where the last word for a key is what counts, and for a record of that topic."""
    if topic not in COMPACTED:
        raise _Contrary(TYPE_CONTRAIRE, "L'enregistrement n'a pas de valeur : ce topic n'est pas compacté, rien ne s'y supprime.")
    if name not in contract_of(topic).names:
        raise _Contrary(TYPE_CONTRAIRE, "Le type annoncé par ce_type n'est pas celui d'un enregistrement du topic.")


def _reached(record: "RawRecord") -> datetime | None:
    """None for an instant that no calendar has: its producer gave it, and no broker checks how far back it lies."""
    try:
        return datetime.fromtimestamp(record.timestamp / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _printable(raw: bytes) -> str:
    """Bytes as a text that PostgreSQL takes."""
    return raw.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")


def _undecided(record: "RawRecord", code: str, reason: str) -> Undecided:
    headers = {_printable(name.encode("utf-8", "backslashreplace")): _printable(value or b"") for name, value in record.headers}
    key = None if record.key is None else _printable(bytes(record.key))
    return Undecided(record.offset, code, reason, key, headers.get("ce_id"), headers, record.value)
