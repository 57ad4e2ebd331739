"""Hours and money. Pure, exact: hours are whole hundredths of an hour, money is Decimal euros.

A cost is rounded once, to the cent, half up, on the total of a line (R-EXT-64). Unjustified hours enter no sum here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

CENT = Decimal("0.01")
CENTIEMES = 100


@lru_cache(8192)
def en_centiemes(heures: Decimal) -> int:
    """Hours as whole hundredths. Raises ValueError when they are finer than the contract's two decimals."""
    exacts = heures * CENTIEMES
    centiemes = int(exacts)
    if centiemes != exacts:
        raise ValueError("hours finer than a hundredth")
    return centiemes


@lru_cache(8192)
def en_heures(centiemes: int) -> Decimal:
    return Decimal(centiemes).scaleb(-2)


def au_centime(montant: Decimal) -> Decimal:
    """Half up: 0,005 becomes 0,01 and -0,005 becomes -0,01."""
    return montant.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Couts:
    """Costs of one hour of one stagiaire, euros without tax."""

    centre: Decimal
    entreprise: Decimal


@dataclass(frozen=True, slots=True)
class Heures:
    """Payable kinds of hours of a line, in hundredths."""

    centre_realisees: int = 0
    centre_justifiees: int = 0
    entreprise_realisees: int = 0
    entreprise_justifiees: int = 0

    def __add__(self, autre: "Heures") -> "Heures":
        return Heures(
            self.centre_realisees + autre.centre_realisees,
            self.centre_justifiees + autre.centre_justifiees,
            self.entreprise_realisees + autre.entreprise_realisees,
            self.entreprise_justifiees + autre.entreprise_justifiees,
        )

    @property
    def centre(self) -> int:
        """What the recap counts: done and justified (R-EXT-47)."""
        return self.centre_realisees + self.centre_justifiees

    @property
    def entreprise(self) -> int:
        return self.entreprise_realisees + self.entreprise_justifiees

    @property
    def total(self) -> int:
        return self.centre + self.entreprise


def cout(heures: Heures, couts: Couts) -> Decimal:
    """(done + justified in centre) × its cost + (done + justified in entreprise) × its cost, rounded once (R-EXT-64)."""
    return au_centime(en_heures(heures.centre) * couts.centre + en_heures(heures.entreprise) * couts.entreprise)


def somme(montants: Iterable[Decimal]) -> Decimal:
    return sum(montants, Decimal(0))


def ttc(montant_ht: Decimal, taux_tva: Decimal) -> Decimal:
    """With tax; `taux_tva` in percent."""
    return au_centime(montant_ht * (100 + taux_tva) / 100)


def tva_coherente(montant_ht: Decimal, montant_ttc: Decimal, taux_tva: Decimal) -> bool:
    """Whether HT and TTC agree to the cent, from whichever of the two the other was computed (R-EXT-71)."""
    return ttc(montant_ht, taux_tva) == montant_ttc or au_centime(montant_ttc * 100 / (100 + taux_tva)) == montant_ht


def taux(realise: int, prevu: int) -> Decimal:
    """Done hours for a hundred planned, two decimals, truncated: what is shown never claims a threshold that is not reached."""
    if prevu <= 0:
        return Decimal("0.00")
    return Decimal(realise * 10_000 // prevu).scaleb(-2)


def atteint(realise: int, prevu: int, seuil: Decimal) -> bool:
    """Whether the rate reaches `seuil` percent, without any rounding."""
    return prevu > 0 and realise * 100 >= seuil * prevu


@dataclass(frozen=True, slots=True)
class Part:
    """What is taken of one subcontracted amount."""

    reference: str
    montant: Decimal


def deductions(net_possible: Decimal, restes: Sequence[tuple[str, Decimal]]) -> tuple[Part, ...]:
    """What the next invoice deducts of the amounts not yet deducted, oldest first; what exceeds it waits (R-EXT-68, A-16).

    A negative rest (a subcontractor's invoice rejected after its deduction) is given back whole, first.
    """
    parts = [Part(reference, reste) for reference, reste in restes if reste < 0]
    disponible = max(net_possible, Decimal(0)) - somme(part.montant for part in parts)
    for reference, reste in restes:
        if reste <= 0:
            continue
        pris = min(reste, disponible)
        if pris > 0:
            parts.append(Part(reference, pris))
            disponible -= pris
    return tuple(parts)


def solde(realise: Decimal, percu: Decimal) -> Decimal:
    """Realised cost less what was already received; negative when too much was (R-EXT-85)."""
    return realise - percu
