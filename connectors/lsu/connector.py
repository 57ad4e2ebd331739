"""LSU → `lsu.bilans.v1`: what `lsun-bilans` files say of pupils, teachers, disciplines and periods."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from connectors.lsu import messages, model
from connectors.lsu.bilans import ROOT, read_rows
from connectors.transport import document_messages as say
from connectors.transport.deliveries import INCONNU, Policy
from connectors.transport.document import Document, open_document
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.snapshot import Origin, Rows, about_person, header, records
from connectors.transport.typed import typed
from schemas.outcome import Accepted, Delivery, Refused
from schemas.records import RECORDS, lsu

TOPIC = "lsu.bilans.v1"
KIND = "lsu.bilans"
TYPE = "lsun_bilans"
EXPECTED = "un fichier de bilans LSU (lsun-bilans)"


class Lsu:
    """See `schemas.outcome.PushConnector`."""

    system = "lsu"
    topics = (TOPIC,)
    transports = ("depot",)
    kinds: Mapping[str, Policy] = MappingProxyType({KIND: Policy.DEPOT})

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """Recognised by its root element, any schemaVersion."""
        kind = INCONNU
        try:
            with open_document(delivery) as document:
                if document.source.root != ROOT:
                    raise Unreadable(say.unknown_root(EXPECTED))
                kind = KIND
                return _read(document, delivery)
        except Unreadable as unreadable:
            return Refused(kind, (unreadable.fault,))


class _Contents:
    """The rows of one file by kind, and how many bilans each pupil has."""

    def __init__(self) -> None:
        self.entete = model.Entete()
        self.pupils: dict[str, model.Eleve] = {}
        self.classes: dict[str, str] = {}
        self.others: list[msgspec.Struct] = []
        self.bilans: dict[type, dict[str, int]] = {model.BilanPeriodique: {}, model.BilanCycle: {}}
        self.years: set[str] = set()

    def take(self, row: msgspec.Struct, warnings: FaultList) -> None:
        if isinstance(row, model.Entete):
            self.entete = row
        elif isinstance(row, model.Eleve):
            self.pupils[row.id or ""] = row
        elif isinstance(row, model.Classe):
            self.classes[row.id or ""] = row.libelle or ""
        elif isinstance(row, model.BilanPeriodique | model.BilanCycle):
            counts = self.bilans[type(row)]
            whose = row.eleve_ref or ""
            counts[whose] = counts.get(whose, 0) + 1
            if whose not in self.pupils:
                warnings.add(messages.unknown_pupil("Bilan", sum(counts.values())))
        elif not isinstance(row, model.ResponsableEtab):
            if isinstance(row, model.Periode) and row.millesime:
                self.years.add(row.millesime)
            self.others.append(row)


def _read(document: Document, delivery: Delivery) -> Accepted | Refused:
    faults, warnings, found = FaultList(), FaultList(), _Contents()
    for row in read_rows(document.source):
        found.take(row, warnings)
    if len(found.years) > 1:
        warnings.add(messages.several_years(len(found.years)))
    texts = {"uaj": found.entete.etablissement, "annee_scolaire": min(found.years, default=None), "logiciel": found.entete.application}
    debut = header(document, texts, faults, warnings, year_required=False)
    debut["version"] = document.source.attributes.get("schemaVersion")
    uai: str = debut["uai"]
    rows = _rows(found, uai, faults)
    if faults:
        return Refused(KIND, faults.report())
    warnings.extend(document.source.warnings)
    digest = document.source.sha256
    begin = lsu.InstantaneDebut(recu=digest, type=TYPE, **debut)
    end = lsu.InstantaneFin(recu=digest, uai=uai, type=TYPE, nombre=rows.count, empreinte=digest)
    return Accepted(KIND, records(Origin(TOPIC, uai, delivery.received), begin, rows, end), warnings.report())


def _rows(found: _Contents, uai: str, faults: FaultList) -> Rows:
    rows, seen = Rows(RECORDS[TOPIC]), set[str]()
    if not found.pupils:
        faults.add(messages.no_pupil())
    for rank, (key, eleve) in enumerate(found.pupils.items(), start=1):
        if eleve.id_be and eleve.id_be in seen:
            faults.add(messages.duplicate(rank))
        seen.add(eleve.id_be or "")
        counts: dict[str, Any] = {
            "bilans_periodiques": found.bilans[model.BilanPeriodique].get(key, 0),
            "bilans_cycle": found.bilans[model.BilanCycle].get(key, 0),
            "code_division": eleve.code_division or found.classes.get(eleve.classe_ref or ""),
        }
        record = typed(lsu.Eleve, eleve, "Élève", rank, faults, uai=uai, **counts)
        if record is not None:
            rows.add("eleve", about_person("eleve", uai, eleve.id_be or eleve.ine or key), record)
    for rank, row in enumerate(found.others, start=1):
        name, record_type = _NAMES[type(row)]
        made = typed(record_type, row, name.capitalize(), rank, faults, uai=uai)
        if made is not None:
            personal = isinstance(row, model.Enseignant)
            rows.add(name, about_person(name, uai, f"{made.type}|{made.id_sts}") if personal else f"{name}/{rank}", made)
    return rows


_NAMES: Mapping[type, tuple[str, type[msgspec.Struct]]] = {
    model.Periode: ("periode", lsu.Periode),
    model.Discipline: ("discipline", lsu.Discipline),
    model.Enseignant: ("enseignant", lsu.Enseignant),
}
