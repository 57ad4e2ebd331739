"""The same scenario told another way: twice, or with the systems in another order. The result must be the same."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from bus.simulate.entry import KnownStates, enter
from bus.simulate.history import History, Published, Waited, Wrote
from bus.simulate.installation import Installation
from bus.simulate.matching import tell
from bus.simulate.runner import Step, run, steps_of
from bus.simulate.scenario import FileGiven, Scenario

WHEN_AND_WHICH = ("ce_id", "evenements")
"""What of a result tells only which events led to it and in which order, not what it is."""


def repeated(scenario: Scenario, installation: Installation) -> tuple[str, ...]:
    """Differences after the whole input came a second time, at the scenario's end: events under the ids they had, files as
    new deliveries. Nothing more may be published, no row may change."""
    known = KnownStates()
    steps = steps_of(scenario, installation, known)
    once = run(scenario, installation, steps)
    twice = run(scenario, installation, steps, [_again(step, scenario, installation, known) for step in steps])
    return (*_more_published(scenario, once, twice), *_other_rows(scenario, once, twice, frozenset()))


def shuffled(scenario: Scenario, installation: Installation, seed: int) -> tuple[str, ...]:
    """Differences of the final state when inputs of different systems that carry equal keys come in another order.

    Each system keeps its own order, and each event the time at which it happened."""
    steps = steps_of(scenario, installation)
    straight = run(scenario, installation, steps)
    other = run(scenario, installation, reordered(steps, seed))
    instants = frozenset(_instants(straight) | _instants(other))
    return (
        *_other_rows(scenario, straight, other, instants),
        *_other_last_words(scenario, straight, other),
        *_other_waiting(straight, other),
    )


def reordered(steps: Sequence[Step], seed: int) -> list[Step]:
    """The steps with those that share a key across systems interleaved anew; every clock stays at its place."""
    systems: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        for event in step.entered.events:
            systems[event.key].add(event.source)
    shared = {key for key, found in systems.items() if len(found) > 1}
    places = [place for place, step in enumerate(steps) if any(event.key in shared for event in step.entered.events)]
    queues: dict[str, list[Step]] = defaultdict(list)
    for place in places:
        queues[steps[place].entered.events[0].source].append(steps[place])
    turns = [source for source, queue in queues.items() for _ in queue]
    random.Random(seed).shuffle(turns)  # noqa: S311 - an order to try, not a secret
    result = list(steps)
    for place, source in zip(places, turns, strict=True):
        moved = queues[source].pop(0)
        result[place] = Step(steps[place].clock, moved.given, moved.entered)
    return result


def _again(step: Step, scenario: Scenario, installation: Installation, known: KnownStates) -> Step:
    entered = step.entered
    if isinstance(step.given.what, FileGiven):
        entered = enter(step.given, installation, scenario.end, known, attempt=2)
    return Step(scenario.end, step.given, entered)


# --- what differs ----------------------------------------------------------------------------------------------------


def _more_published(scenario: Scenario, once: History, twice: History) -> Iterable[str]:
    def results(history: History) -> Counter[str]:
        return Counter(f"{each.topic} {each.name} {tell(each.data, scenario.zone)}" for each in history.published if not each.entered)

    extra = results(twice) - results(once)
    lost = results(once) - results(twice)
    yield from (f"publié en plus au second passage : {text}" for text in extra.elements())
    yield from (f"n'est plus publié : {text}" for text in lost.elements())
    files = Counter(name for name, _ in _files(twice)) - Counter(name for name, _ in _files(once))
    yield from (f"fichier écrit en plus au second passage : {name}" for name in files.elements())


def _other_rows(scenario: Scenario, one: History, other: History, left_out: frozenset[tuple[str, str]]) -> Iterable[str]:
    before, after = one.tables(), other.tables()
    for table in sorted(before.keys() | after.keys()):
        rows, others = before.get(table, {}), after.get(table, {})
        for key in [*rows, *(key for key in others if key not in rows)]:
            was, now = (_result(found.get(key), table, left_out) for found in (rows, others))
            if was != now:
                yield f"table {table} {tell(dict(key), scenario.zone)} : {_change(was, now, scenario.zone)}"


def _change(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None, zone: ZoneInfo) -> str:
    if was is None or now is None:
        return "est en plus" if was is None else "n'y est plus"
    names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    return " ; ".join(f"{name} {tell(was.get(name), zone)} devient {tell(now.get(name), zone)}" for name in names)


def _result(row: Mapping[str, Any] | None, table: str, left_out: frozenset[tuple[str, str]]) -> dict[str, Any] | None:
    if row is None or not left_out:
        return None if row is None else dict(row)
    return {name: value for name, value in row.items() if (table, name) not in left_out and name not in WHEN_AND_WHICH}


def _instants(history: History) -> set[tuple[str, str]]:
    """Columns that say when: they follow the order of arrival."""
    found: set[tuple[str, str]] = {("", "")}
    for change in history.rows:
        for name, value in {**change.row.key, **(change.row.values or {})}.items():
            if hasattr(value, "tzinfo"):
                found.add((change.row.table, name))
    return found


def _other_last_words(scenario: Scenario, one: History, other: History) -> Iterable[str]:
    was, now = _last_words(one), _last_words(other)
    for place in sorted(was.keys() | now.keys()):
        if was.get(place) != now.get(place):
            topic, name, _, subject = place
            yield f"{topic} {name} ({subject}) : {_change(was.get(place), now.get(place), scenario.zone)}"


def _last_words(history: History) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    """The last record of each topic, name, key and subject that a rule published, less which events led to it."""
    last: dict[tuple[str, str, str, str], Published] = {}
    for each in history.published:
        if not each.entered:
            last[each.topic, each.name, each.key, each.subject] = each
    return {place: _content(each.data) for place, each in last.items()}


def _content(data: Any) -> dict[str, Any]:
    plain = msgspec.structs.asdict(data)
    return {name: value for name, value in plain.items() if name not in WHEN_AND_WHICH and not hasattr(value, "tzinfo")}


def _other_waiting(one: History, other: History) -> Iterable[str]:
    was, now = (Counter(_waiting(history)) for history in (one, other))
    yield from (f"attend à la fin, et n'attendait pas dans l'ordre écrit : {text}" for text in (now - was).elements())
    yield from (f"n'attend plus à la fin, et attendait dans l'ordre écrit : {text}" for text in (was - now).elements())


def _waiting(history: History) -> Iterable[str]:
    for entry in history.entries:
        if isinstance(entry, Waited) and entry.released is None:
            yield f"{entry.processor} {entry.event} {entry.subject} ({entry.label})"


def _files(history: History) -> Iterable[tuple[str, bytes]]:
    for entry in history.entries:
        if isinstance(entry, Wrote):
            yield entry.name, entry.content
