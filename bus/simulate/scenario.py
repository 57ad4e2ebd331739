"""A scenario file as checked values. Every problem is told with its line; nothing runs before all of it is right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from bus.simulate.contract_values import DataReader, RecordShape, shapes_of
from bus.simulate.document import Fields, Items, Node, Problem, ScenarioWrong, Text, read_document, shown
from bus.simulate.installation import Installation
from bus.simulate.questions import NUMBERS, QUESTIONERS
from bus.simulate.times import BadTime, read_instant
from schemas.contracts import topics_with_contract

DEFAULT_ZONE = "Europe/Paris"
MAX_FILE_BYTES = 256 * 1024 * 1024


# --- what comes in ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EventGiven:
    """One event of a system, by the fields of its contract."""

    system: str
    shape: RecordShape
    data: Mapping[str, Any]
    """JSON values, as the system would send them; absent fields take the contract's defaults."""


@dataclass(frozen=True, slots=True)
class FileGiven:
    """A file in a system's inbox, under its own name."""

    system: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class BodyGiven:
    """A request body, posted as it is written: for what is malformed on purpose."""

    system: str
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class TimePasses:
    """Nothing comes in."""


@dataclass(frozen=True, slots=True)
class AskGiven:
    """A synchronous question, named so that the expectations can speak of its answer."""

    kind: str
    """The field that says who it is about: `bourse`."""
    asked: Mapping[str, str]
    name: str


@dataclass(frozen=True, slots=True)
class Given:
    """One entry of `given`."""

    rank: int
    """From 1, in the order written."""
    at: datetime
    line: int
    what: EventGiven | FileGiven | BodyGiven | AskGiven | TimePasses


# --- what must come out ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TopicExpected:
    """Records published on a topic."""

    topic: str
    event: str | None
    data: Fields | None


@dataclass(frozen=True, slots=True)
class NothingExpected:
    """No such record before `until`, or at all."""

    topic: str
    event: str | None
    data: Fields | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RefusalExpected:
    """A rule's refusal, or a fault of a delivery that a connector refused."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class WarningExpected:
    """A fault of a delivery that a connector took all the same."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class DeadLetterExpected:
    """A record that no rule could decide."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class ParkedExpected:
    """An event that waits, or waited, for its prerequisite."""

    fields: Fields


@dataclass(frozen=True, slots=True)
class CountedExpected:
    """Events that a rule counted under a label, such as `doublon`."""

    label: str


@dataclass(frozen=True, slots=True)
class FileExpected:
    """A file written by a sink."""

    sink: str
    name: str | None
    contains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowExpected:
    """Rows of a projection's table as they are at the end, or at `at`."""

    table: str
    data: Fields | None


@dataclass(frozen=True, slots=True)
class AnswerExpected:
    """The body that a named question was answered with."""

    name: str
    data: Fields | None


@dataclass(frozen=True, slots=True)
class SameExpected:
    """Named questions that were all answered with the same body."""

    names: tuple[str, ...]


What = (
    TopicExpected
    | NothingExpected
    | RefusalExpected
    | WarningExpected
    | DeadLetterExpected
    | ParkedExpected
    | CountedExpected
    | FileExpected
    | RowExpected
    | AnswerExpected
    | SameExpected
)


@dataclass(frozen=True, slots=True)
class Expected:
    """One entry of `expect`."""

    line: int
    text: str
    """As written, on one line."""
    what: What
    at: datetime | None
    count: int | None
    """Exactly so many; None: at least one."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A checked scenario."""

    file: str
    title: str
    requirements: tuple[str, ...]
    zone: ZoneInfo
    settings: Mapping[str, Mapping[str, Any]]
    """processor name → setting → plain value."""
    given: tuple[Given, ...]
    """In the order of `at`; equal times keep the order written."""
    expect: tuple[Expected, ...]
    end: datetime
    """The latest instant that the scenario names: time passes until then, and no further."""


def load(path: Path, installation: Installation) -> Scenario:
    """Read and check a scenario file. Raises ScenarioWrong with every problem found."""
    return _Loader(str(path), path.parent, installation).load(read_document(path))


