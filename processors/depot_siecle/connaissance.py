"""What a treatment of links needs: the file deposited, and what is known of SIECLE and of STS-WEB. Kept and carried in msgpack."""

from collections.abc import Iterable, Mapping
from datetime import date

import msgspec


class Lien(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """A pupil's inscription in a group. Days are included; None: no bound was given, the whole year."""

    groupe: str
    debut: date | None = None
    fin: date | None = None


class EleveFichier(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A pupil of an ELEGROUPE file: exactly one of the three identifiers (R-PRO-75)."""

    eleve_id: str | None = None
    id_national: str | None = None
    id_prv_ele: str | None = None
    nom: str
    nom_usage: str | None = None
    prenom: str
    prenom2: str | None = None
    prenom3: str | None = None
    naissance: date
    liens: tuple[Lien, ...] = ()


class EleveSiecle(msgspec.Struct, frozen=True, array_like=True, kw_only=True):
    """A pupil of the school as SIECLE's export of élèves tells him, with the groups it gives him."""

    eleve_id: str
    ines: tuple[str, ...] = ()
    """Every INE of his, the main one first."""
    id_prv_ele: str | None = None
    nom: str
    nom_usage: str | None = None
    prenom: str
    prenom2: str | None = None
    prenom3: str | None = None
    naissance: date
    mef: str | None = None
    entree: date | None = None
    sortie: date | None = None
    division: str | None = None
    liens: tuple[Lien, ...] = ()

    def present(self, jour: date) -> bool:
        """Still in the school that day: no exit date, or a later one."""
        return self.sortie is None or self.sortie > jour


class Groupe(msgspec.Struct, frozen=True, array_like=True, tag="G"):
    """A group as SIECLE or STS-WEB knows it. Without MEF nor division, nothing says which pupils it may have."""

    code: str
    mefs: tuple[str, ...] = ()
    divisions: tuple[str, ...] = ()


class Division(msgspec.Struct, frozen=True, array_like=True, tag="D"):
    """A division, for the MEF that its groups have through it."""

    code: str
    mefs: tuple[str, ...] = ()


class Calendrier(msgspec.Struct, frozen=True):
    """The pupils' year in SIECLE (« Date rentrée élèves », « Date sortie élèves »), bounds included. Never the teachers' (R-PRO-62)."""

    rentree: date
    sortie: date

    def __post_init__(self) -> None:
        if self.rentree > self.sortie:
            raise ValueError("calendrier : la rentrée des élèves est après leur sortie")

    def comprend(self, jour: date) -> bool:
        """Whether the day is of the pupils' year."""
        return self.rentree <= jour <= self.sortie


Structure = Groupe | Division


def mefs_des_groupes(structures: Iterable[Structure]) -> dict[str, frozenset[str]]:
    """Group → the MEF it is attached to: its own, else those of its divisions; empty: nothing says which. The first of a code wins."""
    found = tuple(structures)
    of_division: dict[str, tuple[str, ...]] = {}
    for each in found:
        if isinstance(each, Division) and not of_division.get(each.code):
            of_division[each.code] = each.mefs
    groupes: dict[str, frozenset[str]] = {}
    for each in found:
        if isinstance(each, Groupe) and not groupes.get(each.code):
            groupes[each.code] = frozenset(each.mefs or (mef for code in each.divisions for mef in of_division.get(code, ())))
    return groupes


class Connaissance(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a school on the day of a treatment. None: not known, and then nothing is checked against it."""

    eleves: tuple[EleveSiecle, ...]
    groupes: Mapping[str, frozenset[str]] | None = None
    """SIECLE's groups, with the MEF each is attached to."""
    groupes_sts: frozenset[str] | None = None
    """Codes of the groups that STS-WEB has."""
    calendrier: Calendrier | None = None
