"""What the contracts of schools' own events do not say by their types: identifiers, lists of pupils, zones."""

from collections.abc import Callable, Sequence
from zoneinfo import available_timezones

from connectors.transport import values
from connectors.transport.values import BadValue, Kind, kind_of

PUPILS_MAX = 5_000
"""Of one list."""

_ZONES = available_timezones()
_PUPIL = values.identifier(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}", "identifiant d'élève de 20 caractères au plus, sans espace")


def uai() -> Kind:
    return values.identifier(r"[0-9]{7}[A-Z]", "UAI de 7 chiffres et une lettre", upper=True)


def pupil() -> Kind:
    """One pupil's identifier: an INE, or the number of the school's software."""
    return _PUPIL


def pupils() -> Kind:
    """A list of pupils' identifiers; in a file, separated by `|`."""

    def several(found: Sequence[object], read: Callable[..., str]) -> tuple[str, ...]:
        if len(found) > PUPILS_MAX:
            raise BadValue("TEXTE_TROP_LONG", f"au plus {PUPILS_MAX} élèves", f"{len(found)} élèves")
        return tuple(read(each) for each in found)

    def from_text(value: str) -> tuple[str, ...]:
        return several([part.strip() for part in value.split("|") if part.strip()], _PUPIL.from_text)

    def from_json(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise BadValue("TYPE_INATTENDU", "liste d'identifiants d'élèves", kind_of(value))
        return several(value, _PUPIL.from_json)

    return Kind(from_text, from_json)


def zone() -> Kind:
    """An IANA zone."""

    def read(value: str) -> str:
        if value not in _ZONES:
            raise BadValue("CODE_INCONNU", "fuseau de la base IANA comme Europe/Paris", kind_of(value))
        return value

    return Kind(read, lambda value: read(values.text(60).from_json(value)))


def school_year() -> Kind:
    """The year of the rentrée."""
    return values.integer(2000, 2100)
