"""Charlemagne (any private software): IMPORT_ELEVES files → `charlemagne.dossiers.v1`, and `charlemagne.fichiers.v1` where SIECLE
would take them; what is done in it → our own events."""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType

import msgspec

from connectors.charlemagne import evenements, import_eleves, messages, model
from connectors.charlemagne.records import TOPIC, rows_of
from connectors.transport import document_messages as say
from connectors.transport.deliveries import INCONNU, Policy
from connectors.transport.document import Document, open_document
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.own_events import is_json
from connectors.transport.passthrough import claim, digest
from connectors.transport.snapshot import Origin, header, records
from connectors.transport.xml import TREE_LIMIT
from schemas.outcome import Accepted, Delivery, Fault, Refused
from schemas.records import charlemagne

FILES_TOPIC = "charlemagne.fichiers.v1"
KIND = "charlemagne.import_eleves_prive"
TYPE = "import_eleves_prive"
EXPECTED = "un fichier IMPORT_ELEVES de dossiers d'élèves (« PRIVE »)"


class Charlemagne:
    """See `schemas.outcome.PushConnector`."""

    system = "charlemagne"
    topics = (TOPIC, FILES_TOPIC, *evenements.TOPICS)
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
    unfit = tuple(_unfit(document, file, uai, str(debut["millesime"]))) if delivery.name else ()
    warnings.extend(unfit)
    warnings.extend(say.unknown_element(tag, import_eleves.ROOT) for tag in sorted(unknown))
    warnings.extend(document.source.warnings)
    sha = document.source.sha256
    begin = charlemagne.InstantaneDebut(recu=sha, type=TYPE, **debut)
    end = charlemagne.InstantaneFin(recu=sha, uai=uai, type=TYPE, nombre=rows.count, empreinte=sha)
    made = records(Origin(TOPIC, uai, delivery.received), begin, rows, end)
    if unfit or not delivery.name:
        return Accepted(KIND, made, warnings.report())
    given = claim(Origin(FILES_TOPIC, uai, delivery.received), TYPE, _file(delivery, uai, debut["millesime"]))
    return Accepted(KIND, chain(made, (given,)), warnings.report(), kept_for=FILES_TOPIC)


def _file(delivery: Delivery, uai: str, millesime: int | None) -> charlemagne.Fichier:
    whole = digest(delivery)
    return charlemagne.Fichier(uai=uai, type=TYPE, millesime=millesime, nom=delivery.name, taille=whole.size, empreinte=whole.sha256)


def _unfit(document: Document, file: model.ImportEleves, uai: str, annee: str) -> Iterator[Fault]:
    """Why SIECLE would not take the file: it is read all the same, and goes no further."""
    if document.archive is None:
        yield messages.no_archive()
    elif document.archive.rsplit(".", 1)[0] != document.name.rsplit(".", 1)[0]:
        yield messages.different_names()
    found = import_eleves.parse_name(document.archive or document.name)
    if found is None:
        yield messages.unusual_name()
    elif found != (uai, annee):
        yield messages.name_and_content_differ()
    if file.version != import_eleves.VERSION:
        yield messages.other_version(file.version or "")
