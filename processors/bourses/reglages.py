"""What the bursary matching is told from outside: which states of a dossier let it decide, the calendar, the amounts."""

import re
from datetime import date
from decimal import Decimal
from typing import get_args

import msgspec

from schemas.records.aglae import EtatDossier

ECHELONS = frozenset({"0bis", "1", "2", "3", "4", "5", "6", "7"})
_JOUR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")


class Fenetre(msgspec.Struct, frozen=True, gc=False):
    """Days of a year, both included, each `MM-JJ`. Every bound exists in every year: 29 February is refused."""

    du: str
    au: str

    def contient(self, annee: int, jour: date) -> bool:
        return _le(annee, self.du) <= jour <= _le(annee, self.au)


class Bareme(msgspec.Struct, frozen=True, gc=False):
    """Annual amounts by échelon for the school years from `annee` on, until the next table of the same number of months."""

    annee: int
    """First school year in which it applies (year in which it starts)."""
    mois: int
    """10, or 12 for those who keep their bursary in the long holidays."""
    source: str
    montants: dict[str, Decimal]
    """Échelon → euros a year."""
    complet: bool = True
    """False: only these échelons are known of that year, and no later year may use them."""


BAREMES = (
    Bareme(2013, 10, "Notification conditionnelle reproduite par l'AMUE (2014) : barème 2013.", {"1": Decimal("1653.00")}, complet=False),
    Bareme(2014, 10, "Notification définitive reproduite par l'AMUE (2014).", {"1": Decimal("1665.00")}, complet=False),
    Bareme(
        2023,
        10,
        "Arrêté fixant les taux des bourses, en vigueur depuis le 15 mars 2023 (mensualités citées par OpenFisca), sur 10 mois.",
        {
            "0bis": Decimal("1454.00"),
            "1": Decimal("2163.00"),
            "2": Decimal("3071.00"),
            "3": Decimal("3828.00"),
            "4": Decimal("4587.00"),
            "5": Decimal("5212.00"),
            "6": Decimal("5506.00"),
            "7": Decimal("6335.00"),
        },
    ),
    Bareme(
        2023,
        12,
        "Les mêmes taux sur 12 mois (maintien pendant les grandes vacances), arrondis à l'euro.",
        {
            "0bis": Decimal("1745.00"),
            "1": Decimal("2596.00"),
            "2": Decimal("3685.00"),
            "3": Decimal("4594.00"),
            "4": Decimal("5504.00"),
            "5": Decimal("6254.00"),
            "6": Decimal("6607.00"),
            "7": Decimal("7602.00"),
        },
    ),
)


class Reglages(msgspec.Struct, frozen=True, gc=False):
    """Every state of a dossier is in exactly one of the three lists, or the value is refused at start (R-AGL-35)."""

    version: str = "2026.2"
    """Named by the journal: a replay decides with the version of then."""
    decident: tuple[EtatDossier, ...] = ("CONDITIONNEL", "DEFINITIF")
    """A registration that corresponds is validated and paid."""
    attendent: tuple[EtatDossier, ...] = ("NON_TRAITE", "EN_ATTENTE_DE_PIECES", "PROGRESSION_A_VERIFIER")
    """Nothing is decided yet. A validated dossier whose progression must be checked is one of them (R-AGL-05, R-AGL-06)."""
    refusent: tuple[EtatDossier, ...] = ("REFUSE",)
    """The CROUS refuses the dossier."""
    saisie: tuple[Fenetre, ...] = (Fenetre("01-15", "04-30"), Fenetre("05-15", "08-31"))
    """Days of the year of the rentrée on which a demande may be entered (R-AGL-23, A-07)."""
    instruction_des: str = "01-20"
    """`MM-JJ` of that year: a decision before it is told as an anomaly (R-AGL-23)."""
    codes_non_boursier: tuple[str, ...] = ()
    """COD_BRS of the site that say no bursary: such a code declares nothing."""
    mensualites: int = 10
    """Payments of a year, from September (R-AGL-30)."""
    baremes: tuple[Bareme, ...] = BAREMES

    def __post_init__(self) -> None:
        listed = sorted((*self.decident, *self.attendent, *self.refusent))
        if listed != sorted(get_args(EtatDossier)):
            raise ValueError("réglages des bourses : chaque état de dossier doit figurer dans une liste et une seule")
        days = [self.instruction_des, *(day for fenetre in self.saisie for day in (fenetre.du, fenetre.au))]
        if not self.saisie or not all(_existe(day) for day in days) or any(fenetre.du > fenetre.au for fenetre in self.saisie):
            raise ValueError("réglages des bourses : le calendrier demande des jours « MM-JJ » de toute année, chaque début avant sa fin")
        if not 1 <= self.mensualites <= 12:
            raise ValueError("réglages des bourses : de 1 à 12 mensualités")
        if any(not ECHELONS.issuperset(bareme.montants) or not bareme.source for bareme in self.baremes):
            raise ValueError("réglages des bourses : un barème dit sa source et ne connaît que les échelons 0bis et 1 à 7")

    def montant(self, annee: int, echelon: str | None, mois: int = 10) -> Decimal | None:
        """The annual amount of an échelon that applies in a school year; None where no dated table gives it."""
        fits = [b for b in self.baremes if b.mois == mois and b.annee <= annee and (b.complet or b.annee == annee)]
        newest = max(fits, key=lambda bareme: bareme.annee, default=None)
        return None if newest is None or echelon is None else newest.montants.get(echelon)


def _existe(jour: str) -> bool:
    if not _JOUR.fullmatch(jour):
        return False
    try:
        _le(2001, jour)
    except ValueError:
        return False
    return True


def _le(annee: int, jour: str) -> date:
    month, day = jour.split("-")
    return date(annee, int(month), int(day))
