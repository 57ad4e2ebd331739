"""Strict JSON from untrusted bytes (RFC 8259): a field given twice, NaN, Infinity or too many levels are refused."""

import json
from collections.abc import Collection
from decimal import Decimal
from typing import Any, NoReturn

from connectors.transport import messages
from connectors.transport.faults import Unreadable
from connectors.transport.text import Opener, whole_text

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 16


def read_json(
    open_bytes: Opener,
    size: int,
    *,
    known: Collection[str] = (),
    declared: str | None = None,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
) -> Any:
    """The value, numbers with a point as Decimal. Raises Unreadable; a field given twice is named only if `known`."""
    if size > max_bytes:
        raise Unreadable(messages.too_big(size, max_bytes))
    text = whole_text(open_bytes, max_bytes, declared).removeprefix("\ufeff")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise Unreadable(messages.json_duplicate(twice if twice in known else None))
        return found

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_float=Decimal, parse_int=_whole, parse_constant=_refused)
    except json.JSONDecodeError as error:
        raise Unreadable(messages.bad_json(error.lineno, error.colno, error.msg)) from None
    except RecursionError:
        raise Unreadable(messages.json_too_deep(max_depth)) from None
    if _depth_exceeds(value, max_depth):
        raise Unreadable(messages.json_too_deep(max_depth))
    return value


def _refused(constant: str) -> NoReturn:
    raise Unreadable(messages.json_number(constant))


def _whole(digits: str) -> int:
    if len(digits) > 40:
        raise Unreadable(messages.json_number_too_long())
    return int(digits)


def _depth_exceeds(value: Any, limit: int) -> bool:
    level, depth = [value], 0
    while level:
        inner: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
        containers = [each for each in inner if isinstance(each, dict | list)]
        depth += 1
        if depth >= limit and containers:
            return True
        level = containers
    return False
