"""What the bursary matching is told from outside: which states of a dossier let it decide."""

from typing import get_args

import msgspec

from schemas.records.aglae import EtatDossier


class Reglages(msgspec.Struct, frozen=True):
    """Every state of a dossier is in exactly one of the three lists, or the value is refused at start (R-AGL-35)."""

    version: str = "2026.1"
    """Named by the journal: a replay decides with the version of then."""
    decident: tuple[EtatDossier, ...] = ("CONDITIONNEL", "DEFINITIF")
    """A registration that corresponds is validated and paid."""
    attendent: tuple[EtatDossier, ...] = ("NON_TRAITE", "EN_ATTENTE_DE_PIECES", "PROGRESSION_A_VERIFIER")
    """Nothing is decided yet. A validated dossier whose progression must be checked is one of them (R-AGL-05, R-AGL-06)."""
    refusent: tuple[EtatDossier, ...] = ("REFUSE",)
    """The CROUS refuses the dossier."""

    def __post_init__(self) -> None:
        listed = sorted((*self.decident, *self.attendent, *self.refusent))
        if listed != sorted(get_args(EtatDossier)):
            raise ValueError("réglages des bourses : chaque état de dossier doit figurer dans une liste et une seule")
