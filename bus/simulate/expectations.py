"""What a scenario expects, held against what happened. Each verdict says what was found instead."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any
from zoneinfo import ZoneInfo

from bus.simulate.document import Fields, Items, Node, Text
from bus.simulate.history import Answered, Arrived, Decided, Died, History, Published, Waited, Wrote
from bus.simulate.matching import Gap, gaps, tell
from bus.simulate.scenario import (
    AnswerExpected,
    CountedExpected,
    DeadLetterExpected,
    Expected,
    FileExpected,
    NothingExpected,
    ParkedExpected,
    RefusalExpected,
    RowExpected,
    SameExpected,
    Scenario,
    TopicExpected,
    WarningExpected,
)
from bus.simulate.times import local, read_instant
from schemas.outcome import Fault

MAX_TEXT_BYTES = 16 * 1024 * 1024
"""Of a file or an archive's member that `contains` looks into."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an expectation holds; if not, what was found."""

    expected: Expected
    holds: bool
    found: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Something that might be what is expected, with the gaps that say why not."""

    told: str
    gaps: tuple[Gap, ...]


def check(scenario: Scenario, history: History) -> tuple[Verdict, ...]:
    """One verdict per expectation, in the order written."""
    checker = _Checker(scenario.zone, history)
    return tuple(checker.verdict(expected) for expected in scenario.expect)


@dataclass(frozen=True, slots=True)
class _Checker:
    zone: ZoneInfo
    history: History

    def verdict(self, expected: Expected) -> Verdict:
        match expected.what:
            case NothingExpected() as what:
                return self._nothing(expected, what)
            case TopicExpected() as what:
                return self._counted(expected, self._on_topic(what.topic, what.event, what.data, expected.at))
            case RefusalExpected() as what:
                return self._counted(expected, self._described(what.fields, expected.at, self._refusals()))
            case WarningExpected() as what:
                return self._counted(expected, self._described(what.fields, expected.at, self._warnings()))
            case DeadLetterExpected() as what:
                return self._counted(expected, self._described(what.fields, expected.at, self._dead_letters()))
            case ParkedExpected() as what:
                return self._counted(expected, self._parked(what, expected.at))
            case CountedExpected() as what:
                return self._counted(expected, self._labelled(what, expected.at))
            case FileExpected() as what:
                return self._counted(expected, self._files(what, expected.at))
            case RowExpected() as what:
                return self._counted(expected, self._rows(what, expected.at))
            case AnswerExpected() as what:
                return self._counted(expected, self._answers(what, expected.at))
            case SameExpected() as what:
                return self._same(expected, what)

    def _counted(self, expected: Expected, candidates: Iterable[_Candidate]) -> Verdict:
        everything = list(candidates)
        count = sum(not each.gaps for each in everything)
        holds = count >= 1 if expected.count is None else count == expected.count
        return Verdict(expected, holds, "" if holds else _explained(expected.count, count, everything))

    # --- topics ------------------------------------------------------------------------------------------------------

    def _on_topic(self, topic: str, event: str | None, data: Fields | None, at: datetime | None) -> Iterator[_Candidate]:
        for published in self.history.published:
            if published.topic == topic and event in (None, published.name):
                found = [] if data is None else list(gaps(data, published.data, self.zone))
                yield _Candidate(self._told(published), (*found, *self._not_at(at, published.at)))

    def _nothing(self, expected: Expected, what: NothingExpected) -> Verdict:
        for published in self.history.published:
            if published.topic != what.topic or what.event not in (None, published.name):
                continue
            if what.until is not None and published.at >= what.until:
                continue
            if what.data is None or not list(gaps(what.data, published.data, self.zone)):
                return Verdict(expected, False, f"publié pourtant : {self._told(published)}")
        return Verdict(expected, True, "")

    def _told(self, published: Published) -> str:
        return f"{local(published.at, self.zone)} {published.name} {tell(published.data, self.zone)}"

    def _not_at(self, at: datetime | None, found: datetime) -> tuple[Gap, ...]:
        return () if at is None or at == found else (Gap("at", local(at, self.zone), local(found, self.zone)),)

    # --- what is told by names and texts -----------------------------------------------------------------------------

    def _described(self, fields: Fields, at: datetime | None, seen: Iterable[tuple[datetime, Mapping[str, Any]]]) -> Iterator[_Candidate]:
        for when, found in seen:
            missing = list(_text_gaps(fields, found, self.zone))
            yield _Candidate(f"{local(when, self.zone)} {_shown(found)}", (*missing, *self._not_at(at, when)))

    def _refusals(self) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
        for entry in self.history.entries:
            if isinstance(entry, Arrived):
                yield from ((entry.at, _of_delivery(entry, fault)) for fault in entry.faults)
            elif isinstance(entry, Decided) and entry.refusal is not None:
                found = {"system": entry.system, "event": entry.event, "subject": entry.subject, "processor": entry.processor}
                yield entry.at, {**entry.refusal, **found}

    def _warnings(self) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
        for entry in self.history.entries:
            if isinstance(entry, Arrived):
                yield from ((entry.at, _of_delivery(entry, warning)) for warning in entry.warnings)

    def _dead_letters(self) -> Iterator[tuple[datetime, Mapping[str, Any]]]:
        for entry in self.history.entries:
            if isinstance(entry, Died):
                names = ("code", "reason", "system", "event", "subject", "processor")
                yield entry.at, {name: getattr(entry, name) for name in names}

    # --- waiting -----------------------------------------------------------------------------------------------------

    def _parked(self, what: ParkedExpected, at: datetime | None) -> Iterator[_Candidate]:
        for entry in self.history.entries:
            if isinstance(entry, Waited):
                told = f"{local(entry.at, self.zone)} {entry.system} {entry.event} attend « {entry.label} », {self._until(entry)}"
                yield _Candidate(told, tuple(self._parked_gaps(what.fields, entry, at)))

    def _parked_gaps(self, fields: Fields, entry: Waited, at: datetime | None) -> Iterator[Gap]:
        for name, node in fields.entries.items():
            text = node.text if isinstance(node, Text) else ""
            if name == "waits_for":
                if text != entry.waits_for and text.casefold() not in entry.label.casefold():
                    yield Gap(name, text, entry.label)
            elif name == "released":
                yield from self._released_gaps(text, entry)
            elif name != "count" and text != getattr(entry, name):
                yield Gap(name, text, getattr(entry, name))
        if at is not None and at != entry.at and not (entry.at < at and (entry.released is None or at < entry.released)):
            yield Gap("at", local(at, self.zone), f"en attente depuis {local(entry.at, self.zone)}, {self._until(entry)}")

    def _released_gaps(self, text: str, entry: Waited) -> Iterator[Gap]:
        wanted = {"true": entry.released is not None, "false": entry.released is None}
        holds = wanted[text] if text in wanted else entry.released == read_instant(text, self.zone)
        if not holds:
            yield Gap("released", text, self._until(entry))

    def _until(self, entry: Waited) -> str:
        if entry.released is not None:
            return f"jusqu'au {local(entry.released, self.zone)}"
        return "toujours en attente à la fin"

    def _labelled(self, what: CountedExpected, at: datetime | None) -> Iterator[_Candidate]:
        for entry in self.history.entries:
            if isinstance(entry, Decided) and entry.counted is not None:
                other = () if entry.counted == what.label else (Gap("counted", what.label, entry.counted),)
                told = f"{local(entry.at, self.zone)} {entry.event} compté « {entry.counted} »"
                yield _Candidate(told, (*other, *self._not_at(at, entry.at)))

    # --- answers -----------------------------------------------------------------------------------------------------

    def _answers(self, what: AnswerExpected, at: datetime | None) -> Iterator[_Candidate]:
        for entry in self.history.entries:
            if isinstance(entry, Answered) and entry.name == what.name:
                found = [] if what.data is None else list(gaps(what.data, entry.body, self.zone))
                yield _Candidate(self._said(entry), (*found, *self._not_at(at, entry.at)))

    def _same(self, expected: Expected, what: SameExpected) -> Verdict:
        """Byte for byte: the bodies, as they are sent."""
        answers = {entry.name: entry for entry in self.history.entries if isinstance(entry, Answered)}
        bodies = {json.dumps(answers[name].body, ensure_ascii=False) for name in what.names}
        told = "\n".join(f"{name} : {self._said(answers[name])}" for name in what.names)
        return Verdict(expected, len(bodies) == 1, "" if len(bodies) == 1 else told)

    def _said(self, entry: Answered) -> str:
        return f"{local(entry.at, self.zone)} {tell(dict(entry.body), self.zone)}"

    # --- files and rows ----------------------------------------------------------------------------------------------

    def _files(self, what: FileExpected, at: datetime | None) -> Iterator[_Candidate]:
        for entry in self.history.entries:
            if isinstance(entry, Wrote) and what.sink in (entry.sink, entry.system):
                told = f"{local(entry.at, self.zone)} {entry.sink} {entry.name} ({len(entry.content)} octets)"
                yield _Candidate(told, (*_file_gaps(what, entry), *self._not_at(at, entry.at)))

    def _rows(self, what: RowExpected, at: datetime | None) -> Iterator[_Candidate]:
        for row in self.history.tables(at).get(what.table, {}).values():
            found = () if what.data is None else tuple(gaps(what.data, _Columns(row), self.zone))
            yield _Candidate(tell(row, self.zone), found)


class _Columns(dict[str, Any]):
    """A row: a column that nothing wrote is null, as in the table."""

    def get(self, key: str, _default: Any = None) -> Any:
        return super().get(key)


def _explained(wanted: int | None, count: int, everything: Sequence[_Candidate]) -> str:
    near = sorted((each for each in everything if each.gaps), key=lambda each: len(each.gaps))
    right = [each for each in everything if not each.gaps]
    asked = "au moins 1" if wanted is None else str(wanted)
    lines = [f"attendu {asked}, trouvé {count}"]
    if right and wanted is not None and count > wanted:
        lines += [f"trouvé : {each.told}" for each in right[:5]]
    elif not everything:
        lines[0] += " (rien de cette sorte)"
    else:
        lines += [f"le plus proche : {each.told} — {' ; '.join(str(gap) for gap in each.gaps[:4])}" for each in near[:2]]
    return "\n".join(lines)


def _of_delivery(entry: Arrived, fault: Fault) -> dict[str, Any]:
    found = {name: getattr(fault, name) for name in ("code", "message", "remede", "line")}
    return {**found, "system": entry.system, "event": entry.event, "file": entry.file}


def _text_gaps(fields: Fields, found: Mapping[str, Any], zone: ZoneInfo) -> Iterator[Gap]:
    for name, node in fields.entries.items():
        if name == "contains":
            for text in _texts(node):
                if text not in str(found.get("message") or ""):
                    yield Gap("message", f"un texte qui contient « {text} »", str(found.get("message")))
        elif name != "count":
            yield from gaps(node, found.get(name), zone, name)


def _texts(node: Node) -> tuple[str, ...]:
    items = node.items if isinstance(node, Items) else (node,)
    return tuple(item.text for item in items if isinstance(item, Text))


def _shown(found: Mapping[str, Any]) -> str:
    said = {name: found[name] for name in ("system", "event", "file", "code") if found.get(name)}
    text = found.get("message") or found.get("reason") or ""
    return f"{' '.join(str(value) for value in said.values())} « {text} »"


def _file_gaps(what: FileExpected, entry: Wrote) -> Iterator[Gap]:
    if what.name is not None and not _named(what.name, entry.name):
        yield Gap("name", what.name, entry.name)
    if not what.contains:
        return
    members, texts = _inside(entry.content)
    for wanted in what.contains:
        if wanted not in members and not any(wanted in text for text in texts):
            inside = f"l'archive de {', '.join(members)}" if members else f"un texte de {len(entry.content)} octets sans ce passage"
            yield Gap("contains", wanted, inside)


def _named(pattern: str, name: str) -> bool:
    """Exactly, or with `*` for any text; nothing else is special: file names hold brackets."""
    escaped = pattern.replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(name, escaped)


def _inside(content: bytes) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of an archive's members, and the texts of the members or of the file."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return (), (_text(content[:MAX_TEXT_BYTES]),)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = tuple(archive.namelist())
        reading: Callable[[str], bytes] = archive.read
        small = [each.filename for each in archive.infolist() if each.file_size <= MAX_TEXT_BYTES]
        return members, tuple(_text(reading(name)) for name in small)


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
