"""What a check says of a file, whatever the file: findings, figures, and for links the report that SIECLE would give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from schemas.outcome import Fault, Refusal
from sinks.siecle.page import Page


class Gravite(StrEnum):
    """How a finding counts: only an anomaly makes the check fail."""

    ANOMALIE = "anomalie"
    AVERTISSEMENT = "avertissement"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Constat:
    """One finding. Messages are French and exact where an application has its own."""

    gravite: Gravite
    code: str
    message: str
    remede: str = ""
    ligne: int | None = None


@dataclass(slots=True)
class Rapport:
    """All that is said of one file, or of several that go together."""

    fichier: str
    nature: str
    """What it was recognised as, in French; empty when it was not."""
    constats: list[Constat] = field(default_factory=list)
    chiffres: dict[str, int] = field(default_factory=dict)
    """Label → number."""
    compte_rendu: Page | None = None
    """The report of a file of links, as it is predicted."""

    @property
    def reconnu(self) -> bool:
        return bool(self.nature)

    @property
    def sain(self) -> bool:
        """Nothing to mend."""
        return not any(each.gravite is Gravite.ANOMALIE for each in self.constats) and not (self.compte_rendu and self.compte_rendu.lignes)

    def fautes(self, faults: tuple[Fault, ...], gravite: Gravite) -> None:
        self.constats += [Constat(gravite, each.code, each.message, each.remede, each.line) for each in faults]

    def refus(self, refusal: Refusal, gravite: Gravite = Gravite.ANOMALIE) -> None:
        self.constats.append(Constat(gravite, refusal.code, refusal.message, refusal.remede))

    def dire(self, gravite: Gravite, code: str, message: str, remede: str = "") -> None:
        self.constats.append(Constat(gravite, code, message, remede))


def valeurs(rapport: Rapport) -> Mapping[str, Any]:
    """The report as data, for JSON."""
    page = rapport.compte_rendu
    return {
        "fichier": rapport.fichier,
        "nature": rapport.nature or None,
        "sain": rapport.sain,
        "chiffres": rapport.chiffres,
        "constats": [
            {"gravite": each.gravite.value, "code": each.code, "message": each.message, "remede": each.remede, "ligne": each.ligne}
            for each in rapport.constats
        ],
        "compte_rendu": None
        if page is None
        else {"entete": dict(page.entete), "lignes": list(page.lignes), "absents": list(page.absents), "remedes": list(page.remedes)},
    }
