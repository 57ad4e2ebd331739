"""From decisions and refusals to rows: a record writes its row over the one of equal key. Pure; keeps no state."""

from typing import Any

import msgspec

from schemas.outcome import Event, Outcome, Row
from sinks.formation.projections import CE_ID, PROJECTIONS, RETIREE, RETIREES, Projection


def decide(_reglages: None, state: None, event: Event) -> Outcome:
    """The row of a record; a deleted stagiaire's rows are removed."""
    if event.type == RETIREE and event.data is not None:
        key = {"contrat": event.data.contrat, "stagiaire": event.data.stagiaire}
        return Outcome(state, rows=tuple(Row(table, key, None) for table in RETIREES))
    projection = PROJECTIONS.get(event.type)
    if projection is None or event.data is None:
        return Outcome(state, counted="sans_ligne")
    return Outcome(state, rows=(row_of(projection, event),))


def row_of(projection: Projection, event: Event) -> Row:
    """All fields of the record, with what it was published as and when."""
    fields = {name: plain(getattr(event.data, name)) for name in event.data.__struct_fields__}
    fields |= {CE_ID: event.id, "publie_le": event.time}
    return Row(projection.table, {name: fields.pop(name) for name in projection.key}, fields)


def plain(value: Any) -> Any:
    """Lists as SQL takes them: texts stay texts, records become JSON objects with exact amounts and ISO dates."""
    if not isinstance(value, tuple):
        return value
    return [msgspec.to_builtins(each) if isinstance(each, msgspec.Struct) else each for each in value]
