"""Functions made from source, one per type of a contract: what their making for reading and for writing has in common."""

from collections.abc import Callable, Mapping
from itertools import count
from keyword import iskeyword
from typing import Any, Never, TypeVar

Code = TypeVar("Code")


class NotOurs(Exception):
    """A value or a schema that only fastavro judges."""


def refuse() -> Never:
    """What made functions call for a value that is not theirs. Raises NotOurs."""
    raise NotOurs


def field_names(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of a record, each of which may stand in a source. Raises NotOurs for any other name."""
    names = tuple(field["name"] for field in record["fields"])
    if not all(name.isidentifier() and not iskeyword(name) for name in names):
        raise NotOurs
    return names


def branch_of(union: list[Any]) -> Any:
    """The type of an optional value, null first: the only union inside our records. Raises NotOurs for any other."""
    if len(union) != 2 or union[0] != "null" or isinstance(union[1], list):
        raise NotOurs
    return union[1]


_numbers = count()


def fresh(word: str) -> str:
    """A name that no source has yet."""
    return f"{word}_{next(_numbers)}"


def remember(schema: Mapping[str, Any], named: dict[str, Code], code: Code) -> Code:
    """The code of a type under the names by which the types after it may call it."""
    name = schema["name"]
    named[name] = code
    if "namespace" in schema and "." not in name:
        named[f"{schema['namespace']}.{name}"] = code
    return code


def made(name: str, source: str, names: Mapping[str, Any]) -> Callable[..., Any]:
    """The function of this name that a source defines, which knows `refuse` and `names`. Of what comes from outside, a source holds
    only the names that `field_names` gave."""
    space: dict[str, Any] = {"refuse": refuse, **names}
    exec(source, space)  # noqa: S102 (see above)
    function: Callable[..., Any] = space[name]
    return function
