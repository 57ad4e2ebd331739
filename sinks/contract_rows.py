"""Projections whose columns are the fields of the published records: which record goes to which table, and its row. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from schemas.outcome import Event, Outcome, Row

CE_ID = "ce_id"
"""As a key: a row of its own for each record."""
PUBLIE_LE = "publie_le"


@dataclass(frozen=True, slots=True)
class Projection:
    """Rows of one table, made of the records of one name of one topic."""

    topic: str
    table: str
    key: tuple[str, ...]
    about: str


Projections = Mapping[str, Projection]
"""Record name → its table."""


def projector(projections: Projections) -> Callable[[None, None, Event], Outcome]:
    """The rule of a processor that writes a record's row over the one of equal key, and keeps no state."""

    def decide(_reglages: None, state: None, event: Event) -> Outcome:
        projection = projections.get(event.type)
        if projection is None or event.data is None:
            return Outcome(state, counted="sans_ligne")
        return Outcome(state, rows=(row_of(projection, event),))

    return decide


def row_of(projection: Projection, event: Event) -> Row:
    """All fields of the record, with what it was published as and when."""
    fields = {name: _plain(getattr(event.data, name)) for name in event.data.__struct_fields__}
    fields |= {CE_ID: event.id, PUBLIE_LE: event.time}
    return Row(projection.table, {name: fields.pop(name) for name in projection.key}, fields)


def _plain(value: Any) -> Any:
    """Lists as SQL takes them: texts and numbers stay, records become JSON objects with ISO dates."""
    if not isinstance(value, tuple):
        return value
    return [msgspec.to_builtins(each) if isinstance(each, msgspec.Struct) else each for each in value]
