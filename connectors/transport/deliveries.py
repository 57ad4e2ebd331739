"""All or nothing: a delivery is read once to check all of it, and once more to give its records, without keeping them."""

from collections.abc import Callable, Iterator
from enum import StrEnum

from connectors.transport.faults import FaultList, Unreadable
from schemas.outcome import Accepted, Record, Refused

Parse = Callable[[FaultList, FaultList], Iterator[Record]]
"""`parse(faults, warnings)` reads from the first byte at each call and yields the good records."""

INCONNU = "inconnu"


class Policy(StrEnum):
    """What equal bytes mean for one kind of delivery (architecture §3)."""

    DEPOT = "dépôt"
    """An act: it always counts again."""
    ETAT = "état"
    """A state: equal to the last accepted one of that school, it is ignored, and said so."""


class ChangedWhileRead(Exception):
    """The bytes were good at the first reading and are no longer: someone writes in the file."""


def check_then_give(kind: str, parse: Parse) -> Accepted | Refused:
    """Read it all once; every fault refuses it. The records come from a second reading, as they are consumed."""
    faults, warnings = FaultList(), FaultList()
    try:
        for _ in parse(faults, warnings):
            pass
    except Unreadable as unreadable:
        faults.add(unreadable.fault)
    return Refused(kind, faults.report()) if faults else Accepted(kind, _again(parse), warnings.report())


def _again(parse: Parse) -> Iterator[Record]:
    faults = FaultList()
    try:
        for record in parse(faults, FaultList()):
            if faults:
                raise ChangedWhileRead
            yield record
    except Unreadable:
        raise ChangedWhileRead from None
    if faults:
        raise ChangedWhileRead
