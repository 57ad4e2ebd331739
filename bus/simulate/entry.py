"""From what a scenario gives to records with their envelope, through the real connectors."""

import io
from dataclasses import dataclass
from datetime import datetime

from bus.simulate.forms import Form, form_of
from bus.simulate.installation import Connector, Installation
from bus.simulate.scenario import BodyGiven, EventGiven, FileGiven, Given
from schemas.identity import from_receipt, from_source
from schemas.outcome import Accepted, Delivery, Event, Fault, Refused

UNKNOWN = "inconnu"


@dataclass(frozen=True, slots=True)
class Entered:
    """What a connector made of one entry of `given`."""

    kind: str
    events: tuple[Event, ...]
    faults: tuple[Fault, ...]
    """Not empty: all of it is refused."""
    warnings: tuple[Fault, ...]


def enter(given: Given, installation: Installation, received: datetime, attempt: int = 1) -> Entered:
    """Deliver it to its system's connectors. The receipt is made of the place in the scenario, so that ids never change from
    one run to the next; `attempt` tells a file dropped again, which gets a receipt of its own."""
    what = given.what
    if not isinstance(what, EventGiven | FileGiven | BodyGiven):
        return Entered("", (), (), ())
    receipt = f"scenario/{given.rank}" if attempt == 1 else f"scenario/{given.rank}/{attempt}"
    refused: Refused | None = None
    for connector in installation.connectors:
        if connector.system != what.system:
            continue
        answer = connector.accept(_delivery(_form(what, given.rank, connector), received))
        if isinstance(answer, Accepted):
            return Entered(answer.kind, _events(answer, connector.system, receipt), (), answer.warnings)
        if refused is None or refused.kind == UNKNOWN:
            refused = answer
    assert refused is not None, "the loader checked that the system has a connector"
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


def _events(accepted: Accepted, system: str, receipt: str) -> tuple[Event, ...]:
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
        for record in accepted.records
    )
