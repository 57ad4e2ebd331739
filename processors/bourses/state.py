"""What the bursary matching remembers of one student: facts as last heard, and what was already done about them.

Names, birth dates and identifiers that no decision and no control list needs are not kept: a digest tells whether a content
was seen.

What stands at its default is not stored (`omit_defaults`: a quarter of the bytes). A default that changes its meaning therefore asks
for a new `state_version`, as any other change of meaning.
"""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from schemas.records.aglae import EtatDossier, ResultatRetraitement
from schemas.records.apogee import EtatIae
from schemas.records.bourses import BourseApogee, NatureEcart, NatureNotificationDossier, RaisonMarque, StatutBourse
from schemas.records.crous import ResultatCrous

Identite = tuple[str, str, str, str, str]
"""uai, cod_anu, cod_ind, cod_etp, cod_vrs_vet: what one registration is."""


class Acquis(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The situation last published for a registration."""

    statut: StatutBourse
    motif: str
    numero_dossier: str | None
    premiere: bool


class Administratif(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What Apogée says of the registration that its matching does not look at: fees and control lists do."""

    nne: str = ""
    """With its key; empty when Apogée has none."""
    numero_boursier: str = ""
    cle_boursier: str | None = None
    """Student key of the numéro de boursier, when it is not the NNE."""
    declaree: bool = False
    """The student says to be boursier: never a proof (R-AGL-22)."""
    composante: str | None = None
    payee: bool = False
    """The fees are paid (`ETA_PMT_IAE` P)."""


class Ecart(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A defect of the NNE as last told."""

    nature: NatureEcart
    differents: bool
    nne: str
    numero_boursier: str


class Croisement(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a line of the CROUS said while the registration's bursary was conditional (R-AGL-12)."""

    resultat: ResultatCrous
    evenement: str


class Suivi(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What was told to Apogée and to people about a registration."""

    bourse: BourseApogee = "SANS_OBJET"
    depuis: datetime | None = None
    """When it became what it is, UTC."""
    motif: str = ""
    numero_dossier: str | None = None
    declaree: bool = False
    composante: str | None = None
    piece: bool = False
    """The bursary's notice is asked for."""
    reclamation: bool = False
    remboursement: bool = False
    payee: bool = False
    """The fees were seen paid."""
    paye_ordinaire: bool = False
    """… while the ordinary ones applied."""
    croisement: Croisement | None = None
    ecart: Ecart | None = None
    cite: str | None = None
    """The key that was told of this registration's numéro de boursier."""


class Inscription(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
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
    administratif: Administratif = Administratif()
    suivi: Suivi | None = None
    """None until it is a registration."""

    @property
    def identite(self) -> Identite:
        return (self.uai, self.cod_anu, self.cod_ind, self.cod_etp, self.cod_vrs_vet)

    @property
    def annee(self) -> int:
        return int(self.cod_anu)


class Voeu(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A vœu less its labels, which are never compared (R-AGL-15)."""

    rang: int
    uai: str
    cod_etp: str


class Annonce(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The last notification that followed from a dossier alone."""

    nature: NatureNotificationDossier
    pieces: tuple[str, ...]
    echelon: str | None
    montant_annuel: Decimal | None
    reserve: bool


class SuiteDossier(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What a dossier says that no matching looks at, and what was told of it."""

    numero_boursier: str = ""
    pieces: tuple[str, ...] = ()
    bareme: int | None = None
    annee_revenus: int | None = None
    charge_a: int | None = None
    charge_b: int | None = None
    charge_distance: int | None = None
    date_decision: date | None = None
    annonce: Annonce | None = None
    montant: Decimal | None = None
    """In force, as last told."""
    definitif: bool = False
    """That amount is definitive: only a definitive one replaces it."""
    echelon: str | None = None
    anomalies: tuple[str, ...] = ()


class Dossier(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
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
    suite: SuiteDossier = SuiteDossier()


class Retraitement(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What the CROUS answered to a marked dossier, for one establishment and étape."""

    numero: str
    annee: int
    uai: str
    cod_etp: str
    resultat: ResultatRetraitement
    motif: str | None
    evenement: str


class Marque(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A dossier was marked for this registration and this reason: said once."""

    numero: str
    inscription: Identite
    raison: RaisonMarque


class Paiement(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A dossier was put in payment for this registration: irrevocable here, only the CROUS can undo it."""

    numero: str
    annee: int
    inscription: Identite
    evenements: tuple[str, ...]
    """The `ce_id`s that led to it."""
    signale: bool = False
    """The CROUS was told to review it and has not been told otherwise since."""


class Fiche(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """What the CNOUS says of the student, for the answer in API Particulier's form."""

    nom: str | None = None
    prenoms: tuple[str, ...] = ()
    date_naissance: date | None = None
    lieu_naissance: str | None = None
    sexe: str | None = None
    email: str | None = None
    ville_etudes: str | None = None
    etablissement: str | None = None
    date_rentree: date | None = None
    duree: int | None = None
    date_radiation: date | None = None


class LigneCrous(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The last line of the CROUS about one year."""

    annee: int
    resultat: ResultatCrous
    echelon: str | None
    empreinte: str
    dat_mod: datetime | None
    fiche: Fiche


class Citation(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A registration of another key cites this numéro de boursier (R-AGL-16)."""

    identite: Identite
    cod_etu: str
    nne: str
    numero_boursier: str
    composante: str | None
    signalee: bool = False


class Transfert(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The registrations of this individual belong to another key since its NNE was corrected (R-AGL-21)."""

    uai: str
    cod_etu: str
    vers: str
    nne: str


class Etudiant(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """All of one student key. Tuples keep the order of arrival within their topic, which decides who is paid first."""

    inscriptions: tuple[Inscription, ...] = ()
    dossiers: tuple[Dossier, ...] = ()
    retraitements: tuple[Retraitement, ...] = ()
    marques: tuple[Marque, ...] = ()
    paiements: tuple[Paiement, ...] = ()
    crous: tuple[LigneCrous, ...] = ()
    citations: tuple[Citation, ...] = ()
    transferts: tuple[Transfert, ...] = ()
    demandes: tuple[tuple[int, str, date], ...] = ()
    """(year, numéro de boursier, day) of the demandes entered."""
    droits: str = ""
    """Digest of the rights last published; empty: none ever."""

    def inscription(self, identite: Identite) -> Inscription | None:
        for each in self.inscriptions:
            if each.identite == identite:
                return each
        return None
