"""What a report of an import of links shows, whatever it is shown as (R-PRO-56, 58, 59, 76)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TITRE = "Suivi des échanges - Compte-rendu d'import des liens élève-groupe"
COLONNES = ("Élève", "Identifiants", "Anomalie", "Règle")
LISTE = ("Date d'import", "Fichier", "Élèves", "Absents")


@dataclass(frozen=True, slots=True)
class Page:
    """A report to show: the row of `siecle_comptes_rendus` or of `siecle_predictions`, and those that go with it."""

    entete: Mapping[str, Any]
    lignes: Sequence[Mapping[str, Any]]
    """`section, rang, eleve, identifiants, anomalie, regle, codes, messages`."""
    absents: Sequence[Mapping[str, Any]] = ()
    remedes: Sequence[Mapping[str, Any]] = ()
    predit: bool = False
    """A prediction: said so at the top."""

    @property
    def synthese(self) -> str:
        """The line below the title; a prediction has no day of import."""
        day, fichier = self.entete.get("date_import"), self.entete["fichier"]
        if day is None:
            return f"Fichier {fichier}."
        return f"Import des liens élève-groupe du {day:%d/%m/%Y} pour le fichier {fichier}."

    def section(self, nom: str) -> list[Mapping[str, Any]]:
        """The rows of a section, in their order."""
        return sorted((ligne for ligne in self.lignes if ligne["section"] == nom), key=lambda ligne: int(ligne["rang"]))
