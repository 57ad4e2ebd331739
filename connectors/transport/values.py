"""From a field's text or JSON value to a typed one, or `BadValue`, which never holds the value itself.

Days and instants: French (31/12/2026) or ISO (2026-12-31). A local instant is of the zone that the connector gives; in
the hour that autumn repeats it is the first, in the hour that spring skips it is moved on by one hour.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from connectors.transport.text import BAD_CHARACTER

PARIS = ZoneInfo("Europe/Paris")
FIRST_YEAR, LAST_YEAR = 1900, 2100

_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_FRENCH_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}/\d{1,2}/\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2}|\d{2}/\d{2}/\d{4})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_DECIMAL = re.compile(r"[+-]?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?", re.ASCII)
_WHOLE = re.compile(r"\d{1,18}", re.ASCII)

_CORRECT = "Corriger la valeur à la source."


class BadValue(Exception):
    """Why a value is refused: a code, what was expected, what kind of thing was found, what to do; in French."""

    def __init__(self, code: str, expected: str, found: str, remede: str = _CORRECT) -> None:
        super().__init__(code)
        self.code = code
        self.expected = expected
        self.found = found
        self.remede = remede


def kind_of(value: object) -> str:
    """What kind of thing a value is, without showing it: `texte de 7 caractères`, `nombre`, `liste`."""
    if isinstance(value, str):
        return f"texte de {len(value)} caractère{'s' if len(value) > 1 else ''}" if value else "texte vide"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "booléen"
    if isinstance(value, int | float | Decimal):
        return "nombre"
    return "liste" if isinstance(value, list | tuple) else "objet"


def _wrong_type(expected: str, value: object, remede: str = _CORRECT) -> BadValue:
    return BadValue("TYPE_INATTENDU", expected, kind_of(value), remede)


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of value is read from a text (CSV) and from JSON. Both return the typed value or raise BadValue."""

    from_text: Callable[[str], Any]
    from_json: Callable[[Any], Any]


def _written(expected: str, read: Callable[[str], Any], remede: str = _CORRECT) -> Kind:
    """A kind that JSON also writes as a text."""

    def from_json(value: object) -> Any:
        if not isinstance(value, str):
            raise _wrong_type(f"{expected} entre guillemets", value, remede)
        return read(value.strip())

    return Kind(read, from_json)


def text(max_length: int = 200) -> Kind:
    """Any printable text, as written."""

    def read(value: str) -> str:
        if len(value) > max_length:
            raise BadValue("TEXTE_TROP_LONG", f"texte d'au plus {max_length} caractères", kind_of(value))
        if BAD_CHARACTER.search(value):
            raise BadValue("CARACTERE_INTERDIT", "texte sans caractère de commande", kind_of(value))
        return value

    return _written("texte", read)


def identifier(pattern: str, expected: str, upper: bool = False) -> Kind:
    """An identifier, kept as text with its leading zeros; `pattern` matches all of it, in capitals if `upper`."""
    whole = re.compile(pattern, re.ASCII)

    def read(value: str) -> str:
        value = value.upper() if upper else value
        if not whole.fullmatch(value):
            raise BadValue("IDENTIFIANT_INVALIDE", expected, kind_of(value))
        return value

    return _written(expected, read, "Écrire l'identifiant entre guillemets : un nombre perd ses zéros de tête.")


def code(codes: Sequence[str]) -> Kind:
    """One of the codes of a nomenclature, exactly."""
    shown = ", ".join(codes)

    def read(value: str) -> str:
        if value in codes:
            return value
        near = next((each for each in codes if each.upper() == value.upper()), None) or next(iter(get_close_matches(value, codes, 1)), None)
        raise BadValue("CODE_INCONNU", f"un des codes {shown}", kind_of(value) + (f", proche de {near}" if near else ""))

    return _written("code", read)


def read_day(value: str) -> date:
    """A day written 31/12/2026 or 2026-12-31, between 1900 and 2100."""
    found = _ISO_DAY.fullmatch(value)
    year, month, day = found.groups() if found else (None, None, None)
    if found is None and (found := _FRENCH_DAY.fullmatch(value)):
        day, month, year = found.groups()
    if year is None or month is None or day is None:
        raise BadValue("DATE_INVALIDE", "date JJ/MM/AAAA ou AAAA-MM-JJ", _what_day(value))
    try:
        read = date(int(year), int(month), int(day))
    except ValueError:
        raise BadValue("DATE_IMPOSSIBLE", "date du calendrier", "date impossible") from None
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise BadValue("DATE_ABSURDE", f"date entre {FIRST_YEAR} et {LAST_YEAR}", f"année {read.year}")
    return read


def _what_day(value: str) -> str:
    if _TWO_DIGIT_YEAR.fullmatch(value):
        return "année à deux chiffres"
    if _WHOLE.fullmatch(value) and len(value) == 5:
        return "nombre de 5 chiffres (numéro de jour d'un tableur ?)"
    return "date avec une heure" if _INSTANT.fullmatch(value) else kind_of(value)


