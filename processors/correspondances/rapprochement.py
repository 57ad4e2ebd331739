"""Whether an element of EDT is one of STS-WEB: exactly, perhaps, or not at all. What is not exact is proposed, never applied (R-PRO-13)."""

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from processors.correspondances.state import Element

PROCHE = 0.75
"""Likeness of two first names or labels from which one is proposed for the other."""
PROPOSITIONS_MAX = 5


def norme(texte: str | None) -> str:
    """Capitals without accents, one space where there are spaces, hyphens or apostrophes."""
    decomposed = unicodedata.normalize("NFKD", texte or "")
    plain = "".join(letter if letter.isalnum() else " " for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.upper().split())


def exact(edt: str, elements: Sequence[Element], personnes: bool) -> Element | None:
    """The one element of the same name; None when none or several have it. A person without a first name is never exact."""
    wanted = norme(edt)
    same = [each for each in elements if wanted in _noms(each, personnes)]
    return same[0] if len(same) == 1 else None


def _noms(element: Element, personnes: bool) -> frozenset[str]:
    if personnes:
        return frozenset({norme(element.complet)}) if element.prenom else frozenset()
    return frozenset({norme(element.libelle), norme(element.sts)})


def proposer(edt: str, elements: Sequence[Element], personnes: bool) -> tuple[Element, ...]:
    """The closest ones, the likeliest first."""
    likeness = _personne if personnes else _libelle
    scored = [(likeness(norme(edt), each), each) for each in elements]
    kept = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].complet))
    return tuple(each for _, each in kept[:PROPOSITIONS_MAX])


def _personne(edt: str, element: Element) -> float:
    """The family names share their first word, and the first names are alike, or STS-WEB has none."""
    said, known = edt.split(), norme(element.libelle).split()
    if not said or not known or said[0] != known[0]:
        return 0.0
    prenom = norme(element.prenom)
    if not prenom:
        return PROCHE
    rest = " ".join(said[1:])
    found = max(_ratio(rest, prenom), _ratio(said[-1], prenom), _ratio(" ".join(said[-2:]), prenom))
    return found if found >= PROCHE else 0.0


def _libelle(edt: str, element: Element) -> float:
    found = max(_ratio(edt, norme(element.libelle)), _ratio(edt, norme(element.sts)))
    return found if found >= PROCHE else 0.0


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other).ratio() if one and other else 0.0
