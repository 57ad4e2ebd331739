"""What Apogée must hold of a registration's bursary, its fees, the piece asked for, and what people must claim or refund.

Apogée's "bourse conditionnelle" is not Aglaé's "attribution conditionnelle" (A-09): it is a bursary asked for or declared that
nothing confirms yet. Nobody is ever said not to be boursier, but by the CROUS (R-AGL-17).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypedDict

import msgspec

from processors.bourses import messages
from processors.bourses.matching import Constat
from processors.bourses.state import Inscription, Suivi
from schemas import subjects
from schemas.outcome import Emitted
from schemas.records.bourses import (
    BourseApogee,
    DemandePiece,
    PassageDefinitif,
    ReclamationDroits,
    RemboursementDroits,
    StatutApogee,
    TarifDroits,
    VoiePassage,
)

TOPIC = "bourses.suivi.v1"

TARIFS: dict[BourseApogee, TarifDroits] = {
    "SANS_OBJET": "ORDINAIRE",
    "CONDITIONNELLE": "BOURSIER",
    "DEFINITIVE": "BOURSIER",
    "REFUSEE": "ORDINAIRE",
}
"""A conditional bursary already pays the boursiers' fees (R-AGL-09)."""

SUSPENDUES = frozenset({"EN_ATTENTE", "MARQUE"})
CROISEES: dict[str, tuple[BourseApogee, str]] = {
    "DEFINITIF": ("DEFINITIVE", messages.CROUS_DEFINITIF),
    "REFUSE": ("REFUSEE", messages.CROUS_REFUSE),
    "RADIE": ("REFUSEE", messages.CROUS_RADIE),
}


class Communs(TypedDict):
    """The fields that every record about a registration has, less its reason."""

    annee: int
    uai: str
    cod_ind: str
    cod_etu: str
    cod_etp: str
    cod_vrs_vet: str
    composante: str | None
    evenements: tuple[str, ...]


def suivre(inscription: Inscription, constat: Constat, maintenant: datetime) -> tuple[Inscription, tuple[Emitted, ...]]:
    """The registration with what was told of it, and what is to be told now: nothing when nothing changes.

    `maintenant`: the time of the event."""
    before = inscription.suivi or Suivi()
    bourse, motif = bourse_apogee(inscription, constat)
    telling = _Telling(inscription, constat, before, bourse, motif, maintenant)
    after = telling.told(first=inscription.suivi is None)
    if after == inscription.suivi:
        return inscription, ()
    return msgspec.structs.replace(inscription, suivi=after), tuple(telling.emitted)


def bourse_apogee(inscription: Inscription, constat: Constat) -> tuple[BourseApogee, str]:
    """The bursary as Apogée must hold it, and why. What the matching decides stands above what a file of the CROUS said."""
    if constat.statut in ("ANNULEE", "SECONDAIRE"):
        return "SANS_OBJET", constat.motif
    if constat.statut == "DEFINITIF":
        return "DEFINITIVE", constat.motif
    if constat.statut == "REFUSE":
        return "REFUSEE", constat.motif
    croisement = inscription.suivi.croisement if inscription.suivi is not None else None
    if croisement is not None and croisement.resultat in CROISEES:
        return CROISEES[croisement.resultat]
    if constat.statut in SUSPENDUES:
        return "CONDITIONNELLE", constat.motif
    if inscription.administratif.declaree:
        return "CONDITIONNELLE", messages.DECLAREE_SANS_DOSSIER
    return "SANS_OBJET", constat.motif


def communs(inscription: Inscription, evenements: tuple[str, ...]) -> Communs:
    return {
        "annee": inscription.annee,
        "uai": inscription.uai,
        "cod_ind": inscription.cod_ind,
        "cod_etu": inscription.cod_etu,
        "cod_etp": inscription.cod_etp,
        "cod_vrs_vet": inscription.cod_vrs_vet,
        "composante": inscription.administratif.composante,
        "evenements": evenements,
    }


