"""Civil months, quarters counted from a start, the first days of a month, survey dates. Local days in, local days out.

A month is the text AAAA-MM: it sorts as it should and stays short in a state. A year's acts ask the same few questions again
and again: the answers are kept.
"""

import calendar
import re
from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

MOIS_DU_TRIMESTRE = 3

_MOIS = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def est_un_mois(mois: str) -> bool:
    """Whether the text is a month AAAA-MM of the years 1 to 9999."""
    return _MOIS.fullmatch(mois) is not None and not mois.startswith("0000")


@lru_cache(2048)
def mois_de(jour: date) -> str:
    return f"{jour.year:04d}-{jour.month:02d}"


@lru_cache(2048)
def mois_plus(mois: str, nombre: int) -> str:
    """The month `nombre` months later (earlier when negative)."""
    annee, rang = divmod(_rang(mois) + nombre, 12)
    return f"{annee:04d}-{rang + 1:02d}"


def ecart(debut: str, fin: str) -> int:
    """Months from `debut` to `fin`; negative when `fin` is earlier."""
    return _rang(fin) - _rang(debut)


def _rang(mois: str) -> int:
    return int(mois[:4]) * 12 + int(mois[5:]) - 1


@lru_cache(2048)
def premier_jour(mois: str) -> date:
    return date(int(mois[:4]), int(mois[5:]), 1)


@lru_cache(2048)
def dernier_jour(mois: str) -> date:
    return premier_jour(mois).replace(day=jours_du_mois(mois))


@lru_cache(2048)
def jours_du_mois(mois: str) -> int:
    return calendar.monthrange(int(mois[:4]), int(mois[5:]))[1]


def trimestre_de(debut: str, mois: str) -> tuple[str, str, str]:
    """The quarter of `mois`, counted by three consecutive months from the month `debut` (R-EXT-62)."""
    premier = mois_plus(debut, ecart(debut, mois) // MOIS_DU_TRIMESTRE * MOIS_DU_TRIMESTRE)
    return premier, mois_plus(premier, 1), mois_plus(premier, 2)


def ouvre_un_trimestre(debut: str, mois: str) -> bool:
    """Whether a quarter counted from `debut` begins with `mois`."""
    return ecart(debut, mois) % MOIS_DU_TRIMESTRE == 0


def dans_les_mois(jour: date, nombre: int) -> date:
    """`jour` `nombre` months later; the last day of the target month where that day does not exist (R-EXT-83)."""
    cible = mois_plus(mois_de(jour), nombre)
    return premier_jour(cible).replace(day=min(jour.day, jours_du_mois(cible)))


@lru_cache(2048)
def jour_local(instant: datetime, zone: str) -> date:
    """The day that the users of `zone` read on their calendar at this instant."""
    return instant.astimezone(ZoneInfo(zone)).date()


def debut_du_jour(jour: date, zone: str) -> datetime:
    """The first instant of a day in `zone`, UTC (a day may not begin at 00:00: the clock's own first instant then)."""
    return datetime.combine(jour, time.min, ZoneInfo(zone)).astimezone(UTC)