def day() -> Kind:
    return _written("date", read_day)


def read_instant(value: str, zone: ZoneInfo) -> datetime:
    """An instant in UTC, to the millisecond. Without an hour it is midnight; without a zone it is of `zone`."""
    found = _INSTANT.fullmatch(value)
    if found is None:
        raise BadValue("INSTANT_INVALIDE", "date et heure AAAA-MM-JJThh:mm:ss ou JJ/MM/AAAA hh:mm:ss", kind_of(value))
    on = read_day(found["day"])
    milliseconds = int((found["fraction"] or "").ljust(3, "0")[:3])
    try:
        offset = _offset(found["zone"])
        local = datetime(
            on.year, on.month, on.day, int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0), milliseconds * 1000,
            tzinfo=zone if offset is None else offset,
        )  # fmt: skip
    except ValueError:
        raise BadValue("INSTANT_INVALIDE", "heure entre 00:00:00 et 23:59:59", "heure impossible") from None
    return local.astimezone(UTC)


def _offset(written: str | None) -> timezone | None:
    if written is None:
        return None
    if written == "Z":
        return UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError(written)
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if written[0] == "-" else shift)


def instant(zone: ZoneInfo = PARIS) -> Kind:
    return _written("date et heure", lambda value: read_instant(value, zone))


def read_decimal(value: str, scale: int, digits: int) -> Decimal:
    """`1665,00`, `1 665,00` or `1665.00`; never rounded: more than `scale` decimals is refused."""
    if not _DECIMAL.fullmatch(value):
        raise BadValue("MONTANT_INVALIDE", "montant comme 1665,00 ou 1665.00, sans symbole", kind_of(value))
    plain = re.sub("[ \u00a0\u202f]", "", value).replace(",", ".")
    return _money(Decimal(plain), scale, digits)


def _money(read: Decimal, scale: int, digits: int) -> Decimal:
    if not read.is_finite() or abs(read.adjusted()) > digits + scale:
        raise BadValue("MONTANT_INVALIDE", f"montant d'au plus {digits} chiffres", "nombre hors limites")
    exact = read.quantize(Decimal(1).scaleb(-scale))
    if exact != read:
        raise BadValue("MONTANT_INVALIDE", f"montant à {scale} décimales au plus", "nombre avec plus de décimales")
    if len(exact.as_tuple().digits) > digits:
        raise BadValue("MONTANT_INVALIDE", f"montant d'au plus {digits} chiffres", "nombre hors limites")
    return exact


def money(scale: int = 2, digits: int = 10, negative: bool = False) -> Kind:
    """An amount in euros: a Decimal of `scale` decimals and at most `digits` digits."""

    def signed(read: Decimal) -> Decimal:
        if read < 0 and not negative:
            raise BadValue("MONTANT_INVALIDE", "montant positif ou nul", "nombre négatif")
        return read

    def from_json(value: object) -> Decimal:
        if isinstance(value, str):
            return signed(read_decimal(value.strip(), scale, digits))
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise _wrong_type("montant", value)
        return signed(_money(Decimal(value), scale, digits))

    return Kind(lambda value: signed(read_decimal(value, scale, digits)), from_json)


def integer(low: int, high: int) -> Kind:
    """A whole number from `low` to `high`."""
    expected = f"nombre entier de {low} à {high}"

    def bounded(read: int) -> int:
        if not low <= read <= high:
            raise BadValue("NOMBRE_INVALIDE", expected, "nombre hors limites")
        return read

    def from_text(value: str) -> int:
        if not _WHOLE.fullmatch(value):
            raise BadValue("NOMBRE_INVALIDE", expected, kind_of(value))
        return bounded(int(value))

    def from_json(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong_type(f"{expected}, sans guillemets", value)
        return bounded(value)

    return Kind(from_text, from_json)


def boolean() -> Kind:
    """O or N in a file; true or false in JSON."""

    def from_text(value: str) -> bool:
        if value not in ("O", "N"):
            raise BadValue("BOOLEEN_INVALIDE", "O ou N", kind_of(value))
        return value == "O"

    def from_json(value: object) -> bool:
        if not isinstance(value, bool):
            raise _wrong_type("true ou false", value)
        return value

    return Kind(from_text, from_json)


def texts(separator: str = "|", max_count: int = 50, max_length: int = 200) -> Kind:
    """Several texts: separated in a file, a list in JSON. Empty ones are left out."""
    one = text(max_length)

    def several(values: Sequence[Any], read: Callable[[Any], str]) -> tuple[str, ...]:
        if len(values) > max_count:
            raise BadValue("TEXTE_TROP_LONG", f"au plus {max_count} éléments", f"{len(values)} éléments")
        return tuple(found for found in (read(value) for value in values) if found)

    def from_json(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise _wrong_type("liste de textes", value)
        return several(value, one.from_json)

    return Kind(lambda value: several([part.strip() for part in value.split(separator)], one.from_text), from_json)