@dataclass(slots=True)
class _Telling:
    inscription: Inscription
    constat: Constat
    before: Suivi
    bourse: BourseApogee
    motif: str
    maintenant: datetime
    emitted: list[Emitted] = field(default_factory=list)

    def told(self, first: bool) -> Suivi:
        reclamation, remboursement = self._reclamation(), self._remboursement(first)
        administratif = self.inscription.administratif
        after = msgspec.structs.replace(
            self.before,
            bourse=self.bourse,
            depuis=self._depuis(),
            motif=self.motif,
            numero_dossier=self.constat.numero,
            declaree=administratif.declaree,
            composante=administratif.composante,
            piece=self.bourse == "CONDITIONNELLE",
            reclamation=reclamation,
            remboursement=remboursement,
            payee=administratif.payee,
            paye_ordinaire=self._paye_ordinaire(),
        )
        if not (first and self.bourse == "SANS_OBJET"):  # heard of without a bursary: there is nothing to tell
            self._statut(after)
            self._piece(after)
            self._passage()
            self._gestes(after)
        return after

    def _reclamation(self) -> bool:
        """The boursiers' fees were applied and the CROUS refuses; a claim ends when the bursary stands again, not when
        the registration ends."""
        if self.bourse == "REFUSEE":
            return self.before.reclamation or TARIFS[self.before.bourse] == "BOURSIER"
        return self.before.reclamation and self.bourse == "SANS_OBJET"

    def _remboursement(self, first: bool) -> bool:
        if self.bourse == "DEFINITIVE":
            return self.before.remboursement or (not first and self.before.paye_ordinaire)
        return False

    def _paye_ordinaire(self) -> bool:
        """What counts is the tarif when the payment is first seen: fees paid as a boursier stay those of a boursier."""
        if not self.inscription.administratif.payee:
            return False
        return self.before.paye_ordinaire if self.before.payee else TARIFS[self.bourse] == "ORDINAIRE"

    def _statut(self, after: Suivi) -> None:
        if _shown(after) == _shown(self.before):
            return
        data = StatutApogee(
            bourse=self.bourse,
            tarif=TARIFS[self.bourse],
            declaree=after.declaree,
            numero_dossier=after.numero_dossier,
            depuis=self._depuis(),
            motif=self.motif,
            **self._communs(),
        )
        self._emit("statut_apogee", data)

    def _depuis(self) -> datetime:
        known = self.before.depuis
        return known if known is not None and self.before.bourse == self.bourse else self.maintenant

    def _piece(self, after: Suivi) -> None:
        if after.piece == self.before.piece:
            return
        motif = messages.PIECE_DEMANDEE if after.piece else messages.PIECE_LEVEE
        self._emit("demande_piece", DemandePiece(piece=messages.AVIS_DE_BOURSE, demandee=after.piece, motif=motif, **self._communs()))

    def _passage(self) -> None:
        if (self.before.bourse, self.bourse) != ("CONDITIONNELLE", "DEFINITIVE"):
            return
        voie: VoiePassage = "RAPPROCHEMENT" if self.constat.statut == "DEFINITIF" else "CROUS"
        motif = messages.PASSAGE.format(motif=self.motif)
        self._emit("passage_definitif", PassageDefinitif(voie=voie, numero_dossier=self.constat.numero, motif=motif, **self._communs()))

    def _gestes(self, after: Suivi) -> None:
        numero = self.constat.numero
        if after.reclamation != self.before.reclamation:
            text = messages.RECLAMATION if after.reclamation else messages.RECLAMATION_LEVEE
            motif = text.format(motif=self.motif)
            data = ReclamationDroits(ouverte=after.reclamation, numero_dossier=numero, motif=motif, **self._communs())
            self._emit("reclamation_droits", data)
        if after.remboursement != self.before.remboursement:
            text = messages.REMBOURSEMENT if after.remboursement else messages.REMBOURSEMENT_LEVE
            motif = text.format(motif=self.motif)
            refund = RemboursementDroits(ouvert=after.remboursement, numero_dossier=numero, motif=motif, **self._communs())
            self._emit("remboursement_droits", refund)

    def _communs(self) -> Communs:
        croisement = self.before.croisement
        evenements = (*self.constat.evenements, *([croisement.evenement] if croisement is not None else []))
        return communs(self.inscription, tuple(dict.fromkeys(evenements)))

    def _emit(self, name: str, data: object) -> None:
        self.emitted.append(Emitted(TOPIC, name, data, subject=subjects.of_registration(*self.inscription.identite)))


def _shown(suivi: Suivi) -> tuple[object, ...]:
    """What the record about the status shows."""
    return suivi.bourse, suivi.motif, suivi.numero_dossier, suivi.declaree, suivi.composante
