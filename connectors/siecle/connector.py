"""SIECLE → `siecle.exports.v1`: the XML exports, bare or zipped, as snapshots; `siecle.presences.v1`: whose INE is active;
`siecle.fichiers.v1`, `siecle.nomenclatures.v1`: the exports themselves."""

from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType

from connectors.siecle import model
from connectors.siecle.formats import ELEVES, FORMATS, KINDS, kind_of
from connectors.siecle.originals import FILES, NOMENCLATURES, original, topic_of
from connectors.siecle.presences import TOPIC as PRESENCES
from connectors.siecle.presences import Presences
from connectors.siecle.reader import format_of, read_values
from connectors.siecle.records import TOPIC, map_rows
from connectors.transport import document_messages as say
from connectors.transport.deliveries import INCONNU, Policy
from connectors.transport.document import Document, open_document
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.snapshot import Origin, header, records
from schemas.outcome import Accepted, Delivery, Refused
from schemas.records import siecle
from schemas.student_key import StudentKeys


class Siecle:
    """See `schemas.outcome.PushConnector`."""

    system = "siecle"
    topics = (TOPIC, PRESENCES, FILES, NOMENCLATURES)
    transports = ("depot",)
    kinds: Mapping[str, Policy] = MappingProxyType({f"siecle.{kind}": Policy.ETAT for kind in KINDS})

    def __init__(self, secret: bytes) -> None:
        self._keys = StudentKeys(secret)

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """Recognised by its root element, whatever its name; all of it is checked before a record is given."""
        kind = INCONNU
        try:
            with open_document(delivery) as document:
                format_of(document.source)
                kind = f"siecle.{kind_of(document.source.root, with_addresses=True)}"
                return _read(document, delivery, Presences(self._keys))
        except Unreadable as unreadable:
            return Refused(kind, (unreadable.fault,))


def _read(document: Document, delivery: Delivery, presences: Presences) -> Accepted | Refused:
    faults, warnings, unknown = FaultList(), FaultList(), set[str]()
    source, found = document.source, FORMATS[document.source.root]
    rows = read_values(source, unknown)
    kind_of_row, parametres = next(rows, (None, {}))
    if kind_of_row is not model.Parametres:
        return Refused(f"siecle.{kind_of(source.root, with_addresses=True)}", (say.missing_element("PARAMETRES", source.root),))
    debut = header(document, parametres, faults, warnings)
    uai: str = debut["uai"]
    mapper = map_rows(found, uai, rows, faults, warnings, presences)
    kind = kind_of(source.root, mapper.with_addresses)
    ready = mapper.finish()
    if faults:
        return Refused(f"siecle.{kind}", faults.report())
    for tag in sorted(unknown):
        warnings.add(say.unknown_element(tag, source.root))
    warnings.extend(source.warnings)
    begin = siecle.InstantaneDebut(recu=source.sha256, type=kind, **debut)
    end = siecle.InstantaneFin(recu=source.sha256, uai=uai, type=kind, nombre=ready.count, empreinte=source.sha256)
    made = records(Origin(TOPIC, uai, delivery.received), begin, ready, end)
    active = presences.records(begin, delivery.received) if found is ELEVES else ()
    given = (original(document, delivery, begin),)
    return Accepted(f"siecle.{kind}", chain(made, active, given), warnings.report(), uai, kept_for=topic_of(kind))
