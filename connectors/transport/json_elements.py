"""A JSON delivery of one object or a list of objects."""

from collections.abc import Collection
from typing import Any

from connectors.transport import messages
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.json_reader import read_json
from connectors.transport.values import kind_of
from schemas.outcome import Delivery

MAX_IN_REQUEST = 1_000
MAX_IN_FILE = 100_000


def read_elements(delivery: Delivery, known: Collection[str]) -> list[Any]:
    """The elements of the list, or the only one. At most 1,000 in a request (a delivery without name), 100,000 in a file.

    Raises Unreadable; also when the first is an object with fields of which none is `known`: another system's, as a table
    without any known column is.
    """
    value = read_json(delivery.open, delivery.size, known=known, declared=charset_of(delivery.media_type))
    elements = value if isinstance(value, list) else [value]
    if not elements:
        raise Unreadable(messages.no_event())
    limit = MAX_IN_FILE if delivery.name else MAX_IN_REQUEST
    if len(elements) > limit:
        raise Unreadable(messages.too_many_events(len(elements), limit))
    first = elements[0]
    if isinstance(first, dict) and first and first.keys().isdisjoint(known):
        raise Unreadable(messages.no_known_field())
    return elements


def as_object(element: Any, rank: int, faults: FaultList) -> dict[str, Any] | None:
    """The element if it is an object; else a fault."""
    if isinstance(element, dict):
        return element
    faults.add(messages.event_not_an_object(rank, kind_of(element)))
    return None


def charset_of(media_type: str) -> str | None:
    """The `charset` parameter of a media type."""
    for parameter in media_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"') or None
    return None
