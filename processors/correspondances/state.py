"""What is kept of a school's correspondences: STS-WEB's side, what was asked last, what people chose."""

from collections.abc import Mapping
from datetime import date

import msgspec


class Element(msgspec.Struct, frozen=True, array_like=True):
    """Something of STS-WEB that an element of EDT may be."""

    sts: str
    """Its identifier there: a code, or the type and number of a person."""
    libelle: str
    prenom: str | None = None
    """Of a person, whose `libelle` is then the family name."""

    @property
    def complet(self) -> str:
        """As a list shows it."""
        return f"{self.libelle} {self.prenom}" if self.prenom else self.libelle


class Sts(msgspec.Struct, frozen=True, kw_only=True):
    """The last sts_emp, or as much of it as has arrived."""

    recu: str
    fichier: str
    date_export: date | None = None
    lignes: int = 0
    entier: bool = False
    elements: Mapping[str, tuple[Element, ...]] = {}
    """Nature → what STS-WEB has."""
    services: Mapping[str, tuple[str, ...]] = {}
    """Group → codes of the subjects of its services."""


class Etat(msgspec.Struct, frozen=True, kw_only=True):
    """One school. Every field has a default, so that an older state can be read."""

    sts: Sts | None = None
    demandes: Mapping[str, tuple[str, ...]] = {}
    """Nature → EDT's labels, as last given."""
    choix: Mapping[str, Mapping[str, str]] = {}
    """Nature → EDT's label → the identifier chosen. Kept from one synchro 1 to the next."""
