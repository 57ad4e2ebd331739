"""Reading, deciding and writing one record without the engine: what the alternatives call, with the bus's own contracts, and its
codec or fastavro.

The same contracts give the same bytes and headers on both sides.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from bench import by_fastavro
from schemas.codec import decode, encode
from schemas.contracts import contract_of
from schemas.envelope import Envelope
from schemas.identity import derive
from schemas.outcome import Event, Outcome

Headers = list[tuple[str, bytes]]


class RawRecord(Protocol):
    """What every client hands over."""

    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    """One record to publish."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers


class Writer:
    """Encodes what rules emit, under the registered ids, with the envelope that the engine would give it."""

    def __init__(self, schema_ids: Mapping[str, int], processor: str, *, fastavro: bool = False) -> None:
        self._ids = schema_ids
        self._encode = by_fastavro.encode if fastavro else encode
        self._source = f"/passerelle/{processor}"
        self._sequence = count()

    def answers(self, event: Event, outcome: Outcome) -> Iterator[Answer]:
        if outcome.refusal is not None or outcome.parked is not None:
            raise ValueError("the races hold no event that is refused or parked")
        ranks: dict[tuple[str, str], int] = {}
        for item in outcome.emitted:
            cause = item.cause or event.id
            rank = ranks.get((cause, item.name), 0)
            ranks[cause, item.name] = rank + 1
            key = event.key if item.key is None else item.key
            subject = event.subject if item.subject is None else item.subject
            envelope = Envelope(derive(cause, item.name, rank), item.name, self._source, subject, event.time, next(self._sequence))
            yield Answer(
                item.topic, key.encode(), self._encode(item.topic, item.name, item.data, self._ids[item.topic]), envelope.headers()
            )


class Reader:
    """Decodes records written under the contracts of `schema_ids`."""

    def __init__(self, schema_ids: Mapping[str, int], *, fastavro: bool = False) -> None:
        schemas = {number: contract_of(topic).schema for topic, number in schema_ids.items()}
        self._decode = by_fastavro.decode if fastavro else lambda topic, value: decode(topic, value, schemas.__getitem__)

    def event(self, topic: str, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Event:
        envelope = Envelope.parse(headers)
        if value is None or key is None:
            raise ValueError("the races hold no deletion and no record without key")
        name, data = self._decode(topic, value)
        return Event(envelope.ce_id, name, envelope.ce_time, key.decode(), envelope.ce_subject, envelope.ce_source, topic, data)


class Job:
    """A stateless job on one record: bytes in, answers out."""

    def __init__(self, schema_ids: Mapping[str, int], processor: str, decide: Callable[[Any, Any, Event], Outcome]) -> None:
        self._reader = Reader(schema_ids)
        self._writer = Writer(schema_ids, processor)
        self._decide = decide

    def __call__(self, topic: str, key: bytes | None, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Iterator[Answer]:
        return self.answers(self._reader.event(topic, key, value, headers))

    def answers(self, event: Event) -> Iterator[Answer]:
        return self._writer.answers(event, self._decide(None, None, event))
