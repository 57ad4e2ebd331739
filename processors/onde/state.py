"""What the procedure remembers of one school. No name: pupils are their numbers in Charlemagne, as arrays of small integers."""

from datetime import date
from typing import Literal

import msgspec

SANS_CLASSE = -1

Phase = Literal["ATTENDUE", "ANNONCEE", "PRETE", "DEPOSEE", "REFUSEE"]
"""Of an export: Charlemagne's archive is awaited; its bytes are; it is ready for a person; imported in ONDE; refused by it."""


class Compact(msgspec.Struct, frozen=True, array_like=True):
    """Written as an array: fields are only ever added at the end, with a default."""


class Classe(Compact, frozen=True):
    """The settings of a class (R-ONDE-07)."""

    nom: str
    code_rectorat: str = ""
    type_contrat: str = ""
    type_classe: str = ""
    formations: tuple[str, ...] = ()


class Eleve(Compact, frozen=True):
    """A pupil's sheet."""

    eleve: str
    classe: int = SANS_CLASSE
    """Rank in `Ecole.noms`."""
    formation: str = ""
    anomalies: tuple[int, ...] = ()
    """Ranks in `Ecole.libelles`: what the sheet itself says."""
    reproches: tuple[int, ...] = ()
    """The same, of the last control in Charlemagne."""


class Controle(Compact, frozen=True):
    """The last control of the base."""

    le: date
    non_conformes: int
    valide: bool = True
    """False: something was modified since."""


class Export(Compact, frozen=True):
    """The last export and its way to ONDE."""

    lecteur: str
    phase: Phase
    exportes: int
    omis: tuple[str, ...]
    empreinte: str = ""
    """SHA-256 of the archive that Charlemagne made; empty: not known, or an archive of ours."""
    nom: str = ""
    depose_le: date | None = None
    """Day of the confirmed import."""
    integres: int | None = None
    """Pupils that ONDE says it took."""


class Extraction(Compact, frozen=True):
    """An extraction of ONDE's pupils that is arriving."""

    recu: str
    lignes: int = 0
    sans: tuple[tuple[int, ...], int] = ((), 0)
    """Pupils without a class: the first lines, and how many."""


class Ecole(msgspec.Struct, frozen=True, kw_only=True):
    """One school, in its last school year."""

    annee: int = 0
    fuseau: str | None = None
    second_degre: bool = False
    """Its academy says that it is no école."""
    annee_formations: int | None = None
    formations: tuple[str, ...] = ()
    """Imported; none: Charlemagne did not say which."""
    classes: tuple[Classe, ...] = ()
    noms: tuple[str, ...] = ()
    """Of the classes that pupils are in, whether or not they are set up."""
    eleves: tuple[Eleve, ...] = ()
    libelles: tuple[str, ...] = ()
    controle: Controle | None = None
    export: Export | None = None
    extraction: Extraction | None = None
    sans_classe_onde: tuple[tuple[int, ...], int] = ((), 0)
    """What the last extraction of ONDE showed, as `Extraction.sans`."""
