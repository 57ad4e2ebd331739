"""What the Luciole procedure remembers, one struct per kind of key.

An établissement's state must hold its dossiers in hand in 64 KiB (docs/adr): they are arrays of small integers. Days are
proleptic ordinals, amounts are cents, instants are milliseconds since 1970; words that repeat are ranks in a list.
"""

import zlib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec

AUCUN = -1
"""No amount, no bordereau."""
SANS_DATE = 0
"""No day."""

NON_PREPARE, PREPARE, MODIFIE = 0, 1, 2
"""A dossier since the last preparation: not in it; in it; in it and modified since (R-LUC-16)."""

SANS_DEMANDE, DEMANDEE, REFUSEE = 0, 1, 2
"""A modification of a dossier whose payment file has gone: not asked for; asked of the DRAAF; refused by it (R-LUC-14)."""

EtatBordereau = Literal["INCONNU", "EN_COURS", "VALIDE"]
StatutFichier = Literal["AUCUN", "ENVOYE", "CONFIRME", "REJETE", "REJETE_CHORUS"]
Phase = Literal["FILE", "CONTROLE", "EN_COURS"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CENT = Decimal(100)
_REPEATED = 4096
"""Days and instants kept at hand: those of one campaign are few and each dossier says them again."""


class Contenu(NamedTuple):
    """What Luciole says of a dossier, in the types of its contract."""

    annee: int
    cycle: str | None
    decision: str | None
    date_decision: date | None
    date_cloture: date | None
    montant: Decimal | None
    montant_theorique: Decimal | None
    bordereau: str | None


class Dossier(msgspec.Struct, frozen=True, array_like=True):
    """A dossier in hand, as last received."""

    annee: int
    cycle: int
    decision: int
    decide_le: int
    clos_le: int
    montant: int
    theorique: int
    bordereau: int
    vu: int
    """When its content happened in Luciole, milliseconds since 1970."""
    marque: int = NON_PREPARE
    demande: int = SANS_DEMANDE

    @property
    def clos(self) -> bool:
        return self.clos_le != SANS_DATE

    @property
    def bloquant(self) -> bool:
        """Neither decided nor closed: it blocks its établissement's preparation (R-LUC-07, R-LUC-08)."""
        return self.decide_le == SANS_DATE and self.clos_le == SANS_DATE


class Bordereau(msgspec.Struct, frozen=True, array_like=True):
    """A bordereau de liquidation of this établissement. Its rank in the list is its number in `Dossier`."""

    nom: str
    etat: EtatBordereau = "INCONNU"
    fichier: str | None = None
    """The payment file that now counts: a confirmation of another one opens nothing (R-LUC-14)."""
    statut: StatutFichier = "AUCUN"
    nombre: int | None = None
    total: int | None = None
    fige_le: int = 0
    """Milliseconds; 0: not frozen. Frozen for ever (R-LUC-22)."""
    empreintes: bytes = b""
    """Of each content sent, 4 bytes each: tells a repeated record from a modification."""
    vu: int = 0

    @property
    def fige(self) -> bool:
        return self.fige_le != 0

    @property
    def ouvert(self) -> bool:
        """Validated, sent to Chorus, confirmed by the DRAAF for the very file in force (R-LUC-02, A-01)."""
        return self.etat == "VALIDE" and self.statut == "CONFIRME"


class Descente(msgspec.Struct, frozen=True, array_like=True):
    """A dossier sent whose decision waits for the next day to be shown by FREGATA (R-LUC-25)."""

    dossier: str
    annee: int
    cycle: int
    decision: int
    decide_le: int
    theorique: int
    bordereau: int
    visible_le: int
    envoye_le: int
    jeton: int


class EnvoiEtablissement(msgspec.Struct, frozen=True):
    """The send in progress here: everything is frozen until its end (R-LUC-41)."""

    jeton: int
    instructeur: str
    depuis: datetime
    cycle: str | None
    annee: int | None
    bordereaux: tuple[int, ...]
    """Those whose gates were open at the grant."""


class Occupation(msgspec.Struct, frozen=True):
    """An instructor is sending elsewhere: he touches nothing here (R-LUC-41)."""

    code: str
    instructeur: str
    jeton: int
    depuis: datetime


class Etablissement(msgspec.Struct, frozen=True):
    """Everything of one établissement whose order matters."""

    ogapi: bool = False
    zone: str | None = None
    dossiers: Mapping[str, Dossier] = {}
    """In hand, by number. Sent ones leave it."""
    bordereaux: tuple[Bordereau, ...] = ()
    cycles: tuple[str, ...] = ()
    decisions: tuple[str, ...] = ()
    instructeurs: tuple[str, ...] = ()
    """`code|cycle` already made known to the instructor's key."""
    prepare_le: datetime | None = None
    """When the last good preparation was made."""
    date_preparation: date | None = None
    """« Date de la dernière préparation » (R-LUC-12)."""
    preparation_a_refaire: bool = False
    envoi: EnvoiEtablissement | None = None
    jeton: int = 0
    """The highest seen: an order of a lower one comes from a former holder."""
    occupations: tuple[Occupation, ...] = ()
    descentes: tuple[Descente, ...] = ()
    servis: Mapping[int, bytes] = {}
    """Per year, 4 bytes for each dossier of which something was sent: FREGATA renews it (R-LUC-27)."""


class Refuse(NamedTuple):
    """An établissement that cannot send, and why."""

    uai: str
    verdict: str
    code: str | None
    bordereau: str | None


class EnvoiInstructeur(msgspec.Struct, frozen=True):
    """The send an instructor asked for, from his command to its end."""

    demande: str
    """`ce_id` of his last command."""
    sujet: str
    phase: Phase
    depuis: datetime
    """Of the command in phase FILE, of the grant afterwards."""
    etablissements: tuple[str, ...]
    cycle: str | None
    annee: int | None
    jeton: int = 0
    attendus: tuple[str, ...] = ()
    prets: tuple[str, ...] = ()
    refuses: tuple[Refuse, ...] = ()
    automatique: bool = False
    """It left the queue by itself, and he has not commanded it again since."""
    debut: datetime | None = None
    """What the lock gives as its beginning: not before the end of the send before, which `depuis`, the instant of the record
    that brought the grant, may be when the ends come late."""

    @property
    def commence_le(self) -> datetime:
        return self.debut or self.depuis


class Instructeur(msgspec.Struct, frozen=True):
    """One instructor: what he looks after, his windows, his send."""

    nom: str = ""
    rattaches: Mapping[str, tuple[str, ...]] = {}
    """Établissement → cycles; none: not said."""
    fenetres: tuple[str, ...] = ()
    envoi: EnvoiInstructeur | None = None
    servis: Mapping[str, datetime] = {}
    dernier_jeton: int = 0
    """Of the last send that ended well."""
    derniere_fin: datetime | None = None


class Fichier(msgspec.Struct, frozen=True):
    """A payment file: what it pays and where it stands."""

    lignes: tuple[tuple[str, str], ...]
    """(établissement, bordereau)."""
    empreinte: int
    """Of the whole content: another content under the same name is refused."""
    statut: StatutFichier = "ENVOYE"
    retour: int = 0
    """Digest of the last return of Chorus: it may come again."""


class Etat(msgspec.Struct, frozen=True):
    """The state of any key of the procedure: exactly one of the three is set."""

    etablissement: Etablissement | None = None
    instructeur: Instructeur | None = None
    fichier: Fichier | None = None


# --- conversions -----------------------------------------------------------------------------------------------------


def millis(instant: datetime) -> int:
    """Milliseconds since 1970, what is finer left out. Whole numbers throughout: a division of durations costs five times as much."""
    since = instant - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


@lru_cache(_REPEATED)
def instant(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)


def ordinal(day: date | None) -> int:
    return SANS_DATE if day is None else day.toordinal()


@lru_cache(_REPEATED)
def jour(number: int) -> date | None:
    return None if number == SANS_DATE else date.fromordinal(number)


def centimes(amount: Decimal | None) -> int:
    return AUCUN if amount is None else int(amount * _CENT)


def euros(cents: int) -> Decimal | None:
    return None if cents == AUCUN else Decimal(cents).scaleb(-2)


def mot(words: tuple[str, ...], rank: int) -> str | None:
    return None if rank == AUCUN else words[rank]


def rang(words: tuple[str, ...], word: str | None) -> tuple[tuple[str, ...], int]:
    """The rank of a word in a list that grows, and the list; None is no word."""
    if word is None:
        return words, AUCUN
    if word in words:
        return words, words.index(word)
    return (*words, word), len(words)


def empreinte(dossier: str, contenu: Contenu) -> bytes:
    """4 bytes of a dossier's content: equal contents are equal, others differ but for one in four thousand million."""
    return zlib.crc32(msgspec.msgpack.encode((dossier, *contenu))).to_bytes(4, "big")


def empreinte_numero(dossier: str) -> bytes:
    return zlib.crc32(dossier.encode()).to_bytes(4, "big")


def contient(digests: bytes, digest: bytes) -> bool:
    """Whether a digest of 4 bytes is one of those laid end to end."""
    at = digests.find(digest)
    while at % 4 and at != -1:
        at = digests.find(digest, at + 1)
    return at != -1
