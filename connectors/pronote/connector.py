"""PRONOTE → `pronote.liens_eleve_groupe.v1`: ELEGROUPE deposits."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from connectors.pronote import elegroupe, messages, model, names
from connectors.transport import document_messages as say
from connectors.transport.deliveries import INCONNU, Policy
from connectors.transport.document import Document, open_document
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.snapshot import Origin, Rows, about_person, header, records
from connectors.transport.typed import typed
from connectors.transport.xml import TREE_LIMIT
from schemas.outcome import Accepted, Delivery, Refused
from schemas.records import RECORDS, pronote

TOPIC = "pronote.liens_eleve_groupe.v1"
KIND = "pronote.elegroupe"
TYPE = "elegroupe"
EXPECTED = "un fichier ELEGROUPE de liens entre élèves et groupes (IMPORT_ELEVES)"


class Pronote:
    """See `schemas.outcome.PushConnector`."""

    system = "pronote"
    topics = (TOPIC,)
    transports = ("depot",)
    kinds: Mapping[str, Policy] = MappingProxyType({KIND: Policy.DEPOT})

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """A deposit is an act: names, structure and content are checked as SIECLE checks them (R-PRO-52, 73)."""
        kind = INCONNU
        try:
            with open_document(delivery, TREE_LIMIT) as document:
                if not elegroupe.recognises(document.source):
                    raise Unreadable(say.unknown_root(EXPECTED))
                kind = KIND
                return _read(document, delivery)
        except Unreadable as unreadable:
            if kind == KIND or names.parse(delivery.name):
                return Refused(KIND, (messages.invalid(0), unreadable.fault))
            return Refused(kind, (unreadable.fault,))


def _read(document: Document, delivery: Delivery) -> Accepted | Refused:
    faults, warnings = FaultList(), FaultList()
    file, broken = elegroupe.read(document.source)
    faults.extend(broken)
    if delivery.name:
        faults.extend(elegroupe.name_faults(document.name, document.archive, file))
    if faults:
        return Refused(KIND, faults.report())
    debut = header(document, msgspec.structs.asdict(file.parametres or model.Parametres()), faults, warnings)
    uai: str = debut["uai"]
    rows = Rows(RECORDS[TOPIC])
    for rank, eleve in enumerate(file.donnees.eleves or () if file.donnees else (), start=1):
        record = _record(eleve, rank, uai, faults)
        if record is not None:
            key = f"{record.eleve_id}|{record.id_national}|{record.id_prv_ele}"
            rows.add("eleve", about_person("eleve", uai, key), record)
    if faults:
        return Refused(KIND, faults.report())
    warnings.extend(elegroupe.long_groups(file))
    warnings.extend(document.source.warnings)
    digest = document.source.sha256
    begin = pronote.InstantaneDebut(recu=digest, type=TYPE, **debut)
    end = pronote.InstantaneFin(recu=digest, uai=uai, type=TYPE, nombre=rows.count, empreinte=digest)
    return Accepted(KIND, records(Origin(TOPIC, uai, delivery.received), begin, rows, end), warnings.report())


def _record(eleve: model.Eleve, rank: int, uai: str, faults: FaultList) -> pronote.Eleve | None:
    made = [typed(pronote.Groupe, each, "Groupe de l'élève", rank, faults) for each in eleve.groupes or ()]
    groupes = tuple(each for each in made if each is not None)
    record: pronote.Eleve | None = typed(
        pronote.Eleve,
        eleve,
        "Élève",
        rank,
        faults,
        uai=uai,
        rang=rank,
        nom_de_famille=eleve.nom_de_famille or eleve.nom,
        groupes=groupes,
    )
    return record
