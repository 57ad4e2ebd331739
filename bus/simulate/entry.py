"""From what a scenario gives to records with their envelope, through the real connectors."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

import msgspec

from bus.simulate.forms import Form, form_of
from bus.simulate.installation import Connector, Installation
from bus.simulate.scenario import AskGiven, BodyGiven, EventGiven, FileGiven, Given, TimePasses
from connectors.transport.deliveries import Policy
from schemas.identity import from_receipt, from_source
from schemas.outcome import Accepted, Delivery, Event, Fault, Record, Refused
from schemas.records import RECORDS

UNKNOWN = "inconnu"


@dataclass(frozen=True, slots=True)
class Entered:
    """What a connector made of one entry of `given`."""

    kind: str
    events: tuple[Event, ...]
    faults: tuple[Fault, ...]
    """Not empty: all of it is refused."""
    warnings: tuple[Fault, ...]
    known: bool = False
    """A dropped *état* equal to the last accepted one of its school: ignored, and said so (architecture §3)."""
    kept: bytes | None = None
    """The delivery's bytes, where a record claims them: what the consigne of a real bus then has."""


@dataclass(slots=True)
class KnownStates:
    """What the ledger of the real inbox knows: the last accepted *état* of each system, kind and school."""

    _last: dict[tuple[str, str, str], bytes] = field(default_factory=dict)

    def knows(self, connector: Connector, form: Form, answer: Accepted) -> bool:
        """Whether the real inbox would ignore this delivery; the last one is kept otherwise."""
        if not form.name or connector.kinds[answer.kind] is not Policy.ETAT:
            return False
        place, sha256 = (connector.system, answer.kind, answer.school), hashlib.sha256(form.content).digest()
        known = self._last.get(place) == sha256
        self._last[place] = sha256
        return known


@runtime_checkable
class MakesRecords(Protocol):
    """A connector whose events come only inside files: it says itself what key, subject and time a record of its own has."""

    def record(self, name: str, data: Any, received: datetime, position: str) -> Record: ...


def enter(given: Given, installation: Installation, received: datetime, known: KnownStates, attempt: int = 1) -> Entered:
    """Deliver it to its system's connectors. The receipt is made of the place in the scenario, so that ids never change from
    one run to the next; `attempt` tells a file dropped again, which gets a receipt of its own."""
    what = given.what
    if isinstance(what, TimePasses | AskGiven):
        return Entered("", (), (), ())
    receipt = f"scenario/{given.rank}" if attempt == 1 else f"scenario/{given.rank}/{attempt}"
    connectors = [connector for connector in installation.connectors if connector.system == what.system]
    refused: Refused | None = None
    for connector in connectors:
        form = _form(what, given.rank, connector)
        answer = connector.accept(_delivery(form, received))
        if isinstance(answer, Accepted):
            if known.knows(connector, form, answer):
                return Entered(answer.kind, (), (), (), known=True)
            kept = form.content if answer.kept_for else None
            return Entered(answer.kind, _events(answer.records, connector.system, receipt), (), answer.warnings, kept=kept)
        if refused is None or refused.kind == UNKNOWN:
            refused = answer
    assert refused is not None, "the loader checked that the system has a connector"
    if isinstance(what, EventGiven) and refused.kind == UNKNOWN:
        direct = next((connector for connector in connectors if isinstance(connector, MakesRecords)), None)
        if direct is not None:
            data = msgspec.convert(what.data, RECORDS[what.shape.topic][what.shape.name])
            return Entered("contrat", _events([direct.record(what.shape.name, data, received, "contrat")], what.system, receipt), (), ())
    return Entered(refused.kind, (), refused.faults, ())


def _form(what: EventGiven | FileGiven | BodyGiven, rank: int, connector: Connector) -> Form:
    match what:
        case EventGiven():
            return form_of(what.system, what.shape.name, what.data, rank, connector.transports)
        case FileGiven():
            return Form(what.name, "", what.content)
        case BodyGiven():
            return Form("", what.media_type, what.content)


def _delivery(form: Form, received: datetime) -> Delivery:
    return Delivery(form.name, len(form.content), lambda: io.BytesIO(form.content), received, form.media_type)


def _events(records: Iterable[Record], system: str, receipt: str) -> tuple[Event, ...]:
    return tuple(
        Event(
            from_source(system, record.own_id) if record.own_id is not None else from_receipt(receipt, record.position),
            record.name,
            record.time,
            record.key,
            record.subject,
            f"/{system}",
            record.topic,
            record.data,
        )
        for record in records
    )
