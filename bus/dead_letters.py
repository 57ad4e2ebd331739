"""Dead letters: what could not be decided, kept with its original bytes until somebody takes it up again.

Taking one up publishes a record to the processor's internal topic, so that it is decided in order, in a transaction, like any
other; the letter is closed in that transaction. Nothing here touches a state.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy
from sqlalchemy import func, select, update

from bus.database.tables import dead_letters
from bus.told import Told
from schemas.codec import Unencodable, encode
from schemas.contracts import contract_of
from schemas.identity import derive
from schemas.records import RECORDS

OPEN = "OUVERTE"
COLUMNS = ("id", "processor", "topic", "partition", "offset", "code", "reason", "state", "holds", "since")


class Motive(StrEnum):
    """What is asked of the processor."""

    REDRIVE = "REPRISE"
    CORRECT = "CORRECTION"
    RELEASE = "LIBERATION"


class NotPossible(Told):
    """The letter cannot be taken up that way."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row, with its bytes."""

    id: int
    processor: str
    topic: str
    partition: int
    offset: int
    code: str
    reason: str
    key: str | None
    event_id: str | None
    headers: Mapping[str, str]
    value: bytes | None
    state: str
    correction: int
    holds: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class TakeUp:
    """The record to publish to `<processor>.interne.v1`, and the letter's new correction number."""

    letter: int
    topic: str
    key: str
    id: str
    data: Any
    correction: int


def listed(database: sqlalchemy.Engine, processor: str | None, state: str | None = OPEN, limit: int = 1000) -> list[dict[str, Any]]:
    """The letters, newest first, without key, headers or bytes: those may name persons."""
    table = dead_letters
    query = select(*(table.c[name] for name in COLUMNS)).order_by(table.c.id.desc()).limit(limit)
    if processor is not None:
        query = query.where(table.c.processor == processor)
    if state is not None:
        query = query.where(table.c.state == state)
    with database.begin() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def counted(database: sqlalchemy.Engine) -> list[dict[str, Any]]:
    """How many are open, by processor and code."""
    table = dead_letters
    query = (
        select(table.c.processor, table.c.code, func.count().label("nombre"))
        .where(table.c.state == OPEN)
        .group_by(table.c.processor, table.c.code)
        .order_by(table.c.processor, table.c.code)
    )
    with database.begin() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def found(database: sqlalchemy.Engine, identifier: int) -> DeadLetter:
    """One letter, whole. Raises NotPossible."""
    with database.begin() as connection:
        row = connection.execute(select(dead_letters).where(dead_letters.c.id == identifier)).one_or_none()
    if row is None:
        raise NotPossible(f"Il n'y a pas de lettre morte n° {identifier} : « passerelle dead-letters list ».")
    values = {name: row._mapping[name] for name in DeadLetter.__dataclass_fields__}
    return DeadLetter(**values)


def redriven(letter: DeadLetter) -> TakeUp:
    """The same event again, once the rule or the registry is mended."""
    return _take_up(letter, Motive.REDRIVE, letter.headers, letter.value, letter.correction)


def released(letter: DeadLetter) -> TakeUp:
    """Give the event up and let what queues behind it go on."""
    return _take_up(letter, Motive.RELEASE, {}, None, letter.correction)


def corrected(letter: DeadLetter, name: str, fields: Mapping[str, Any], schema_id: int) -> TakeUp:
    """Another content in its place: its id is the original one's with the correction's number (architecture §3)."""
    contract = contract_of(letter.topic)
    if name not in contract.names:
        raise NotPossible(f"{letter.topic} ne connaît pas « {name} » ; connus : {', '.join(contract.names)}.")
    try:
        record = msgspec.convert(fields, RECORDS[letter.topic][name], strict=False)
        value = encode(letter.topic, name, record, schema_id)
    except (msgspec.ValidationError, Unencodable) as error:
        raise NotPossible(f"La correction ne respecte pas le contrat de {letter.topic} : {type(error).__name__}.") from error
    number = letter.correction + 1
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    headers = {"ce_source": f"/{letter.topic.split('.', 1)[0]}", "ce_subject": "correction", "ce_time": now, **letter.headers}
    headers |= {
        "ce_specversion": "1.0",
        "ce_type": name,
        "ce_id": derive(letter.event_id or f"lettre-morte/{letter.id}", "correction", number),
    }
    return _take_up(letter, Motive.CORRECT, headers, value, number)


def _take_up(letter: DeadLetter, motive: Motive, headers: Mapping[str, str], value: bytes | None, correction: int) -> TakeUp:
    if letter.state != OPEN:
        raise NotPossible(f"La lettre morte n° {letter.id} est déjà {letter.state.lower()}.")
    if letter.key is None:
        raise NotPossible(f"La lettre morte n° {letter.id} n'a pas de clé : faire renvoyer l'événement par sa source.")
    topic = f"{letter.processor}.interne.v1"
    kept = {name: text for name, text in headers.items() if name.startswith("ce_") or name == "content-type"}
    kept.setdefault("ce_specversion", "1.0")
    data = RECORDS[topic]["reprise"](motif=motive.value, lettre_morte=letter.id, topic=letter.topic, entetes=kept, valeur=value)
    identifier = derive(f"lettre-morte/{letter.processor}/{letter.id}", motive.value, correction)
    return TakeUp(letter.id, topic, letter.key, identifier, data, correction)


def note_correction(database: sqlalchemy.Engine, taken: TakeUp) -> None:
    """Remember the number, so that a second correction has another id."""
    with database.begin() as connection:
        connection.execute(update(dead_letters).where(dead_letters.c.id == taken.letter).values(correction=taken.correction))
