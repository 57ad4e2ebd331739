"""What is kept under a school's key: heads of its collections, never their rows (docs/adr/depots-tranches)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import msgspec

from processors.depot_siecle.connaissance import Calendrier, Lien

Motif = Literal["PREDICTION", "NUIT", "COMPARAISON", "MILLESIME"]
Origine = Literal["PREDICTION", "TRAITEMENT"]


class Tete(msgspec.Struct, frozen=True, kw_only=True):
    """A whole collection: where its rows are kept, and what it came from."""

    collection: str
    """ELEVES, STRUCTURES, STS, EDT, FICHIER, CALCUL or CONSTATE."""
    version: int
    """Of the school, never used twice."""
    tranches: int
    nombre: int
    """Rows."""
    fichier: str = ""
    date_export: date | None = None
    millesime: int | None = None
    recu_le: datetime


class EnCours(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is arriving: its rows wait in a buffer until there are enough for a slice."""

    recu: str
    type: str
    collection: str | None
    """None: nothing of this kind of file is kept."""
    version: int
    fichier: str
    date_export: date | None = None
    millesime: int | None = None
    lignes: int = 0
    """Rows received, of all names."""
    nombre: int = 0
    """Rows kept."""
    tampon: bytes = b""
    tranches: int = 0
    rempli: int = 0
    """Bytes in the last slice."""
    rentree: date | None = None
    sortie: date | None = None


class Annee(msgspec.Struct, frozen=True):
    """The pupils' calendar and the file that gave it."""

    calendrier: Calendrier
    fichier: str
    date_export: date | None
    recu_le: datetime
    millesime: int | None = None


class Transfert(msgspec.Struct, frozen=True):
    """What STS-WEB had when 4a sent its structure to SIECLE."""

    quand: datetime
    tetes: tuple[Tete, ...] = ()


class Depot(msgspec.Struct, frozen=True):
    """A file deposited and not yet treated."""

    tete: Tete
    depose_le: datetime
    traitement_le: datetime


class LienSaisi(msgspec.Struct, frozen=True):
    """A link entered by hand in SIECLE, or taken away."""

    eleve_id: str
    lien: Lien
    retire: bool = False


class Collecte(msgspec.Struct, frozen=True):
    """Slices that are being gathered, and for what."""

    motif: Motif
    tetes: tuple[Tete, ...]
    depot: Depot | None = None
    quand: datetime | None = None


class Calcul(msgspec.Struct, frozen=True, kw_only=True):
    """The last report that was computed: its rows are the collection CALCUL."""

    tete: Tete
    fichier: str
    origine: Origine
    eleves: int
    absents: int | None
    rejetes: int
    anomalies: int


class Constat(msgspec.Struct, frozen=True, kw_only=True):
    """SIECLE's real report that waits for its comparison; its rows are the collection CONSTATE."""

    tete: Tete
    fichier: str
    date_import: date | None
    eleves: int | None
    absents: int | None
    rejetes: int | None
    anomalies: int | None
    detaille: bool


class Ecole(msgspec.Struct, frozen=True, kw_only=True):
    """One school. Every field has a default, so that an older state can be read."""

    versions: int = 0
    collectes_faites: int = 0
    tetes: Mapping[str, Tete] = {}
    """Collection → its last whole state."""
    en_cours: Mapping[str, EnCours] = {}
    """Topic → the file that is arriving on it."""
    annee: Annee | None = None
    synchro_3: datetime | None = None
    synchro_4a: datetime | None = None
    edt_importe: Tete | None = None
    """The timetable's structure, once STS Web has imported it."""
    transfert: Transfert | None = None
    demande: str | None = None
    """The file whose deposit waits for OK or Annuler."""
    depot: Depot | None = None
    liens_saisis: tuple[LienSaisi, ...] = ()
    collectes: Mapping[str, Collecte] = {}
    """Number → what is being gathered."""
    calcul: Calcul | None = None
    constat: Constat | None = None
    a_predire: bool = False
    """The last file could not be predicted: it is as soon as what lacked is there."""


def annee_dite(ecole: Ecole) -> int | None:
    """The school year that SIECLE's exports say: of those of élèves and Communs, the later received."""
    told = [each for each in (ecole.tetes.get("ELEVES"), ecole.annee) if each is not None and each.millesime is not None]
    return max(told, key=lambda each: each.recu_le).millesime if told else None
