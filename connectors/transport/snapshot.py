"""A whole file as records: `instantane_debut`, its rows, `instantane_fin` with their number and the file's digest (architecture §3).

Rows wait outside of memory until the whole file is known to be good: a delivery is all or nothing, and is read once.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

import msgspec

from connectors.transport import messages
from connectors.transport.document import Document
from connectors.transport.faults import FaultList, fault
from connectors.transport.spool import Spool
from connectors.transport.typed import day
from connectors.transport.values import BadValue
from schemas.identifiants import uai_warnings
from schemas.outcome import Record

DEBUT, FIN = "instantane_debut", "instantane_fin"
IN_MEMORY = 4 * 1024 * 1024
DIGEST_LENGTH = 12

_ENCODE = msgspec.msgpack.Encoder().encode


def about_person(kind: str, uai: str, identifier: str) -> str:
    """The subject of a row about a person: it reaches logs, so the identifier is there as a digest only."""
    return f"{kind}/{hashlib.sha256(f'{uai}|{kind}|{identifier}'.encode()).hexdigest()[:DIGEST_LENGTH]}"


class Rows:
    """The rows of one file, encoded, beyond 4 MiB on disk; read back once, in order."""

    def __init__(self, types: Mapping[str, type[msgspec.Struct]]) -> None:
        self._frames = {name: _frame(rank, data) for rank, (name, data) in enumerate(types.items())}
        self._names = {frame: name for name, frame in self._frames.items()}
        self._decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(reduce(or_, self._names))
        self._spool = Spool(IN_MEMORY)
        self.count = 0
        self.last_touch: Callable[[Any], Any] | None = None
        """Applied to each row as it is read back, which nothing else holds: what joins it with rows that came after it in the file."""

    def add(self, name: str, subject: str, data: msgspec.Struct | Mapping[str, Any]) -> None:
        """`data`: the record, or its fields, which are then checked as it is read back."""
        self._spool.add(_ENCODE(self._frames[name](subject, data)))
        self.count += 1

    def __iter__(self) -> Iterator[tuple[str, str, Any]]:
        touch = self.last_touch
        with self._spool as spool:
            for row in map(self._decoder.decode, spool):
                yield self._names[row.__class__], row.subject, row.data if touch is None else touch(row.data)


def _frame(rank: int, data: type[msgspec.Struct]) -> type:
    """A record that waits with its subject, told from the others by its rank."""
    return msgspec.defstruct("Frame", [("subject", str), ("data", data)], array_like=True, tag=rank, gc=False)


@dataclass(frozen=True, slots=True)
class Origin:
    """What every row of a file needs."""

    topic: str
    uai: str
    received: datetime


def records(origin: Origin, debut: msgspec.Struct, rows: Rows, fin: msgspec.Struct) -> Iterator[Record]:
    """The records of a file. `Rows` is read while they are consumed."""
    yield _record(origin, DEBUT, f"instantane/{getattr(debut, 'type')}", debut, "début")  # noqa: B009 (every contract's record has it)
    for rank, (name, subject, data) in enumerate(rows, start=1):
        yield _record(origin, name, subject, data, f"ligne {rank}")
    yield _record(origin, FIN, f"instantane/{getattr(fin, 'type')}", fin, "fin")  # noqa: B009


def _record(origin: Origin, name: str, subject: str, data: msgspec.Struct, position: str) -> Record:
    return Record(origin.topic, name, origin.uai, subject, origin.received, data, position)


def header(
    document: Document, texts: Mapping[str, str | None], faults: FaultList, warnings: FaultList, year_required: bool = True
) -> dict[str, Any]:
    """The fields of `instantane_debut` that PARAMETRES gives, checked: the UAI must be there, and the millésime where a file has one."""
    uai, year = (texts.get("uaj") or "").strip(), (texts.get("annee_scolaire") or "").strip()
    if len(uai) != 8 or not uai[:7].isdigit() or not uai[7:].isalpha() or not uai.isupper() or not uai.isascii():
        faults.add(
            fault(
                "UAI_INVALIDE",
                "L'UAI du fichier (balise UAJ) est absent ou mal formé : 7 chiffres et une lettre majuscule sont attendus.",
                "Vérifier l'établissement dans l'application qui a produit le fichier, puis refaire l'export.",
            )
        )
    elif uai_warnings(uai):
        warnings.add(messages.doubtful_uai("Balise UAJ", 1))
    if (year or year_required) and not (len(year) == 4 and year.isascii() and year.isdigit()):
        faults.add(
            fault(
                "MILLESIME_INVALIDE",
                "L'année scolaire du fichier (balise ANNEE_SCOLAIRE) est absente ou mal formée : 4 chiffres sont attendus.",
                "Vérifier l'année en cours dans l'application qui a produit le fichier, puis refaire l'export.",
            )
        )
        year = ""
    return {
        "uai": uai,
        "millesime": int(year) if year else None,
        "fichier": document.name,
        "archive": document.archive,
        "version": document.source.attributes.get("VERSION"),
        "date_export": _day(texts.get("date_export") or texts.get("date_import"), faults),
        "horodatage": texts.get("horodatage"),
        "application": texts.get("logiciel") or texts.get("application_source"),
        "num_envoi": texts.get("num_envoi"),
    }


def _day(text: str | None, faults: FaultList) -> Any:
    if not text:
        return None
    try:
        return day(text)
    except BadValue as bad:
        faults.add(
            fault(
                bad.code,
                f"La date de l'export est illisible : {bad.expected} ; trouvé : {bad.found}.",
                "Refaire l'export ; ne pas modifier le fichier.",
            )
        )
        return None
