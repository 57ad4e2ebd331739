"""Which pupil of SIECLE an entry of the file is: by its one identifier, then by identity within the school (R-PRO-75)."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from processors.depot_siecle.connaissance import EleveFichier, EleveSiecle

AMBIGU = "ambigu"
"""Several pupils have that identity: nobody is chosen."""


def norme(texte: str | None) -> str:
    """For comparing names: capitals without accents, one space where there are spaces, hyphens or apostrophes."""
    decomposed = unicodedata.normalize("NFKD", texte or "")
    plain = "".join(letter if letter.isalnum() else " " for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.upper().split())


class Index:
    """The pupils of a school by each identifier and by identity; values are their ranks in `eleves`."""

    def __init__(self, eleves: Iterable[EleveSiecle]) -> None:
        self.eleves = tuple(eleves)
        self._eleve_id: dict[str, int] = {}
        self._ine: dict[str, int] = {}
        self._prive: dict[str, int] = {}
        self._identite: dict[tuple[str, str, date], list[int]] = defaultdict(list)
        for rank, eleve in enumerate(self.eleves):
            self._eleve_id.setdefault(_number(eleve.eleve_id), rank)
            for ine in eleve.ines:
                self._ine.setdefault(ine.upper(), rank)
            if eleve.id_prv_ele is not None:
                self._prive.setdefault(_number(eleve.id_prv_ele), rank)
            for nom in dict.fromkeys((norme(eleve.nom), norme(eleve.nom_usage))):
                if nom:
                    self._identite[nom, norme(eleve.prenom), eleve.naissance].append(rank)

    def trouver(self, entree: EleveFichier) -> int | str | None:
        """The rank of the pupil; `AMBIGU`; None when nobody is found. An identifier that matches nobody is not tried as another."""
        if entree.eleve_id is not None:
            found = self._eleve_id.get(_number(entree.eleve_id))
        elif entree.id_national is not None:
            found = self._ine.get(entree.id_national.upper())
        else:
            found = self._prive.get(_number(entree.id_prv_ele or ""))
        return found if found is not None else self._par_identite(entree)

    def _par_identite(self, entree: EleveFichier) -> int | str | None:
        same = self._identite.get((norme(entree.nom), norme(entree.prenom), entree.naissance), ())
        fitting = [rank for rank in same if self._autres_prenoms(entree, self.eleves[rank])]
        if len(fitting) > 1:
            return AMBIGU
        return fitting[0] if fitting else None

    @staticmethod
    def _autres_prenoms(entree: EleveFichier, eleve: EleveSiecle) -> bool:
        given = ((entree.prenom2, eleve.prenom2), (entree.prenom3, eleve.prenom3))
        return all(not norme(sent) or norme(sent) == norme(known) for sent, known in given)


def _number(identifier: str) -> str:
    """Zeros in front of a number are the same number."""
    return identifier.strip().lstrip("0") or "0"
