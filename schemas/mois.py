"""A month, AAAA-MM, as French people write it."""

from functools import lru_cache

NOMS = (
    "Janvier",
    "Février",
    "Mars",
    "Avril",
    "Mai",
    "Juin",
    "Juillet",
    "Août",
    "Septembre",
    "Octobre",
    "Novembre",
    "Décembre",
)


@lru_cache(2048)
def periode(mois: str) -> str:
    """`Octobre 2006`, from `2006-10` (R-EXT-89)."""
    return f"{NOMS[int(mois[5:7]) - 1]} {int(mois[:4])}"
