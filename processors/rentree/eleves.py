"""The pupils of the sendings that wait for their check: identifiers once for the year, a bitmap for each sending."""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from processors.rentree.state import Annee


def empreinte(eleves: Iterable[str]) -> bytes:
    """Digest of a list, whatever its order: tells the same list again from another."""
    return hashlib.sha256("\n".join(sorted(set(eleves))).encode()).digest()[:8]


def ajouter(connus: tuple[str, ...], eleves: Sequence[str]) -> tuple[tuple[str, ...], bytes]:
    """The pool with these pupils in it, and their bitmap."""
    rangs = {eleve: rang for rang, eleve in enumerate(connus)}
    for eleve in eleves:
        rangs.setdefault(eleve, len(rangs))
    return tuple(rangs), _bits(rangs[eleve] for eleve in eleves)


def lire(connus: Sequence[str], bits: bytes) -> tuple[str, ...]:
    """The pupils of a bitmap, in the order in which they were first sent."""
    nombre = int.from_bytes(bits)
    return tuple(eleve for rang, eleve in enumerate(connus) if nombre >> rang & 1)


def resserrer(annee: Annee) -> Annee:
    """The same without the pupils whom no sending waits for any more."""
    restent = [lire(annee.eleves, each.bits) for each in annee.occurrences]
    attendus = {eleve for liste in restent for eleve in liste}
    if len(attendus) == len(annee.eleves):
        return annee
    connus = tuple(eleve for eleve in annee.eleves if eleve in attendus)
    occurrences = tuple(
        msgspec.structs.replace(each, bits=ajouter(connus, liste)[1]) for each, liste in zip(annee.occurrences, restent, strict=True)
    )
    return msgspec.structs.replace(annee, eleves=connus, occurrences=occurrences)


def place(annees: Iterable[Annee]) -> int:
    """Bytes that the pupils of these years take in a state: identifiers, with what separates them, and bitmaps."""
    return sum(sum(len(eleve) + 2 for eleve in annee.eleves) + sum(len(each.bits) for each in annee.occurrences) for annee in annees)


def _bits(rangs: Iterable[int]) -> bytes:
    nombre = 0
    for rang in rangs:
        nombre |= 1 << rang
    return nombre.to_bytes((nombre.bit_length() + 7) // 8)
