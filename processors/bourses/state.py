"""What the bursary matching remembers of one student: facts as last heard, and what was already done about them.

Names, birth dates and identifiers that no decision needs are not kept: a digest tells whether a content was seen.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from schemas.records.aglae import EtatDossier, ResultatRetraitement
from schemas.records.apogee import EtatIae
from schemas.records.bourses import RaisonMarque, StatutBourse

Identite = tuple[str, str, str, str, str]
"""uai, cod_anu, cod_ind, cod_etp, cod_vrs_vet: what one registration is."""


class Acquis(msgspec.Struct, frozen=True):
    """The situation last published for a registration."""

    statut: StatutBourse
    motif: str
    numero_dossier: str | None
    premiere: bool


class Inscription(msgspec.Struct, frozen=True, kw_only=True):
    """A registration to one étape, as last heard."""

    uai: str
    cod_anu: str
    cod_ind: str
    cod_etp: str
    cod_vrs_vet: str
    cod_etu: str
    eta_iae: EtatIae
    """Effective: a cancelling event counts as its state, whatever the field says."""
    premiere: bool
    """Étape première, or nothing says the contrary."""
    dat_mod_iae: datetime | None
    """Of the newest content known, UTC."""
    empreinte: str
    """Digest of the content, without event_id, type and dat_mod_iae."""
    origine: str
    """`ce_id` of the event that made it known: the cause of its payment, whatever comes later (R-AGL-38)."""
    evenement: str
    """`ce_id` of the event that last changed what a decision looks at."""
    acquis: Acquis | None = None

    @property
    def identite(self) -> Identite:
        return (self.uai, self.cod_anu, self.cod_ind, self.cod_etp, self.cod_vrs_vet)

    @property
    def annee(self) -> int:
        return int(self.cod_anu)


class Voeu(msgspec.Struct, frozen=True):
    """A vœu less its labels, which are never compared (R-AGL-15)."""

    rang: int
    uai: str
    cod_etp: str


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """The dossier of one year as last received."""

    numero: str
    annee: int
    etat: EtatDossier
    echelon: str | None
    montant_annuel: Decimal | None
    voeux: tuple[Voeu, ...]
    dat_mod: datetime | None
    """Of the newest content known, UTC."""
    empreinte: str
    """Digest of the content, without dat_mod."""
    evenement: str
    """`ce_id` of the event that last changed what a decision looks at."""


class Retraitement(msgspec.Struct, frozen=True, kw_only=True):
    """What the CROUS answered to a marked dossier, for one establishment and étape."""

    numero: str
    annee: int
    uai: str
    cod_etp: str
    resultat: ResultatRetraitement
    motif: str | None
    evenement: str


class Marque(msgspec.Struct, frozen=True):
    """A dossier was marked for this registration and this reason: said once."""

    numero: str
    inscription: Identite
    raison: RaisonMarque


class Paiement(msgspec.Struct, frozen=True):
    """A dossier was put in payment for this registration: irrevocable here, only the CROUS can undo it."""

    numero: str
    annee: int
    inscription: Identite
    evenements: tuple[str, ...]
    """The `ce_id`s that led to it."""
    signale: bool = False
    """The CROUS was told to review it and has not been told otherwise since."""


class Etudiant(msgspec.Struct, frozen=True):
    """All of one student key. Tuples keep the order of arrival within their topic, which decides who is paid first."""

    inscriptions: tuple[Inscription, ...] = ()
    dossiers: tuple[Dossier, ...] = ()
    retraitements: tuple[Retraitement, ...] = ()
    marques: tuple[Marque, ...] = ()
    paiements: tuple[Paiement, ...] = ()
