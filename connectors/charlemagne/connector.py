"""Charlemagne (any private software): IMPORT_ELEVES files → `charlemagne.dossiers.v1`; what is done in it → our own events."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from connectors.charlemagne import evenements, import_eleves, messages, model
from connectors.charlemagne.records import TOPIC, rows_of
from connectors.transport import document_messages as say
from connectors.transport.deliveries import INCONNU, Policy
from connectors.transport.document import Document, open_document
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.own_events import is_json
from connectors.transport.snapshot import Origin, header, records
from connectors.transport.xml import TREE_LIMIT
from schemas.outcome import Accepted, Delivery, Fault, Refused
from schemas.records import charlemagne

KIND = "charlemagne.import_eleves_prive"
TYPE = "import_eleves_prive"
EXPECTED = "un fichier IMPORT_ELEVES de dossiers d'élèves (« PRIVE »)"


class Charlemagne:
    """See `schemas.outcome.PushConnector`."""

    system = "charlemagne"
    topics = (TOPIC, *evenements.TOPICS)
    transports = ("http", "depot")

    def __init__(self) -> None:
        self._events = evenements.own_events(self.system)
        self.kinds: Mapping[str, Policy] = MappingProxyType({KIND: Policy.DEPOT, **self._events.kinds})

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """A request, JSON and CSV are events; the rest is recognised by its root and content. All of it is checked first."""
        if is_json(delivery) or delivery.name.lower().endswith((".csv", ".txt")):
            return self._events.accept(delivery)
        kind = INCONNU
        try:
            with open_document(delivery, TREE_LIMIT) as document:
                if not import_eleves.recognises(document.source):
                    raise Unreadable(say.unknown_root(EXPECTED))
                kind = KIND
                return _read(document, delivery)
        except Unreadable as unreadable:
            return Refused(kind, (unreadable.fault,))


def _read(document: Document, delivery: Delivery) -> Accepted | Refused:
    faults, warnings, unknown = FaultList(), FaultList(), set[str]()
    file = import_eleves.read(document.source, unknown)
    debut = header(document, msgspec.structs.asdict(file.parametres or model.Parametres()), faults, warnings)
    uai: str = debut["uai"]
    rows = rows_of(file, uai, faults, warnings)
    if faults:
        return Refused(KIND, faults.report())
    if delivery.name:
        warnings.extend(_names(document, uai, str(debut["millesime"])))
    warnings.extend(say.unknown_element(tag, import_eleves.ROOT) for tag in sorted(unknown))
    warnings.extend(document.source.warnings)
    digest = document.source.sha256
    begin = charlemagne.InstantaneDebut(recu=digest, type=TYPE, **debut)
    end = charlemagne.InstantaneFin(recu=digest, uai=uai, type=TYPE, nombre=rows.count, empreinte=digest)
    return Accepted(KIND, records(Origin(TOPIC, uai, delivery.received), begin, rows, end), warnings.report())


def _names(document: Document, uai: str, annee: str) -> tuple[Fault, ...]:
    """What SIECLE would say of the names."""
    if document.archive is not None and document.archive.rsplit(".", 1)[0] != document.name.rsplit(".", 1)[0]:
        return (messages.different_names(),)
    found = import_eleves.parse_name(document.name)
    if found is None:
        return (messages.unusual_name(),)
    return () if found == (uai, annee) else (messages.name_and_content_differ(),)
