"""What the calendar remembers, one struct per kind of key: a school, or those who relay closures to schools.

Pupils are kept only while a sending waits for its check: their identifiers once for the year, and a bitmap for each
sending (docs/adr/rentree-et-onde.md), so that 3,000 pupils and 60 sendings stay within 64 KiB.
"""

from datetime import date, datetime

import msgspec

from schemas.records.academie import TypeEtablissement


class Compact(msgspec.Struct, frozen=True, array_like=True):
    """Written as an array: fields are only ever added at the end, with a default."""


class Periode(Compact, frozen=True):
    """Days, both ends included."""

    debut: date
    fin: date


class Profil(Compact, frozen=True):
    """What the academy says of the school for one year."""

    type: TypeEtablissement
    omogen: bool | None
    rentree: date | None
    fuseau: str | None
    calendrier: str | None
    zone_vacances: str | None
    vacances: tuple[Periode, ...]


class Faite(Compact, frozen=True):
    """A step declared done."""

    numero: int
    fait_le: date
    manquantes: tuple[int, ...] = ()
    """Steps that usually come before and were not done (R-CHA-38)."""
    accuse: str | None = None


class Retard(Compact, frozen=True):
    """A late step as last told to people."""

    numero: int
    echeance: date
    jours: int


class Occurrence(Compact, frozen=True):
    """Import of identifiers, sending, check (R-CHA-32, R-CHA-36)."""

    nom: str
    importe_le: date | None = None
    envoye_le: date | None = None
    controle_le: date | None = None
    liste: bool = False
    """The pupils of the sending are known."""
    nombre: int = 0
    bits: bytes = b""
    """Ranks, in `Annee.eleves`, of the pupils sent and not yet seen in the BEE."""
    integres: int = 0
    manquantes: tuple[int, ...] = ()
    """Steps that usually come before the sending and were not done."""
    empreinte: bytes = b""
    """Of the list sent: tells the same list again from another one."""


class Effectif(Compact, frozen=True):
    code: str
    nombre: int


class Effectifs(Compact, frozen=True):
    """Figures sent or received; `total` may say more than the lines."""

    lignes: tuple[Effectif, ...]
    total: int


class Annee(msgspec.Struct, frozen=True, kw_only=True):
    """One school year, named by its rentrée."""

    annee: int
    profil: Profil | None = None
    faites: tuple[Faite, ...] = ()
    """By number. The sending and its check (21, 22, 23) are in `occurrences`."""
    retards: tuple[Retard, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    """In the order in which they began."""
    eleves: tuple[str, ...] = ()
    envoyes: Effectifs | None = None
    recus: Effectifs | None = None

    def faite(self, numero: int) -> Faite | None:
        return next((each for each in self.faites if each.numero == numero), None)

    def retard(self, numero: int) -> Retard | None:
        return next((each for each in self.retards if each.numero == numero), None)


class Fermeture(Compact, frozen=True):
    """A closure of a national system, as last announced."""

    reference: str
    systeme: str
    debut: date
    fin: date
    annonce: datetime
    annulee: bool = False
    departements: tuple[str, ...] = ()
    """Whom it is for; none: all."""


class Etablissement(msgspec.Struct, frozen=True, kw_only=True):
    """One school."""

    annees: tuple[Annee, ...] = ()
    """In order."""
    fermetures: tuple[Fermeture, ...] = ()
    inscrit: bool = False
    """It asked its département to tell it of closures."""
    semaine: str = ""
    """The last ISO week in which a reminder went out."""
    rappel: datetime | None = None
    """The next reminder, UTC."""

    def annee(self, annee: int) -> Annee:
        return next((each for each in self.annees if each.annee == annee), Annee(annee=annee))


class Relais(msgspec.Struct, frozen=True, kw_only=True):
    """The country, or a département: whom it tells of closures."""

    membres: tuple[str, ...] = ()
    fermetures: tuple[Fermeture, ...] = ()


class Etat(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one key: exactly one of the two is there."""

    etablissement: Etablissement | None = None
    relais: Relais | None = None
