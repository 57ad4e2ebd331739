"""What the procedure remembers of one action. No name, address or birth date: they are in what it published.

Inner structs are written as arrays and hours as hundredths, so that 250 stagiaires with five months not yet accepted
stay within the engine's 64 KiB; the detail of a month is folded into totals once its invoice is accepted.
"""

from datetime import date
from decimal import Decimal

import msgspec

from processors.formation.calculs import Heures
from schemas.records.extranet import Frequence
from schemas.records.formation import EtatAction, NatureFacture, StatutFacture
from schemas.records.safir import LieuFormation, NatureAction, ObjetAccord


class Compact(msgspec.Struct, frozen=True, array_like=True):
    """Written as an array: fields are only ever added at the end, with a default."""


class SousTraitant(Compact, frozen=True):
    identifiant: str
    nom: str


class Periode(Compact, frozen=True):
    lieu: LieuFormation
    debut: date
    fin: date


class Descriptif(Compact, frozen=True):
    """What the Region says and the rules look at."""

    organisme: str
    raison_sociale: str
    nature: NatureAction
    en_ligne: bool
    debut_prevu: date
    fin_prevue: date
    zone: str
    duree_centre: int
    """Hundredths of an hour, for one stagiaire."""
    duree_entreprise: int
    effectif_total: int | None
    effectif_remunere: int | None
    cout_centre: Decimal | None
    cout_entreprise: Decimal | None
    taux_tva: Decimal
    motifs_recevables: tuple[str, ...]
    sous_traitants: tuple[SousTraitant, ...]


class Accord(Compact, frozen=True):
    """An agreement of the Region not yet used."""

    objet: ObjetAccord
    portee: str


class Stagiaire(Compact, frozen=True):
    """One stagiaire; its rank in the action's tuple names it elsewhere and never changes."""

    numero: str
    complet: bool
    remunere: bool
    entree: date | None = None
    prevu_centre: int | None = None
    """Of an individual path, in hundredths; None: the action's."""
    prevu_entreprise: int | None = None
    sortie: date | None = None
    fin_de_formation: bool = False
    recevable: bool = False
    justifiee: bool = False
    """The Region has the papers of an early exit."""
    plie_centre: int = 0
    """Recap hours of months whose detail was folded."""
    plie_entreprise: int = 0
    a_des_heures: bool = False
    """Hours of any kind were recorded in a folded month."""
    enquetes: tuple[str, ...] = ()
    """Terms already answered."""
    retire: bool = False
    motif: str = ""
    """Of an early exit; shown by the recap."""


class Ligne(Compact, frozen=True):
    """Six counters of one stagiaire for one month, in hundredths (R-EXT-48)."""

    rang: int
    centre_realisees: int
    centre_justifiees: int
    centre_non_justifiees: int
    entreprise_realisees: int
    entreprise_justifiees: int
    entreprise_non_justifiees: int

    @property
    def centre(self) -> int:
        """What the recap counts: done and justified (R-EXT-47)."""
        return self.centre_realisees + self.centre_justifiees

    @property
    def entreprise(self) -> int:
        return self.entreprise_realisees + self.entreprise_justifiees

    @property
    def non_realisees(self) -> int:
        """Of both places, justified or not: what periods of absence must explain."""
        return self.centre_justifiees + self.centre_non_justifiees + self.entreprise_justifiees + self.entreprise_non_justifiees

    @property
    def vide(self) -> bool:
        return not (self.centre_realisees or self.entreprise_realisees or self.non_realisees)


class AttentePiece(Compact, frozen=True):
    """Justified hours of one stagiaire and month whose papers the Region has not received."""

    rang: int
    centre: int
    entreprise: int


class Mois(Compact, frozen=True):
    """A declared month."""

    mois: str
    lignes: tuple[Ligne, ...] = ()
    """Empty once folded."""
    confirmee: bool = False
    rouverte: bool = False
    """Reopened by the Region: no window applies to its next confirmation."""
    facture: str = ""
    """Reference of the invoice that holds it; empty: it may be invoiced."""
    rejetee: bool = False
    """It was in an invoice that the Region rejected (R-EXT-73)."""
    pliee: bool = False
    centre_realisees: int = 0
    """Totals, set at confirmation."""
    centre_justifiees: int = 0
    entreprise_realisees: int = 0
    entreprise_justifiees: int = 0
    stagiaires: int = 0
    attentes: tuple[AttentePiece, ...] = ()

    @property
    def heures(self) -> Heures:
        return Heures(self.centre_realisees, self.centre_justifiees, self.entreprise_realisees, self.entreprise_justifiees)


class Piece(Compact, frozen=True):
    """Papers received for the absences of one stagiaire and month."""

    rang: int
    mois: str


class Retenue(Compact, frozen=True):
    """What an invoice deducts of one subcontractor's invoice."""

    reference: str
    montant: Decimal


class Facture(Compact, frozen=True):
    reference: str
    nature: NatureFacture
    statut: StatutFacture
    mois: tuple[str, ...]
    brut: Decimal
    """Before deductions, fixed when it was generated."""
    retenues: tuple[Retenue, ...]
    creee_le: date
    acompte: int = 0
    """1 to 3 in three acomptes; 0 otherwise."""
    base: str = ""
    """Last confirmed month when it was generated."""
    realise: Decimal | None = None
    percu: Decimal | None = None
    reprise: bool = False
    """It takes up declarations of a rejected invoice: no window applies."""
    numero: int = 0
    """0: it has none."""


class SousTraitance(Compact, frozen=True):
    """A subcontractor's invoice and what remains to deduct of it."""

    reference: str
    sous_traitant: str
    montant: Decimal
    reste: Decimal
    statut: StatutFacture
    creee_le: date


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """One contract."""

    descriptif: Descriptif
    empreinte: str
    """Digest of the last description: the same again changes nothing."""
    periodes: tuple[Periode, ...] = ()
    etat: EtatAction = "EN_LIGNE"
    dates_validees: bool = False
    formateurs_confirmes: bool = False
    liste_confirmee: bool = False
    accords: tuple[Accord, ...] = ()
    debut_reel: date | None = None
    frequence: Frequence | None = None
    stagiaires: tuple[Stagiaire, ...] = ()
    mois: tuple[Mois, ...] = ()
    """In order."""
    pieces: tuple[Piece, ...] = ()
    """Received before or after the hours were declared; dropped once folded."""
    factures: tuple[Facture, ...] = ()
    sous_traitances: tuple[SousTraitance, ...] = ()
    versements: tuple[str, ...] = ()
    """References of the payments already counted."""
    percu_hors_factures: Decimal = Decimal(0)
    fin_reelle: date | None = None
    bilan_depose: bool = False
    bilan_recu: bool = False
