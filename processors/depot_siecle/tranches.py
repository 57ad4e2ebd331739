"""Collections of a school cut into slices that a state can hold: their keys, their bytes (docs/adr/depots-tranches)."""

import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from processors.depot_siecle.state import Tete
from schemas.outcome import Emitted
from schemas.records import siecle as records

TOPIC = "siecle.depots.tranches.v1"
TAMPON = 10 * 1024
"""Bytes of rows, before compression, that a school's state lets wait."""
TRANCHE = 40 * 1024
"""Bytes of compressed rows above which a slice is full: well below the 64 KiB of a state."""
NIVEAU = 6

_ENCODE = msgspec.msgpack.Encoder().encode


def cle(uai: str, collection: str, version: int, rang: int) -> str:
    """The key of a slice; nothing in it is of a person."""
    return f"{uai}/{collection}/{version}/{rang}"


def cles(uai: str, tete: Tete) -> tuple[str, ...]:
    """The keys of a collection's slices, in order."""
    return tuple(cle(uai, tete.collection, tete.version, rang) for rang in range(tete.tranches))


def ligne(valeur: Any) -> bytes:
    """One row: its length in four bytes, then its msgpack."""
    content = _ENCODE(valeur)
    return len(content).to_bytes(4, "big") + content


def part(lignes: bytes) -> bytes:
    """Rows as they are kept and carried."""
    return zlib.compress(lignes, NIVEAU)


def ranger(uai: str, adresse: str, contenu: bytes) -> Emitted:
    """The order to keep a part under a slice's key."""
    return Emitted(TOPIC, "tranche", records.Tranche(uai=uai, contenu=contenu), key=adresse, subject=adresse)


def oublier(uai: str, adresse: str) -> Emitted:
    """The order to forget a slice."""
    return Emitted(TOPIC, "tranche_oubliee", records.TrancheOubliee(uai=uai), key=adresse, subject=adresse)


def decouper(uai: str, collection: str, version: int, valeurs: Iterable[Any]) -> tuple[int, int, tuple[Emitted, ...]]:
    """A whole collection at once: its number of slices, of rows, and the orders to keep them."""
    orders: list[Emitted] = []
    nombre, rang, rempli, tampon = 0, -1, TRANCHE, bytearray()

    def vider() -> None:
        nonlocal rang, rempli
        contenu = part(bytes(tampon))
        if rempli + len(contenu) > TRANCHE:
            rang, rempli = rang + 1, 0
        rempli += len(contenu)
        orders.append(ranger(uai, cle(uai, collection, version, rang), contenu))
        tampon.clear()

    for valeur in valeurs:
        tampon += ligne(valeur)
        nombre += 1
        if len(tampon) >= TAMPON:
            vider()
    if tampon:
        vider()
    return rang + 1, nombre, tuple(orders)


def lire(parts: Iterable[bytes], type_: Any) -> Iterator[Any]:
    """The rows of a collection, in order."""
    decoder = msgspec.msgpack.Decoder(type_)
    for each in parts:
        yield from (decoder.decode(row) for row in _rows(zlib.decompress(each)))


def _rows(content: bytes) -> Iterator[memoryview]:
    """Each row of a part, as `ligne` writes them."""
    view, at = memoryview(content), 0
    while at < len(view):
        size = int.from_bytes(view[at : at + 4], "big")
        yield view[at + 4 : at + 4 + size]
        at += 4 + size
