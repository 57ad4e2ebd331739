"""PRONOTE and EDT → `pronote.liens_eleve_groupe.v1` (ELEGROUPE deposits), `pronote.fichiers.v1` (their bytes), `edt.cours.v1`
(EXP_COURS, a timetable)."""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType

import msgspec

from connectors.pronote import elegroupe, exp_cours, messages, model, names
from connectors.transport import document_messages as say
from connectors.transport.deliveries import INCONNU, Policy
from connectors.transport.document import Document, open_document
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.passthrough import LARGEST_CARRIED, carried, claim, digest_of
from connectors.transport.snapshot import Origin, Rows, about_person, header, records
from connectors.transport.typed import typed
from connectors.transport.xml import TREE_LIMIT
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.records import RECORDS, edt, pronote

TOPIC = "pronote.liens_eleve_groupe.v1"
FILES_TOPIC = "pronote.fichiers.v1"
KIND = "pronote.elegroupe"
TYPE = "elegroupe"
EXPECTED = "un fichier ELEGROUPE de liens entre élèves et groupes (IMPORT_ELEVES) ou un export des cours d'EDT (TABLE)"


class Pronote:
    """See `schemas.outcome.PushConnector`."""

    system = "pronote"
    topics = (TOPIC, FILES_TOPIC, exp_cours.TOPIC)
    transports = ("depot",)
    kinds: Mapping[str, Policy] = MappingProxyType({KIND: Policy.DEPOT, exp_cours.KIND: Policy.ETAT})

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """A deposit is an act: names, structure and content are checked as SIECLE checks them (R-PRO-52, 73). A timetable is a state."""
        kind = INCONNU
        try:
            with open_document(delivery, TREE_LIMIT) as document:
                if exp_cours.recognises(document.source):
                    kind = exp_cours.KIND
                    return _cours(document, delivery)
                if not elegroupe.recognises(document.source):
                    raise Unreadable(say.unknown_root(EXPECTED))
                kind = KIND
                return _read(document, delivery)
        except Unreadable as unreadable:
            if kind == KIND or (kind == INCONNU and names.parse(delivery.name)):
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
    sha = document.source.sha256
    begin = pronote.InstantaneDebut(recu=sha, type=TYPE, **debut)
    end = pronote.InstantaneFin(recu=sha, uai=uai, type=TYPE, nombre=rows.count, empreinte=sha)
    made = records(Origin(TOPIC, uai, delivery.received), begin, rows, end)
    fichier = _file(document, delivery, uai, debut["millesime"])
    given = _given(fichier, delivery)
    return Accepted(KIND, chain(made, given), warnings.report(), kept_for=FILES_TOPIC if fichier.consigne else "")


def _file(document: Document, delivery: Delivery, uai: str, millesime: int | None) -> pronote.Fichier:
    """The file itself, for the deposit: small, its bytes follow; larger, they are in the consigne."""
    whole = digest_of(document, delivery)
    kept = whole.size > LARGEST_CARRIED
    return pronote.Fichier(
        uai=uai,
        type=TYPE,
        millesime=millesime,
        nom=delivery.name,
        taille=whole.size,
        empreinte=whole.sha256,
        morceaux=0 if kept else whole.pieces,
        consigne=kept,
    )


def _given(fichier: pronote.Fichier, delivery: Delivery) -> Iterator[Record]:
    origin = Origin(FILES_TOPIC, fichier.uai, delivery.received)
    if not fichier.consigne:
        return carried(origin, TYPE, fichier, delivery, pronote.Morceau)
    return iter((claim(origin, TYPE, fichier),))


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


def _cours(document: Document, delivery: Delivery) -> Accepted | Refused:
    uai = exp_cours.school_of(document.name) or exp_cours.school_of(delivery.name)
    if uai is None:
        return Refused(exp_cours.KIND, (messages.no_school(),))
    faults, warnings = FaultList(), FaultList()
    rows = exp_cours.read(document.source, uai, faults, warnings)
    if faults:
        return Refused(exp_cours.KIND, faults.report())
    warnings.extend(document.source.warnings)
    digest = document.source.sha256
    begin = edt.InstantaneDebut(
        recu=digest, uai=uai, type=exp_cours.TYPE, fichier=document.name, archive=document.archive, application="EDT"
    )
    end = edt.InstantaneFin(recu=digest, uai=uai, type=exp_cours.TYPE, nombre=rows.count, empreinte=digest)
    made = records(Origin(exp_cours.TOPIC, uai, delivery.received), begin, rows, end)
    return Accepted(exp_cours.KIND, made, warnings.report(), uai)
