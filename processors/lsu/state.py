"""Where the synchros of one school are."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec


class Campagne(msgspec.Struct, frozen=True):
    """What STS-WEB's menu « Campagne » last showed."""

    annee_sts: int
    type: str
    debut: date
    fin: date


class Export(msgspec.Struct, frozen=True):
    """The last export of one kind."""

    fichier: str
    archive: str | None
    date_export: date | None
    recu_le: datetime
    sorties: Mapping[str, int] = {}
    """Of an export of pupils: day on which pupils leave, AAAA-MM-JJ → how many."""
    recu: str = ""
    """What names its content; empty in a state of before."""
    millesime: int | None = None


class Import(msgspec.Struct, frozen=True):
    """The import of pupils under way in PRONOTE."""

    nouveaux: bool = True
    """New pupils are imported."""
    ignores: int | None = None
    """How many PRONOTE must leave out; None: nothing tells."""
    consulte: bool = False
    """A person has read its report."""


class Etat(msgspec.Struct, frozen=True, kw_only=True):
    """One school. Every field has a default, so that an older state can be read."""

    refusees: Mapping[str, str] = {}
    """Software whose last version is not accepted → what is required."""
    acceptees: tuple[str, ...] = ()
    """Software whose last version is accepted."""
    campagne: Campagne | None = None
    en_cours: Mapping[str, datetime] = {}
    """Synchro → when it was started."""
    faites: Mapping[str, datetime] = {}
    """Synchro → when it was last done."""
    exports: Mapping[str, Export] = {}
    """Kind of export → the last whole one."""
    arrive: tuple[str, str, Export] | None = None
    """The export that is arriving: its receipt, its kind, what it is."""
    lignes: int = 0
    """Its rows so far."""
    importe: Import | None = None
    """The import of synchro 2 whose end has not been told with a report read."""
