"""What the real connectors make of the demo's posts and files, and what the real rules make of that."""

import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from bus.demo.files import DemoFile
from bus.demo.university import University
from bus.engine.fold import Fold, Folded, Incoming
from connectors.aglae.connector import Aglae
from connectors.apogee.connector import Apogee
from processors.bourses import PROCESSOR
from schemas.identity import from_receipt, from_source
from schemas.outcome import Accepted, Delivery, Event, Record, Refused
from schemas.records import bourses

SECRET = b"secret de demonstration, 32 octets"
RECEIVED = datetime(2026, 10, 10, 8, tzinfo=UTC)
PAGE = 1_000


def accepted(name: str, content: bytes, system: str) -> Accepted | Refused:
    delivery = Delivery(name, len(content), lambda: io.BytesIO(content), RECEIVED, "" if name else "application/json")
    return Apogee(SECRET).accept(delivery) if system == "apogee" else Aglae(SECRET).accept(delivery)


def posted(events: Sequence[dict[str, Any]]) -> Iterator[Event]:
    """The posts, a thousand events each, in their order."""
    for start in range(0, len(events), PAGE):
        yield from _events(accepted("", json.dumps(events[start : start + PAGE]).encode(), "apogee"), "apogee", f"post {start}")


def dropped(files: Sequence[DemoFile]) -> Iterator[Event]:
    for each in files:
        yield from _events(accepted(each.name, each.content, each.system), each.system, each.name)


def folded(events: Sequence[Event]) -> Folded:
    fold = Fold(PROCESSOR, PROCESSOR.reglages(), lambda _topic, _name, _data: b"", lambda _topic, fields: bourses.Refus(**fields))
    return fold([Incoming(event, msgspec.json.encode([event.type, event.data]), rank) for rank, event in enumerate(events)], {}, {})


def heard(university: University) -> tuple[list[Event], list[Event]]:
    """The two topics: what Apogée says (posts, then export), what Aglaé says."""
    files = {system: [each for each in university.files if each.system == system] for system in ("apogee", "aglae")}
    return [*posted(university.events), *dropped(files["apogee"])], list(dropped(files["aglae"]))


def statuses(result: Folded) -> dict[str, int]:
    """Last status of every registration, counted."""
    last = {(o.key, o.subject): o.data.statut for o in result.outputs if o.name == "situation"}
    return dict(Counter(last.values()))


def _events(outcome: Accepted | Refused, system: str, receipt: str) -> Iterator[Event]:
    if isinstance(outcome, Refused):
        raise AssertionError(f"{receipt} : {outcome.faults[:3]}")
    return (_event(record, system, receipt) for record in outcome.records)


def _event(record: Record, system: str, receipt: str) -> Event:
    identifier = from_source(system, record.own_id) if record.own_id else from_receipt(receipt, record.position)
    return Event(identifier, record.name, record.time, record.key, record.subject, f"/{system}", record.topic, record.data)
