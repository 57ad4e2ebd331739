"""Which schools of one pupil share him: those where he is active in years that meet. `controler` and the bus use this one rule."""

from collections.abc import Mapping
from itertools import permutations

from processors.presences.reglages import Reglages
from processors.presences.state import Presence


def partages(reglages: Reglages, ecoles: Mapping[str, Presence]) -> tuple[tuple[str, str], ...]:
    """(school, other school), each pair both ways, in order."""
    return tuple(
        (uai, autre)
        for uai, autre in permutations(sorted(ecoles), 2)
        if _se_rencontrent(reglages, (uai, ecoles[uai].millesime), (autre, ecoles[autre].millesime))
    )


def _se_rencontrent(reglages: Reglages, une: tuple[str, int | None], autre: tuple[str, int | None]) -> bool:
    """Whether the years of two exports have days in common: a pupil who changed school in summer is still in last year's export.

    A year of the southern calendar meets the one of its number elsewhere (February to July) and the next (September to December).
    """
    if une[1] is None or autre[1] is None:
        return True
    (uai, year), (other, later) = sorted((une, autre), key=lambda each: (each[1], each[0]))
    assert year is not None
    assert later is not None
    return later == year or (later == year + 1 and reglages.australe(uai) and not reglages.australe(other))
