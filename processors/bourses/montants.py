"""Amounts of a bursary: which one is in force, in how many payments, from how many points (R-AGL-30…32)."""

from decimal import ROUND_DOWN, Decimal
from functools import lru_cache

import msgspec

from processors.bourses.reglages import Reglages
from processors.bourses.state import Dossier
from schemas.records.bourses import NatureMontant

CENT = Decimal("0.01")
SEPTEMBRE = 9


class Montant(msgspec.Struct, frozen=True, gc=False):
    """What a dossier is worth."""

    nature: NatureMontant
    echelon: str | None
    annuel: Decimal | None


def montant_de(reglages: Reglages, dossier: Dossier, paye: bool) -> Montant:
    """The amount that applies. A conditional decision announces a past table's amount; once the dossier is paid, the table of
    its own year replaces it, where one is known (R-AGL-32). A definitive decision's own amount stands."""
    if dossier.etat == "DEFINITIF":
        return Montant("DEFINITIF", dossier.echelon, dossier.montant_annuel)
    if not paye:
        return Montant("CONDITIONNEL", dossier.echelon, dossier.montant_annuel)
    bareme = dossier.suite.bareme
    past = bareme is not None and bareme < dossier.annee
    known = reglages.montant(dossier.annee, dossier.echelon) if past else None
    return Montant("DEFINITIF", dossier.echelon, known if known is not None else dossier.montant_annuel)


@lru_cache(maxsize=1024)
def mensualites(annee: int, annuel: Decimal, nombre: int) -> tuple[tuple[str, Decimal], ...]:
    """(`AAAA-MM`, euros) from September of `annee` on, as equal as cents allow: the first ones bear what does not divide."""
    each = (annuel / nombre).quantize(CENT, ROUND_DOWN)
    left = int((annuel - each * nombre) / CENT)
    months = [divmod(SEPTEMBRE - 1 + rank, 12) for rank in range(nombre)]
    return tuple((f"{annee + year:04d}-{month + 1:02d}", each + (CENT if rank < left else 0)) for rank, (year, month) in enumerate(months))


def points_de_charge(dossier: Dossier) -> int | None:
    """Total = A + B + distance (R-AGL-31); None while the dossier says none of them."""
    said = (dossier.suite.charge_a, dossier.suite.charge_b, dossier.suite.charge_distance)
    return None if all(points is None for points in said) else sum(points or 0 for points in said)
