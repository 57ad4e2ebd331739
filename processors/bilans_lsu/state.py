"""What is kept of a school: identifiers and codes, compressed; a state holds those of some 4,000 pupils."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import msgspec

from processors.bilans_lsu.croisement import Ligne

TAMPON = 8 * 1024
"""Bytes of rows that wait to be compressed."""
NIVEAU = 9
LARGEST = 20 * 1024
"""Compressed bytes of one file; beyond it the file is not kept."""
LARGEST_BILANS = 20 * 1024
"""Compressed bytes of all the LSU files kept: the oldest is forgotten first."""

_ENCODE = msgspec.json.Encoder().encode
_DECODER: msgspec.json.Decoder[Ligne] = msgspec.json.Decoder(tuple[str | None, ...])


class Fichier(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file: its rows, in order, and what it is."""

    nom: str
    recu: str
    millesime: int | None = None
    date_export: date | None = None
    parts: tuple[bytes, ...] = ()

    def lignes(self) -> Iterator[Ligne]:
        for part in self.parts:
            yield from map(_DECODER.decode, zlib.decompress(part).splitlines())

    @property
    def taille(self) -> int:
        return sum(map(len, self.parts))


class EnCours(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is arriving."""

    collection: str
    fichier: Fichier
    lignes: int = 0
    """Rows received, of all names."""
    tampon: bytes = b""
    trop_grand: bool = False

    def avec(self, ligne: Ligne | None) -> "EnCours":
        """One more row; None: nothing of it is kept."""
        more = msgspec.structs.replace(self, lignes=self.lignes + 1)
        if ligne is None or self.trop_grand:
            return more
        more = msgspec.structs.replace(more, tampon=more.tampon + _ENCODE(ligne) + b"\n")
        return more if len(more.tampon) < TAMPON else more.vide()

    def vide(self) -> "EnCours":
        """Nothing waits any more; beyond what a state may hold, nothing is kept."""
        if not self.tampon:
            return self
        parts = (*self.fichier.parts, zlib.compress(self.tampon, NIVEAU))
        if sum(map(len, parts)) > LARGEST:
            return msgspec.structs.replace(self, tampon=b"", trop_grand=True, fichier=msgspec.structs.replace(self.fichier, parts=()))
        return msgspec.structs.replace(self, tampon=b"", fichier=msgspec.structs.replace(self.fichier, parts=parts))


class Dit(msgspec.Struct, frozen=True):
    """What was last said of a LSU file."""

    empreinte: str
    anomalies: int
    collections: tuple[str, ...]
    """What it was held against."""

    def tient(self, collection: str) -> bool:
        """A new file of that collection changes nothing: the LSU file agreed with the one before, and pupils leave."""
        return not self.anomalies and collection in self.collections


class Etat(msgspec.Struct, frozen=True, kw_only=True):
    """One school. Every field has a default, so that an older state can be read."""

    connus: Mapping[str, Fichier] = {}
    """Collection → the last whole file."""
    en_cours: Mapping[str, EnCours] = {}
    """Topic → the file that is arriving on it."""
    bilans: tuple[Fichier, ...] = ()
    """The last LSU files, oldest first."""
    dits: Mapping[str, Dit] = {}
    """Name of a LSU file → what was last said of it."""


def garder(bilans: Iterable[Fichier], nouveau: Fichier) -> tuple[Fichier, ...]:
    """The LSU files with a new one, which replaces the one of its name, as many as there is room for."""
    kept = [*(each for each in bilans if each.nom != nouveau.nom), nouveau]
    while sum(each.taille for each in kept) > LARGEST_BILANS and len(kept) > 1:
        kept.pop(0)
    return tuple(kept)
