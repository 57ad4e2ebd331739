"""One event on one school, and the ways a rule may answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from processors.onde import messages
from processors.onde.procedure import CHAPITRES
from processors.onde.reglages import Reglages
from processors.onde.state import Ecole
from schemas.outcome import Emitted, Event, Outcome, Refusal
from schemas.records import onde as o
from schemas.zones import zone_of

PROCEDURE = "onde.procedure.v1"


@dataclass(frozen=True, slots=True)
class Contexte:
    """`ecole` is the school in the year of the event; `connue`, as the state has it."""

    reglages: Reglages
    ecole: Ecole
    event: Event
    connue: Ecole | None

    @property
    def uai(self) -> str:
        return self.event.key

    @property
    def data(self) -> Any:
        return self.event.data

    @property
    def jour(self) -> date:
        """The school's local day of the event."""
        return self.event.time.astimezone(ZoneInfo(self.ecole.fuseau or zone_of(self.uai))).date()

    def avec(self, **champs: Any) -> Ecole:
        """The school with fields rewritten."""
        return msgspec.structs.replace(self.ecole, **champs)

    def refuse(self, refusal: Refusal) -> Outcome:
        return Outcome(self.connue, refusal=refusal, because=refusal.message)

    def ignore(self, compte: str, because: str) -> Outcome:
        return Outcome(self.connue, counted=compte, because=because)

    def applique(self, ecole: Ecole, emis: Iterable[Emitted], because: str) -> Outcome:
        """The change, with what it says and the chapters that it moves."""
        return Outcome(ecole, (*emis, *self._chapitres(ecole)), because=because)

    def modifie(self, ecole: Ecole, because: str) -> Outcome:
        """A change of the base: a control before it no longer counts (R-ONDE-10)."""
        controle = ecole.controle
        if controle is None or not controle.valide:
            return self.applique(ecole, (), because)
        invalide = msgspec.structs.replace(ecole, controle=msgspec.structs.replace(controle, valide=False))
        emis = (self.information("CONTROLE_INVALIDE", messages.CONTROLE_A_REFAIRE),) if not controle.non_conformes else ()
        return self.applique(invalide, emis, because)

    def publie(self, nom: str, data: Any) -> Emitted:
        return Emitted(PROCEDURE, nom, data, subject=nom)

    def information(self, code: o.CodeInformation, message: str) -> Emitted:
        return self.publie("information", o.Information(uai=self.uai, annee=self.ecole.annee, code=code, message=message))

    def _chapitres(self, ecole: Ecole) -> Iterable[Emitted]:
        """The chapters whose status changed."""
        neuve = self.connue is None or self.connue.annee != ecole.annee
        for rang, chapitre in enumerate(CHAPITRES, start=1):
            statut, motif = chapitre.avancement(ecole)
            if neuve or self.connue is None or chapitre.avancement(self.connue) != (statut, motif):
                data = o.EtapeSuivie(
                    uai=self.uai,
                    annee=ecole.annee,
                    etape=chapitre.etape,
                    rang=rang,
                    libelle=chapitre.libelle,
                    statut=statut,
                    motif=motif,
                )
                yield Emitted(PROCEDURE, "etape_suivie", data, subject=f"etape/{rang}")
