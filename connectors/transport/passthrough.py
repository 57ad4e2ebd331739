"""A file carried as it is, byte for byte (R-PRO-11): its digest, then its bytes in pieces small enough for any broker; or its
digest alone, when its bytes wait in the consigne."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from connectors.transport.document import Document
from connectors.transport.snapshot import Origin
from schemas.outcome import Delivery, Record

PIECE = 512 * 1024
LARGEST_CARRIED = 32 * 1024
"""Bytes that messages and states may carry; more of them wait in the consigne, and the record claims them by their digest."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What identifies a file's bytes."""

    sha256: str
    size: int

    @property
    def pieces(self) -> int:
        return -(-self.size // PIECE)


def digest(delivery: Delivery) -> Digest:
    """Read all the bytes once."""
    found, size = hashlib.sha256(), 0
    with delivery.open() as stream:
        while piece := stream.read(PIECE):
            found.update(piece)
            size += len(piece)
    return Digest(found.hexdigest(), size)


def digest_of(document: Document, delivery: Delivery) -> Digest:
    """The same once the document is read to its end: only an archive is read again, for its source saw what is inside."""
    return Digest(document.source.sha256, document.source.size) if document.archive is None else digest(delivery)


def pieces(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Each piece with its rank from 1; joined, they are the file."""
    rank = 0
    while piece := stream.read(PIECE):
        rank += 1
        yield rank, piece


def claim(origin: Origin, kind: str, fichier: object) -> Record:
    """`fichier` alone: its bytes are in the consigne."""
    return Record(origin.topic, "fichier", origin.uai, f"fichier/{kind}", origin.received, fichier, f"fichier {kind}")


def carried(origin: Origin, kind: str, fichier: object, delivery: Delivery, piece: type) -> Iterator[Record]:
    """`fichier`, then its `morceau` records. `piece` is the record type of a piece of that owner."""
    head = claim(origin, kind, fichier)
    yield head
    empreinte = getattr(fichier, "empreinte")  # noqa: B009 (every contract's record has it)
    with delivery.open() as stream:
        for rank, content in pieces(stream):
            data = piece(uai=origin.uai, empreinte=empreinte, rang=rank, contenu=content)
            yield Record(origin.topic, "morceau", origin.uai, head.subject, origin.received, data, f"morceau {rank}")
