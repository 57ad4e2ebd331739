"""The texts of notifications, line by line, as Aglaé writes them (R-AGL-27, R-AGL-28)."""

from collections.abc import Iterable
from decimal import Decimal

from processors.bourses.montants import mensualites, points_de_charge
from processors.bourses.state import Dossier

MOIS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre")


def conditionnelle(dossier: Dossier) -> tuple[str, ...]:
    """Of a conditional decision. Amounts of whole euros carry no decimals."""
    return tuple(_conditionnelle(dossier))


def _conditionnelle(dossier: Dossier) -> Iterable[str]:
    if dossier.echelon is not None:
        bareme = f" selon le barème {dossier.suite.bareme}" if dossier.suite.bareme is not None else ""
        yield f"ATTRIBUTION CONDITIONNELLE : Bourse sur critères sociaux : Echelon {dossier.echelon}{bareme}"
    if dossier.montant_annuel is not None:
        yield f"Montant annuel : {_euros(dossier.montant_annuel)}€"
    total = points_de_charge(dossier)
    if total is not None:
        yield f"Total des points de charge {total} dont {dossier.suite.charge_distance or 0} de distance."


def pieces(demandees: tuple[str, ...]) -> tuple[str, ...]:
    """Of missing papers: exactly these, in the order of the dossier."""
    return ("Pièces demandées :", *demandees)


def definitive(dossier: Dossier, montant: Decimal | None, nombre: int) -> tuple[str, ...]:
    """Of a definitive decision."""
    return tuple(_definitive(dossier, montant, nombre))


def _definitive(dossier: Dossier, montant: Decimal | None, nombre: int) -> Iterable[str]:
    if dossier.echelon is not None:
        yield f"Décision définitive : Attribution à l'échelon {dossier.echelon}."
    if montant is not None:
        yield f"Montant annuel : {montant:.2f}€.".replace(".", ",", 1)
        months = [month for month, _ in mensualites(dossier.annee, montant, nombre)]
        yield (
            f"Ce montant est calculé sur la base de {nombre} mensualités correspondant au montant de votre échelon "
            f"versées de {_mois(months[0])} à {_mois(months[-1])}."
        )
    total = points_de_charge(dossier)
    if total is not None:
        yield f"Total charges : {total} dont distance : {dossier.suite.charge_distance or 0}"


def _euros(amount: Decimal) -> str:
    return f"{amount:.0f}" if amount == amount.to_integral_value() else f"{amount:.2f}".replace(".", ",")


def _mois(month: str) -> str:
    year, number = month.split("-")
    return f"{MOIS[int(number) - 1]} {year}"