TOP = ("title", "requirements", "zone", "settings", "given", "expect")
STEP = ("at", "system", "event", "data", "file", "content", "encoding", "body", "media_type", "ask", "name")
KINDS: Mapping[str, tuple[str, ...]] = {
    "topic": ("topic", "event", "data", "at", "count"),
    "none": ("none", "event", "data", "until"),
    "refusal": ("refusal", "at", "count"),
    "warning": ("warning", "at", "count"),
    "dead_letter": ("dead_letter", "at", "count"),
    "parked": ("parked", "at", "count"),
    "counted": ("counted", "at", "count"),
    "file": ("file", "at", "count"),
    "row": ("row", "at", "count"),
    "answer": ("answer", "data", "at"),
    "same": ("same",),
}
"""What an expectation may be → the fields it may have."""

REFUSAL_FIELDS = ("code", "message", "remede", "contains", "system", "event", "file", "line", "subject", "processor")
WARNING_FIELDS = ("code", "message", "remede", "contains", "system", "event", "file", "line")
DEAD_LETTER_FIELDS = ("code", "reason", "system", "event", "subject", "processor")
PARKED_FIELDS = ("system", "event", "waits_for", "subject", "processor", "released")
FILE_FIELDS = ("sink", "name", "contains", "count")
ROW_FIELDS = ("table", "data", "count")

FEMININE = frozenset({"table", "colonne", "sortie", "question"})


