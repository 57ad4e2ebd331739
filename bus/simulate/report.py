"""The timeline of a simulation and its verdicts: as a text for people, as JSON values for programs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bus.engine.fold import EXPIRY
from bus.simulate.document import ScenarioWrong
from bus.simulate.expectations import Verdict
from bus.simulate.history import Answered, Arrived, Decided, Died, Entry, Held, History, Ignored, Published, Reached, Waited, Wrote
from bus.simulate.matching import tell
from bus.simulate.scenario import Scenario
from bus.simulate.times import local
from schemas.outcome import Deadline, Fault, Row

HOLDS, DIFFERS, WRONG = 0, 3, 2

MARGIN = " " * 20

TRACE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,}")
"""An event id or an opaque key."""


@dataclass(frozen=True, slots=True)
class Played:
    """A scenario that was run: what happened, what was expected, and what the variations changed."""

    scenario: Scenario
    history: History
    verdicts: tuple[Verdict, ...]
    variations: Mapping[str, tuple[str, ...]]
    """`repeat`, `shuffle 7` → differences."""

    @property
    def holds(self) -> bool:
        return all(verdict.holds for verdict in self.verdicts) and not any(self.variations.values())


# --- for people ------------------------------------------------------------------------------------------------------


def text(played: Played) -> Iterator[str]:
    """The lines of the report."""
    scenario = played.scenario
    required = f" [{', '.join(scenario.requirements)}]" if scenario.requirements else ""
    yield f"{scenario.title}{required}"
    yield f"{scenario.file} · heures de {scenario.zone.key}"
    yield ""
    yield from _timeline(played.history, scenario.zone)
    yield from _left(played.history, scenario.zone)
    yield ""
    for verdict in played.verdicts:
        yield f"{'✓' if verdict.holds else '✗'} ligne {verdict.expected.line} : {verdict.expected.text}"
        yield from (f"    {line}" for line in verdict.found.splitlines())
    for name, differences in played.variations.items():
        yield f"{'✗' if differences else '✓'} {name} : {'résultat différent' if differences else 'même résultat'}"
        yield from (f"    {line}" for line in differences)
    failed = sum(not verdict.holds for verdict in played.verdicts)
    yield ""
    if played.holds and not played.verdicts:
        yield "Le scénario n'attend rien."
    elif played.holds:
        yield f"Tenu : {_several(len(played.verdicts), 'attente')}."
    else:
        changed = sum(bool(differences) for differences in played.variations.values())
        also = f" ; {_several(changed, 'variante')} au résultat différent" if changed else ""
        yield f"NON TENU : {failed} sur {_several(len(played.verdicts), 'attente')}{also}."


def _several(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"


def _timeline(history: History, zone: ZoneInfo) -> Iterator[str]:
    shown: datetime | None = None
    for entry in history.entries:
        lines = list(_entry(entry, zone))
        if not lines:
            continue
        first = f"{local(entry.at, zone):<{len(MARGIN) - 1}} " if entry.at != shown else MARGIN
        shown = entry.at
        yield f"{first}{lines[0]}"
        yield from (f"{MARGIN}{line}" for line in lines[1:])


def _entry(entry: Entry, zone: ZoneInfo) -> Iterator[str]:
    match entry:
        case Arrived():
            yield from _arrived(entry, zone)
        case Answered():
            yield f"? question « {entry.name} » {tell(dict(entry.asked), zone)} : {tell(dict(entry.body), zone)}"
        case Decided():
            yield from _decided(entry, zone)
        case Waited():
            yield f"  {entry.processor} : {entry.event} ATTEND « {entry.label} », au plus jusqu'au {local(entry.until, zone)}"
        case Ignored():
            yield f"  {entry.processor} : {entry.event} déjà reçu sous cet identifiant, ignoré"
        case Held():
            yield f"  {entry.processor} : {entry.event} RETENU derrière une lettre morte de la même clé"
        case Died():
            yield f"  {entry.processor} : {entry.event} LETTRE MORTE {entry.code} « {entry.reason} »"
            if entry.holds:
                yield "    la clé est retenue : les événements suivants attendent la reprise"
        case Reached():
            told = "le délai d'attente d'un préalable est passé" if entry.name.startswith(EXPIRY) else f"échéance « {entry.name} »"
            yield f"  {entry.processor} : {told}"
        case Wrote():
            yield f"→ fichier {entry.name} ({len(entry.content)} octets) par {entry.sink}"


def _arrived(entry: Arrived, zone: ZoneInfo) -> Iterator[str]:
    what = entry.event or (f"fichier {entry.file}" if entry.file else "requête")
    data = f" {tell(entry.data, zone)}" if entry.data is not None else ""
    if entry.faults:
        yield f"← {entry.system} {what}{data} : REFUSÉ en entier ({entry.kind})"
    elif entry.known:
        yield f"← {entry.system} {what} : identique au dernier accepté de cet établissement, ignoré ({entry.kind})"
    else:
        yield f"← {entry.system} {what}{data}" + ("" if entry.event else f" : {_several(entry.records, 'enregistrement')} ({entry.kind})")
    yield from (_fault("refus", fault) for fault in entry.faults)
    yield from (_fault("avertissement", warning) for warning in entry.warnings)


def _fault(what: str, fault: Fault) -> str:
    return f"    {what} {fault.code} « {fault.message} » Remède : {fault.remede}"


def _decided(entry: Decided, zone: ZoneInfo) -> Iterator[str]:
    """An answer without any trace is not told: most outputs mean nothing to most projections."""
    if not (entry.because or entry.refusal or entry.published or entry.rows or entry.effects or entry.deadlines or entry.released):
        return
    released = "" if not entry.released else " CESSE D'ATTENDRE" if entry.refusal is not None else " LIBÉRÉ"
    counted = f" [{entry.counted}]" if entry.counted else ""
    because = entry.because.splitlines() or [""]
    yield f"  {entry.processor} : {entry.event}{released}{counted}" + (f" — {because[0]}" if because[0] else "")
    yield from (f"      {line}" for line in because[1:])
    if entry.refusal is not None:
        yield f"    REFUS {entry.refusal['code']} « {entry.refusal['message']} » Remède : {entry.refusal['remede']}"
    yield from (f"    → {each.topic} {each.name} {tell(brief(each.data), zone)}" for each in entry.published)
    yield from (f"    ▸ {_row(row, zone)}" for row in entry.rows)
    yield from (f"    ▸ effet {effect.sink} {tell(brief(effect.payload), zone)}" for effect in entry.effects)
    yield from (f"    ⏱ {_deadline(deadline, zone)}" for deadline in entry.deadlines)


def brief(data: Any) -> Any:
    """What a person reads: without absent values, event ids and keys, which the JSON form has."""
    plain_data = msgspec.structs.asdict(data) if isinstance(data, msgspec.Struct) else data
    if not isinstance(plain_data, Mapping):
        return plain_data
    return {name: brief(value) for name, value in plain_data.items() if not _is_for_machines(value)}


def _is_for_machines(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(_is_for_machines(item) for item in value)
    return value is None or (isinstance(value, str) and TRACE.fullmatch(value) is not None)


def _row(row: Row, zone: ZoneInfo) -> str:
    if row.values is None:
        return f"table {row.table} : ligne {tell(row.key, zone)} effacée"
    return f"table {row.table} {tell(brief({**row.key, **row.values}), zone)}"


def _deadline(deadline: Deadline, zone: ZoneInfo) -> str:
    return f"échéance « {deadline.name} » " + (f"le {local(deadline.due, zone)}" if deadline.due is not None else "retirée")


def _left(history: History, zone: ZoneInfo) -> Iterator[str]:
    waiting = [entry for entry in history.entries if isinstance(entry, Waited) and entry.released is None]
    if waiting or history.pending:
        yield ""
    for entry in waiting:
        since, until = local(entry.at, zone), local(entry.until, zone)
        yield f"En attente à la fin : {entry.system} {entry.event} depuis {since}, de « {entry.label} », au plus jusqu'au {until}"
    for processor, name, due in history.pending:
        yield f"À venir : échéance « {name} » de {processor} le {local(due, zone)}"


# --- for programs ----------------------------------------------------------------------------------------------------


def values(played: Played) -> dict[str, Any]:
    """The same as JSON values: instants in UTC, amounts as text."""
    scenario, history = played.scenario, played.history
    return {
        "file": scenario.file,
        "title": scenario.title,
        "requirements": list(scenario.requirements),
        "zone": scenario.zone.key,
        "holds": played.holds,
        "exit": HOLDS if played.holds else DIFFERS,
        "timeline": [_entry_values(entry) for entry in history.entries],
        "published": [_published(each) for each in history.published],
        "tables": {name: [plain(row) for row in rows.values()] for name, rows in history.tables().items()},
        "waiting": [_entry_values(entry) for entry in history.entries if isinstance(entry, Waited) and entry.released is None],
        "deadlines": [{"processor": processor, "name": name, "due": plain(due)} for processor, name, due in history.pending],
        "expect": [
            {"line": each.expected.line, "expected": each.expected.text, "holds": each.holds, "found": each.found}
            for each in played.verdicts
        ],
        "variations": {name: list(differences) for name, differences in played.variations.items()},
    }


def _verdict(each: Verdict) -> dict[str, Any]:
    return {"line": each.expected.line, "expected": each.expected.text, "holds": each.holds, "found": each.found}


def wrong_values(file: str, wrong: ScenarioWrong) -> dict[str, Any]:
    """A scenario that cannot be run, as JSON values."""
    problems = [{"file": each.file, "line": each.line, "message": each.message} for each in wrong.problems]
    return {"file": file, "holds": False, "exit": WRONG, "problems": problems}


KINDS: Mapping[type[Any], str] = {
    Arrived: "arrived",
    Answered: "answered",
    Ignored: "ignored",
    Decided: "decided",
    Waited: "parked",
    Died: "dead_letter",
    Held: "held",
    Reached: "deadline",
    Wrote: "file",
}


def _entry_values(entry: Entry) -> dict[str, Any]:
    found = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    if isinstance(entry, Decided):
        found["published"] = [_published(each) for each in entry.published]
    if isinstance(entry, Wrote):
        found["size"] = len(found.pop("content"))
    return {"entry": KINDS[type(entry)], **{name: plain(value) for name, value in found.items()}}


def _published(each: Published) -> dict[str, Any]:
    return {name: plain(getattr(each, name)) for name in each.__dataclass_fields__}


def plain(value: Any) -> Any:
    """JSON values of anything a history holds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, msgspec.Struct):
        return {name: plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
