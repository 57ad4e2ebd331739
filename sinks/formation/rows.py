"""From decisions and refusals to rows: a record writes its row over the one of equal key. Pure; keeps no state."""

from collections.abc import Iterator
from typing import Any

import msgspec

from schemas.outcome import Event, Outcome, Row
from schemas.records import formation
from sinks.formation.projections import CE_ID, ENSEMBLE, HEURES, PROJECTIONS, RETIREE, RETIREES, Projection


def decide(_reglages: None, state: None, event: Event) -> Outcome:
    """The row of a record; a deleted stagiaire's rows are removed."""
    if event.type == RETIREE and event.data is not None:
        key = {"contrat": event.data.contrat, "stagiaire": event.data.stagiaire}
        return Outcome(state, rows=tuple(Row(table, key, None) for table in RETIREES))
    if event.type == ENSEMBLE and event.data is not None:
        return Outcome(state, rows=tuple(rows_of_lines(PROJECTIONS[HEURES].table, event)))
    projection = PROJECTIONS.get(event.type)
    if projection is None or event.data is None:
        return Outcome(state, counted="sans_ligne")
    return Outcome(state, rows=(row_of(projection, event),))


def rows_of_lines(table: str, event: Event) -> Iterator[Row]:
    """A row for each stagiaire, as if each had been published alone."""
    realise: formation.RealiseRetenu = event.data
    common = {"periode": realise.periode, CE_ID: event.id, "publie_le": event.time}
    for ligne in realise.lignes:
        values = msgspec.structs.asdict(ligne)
        key = {"contrat": realise.contrat, "stagiaire": values.pop("stagiaire"), "mois": realise.mois}
        yield Row(table, key, values | common)


def row_of(projection: Projection, event: Event) -> Row:
    """All fields of the record, with what it was published as and when."""
    fields: dict[str, Any] = msgspec.structs.asdict(event.data)
    for name, value in fields.items():
        if isinstance(value, tuple):
            fields[name] = _plain(value)
    fields[CE_ID], fields["publie_le"] = event.id, event.time
    return Row(projection.table, {name: fields.pop(name) for name in projection.key}, fields)


def _plain(values: tuple[Any, ...]) -> list[Any]:
    """Texts stay texts, records become JSON objects with exact amounts and ISO dates."""
    return [msgspec.to_builtins(each) if isinstance(each, msgspec.Struct) else each for each in values]
