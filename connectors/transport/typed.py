"""From the texts of a file's model to the typed fields of a record of the same names: dates, booleans, numbers, or faults.

A text field keeps `""` when the file wrote it empty; a date, a boolean or a number that is empty is absent.
"""

import datetime
import types
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from connectors.transport import document_messages as say
from connectors.transport.faults import FaultList
from connectors.transport.values import BadValue, kind_of, read_day

Read = Callable[[str], Any]

FOR_EVER = {"31/12/9999": datetime.date(9999, 12, 31), "9999-12-31": datetime.date(9999, 12, 31)}
"""How the nomenclatures write "never closed"."""
_TRUE, _FALSE = ("1", "true", "O", "o", "oui", "Oui", "OUI"), ("0", "false", "N", "n", "non", "Non", "NON")


@lru_cache(maxsize=32768)
def day(text: str) -> datetime.date:
    """A day, JJ/MM/AAAA (exports) or AAAA-MM-JJ (imports). Raises BadValue."""
    return FOR_EVER.get(text) or read_day(text)


@lru_cache(maxsize=64)
def boolean(text: str) -> bool:
    """1 or 0, true or false (both are met in one file), O or N, oui or non. Raises BadValue."""
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise BadValue("BOOLEEN_INVALIDE", "0, 1, true ou false", kind_of(text))


def whole(text: str) -> int:
    """A whole number of at most 9 digits. Raises BadValue."""
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadValue("NOMBRE_INVALIDE", "nombre entier", kind_of(text))
    return int(text)


def decimal(text: str) -> Decimal:
    """Hours with two decimals at most, a point or a comma. Raises BadValue."""
    try:
        value = Decimal(text.replace(",", "."))
        exact = value.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise BadValue("NOMBRE_INVALIDE", "nombre à deux décimales au plus", kind_of(text)) from None
    if exact != value or abs(exact) >= Decimal(100_000_000):
        raise BadValue("NOMBRE_INVALIDE", "nombre à deux décimales au plus", kind_of(text))
    return exact


_READERS: Mapping[object, Read | None] = {str: None, datetime.date: day, bool: boolean, int: whole, Decimal: decimal}


Plan = tuple[tuple[str, Read | None, bool], ...]
Texts = Callable[[Any], tuple[str | None, ...]]


@cache
def _plan(record: type[msgspec.Struct], row: type, given: tuple[str, ...]) -> tuple[Plan, Texts]:
    """What a row of that type fills in a record: (field, reader, whether it must be there), and how to take the texts, in that order."""
    hints = get_type_hints(record)
    required = {field.name for field in msgspec.structs.fields(record) if field.required}
    has = set(row.__struct_fields__) if issubclass(row, msgspec.Struct) else None
    scalars = ((name, _scalar(hints[name])) for name in record.__struct_fields__ if name not in given)
    plan = tuple(
        (name, _READERS[scalar], name in required)
        for name, scalar in scalars
        if scalar in _READERS and (has is None or name in has or name in required)
    )
    names = tuple(name for name, _, _ in plan)
    if has is None:
        return plan, lambda mapping: tuple(mapping.get(name) for name in names)
    if has.issuperset(names) and len(names) > 1:
        return plan, attrgetter(*names)
    return plan, lambda struct: tuple(getattr(struct, name, None) for name in names)


def typed(
    record: type[msgspec.Struct], row: msgspec.Struct | Mapping[str, str | None], what: str, rank: int, faults: FaultList, **given: Any
) -> Any:
    """The record made of a row's texts and of the values `given`; None when something is wrong, which goes to `faults`.

    `what` and `rank` say where in the file (`Élève`, 17): never who.
    """
    plan, texts = _plan(record, type(row), tuple(given))
    values, good = given, True
    for (name, read, required), text in zip(plan, texts(row), strict=True):
        if text is None or (text == "" and (read is not None or required)):
            if required:
                faults.add(say.missing_value(name.upper(), what, rank))
                good = False
        elif read is None:
            values[name] = text
        else:
            try:
                values[name] = read(text)
            except BadValue as bad:
                faults.add(say.bad_value(bad.code, name.upper(), what, rank, bad.expected, bad.found))
                good = False
    return record(**values) if good else None


class Columns:
    """Makes the fields of a record from the texts of a row, for rows that come by hundreds of thousands: only what is there is looked at.

    `given`: the fields whose values are not the row's own.
    """

    def __init__(self, record: type[msgspec.Struct], row: type[msgspec.Struct], given: tuple[str, ...]) -> None:
        plan, _ = _plan(record, row, given)
        self._record = record
        self._left = tuple(set(row.__struct_fields__) - set(record.__struct_fields__))
        self._read = tuple((name, read) for name, read, _ in plan if read is not None)
        self._required = tuple(name for name, _, required in plan if required)

    def values(self, texts: Mapping[str, Any], what: str, rank: int, faults: FaultList, **given: Any) -> dict[str, Any] | None:
        """The record's fields, without those that are absent; None when something is wrong: `typed` then says all of it."""
        values = {**texts, **given}
        try:
            for name, read in self._read:
                if (text := texts.get(name)) is not None:
                    values[name] = read(text) if text else None
            if all(map(values.get, self._required)):
                for name in self._left:
                    values.pop(name, None)
                return values
        except BadValue:
            """Said below, in its place among the others."""
        found = typed(self._record, texts, what, rank, faults, **given)
        return None if found is None else msgspec.structs.asdict(found)


def _scalar(hint: Any) -> object:
    if get_origin(hint) in (Union, types.UnionType):
        return next(each for each in get_args(hint) if each is not types.NoneType)
    return hint
