"""From what a scenario gives to records with their envelope, through the real connectors."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

import msgspec

from bus.simulate.forms import Form, form_of
from bus.simulate.installation import Connector, Installation
from bus.simulate.scenario import AskGiven, BodyGiven, EventGiven, FileGiven, Given, TimePasses
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


@runtime_checkable
class MakesRecords(Protocol):
    """A connector whose events come only inside files: it says itself what key, subject and time a record of its own has."""

    def record(self, name: str, data: Any, received: datetime, position: str) -> Record: ...


def enter(given: Given, installation: Installation, received: datetime, attempt: int = 1) -> Entered:
    """Deliver it to its system's connectors. The receipt is made of the place in the scenario, so that ids never change from
    one run to the next; `attempt` tells a file dropped again, which gets a receipt of its own."""
    what = given.what
    if isinstance(what, TimePasses | AskGiven):
        return Entered("", (), (), ())
    receipt = f"scenario/{given.rank}" if attempt == 1 else f"scenario/{given.rank}/{attempt}"
    connectors = [connector for connector in installation.connectors if connector.system == what.system]
    refused: Refused | None = None
    for connector in connectors:
        answer = connector.accept(_delivery(_form(what, given.rank, connector), received))
        if isinstance(answer, Accepted):
            return Entered(answer.kind, _events(answer.records, connector.system, receipt), (), answer.warnings)
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
