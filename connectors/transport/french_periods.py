"""Months as people write them: `Octobre 2006`, `10/2006` or `2006-10`, read as AAAA-MM (R-EXT-89)."""

import re
import unicodedata
from typing import Any

from connectors.transport.values import BadValue, Kind, kind_of

_MONTHS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre")
_ISO = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_FRENCH = re.compile(r"(\d{2})/(\d{4})", re.ASCII)
_WORDS = re.compile(r"([^\W\d]+)\s+(\d{4})")
_EXPECTED = "mois comme 2006-10, 10/2006 ou Octobre 2006"


def read_month(value: str) -> str:
    """The month AAAA-MM. Raises BadValue; case and accents of a name do not count."""
    year, month = _parts(value.strip())
    if not 1 <= month <= 12 or not 1900 <= year <= 2100:
        raise BadValue("DATE_INVALIDE", _EXPECTED, kind_of(value))
    return f"{year:04d}-{month:02d}"


def _parts(value: str) -> tuple[int, int]:
    if found := _ISO.fullmatch(value):
        return int(found[1]), int(found[2])
    if found := _FRENCH.fullmatch(value):
        return int(found[2]), int(found[1])
    if found := _WORDS.fullmatch(value):
        plain = "".join(each for each in unicodedata.normalize("NFD", found[1].lower()) if not unicodedata.combining(each))
        if plain in _MONTHS:
            return int(found[2]), _MONTHS.index(plain) + 1
    raise BadValue("DATE_INVALIDE", _EXPECTED, kind_of(value))


def month() -> Kind:
    """One month."""
    return Kind(read_month, lambda value: read_month(_text(value)))


def months(separator: str = "|", max_count: int = 60) -> Kind:
    """Several months: separated in a file, a list in JSON."""

    def several(parts: list[str]) -> tuple[str, ...]:
        if len(parts) > max_count:
            raise BadValue("TEXTE_TROP_LONG", f"au plus {max_count} mois", f"{len(parts)} éléments")
        return tuple(read_month(part) for part in parts if part.strip())

    def from_json(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise BadValue("TYPE_INATTENDU", "liste de mois", kind_of(value))
        return several([_text(each) for each in value])

    return Kind(lambda value: several(value.split(separator)), from_json)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadValue("TYPE_INATTENDU", f"{_EXPECTED}, entre guillemets", kind_of(value))
    return value