@dataclass(slots=True)
class _Loader:
    file: str
    folder: Path
    installation: Installation
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(DEFAULT_ZONE))
    problems: list[Problem] = field(default_factory=list)
    questions: dict[str, int] = field(default_factory=dict)
    """Name of each question → its line."""

    def load(self, top: Fields) -> Scenario:
        self._known("du scénario", top, TOP)
        title = self._text(top, "title", "le titre du scénario, un texte") or ""
        if not title:
            self.wrong(top.line, "« title » manque : dire en une phrase ce que le scénario montre.")
        requirements = self._texts(top, "requirements")
        self._zone(top)
        settings = self._settings(top)
        given = tuple(sorted(self._given(top), key=lambda each: each.at))
        expect = tuple(self._expect(top))
        if self.problems:
            raise ScenarioWrong(*sorted(self.problems, key=lambda problem: problem.line or 0))
        return Scenario(self.file, title, requirements, self.zone, settings, given, expect, _end(given, expect))

    # --- small readings ----------------------------------------------------------------------------------------------

    def wrong(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def _known(self, of: str, fields: Fields, names: tuple[str, ...]) -> None:
        for name, line in fields.lines.items():
            if name not in names:
                self.wrong(line, f"champ inconnu « {name} » {of}. Champs connus : {', '.join(names)}.")

    def _text(self, fields: Fields, name: str, what: str) -> str | None:
        node = fields.entries.get(name)
        if node is None:
            return None
        if isinstance(node, Text) and not node.is_null:
            return node.text
        self.wrong(node.line, f"« {name} » : attendu : {what} ; trouvé : {shown(node)}.")
        return None

    def _texts(self, fields: Fields, name: str) -> tuple[str, ...]:
        node = fields.entries.get(name)
        if node is None:
            return ()
        items = node.items if isinstance(node, Items) else (node,)
        texts = tuple(item.text for item in items if isinstance(item, Text))
        if len(texts) != len(items):
            self.wrong(node.line, f"« {name} » : attendu : une liste de textes.")
        return texts

    def _instant(self, fields: Fields, name: str) -> datetime | None:
        text = self._text(fields, name, "un instant")
        if text is None:
            return None
        try:
            return read_instant(text, self.zone)
        except BadTime as error:
            self.wrong(fields.lines[name], f"« {name} » : attendu : {error} ; trouvé : {text}.")
            return None

    def _count(self, *places: Fields) -> int | None:
        for fields in places:
            node = fields.entries.get("count")
            if node is None:
                continue
            if isinstance(node, Text) and node.text.isascii() and node.text.isdigit():
                return int(node.text)
            self.wrong(node.line, f"« count » : attendu : un nombre entier positif ou nul ; trouvé : {shown(node)}.")
        return None

    def _group(self, fields: Fields, name: str) -> Fields | None:
        node = fields.entries.get(name)
        if node is None or isinstance(node, Fields):
            return node
        self.wrong(node.line, f"« {name} » : attendu : un groupe de champs, tel que {{champ: valeur}} ; trouvé : {shown(node)}.")
        return None

    def _one_of(self, what: str, name: str, line: int, known: tuple[str, ...]) -> bool:
        if name in known:
            return True
        feminine = what.split()[0] in FEMININE
        self.wrong(line, f"{what} inconnu{'e' if feminine else ''} : « {name} ». {_listed(known)}")
        return False

    # --- head --------------------------------------------------------------------------------------------------------

    def _zone(self, top: Fields) -> None:
        name = self._text(top, "zone", "un fuseau, tel que Europe/Paris")
        if name is None:
            return
        try:
            self.zone = ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.wrong(
                top.lines["zone"], f"fuseau inconnu « {name} » : écrire un nom de la base IANA, tel que Europe/Paris ou Pacific/Noumea."
            )

    def _settings(self, top: Fields) -> dict[str, dict[str, Any]]:
        fields = self._group(top, "settings")
        chosen: dict[str, dict[str, Any]] = {}
        known = self.installation.settings
        for name, node in (fields.entries if fields is not None else {}).items():
            if name not in known:
                self.wrong(node.line, f"réglage inconnu « {name} ». {_listed(tuple(known))}")
                continue
            for owner in known[name]:
                chosen.setdefault(owner, {})[name] = _plain(node)
        for processor in self.installation.processors:
            if processor.name in chosen:
                self._try_settings(processor.reglages(), chosen[processor.name], fields.line if fields is not None else 1)
        return chosen

    def _try_settings(self, reglages: Any, chosen: Mapping[str, Any], line: int) -> None:
        try:
            override(reglages, chosen)
        except (ValueError, TypeError) as error:
            self.wrong(line, f"réglage refusé : {error}.")

    # --- given -------------------------------------------------------------------------------------------------------

    def _given(self, top: Fields) -> list[Given]:
        node = top.entries.get("given")
        if not isinstance(node, Items) or not node.items:
            self.wrong(
                node.line if node is not None else top.line, "« given » doit être la liste de ce qui arrive, et ne peut pas être vide."
            )
            return []
        found = []
        for rank, item in enumerate(node.items, 1):
            if not isinstance(item, Fields):
                self.wrong(item.line, f"chaque élément de « given » est un groupe de champs ({', '.join(STEP)}).")
                continue
            given = self._step(rank, item)
            if given is not None:
                found.append(given)
        return found

    def _step(self, rank: int, step: Fields) -> Given | None:
        self._known("de « given »", step, STEP)
        before = len(self.problems)
        at = self._instant(step, "at")
        if at is None and len(self.problems) == before:
            self.wrong(step.line, "« at » manque : dire quand cela arrive.")
        kinds = [kind for kind in ("event", "file", "body", "ask") if kind in step.entries]
        if len(kinds) > 1:
            self.wrong(step.line, f"un élément de « given » est une seule chose ; trouvé ensemble : {', '.join(kinds)}.")
            return None
        what = self._what(kinds[0] if kinds else None, step)
        return Given(rank, at, step.line, what) if at is not None and what is not None else None

    def _what(self, kind: str | None, step: Fields) -> EventGiven | FileGiven | BodyGiven | AskGiven | TimePasses | None:
        if kind is None:
            others = [name for name in step.entries if name != "at"]
            if others:
                self.wrong(step.line, f"« {others[0]} » sans « event », « file » ni « body » : dire ce qui arrive.")
                return None
            return TimePasses()
        if kind == "ask":
            return self._ask(step)
        system = self._text(step, "system", "un système")
        if system is None:
            self.wrong(step.line, f"« system » manque : par quel système cela entre. {_listed(self.installation.systems)}")
            return None
        if not self._one_of("système", system, step.lines["system"], self.installation.systems):
            return None
        return {"event": self._event, "file": self._file, "body": self._body}[kind](system, step)

    def _ask(self, step: Fields) -> AskGiven | None:
        self._stray(step, "ask", ("system", "data", "content", "encoding", "media_type"))
        fields = self._group(step, "ask")
        name = self._text(step, "name", "un nom")
        if name is None:
            self.wrong(step.line, "« name » manque : « ask » doit être nommé pour que « answer » ou « same » en parle.")
        elif name in self.questions:
            self.wrong(step.lines["name"], f"« name » : la question « {name} » est déjà posée ; donner un autre nom.")
        if fields is None or name is None:
            return None
        self.questions[name] = step.line
        kinds = {each.name: each for each in QUESTIONERS}
        kind = next((kinds[named] for named in fields.entries if named in kinds), None)
        if kind is None:
            self.wrong(fields.line, f"« ask » : question inconnue. {_listed(tuple(kinds))}")
            return None
        self._known("de « ask »", fields, tuple(kind.fields))
        asked = {each: self._text(fields, each, about) for each, about in kind.fields.items() if each in fields.entries}
        for each in kind.required:
            if each not in fields.entries:
                self.wrong(fields.line, f"« ask » : « {each} » manque ({kind.fields[each]}).")
        for each in NUMBERS:
            text = asked.get(each)
            if text is not None and not (text.isascii() and text.isdigit()):
                self.wrong(fields.lines[each], f"« {each} » : attendu : un nombre entier ; trouvé : {text}.")
        if any(asked.get(each) is None for each in kind.required):
            return None
        return AskGiven(kind.name, {each: text for each, text in asked.items() if text is not None}, name)

    def _event(self, system: str, step: Fields) -> EventGiven | None:
        name = self._text(step, "event", "un événement")
        if name is None:
            return None
        self._stray(step, "event", ("content", "encoding", "media_type", "name"))
        shape = self.installation.events_of(system).get(name)
        if shape is None:
            elsewhere = self.installation.systems_of(name)
            hint = f" Il entre par : {', '.join(elsewhere)}." if elsewhere else ""
            known = tuple(self.installation.events_of(system))
            self.wrong(step.lines["event"], f"événement inconnu « {name} » du système « {system} ».{hint} {_listed(known)}")
            return None
        data = self._group(step, "data")
        if data is None:
            if "data" in step.entries:
                return None
            data = Fields({}, {}, step.line)
        return EventGiven(system, shape, DataReader(self.zone, self.wrong).record(shape, data))

    def _file(self, system: str, step: Fields) -> FileGiven | None:
        name = self._text(step, "file", "un fichier")
        if name is None:
            return None
        self._stray(step, "file", ("data", "media_type", "name"))
        if "content" in step.entries:
            content = self._content(step, "content")
            return None if content is None else FileGiven(system, Path(name).name, content)
        path = self.folder / name
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                self.wrong(step.lines["file"], f"fichier de plus de {MAX_FILE_BYTES} octets : « {name} ».")
                return None
            return FileGiven(system, path.name, path.read_bytes())
        except FileNotFoundError:
            self.wrong(step.lines["file"], f"fichier absent : « {name} », cherché à côté du scénario.")
        except (OSError, ValueError) as error:
            self.wrong(step.lines["file"], f"fichier illisible : « {name} » ({type(error).__name__}).")
        return None

    def _body(self, system: str, step: Fields) -> BodyGiven | None:
        self._stray(step, "body", ("data", "name", "content"))
        content = self._content(step, "body")
        return None if content is None else BodyGiven(system, content, self._text(step, "media_type", "un type") or "application/json")

    def _content(self, step: Fields, name: str) -> bytes | None:
        node = step.entries[name]
        encoding = self._text(step, "encoding", "un encodage, tel que utf-8 ou windows-1252") or "utf-8"
        if not isinstance(node, Text):
            self.wrong(node.line, f"« {name} » : attendu : un texte.")
            return None
        try:
            return node.text.encode(encoding)
        except LookupError:
            self.wrong(step.lines["encoding"], f"encodage inconnu « {encoding} ».")
        except UnicodeEncodeError:
            self.wrong(node.line, f"« {name} » a un caractère qui n'existe pas en {encoding}.")
        return None

    def _stray(self, step: Fields, kind: str, names: tuple[str, ...]) -> None:
        for name in names:
            if name in step.entries:
                self.wrong(step.lines[name], f"« {name} » ne va pas avec « {kind} ».")

    # --- expect ------------------------------------------------------------------------------------------------------

    def _expect(self, top: Fields) -> list[Expected]:
        node = top.entries.get("expect")
        if node is None or (isinstance(node, Text) and node.is_null):
            return []
        if not isinstance(node, Items):
            self.wrong(node.line, "« expect » doit être la liste de ce qui doit sortir.")
            return []
        found = []
        for item in node.items:
            if not isinstance(item, Fields):
                self.wrong(item.line, f"chaque élément de « expect » est un groupe de champs, un de : {', '.join(KINDS)}.")
                continue
            expected = self._expected(item)
            if expected is not None:
                found.append(expected)
        return found

    def _expected(self, item: Fields) -> Expected | None:
        kinds = [kind for kind in KINDS if kind in item.entries]
        if len(kinds) != 1:
            together = f" ; trouvé ensemble : {', '.join(kinds)}" if kinds else ""
            self.wrong(item.line, f"une attente est une seule de ces choses : {', '.join(KINDS)}{together}.")
            return None
        kind = kinds[0]
        self._known(f"de l'attente « {kind} »", item, KINDS[kind])
        what = self._readers()[kind](item)
        inner = item.entries[kind]
        count = self._count(item, *([inner] if isinstance(inner, Fields) else []))
        at = self._instant(item, "at")
        return None if what is None else Expected(item.line, shown(item)[1:-1], what, at, count)

    def _readers(self) -> dict[str, Callable[[Fields], What | None]]:
        return {
            "topic": self._topic,
            "none": self._none,
            "refusal": lambda item: self._described(item, "refusal", REFUSAL_FIELDS, RefusalExpected),
            "warning": lambda item: self._described(item, "warning", WARNING_FIELDS, WarningExpected),
            "dead_letter": lambda item: self._described(item, "dead_letter", DEAD_LETTER_FIELDS, DeadLetterExpected),
            "parked": lambda item: self._described(item, "parked", PARKED_FIELDS, ParkedExpected),
            "counted": self._counted,
            "file": self._file_expected,
            "row": self._row,
            "answer": self._answer,
            "same": self._same,
        }

    def _topic(self, item: Fields) -> TopicExpected | None:
        named = self._topic_named(item, "topic")
        return None if named is None else TopicExpected(*named)

    def _none(self, item: Fields) -> NothingExpected | None:
        named = self._topic_named(item, "none")
        return None if named is None else NothingExpected(*named, self._instant(item, "until"))

    def _topic_named(self, item: Fields, kind: str) -> tuple[str, str | None, Fields | None] | None:
        topic = self._text(item, kind, "un topic")
        if topic is None or not self._one_of("topic", topic, item.lines[kind], self.installation.topic_names):
            return None
        if topic not in topics_with_contract():
            self.wrong(item.lines[kind], f"le topic « {topic} » n'a pas encore de contrat : rien n'y est publié.")
            return None
        shapes = shapes_of(topic)
        event = self._text(item, "event", "un événement")
        if event is not None and not self._one_of(f"événement de {topic}", event, item.lines["event"], tuple(shapes)):
            return None
        data = self._group(item, "data")
        self._check_names(data, topic if event is None else f"« {event} »", [shapes[event]] if event is not None else list(shapes.values()))
        return topic, event, data

    def _check_names(self, data: Fields | None, of: str, shapes: list[RecordShape]) -> None:
        if data is None:
            return
        known = tuple(dict.fromkeys(each.name for shape in shapes for each in shape.fields))
        for name, line in data.lines.items():
            if name not in known:
                self.wrong(line, f"champ inconnu « {name} » de {of}. Champs connus : {', '.join(known)}.")

    def _described(self, item: Fields, kind: str, names: tuple[str, ...], made: Callable[[Fields], What]) -> What | None:
        fields = self._group(item, kind)
        if fields is None:
            return None
        self._known(f"de « {kind} »", fields, (*names, "count"))
        for name, node in fields.entries.items():
            if not isinstance(node, Text) and name != "contains":
                self.wrong(node.line, f"« {name} » : attendu : une seule valeur.")
        system = fields.entries.get("system")
        if isinstance(system, Text):
            self._one_of("système", system.text, system.line, self.installation.systems)
        released = fields.entries.get("released")
        if isinstance(released, Text) and released.text not in ("true", "false"):
            self._instant(fields, "released")
        return made(fields)

    def _counted(self, item: Fields) -> CountedExpected | None:
        label = self._text(item, "counted", "un libellé, tel que doublon")
        return None if label is None else CountedExpected(label)

    def _file_expected(self, item: Fields) -> FileExpected | None:
        fields = self._group(item, "file")
        if fields is None:
            return None
        self._known("de « file »", fields, FILE_FIELDS)
        sink = self._text(fields, "sink", "une sortie")
        if sink is None:
            self.wrong(fields.line, f"« sink » manque. {_listed(self.installation.sink_names)}")
            return None
        self._one_of("sortie", sink, fields.lines["sink"], self.installation.sink_names)
        return FileExpected(sink, self._text(fields, "name", "un nom de fichier"), self._texts(fields, "contains"))

    def _row(self, item: Fields) -> RowExpected | None:
        fields = self._group(item, "row")
        if fields is None:
            return None
        self._known("de « row »", fields, ROW_FIELDS)
        table = self._text(fields, "table", "une table")
        if table is None:
            self.wrong(fields.line, f"« table » manque. {_listed(tuple(self.installation.tables or ()))}")
            return None
        data = self._group(fields, "data")
        if self._one_of("table", table, fields.lines["table"], tuple(self.installation.tables or ())) and data is not None:
            for name, line in data.lines.items():
                self._one_of(f"colonne de {table}", name, line, self.installation.columns_of(table))
        return RowExpected(table, data)

    def _answer(self, item: Fields) -> AnswerExpected | None:
        name = self._text(item, "answer", "le nom d'une question")
        if name is None or not self._one_of("question", name, item.lines["answer"], tuple(self.questions)):
            return None
        return AnswerExpected(name, self._group(item, "data"))

    def _same(self, item: Fields) -> SameExpected | None:
        names = self._texts(item, "same")
        known = [self._one_of("question", name, item.lines["same"], tuple(self.questions)) for name in names]
        if len(names) < 2:
            self.wrong(item.lines["same"], "« same » : attendu : les noms de deux questions ou plus.")
            return None
        return SameExpected(names) if all(known) else None


def override(reglages: Any, chosen: Mapping[str, Any]) -> Any:
    """The settings value with the chosen ones in place, checked as at start. Raises ValueError for what it refuses."""
    types = {each.name: each.type for each in msgspec.structs.fields(reglages)}
    typed = {name: msgspec.convert(value, types[name], strict=False) for name, value in chosen.items()}
    return type(reglages)(**{name: typed.get(name, getattr(reglages, name)) for name in types})


def _plain(node: Node) -> Any:
    if isinstance(node, Text):
        return None if node.is_null else node.text
    if isinstance(node, Items):
        return [_plain(item) for item in node.items]
    return {name: _plain(entry) for name, entry in node.entries.items()}


def _listed(known: tuple[str, ...]) -> str:
    return f"Connus : {', '.join(known)}." if known else "Il n'y en a aucun dans cette installation."


def _end(given: tuple[Given, ...], expect: tuple[Expected, ...]) -> datetime:
    named = [each.at for each in given]
    named += [each.at for each in expect if each.at is not None]
    named += [each.what.until for each in expect if isinstance(each.what, NothingExpected) and each.what.until is not None]
    return max(named)
