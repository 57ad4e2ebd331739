"""What must come out, by a single thread that shares no code with the bus but the rule itself."""

import uuid
from collections.abc import Iterable
from hashlib import sha1

from schemas.outcome import Event
from tests.bus.engine import chain

NAMESPACE = uuid.UUID("6f0d0f3e-6b0b-5d57-9a35-0d8c0b1c7f01").bytes


def output_id(cause: str) -> str:
    """The id of the only output of an event, by the RFC's own way of making a UUIDv5."""
    digest = sha1(NAMESPACE + f"{cause}\0situation\x000".encode(), usedforsecurity=False).digest()[:16]
    return str(uuid.UUID(bytes=digest, version=5))


def expected(events: Iterable[Event]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(key, input topic) → (id, link) of each output, in order. For feeds without parking."""
    return played(events)[0]


def states(events: Iterable[Event]) -> dict[str, chain.Chain]:
    """The state of each key in the end: it does not depend on how the two topics interleave."""
    return played(events)[1]


def played(events: Iterable[Event]) -> tuple[dict[tuple[str, str], list[tuple[str, str]]], dict[str, chain.Chain]]:
    """Both, in one pass."""
    states: dict[str, chain.Chain] = {}
    seen: set[str] = set()
    outputs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for event in events:
        if event.id in seen:
            continue
        seen.add(event.id)
        outcome = chain.decide(chain.Reglages(), states.get(event.key), event)
        states[event.key] = outcome.state
        outputs.setdefault((event.key, event.topic), []).append((output_id(event.id), outcome.emitted[0].data.motif))
    return outputs, states


def obtained(found: Iterable[tuple[str, str, str]], topic_of: dict[str, str]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The same from what was read: (key, id, link), first copies only, with the topic of the event that caused each id."""
    seen: set[str] = set()
    outputs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for key, identifier, link in found:
        if identifier in seen:
            continue
        seen.add(identifier)
        outputs.setdefault((key, topic_of[identifier]), []).append((identifier, link))
    return outputs
