"""The reconciliation of R-AGL-20: what the bus counts, beside what the university says. A gap is told, never forced to zero."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bilan:
    """The figures of one year. Differences of identifiers are counted apart: they may overlap with either."""

    annee: int
    definitives: int
    conditionnelles: int
    refusees: int
    ecarts_nne: int
    """Registrations whose NNE is not the numéro de boursier (R-AGL-18)."""
    declares: int | None = None
    """Boursiers that the university itself counts; None: it has not said."""

    @property
    def suivies(self) -> int:
        return self.definitives + self.conditionnelles

    @property
    def ecart(self) -> int | None:
        """Declared less definitive and conditional; None while nothing was declared."""
        return None if self.declares is None else self.declares - self.suivies

    def lignes(self) -> tuple[tuple[str, str], ...]:
        """(label, figure) for people."""
        told = [
            ("Bourses définitives", str(self.definitives)),
            ("Dossiers en bourses conditionnelles", str(self.conditionnelles)),
            ("Bourses refusées", str(self.refusees)),
            ("Étudiants ayant un NNE différent du numéro de boursier (comptés à part)", str(self.ecarts_nne)),
            ("Définitives et conditionnelles", str(self.suivies)),
        ]
        if self.declares is not None:
            told.append(("Étudiants boursiers déclarés par l'établissement", str(self.declares)))
            told.append(("Écart, à expliquer", f"{self.ecart:+d}"))
        return tuple(told)


def dresser(annee: int, apogee: Iterable[Mapping[str, Any]], ecarts: Iterable[Mapping[str, Any]], declares: int | None = None) -> Bilan:
    """From the rows of `bourses_apogee` and `bourses_ecarts`."""
    counts = {"DEFINITIVE": 0, "CONDITIONNELLE": 0, "REFUSEE": 0}
    for row in apogee:
        if row["annee"] == annee and row["bourse"] in counts:
            counts[row["bourse"]] += 1
    differing = {
        (row["uai"], row["cod_ind"], row["cod_etp"], row["cod_vrs_vet"]) for row in ecarts if row["annee"] == annee and row["differents"]
    }
    return Bilan(annee, counts["DEFINITIVE"], counts["CONDITIONNELLE"], counts["REFUSEE"], len(differing), declares)
