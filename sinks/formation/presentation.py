"""How the guide writes values: 2445,00 €, 01/09/2008, 13/09/2007 17:31, Octobre 2006 (R-EXT-89)."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from schemas import mois

ZONE = ZoneInfo("Europe/Paris")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs a text that begins so."""


def texte(value: Any) -> str:
    return "" if value is None else str(value)


def nombre(value: Any) -> str:
    """Two decimals, decimal comma, no grouping: `300,00`."""
    return "" if value is None else f"{Decimal(value):.2f}".replace(".", ",")


def cout_unitaire(value: Any) -> str:
    """Two decimals, and those beyond that count: `7,00`, `7,125`. Rounded, it would not give the total beside it."""
    if value is None:
        return ""
    whole, _, decimals = f"{Decimal(value):f}".partition(".")
    return f"{whole},{decimals.rstrip('0'):0<2}"


def entier(value: Any) -> str:
    return "" if value is None else str(int(value))


def heures(value: Any) -> str:
    """Without useless zeros: `10`, `12,5`."""
    if value is None:
        return ""
    plain = f"{Decimal(value):f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain).replace(".", ",")


def pourcent(value: Any) -> str:
    """`0,02%`, as the guide writes it."""
    return "" if value is None else f"{nombre(value)}%"


def euros(value: Any) -> str:
    return "" if value is None else f"{nombre(value)} €"


def grands_euros(value: Any) -> str:
    """Grouped by thousands, as the action's sheet does: `44 590,00`."""
    return "" if value is None else f"{Decimal(value):,.2f}".replace(",", " ").replace(".", ",")


def jour(value: Any) -> str:
    """dd/mm/yyyy, from a date or its ISO text."""
    if not value:
        return ""
    day = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def instant(value: Any) -> str:
    """dd/mm/yyyy HH:MM, Paris time."""
    if not value:
        return ""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    local = moment.astimezone(ZONE)
    return f"{jour(local.date())} {local.hour:02d}:{local.minute:02d}"


def periode(value: Any) -> str:
    """`Octobre 2006`, from a month AAAA-MM."""
    return "" if not value else mois.periode(str(value))


def oui_non(value: Any) -> str:
    return "" if value is None else ("oui" if value else "non")


def lignes(value: Any) -> str:
    """A list, one space between its items: `Février 2007 Mars 2007`."""
    return " ".join(texte(each) for each in value or ())


def parmi(libelles: dict[str, str]) -> Callable[[Any], str]:
    """A code's label; the code itself when it has none."""
    return lambda value: "" if value is None else libelles.get(str(value), str(value))


def cellule_csv(shown: str) -> str:
    """A text that no spreadsheet takes for a formula; a negative number stays one."""
    if shown.startswith(_FORMULA) and not _is_number(shown):
        return "'" + shown
    return shown


def _is_number(shown: str) -> bool:
    plain = shown.removesuffix(" €").replace(" ", "").replace(",", ".").removeprefix("-")
    return plain.replace(".", "", 1).isdigit()
