"""Small schools for the tests of the deposit. Every name is invented."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from processors.depot_siecle.connaissance import Calendrier, Connaissance, EleveFichier, EleveSiecle, Lien

NOUMEA = Calendrier(date(2018, 2, 19), date(2018, 12, 14))
JOUR = date(2018, 7, 24)
MEF = "10110019110"
GROUPES: Mapping[str, frozenset[str]] = {"G1": frozenset({MEF}), "4EME LV2 AJE": frozenset({MEF}), "AUTRE": frozenset({"10310019110"})}


def eleve(number: int, **changed: Any) -> EleveSiecle:
    """A pupil of SIECLE."""
    values: dict[str, Any] = {
        "eleve_id": str(1000 + number),
        "ines": (f"{number:09d}AB",),
        "id_prv_ele": str(number),
        "nom": f"NOM{number}",
        "prenom": "Noé",
        "naissance": date(2005, 1, 1 + number % 28),
        "mef": MEF,
        "liens": (Lien("G1"),),
    }
    return EleveSiecle(**(values | changed))


def entree(of: EleveSiecle, *liens: Lien, by: str = "eleve_id", **changed: Any) -> EleveFichier:
    """His entry in a file, by one identifier."""
    identifier = {"eleve_id": of.eleve_id, "id_national": of.ines[0] if of.ines else None, "id_prv_ele": of.id_prv_ele}[by]
    values: dict[str, Any] = {
        "nom": of.nom,
        "prenom": of.prenom,
        "naissance": of.naissance,
        "liens": liens or (Lien("G1"),),
        by: identifier,
    }
    return EleveFichier(**(values | changed))


def connu(*eleves: EleveSiecle, **changed: Any) -> Connaissance:
    """What is known of a school."""
    values: dict[str, Any] = {"eleves": eleves, "groupes": GROUPES, "calendrier": NOUMEA}
    return Connaissance(**(values | changed))
