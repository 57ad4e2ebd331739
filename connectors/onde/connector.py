"""ONDE → `onde.extractions.v1` (CSV extractions), `onde.archives.v1` (the <RNE>.ZIP that Charlemagne made, byte for byte), and
`onde.depots.v1` (what a person says of an import)."""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from connectors.onde import depots, messages, model
from connectors.onde.extraction import Extraction, open_extraction
from connectors.transport.deliveries import INCONNU, Policy
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.own_events import is_json
from connectors.transport.passthrough import carried, digest
from connectors.transport.snapshot import Origin, Rows, about_person, records
from connectors.transport.typed import typed
from connectors.transport.zip import SafeArchive, is_zip
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.records import RECORDS, onde

TOPIC = "onde.extractions.v1"
ARCHIVES_TOPIC = "onde.archives.v1"
ARCHIVE = "onde.archive"

_UAI = re.compile(r"(?<![0-9A-Za-z])(\d{7}[A-Z])(?![0-9A-Za-z])", re.ASCII | re.IGNORECASE)
_ARCHIVE = re.compile(r"(\d{7}[A-Z])(?: ?\(\d+\))?\.zip", re.ASCII | re.IGNORECASE)


class Onde:
    """See `schemas.outcome.PushConnector`."""

    system = "onde"
    topics = (TOPIC, ARCHIVES_TOPIC, depots.TOPIC)
    transports = ("http", "depot")
    kinds: Mapping[str, Policy] = MappingProxyType(
        {
            "onde.eleves": Policy.ETAT,
            "onde.responsables": Policy.ETAT,
            "onde.enseignants": Policy.ETAT,
            ARCHIVE: Policy.DEPOT,
            depots.JSON: Policy.DEPOT,
        }
    )

    def __init__(self) -> None:
        self._events = depots.own_events(self.system)

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """A request and JSON are events; an archive is checked and carried unchanged; a CSV is told by its header. The school is
        in the file's name."""
        if is_json(delivery):
            return self._events.accept(delivery)
        with delivery.open() as stream:
            packed = is_zip(stream.read(4))
        kind = ARCHIVE if packed else INCONNU
        faults, warnings = FaultList(), FaultList()
        try:
            if packed:
                return _archive(delivery)
            extraction = open_extraction(delivery.open, warnings)
            kind = f"onde.{extraction.kind.name}"
            return _extraction(extraction, delivery, kind, faults, warnings)
        except Unreadable as unreadable:
            return Refused(kind, (unreadable.fault,))


def _archive(delivery: Delivery) -> Accepted | Refused:
    named = _ARCHIVE.fullmatch(delivery.name)
    if named is None:
        raise Unreadable(messages.archive_name())
    with delivery.open() as stream:
        archive = SafeArchive(stream)
        try:
            if not archive.entries:
                raise Unreadable(messages.empty_archive())
            archive.verify()
        finally:
            archive.close()
    uai, whole = named[1].upper(), digest(delivery)
    fichier = onde.Fichier(
        uai=uai, type="archive_onde", nom=delivery.name, taille=whole.size, empreinte=whole.sha256, morceaux=whole.pieces
    )
    origin = Origin(ARCHIVES_TOPIC, uai, delivery.received)
    return Accepted(ARCHIVE, carried(origin, "archive_onde", fichier, delivery, onde.Morceau))


def _extraction(extraction: Extraction, delivery: Delivery, kind: str, faults: FaultList, warnings: FaultList) -> Accepted | Refused:
    named = _UAI.search(delivery.name)
    if named is None:
        return Refused(kind, (messages.no_school(),))
    uai, rows = named[1].upper(), Rows(RECORDS[TOPIC])
    for rank, (line, row) in enumerate(extraction.rows(faults, warnings), start=1):
        name, record, identity = _MAPPERS[type(row)](row, rank, line, uai, faults)
        if record is not None:
            rows.add(name, about_person(name, uai, identity), record)
    if faults:
        return Refused(kind, faults.report())
    sha, what = digest(delivery).sha256, extraction.kind.name
    begin = onde.InstantaneDebut(recu=sha, uai=uai, type=what, fichier=delivery.name)
    end = onde.InstantaneFin(recu=sha, uai=uai, type=what, nombre=rows.count, empreinte=sha)
    made: Iterator[Record] = records(Origin(TOPIC, uai, delivery.received), begin, rows, end)
    return Accepted(kind, made, warnings.report(), uai)


def _eleve(row: model.Eleve, rank: int, line: int, uai: str, faults: FaultList) -> tuple[str, msgspec.Struct | None, str]:
    record = typed(onde.Eleve, row, "Ligne", line, faults, uai=uai, rang=rank)
    return "eleve", record, row.ine or f"{row.nom}|{row.prenom}|{row.date_naissance}"


def _responsable(row: model.Responsable, rank: int, line: int, uai: str, faults: FaultList) -> tuple[str, msgspec.Struct | None, str]:
    enfants = tuple(onde.Enfant(**msgspec.structs.asdict(each)) for each in row.enfants)
    record = typed(onde.Responsable, row, "Ligne", line, faults, uai=uai, rang=rank, enfants=enfants)
    return "responsable", record, f"{row.nom}|{row.prenom}|{row.courriel}|{rank}"


def _enseignant(row: model.Enseignant, rank: int, line: int, uai: str, faults: FaultList) -> tuple[str, msgspec.Struct | None, str]:
    return "enseignant", typed(onde.Enseignant, row, "Ligne", line, faults, uai=uai, rang=rank), f"{row.nom}|{row.prenom}|{rank}"


_Mapper = Callable[[Any, int, int, str, FaultList], tuple[str, msgspec.Struct | None, str]]
_MAPPERS: Mapping[type, _Mapper] = {model.Eleve: _eleve, model.Responsable: _responsable, model.Enseignant: _enseignant}
