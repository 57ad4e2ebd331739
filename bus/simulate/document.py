"""The YAML of a scenario as a tree that remembers its lines and the exact text of each value.

Nothing is guessed from how a value looks: `007874` keeps its zeros and `10:30` stays a time, because the contract, not
YAML, says what a value is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

MAX_BYTES = 4 * 1024 * 1024
MAX_VALUES = 200_000
MAX_DEPTH = 40

NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as written."""

    text: str
    quoted: bool
    line: int

    @property
    def is_null(self) -> bool:
        return not self.quoted and self.text in NULLS


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple["Node", ...]
    line: int


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping; each name once."""

    entries: dict[str, "Node"]
    lines: dict[str, int]
    line: int


Node = Text | Items | Fields


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a scenario: where, and what to write instead."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line is not None else self.file
        return f"{where} : {self.message}"


class ScenarioWrong(Exception):
    """The scenario itself cannot be run (exit 2); every problem found is told."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def read_document(path: Path) -> Fields:
    """The top mapping of a scenario file, UTF-8. Raises ScenarioWrong."""
    name = str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ScenarioWrong(Problem(name, None, f"fichier de plus de {MAX_BYTES} octets : ce n'est pas un scénario."))
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioWrong(Problem(name, None, "le fichier n'est pas en UTF-8 : l'enregistrer en UTF-8.")) from error
    except FileNotFoundError as error:
        raise ScenarioWrong(Problem(name, None, "fichier absent.")) from error
    except (OSError, ValueError) as error:
        raise ScenarioWrong(Problem(name, None, f"fichier illisible ({type(error).__name__}).")) from error
    return parse_document(name, text)


def parse_document(name: str, text: str) -> Fields:
    """The same from a text; `name` is only for messages."""
    try:
        top = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else None
        raise ScenarioWrong(Problem(name, line, f"ce n'est pas du YAML : {error.problem or 'forme inattendue'}.")) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise ScenarioWrong(Problem(name, None, "ce n'est pas du YAML : caractère interdit ou trop de niveaux.")) from error
    if top is None:
        raise ScenarioWrong(Problem(name, None, "le scénario est vide : il faut au moins « title », « given » et « expect »."))
    node = _Builder(name).build(top, 0)
    if not isinstance(node, Fields):
        raise ScenarioWrong(
            Problem(name, node.line, "un scénario est une suite de champs (title, given, expect…), pas une liste ni un texte.")
        )
    return node


class _Builder:
    """Bounded: an alias that names a list of aliases must not fill the memory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.left = MAX_VALUES

    def build(self, node: yaml.Node, depth: int) -> Node:
        line = node.start_mark.line + 1
        self.left -= 1
        if depth > MAX_DEPTH or self.left < 0:
            raise ScenarioWrong(Problem(self.name, line, "trop de valeurs ou trop de niveaux imbriqués."))
        if isinstance(node, yaml.ScalarNode):
            return Text(node.value, node.style is not None, line)
        if isinstance(node, yaml.SequenceNode):
            return Items(tuple(self.build(item, depth + 1) for item in node.value), line)
        return self._fields(node, depth, line)

    def _fields(self, node: yaml.Node, depth: int, line: int) -> Fields:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        merged: list[Fields] = []
        for key, value in node.value:
            at = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise ScenarioWrong(Problem(self.name, at, "un nom de champ doit être un texte."))
            built = self.build(value, depth + 1)
            if key.value == "<<" and key.style is None:
                merged += self._merged(built, at)
                continue
            if key.value in entries:
                raise ScenarioWrong(Problem(self.name, at, f"« {key.value} » est donné deux fois (déjà ligne {lines[key.value]})."))
            entries[key.value] = built
            lines[key.value] = at
        for other in merged:
            for name, inherited in other.entries.items():
                entries.setdefault(name, inherited)
                lines.setdefault(name, other.lines[name])
        return Fields(entries, lines, line)

    def _merged(self, built: Node, line: int) -> list[Fields]:
        found = list(built.items) if isinstance(built, Items) else [built]
        fields = [each for each in found if isinstance(each, Fields)]
        if len(fields) != len(found):
            raise ScenarioWrong(Problem(self.name, line, "« << » reprend les champs d'un autre groupe de champs, désigné par une ancre."))
        return fields


def walk(node: Node) -> Iterator[Text]:
    """Every scalar below a node, in order."""
    if isinstance(node, Text):
        yield node
    elif isinstance(node, Items):
        for item in node.items:
            yield from walk(item)
    else:
        for entry in node.entries.values():
            yield from walk(entry)


def shown(node: Node) -> str:
    """A node as a person would write it on one line."""
    if isinstance(node, Text):
        return "null" if node.is_null else node.text
    if isinstance(node, Items):
        return f"[{', '.join(shown(item) for item in node.items)}]"
    return f"{{{', '.join(f'{name}: {shown(entry)}' for name, entry in node.entries.items())}}}"
