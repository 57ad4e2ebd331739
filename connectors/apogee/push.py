"""Registration events in JSON: one object or a list, all or nothing. The caller's `event_id` names the event for ever."""

from collections.abc import Iterator

from connectors.apogee import messages
from connectors.apogee.fields import EVENT, EVENT_NAMES
from connectors.apogee.registrations import record_of, registration_of, warnings_of
from connectors.transport.deliveries import check_then_give
from connectors.transport.faults import FaultList
from connectors.transport.fields import read_object
from connectors.transport.json_elements import as_object, read_elements
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.records.apogee import Inscription
from schemas.student_key import StudentKeys

KIND = "apogee.evenements.json"


def accept_events(delivery: Delivery, keys: StudentKeys) -> Accepted | Refused:
    """Every event is checked; one fault refuses them all, and every fault is told."""

    def parse(faults: FaultList, warnings: FaultList) -> Iterator[Record]:
        seen: dict[str, tuple[int, Inscription]] = {}
        for rank, element in enumerate(read_elements(delivery, EVENT_NAMES), start=1):
            event = as_object(element, rank, faults)
            if event is None:
                continue
            before = faults.count
            values = read_object(EVENT, event, rank, faults)
            if faults.count > before:
                continue
            registration = registration_of(values)
            record = record_of(registration, keys, delivery.received, f"element {rank}")
            first, same = seen.setdefault(record.own_id or "", (rank, registration))
            if same != registration:
                faults.add(messages.same_event_id(rank, first))
                continue
            warnings.extend(warnings_of(registration, f"Élément {rank}, champ", rank))
            yield record

    return check_then_give(KIND, parse)
