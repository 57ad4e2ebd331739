"""What the races read: the demonstration's university, through the real connectors, as the records they would publish."""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bus.demo.university import generate
from bus.publishing import envelope_of
from connectors.aglae.connector import Aglae
from connectors.apogee.connector import Apogee
from connectors.registry import Connector
from schemas.outcome import Accepted, Delivery, Record

SECRET = b"a secret of the measurements alone"
RECEIVED = datetime(2026, 9, 1, 8, tzinfo=UTC)
POSTED_AT_ONCE = 1000
WITHOUT_PREREQUISITE = "crous_retraitements"
"""Re-treatments wait for their mark; the alternatives keep nothing that waits."""


@dataclass(frozen=True, slots=True)
class Fed:
    """One record with its envelope's headers."""

    record: Record
    headers: list[tuple[str, bytes]]


def university(registrations: int, dossiers: int) -> list[Fed]:
    """Registrations (three in four posted, the others exported), their changes and repetitions, and bursary dossiers.

    Without the events that wait for another, so that every contender can deal with all of them.
    """
    made = generate(2026, registrations, dossiers)
    apogee: Connector = Apogee(SECRET)
    aglae: Connector = Aglae(SECRET)
    fed: list[Fed] = []
    for number, posted in enumerate(_slices(made.events[made.expected.parques :])):
        fed += _accepted(apogee, "", json.dumps(posted).encode(), f"post {number}")
    for file in made.files:
        if not file.name.startswith(WITHOUT_PREREQUISITE):
            fed += _accepted(apogee if file.system == "apogee" else aglae, file.name, file.content, file.name)
    return fed


def registrations(count: int) -> list[Fed]:
    """Exactly `count` registrations."""
    fed = [each for each in university(count, 20) if each.record.topic == "apogee.inscriptions.v1"]
    return fed[:count]


def _accepted(connector: Connector, name: str, content: bytes, receipt: str) -> list[Fed]:
    answer = connector.accept(Delivery(name, len(content), lambda: io.BytesIO(content), RECEIVED))
    if not isinstance(answer, Accepted):
        raise TypeError(f"{name or 'envoi'} refusé : {answer.faults[0].message}")
    return [Fed(record, envelope_of(record, connector.system, receipt).headers()) for record in answer.records]


def _slices(events: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(events), POSTED_AT_ONCE):
        yield events[start : start + POSTED_AT_ONCE]
