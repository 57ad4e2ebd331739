"""STS Web → `sts.echanges.v1` (records) and `sts.fichiers.v1` (the sts_emp or the emp_sts itself, byte for byte)."""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import MappingProxyType
from typing import Any

from connectors.sts import files, messages
from connectors.sts.records import TOPIC, Mapper
from connectors.transport import document_messages as say
from connectors.transport.deliveries import INCONNU, Policy
from connectors.transport.document import Document, open_document
from connectors.transport.faults import FaultList, Unreadable
from connectors.transport.passthrough import carried, digest_of
from connectors.transport.snapshot import Origin, header, records
from connectors.transport.xml import TREE_LIMIT
from schemas.outcome import Accepted, Delivery, Record, Refused
from schemas.records import sts

FILES_TOPIC = "sts.fichiers.v1"
STS_EMP, EMP_STS = "sts.sts_emp", "sts.emp_sts"
EXPECTED = "un fichier sts_emp (racine STS_EDT) ou emp_sts (racine EDT_STS)"


class Sts:
    """See `schemas.outcome.PushConnector`."""

    system = "sts"
    topics = (TOPIC, FILES_TOPIC)
    transports = ("depot",)
    kinds: Mapping[str, Policy] = MappingProxyType({STS_EMP: Policy.ETAT, EMP_STS: Policy.DEPOT})

    def accept(self, delivery: Delivery) -> Accepted | Refused:
        """Recognised by its root element: UAJ is an attribute's bearer down, a text up. The file is also carried unchanged."""
        kind = INCONNU
        try:
            with open_document(delivery, TREE_LIMIT) as document:
                root = document.source.root
                if root not in (files.STS_EMP, files.EMP_STS) or document.source.namespace is not None:
                    raise Unreadable(say.unknown_root(EXPECTED))
                kind = STS_EMP if root == files.STS_EMP else EMP_STS
                return _read(document, delivery, kind)
        except Unreadable as unreadable:
            return Refused(kind, (unreadable.fault,))


def _read(document: Document, delivery: Delivery, kind: str) -> Accepted | Refused:
    faults, warnings, unknown = FaultList(), FaultList(), set[str]()
    if kind == STS_EMP:
        down = files.read_sts_emp(document.source, unknown)
        uaj = down.parametres.uaj if down.parametres else None
        annee = down.parametres.annee_scolaire if down.parametres else None
        texts = {"uaj": uaj.code if uaj else None, "annee_scolaire": annee.annee if annee else None}
        debut = header(document, texts, faults, warnings)
        mapper = Mapper(debut["uai"], faults, warnings)
        mapper.sts_emp(down)
    else:
        up = files.read_emp_sts(document.source, unknown)
        found = up.parametres
        texts = {name: getattr(found, name, None) for name in ("uaj", "annee_scolaire", "application_source")}
        debut = header(document, texts, faults, warnings)
        mapper = Mapper(debut["uai"], faults, warnings)
        mapper.emp_sts(up)
    if faults:
        return Refused(kind, faults.report())
    _check_names(document, debut, warnings)
    warnings.extend(say.unknown_element(tag, document.source.root) for tag in sorted(unknown))
    warnings.extend(document.source.warnings)
    made = _records(document, delivery, kind, debut, mapper)
    return Accepted(kind, made, warnings.report(), debut["uai"] if kind == STS_EMP else "")


def _check_names(document: Document, debut: Mapping[str, Any], warnings: FaultList) -> None:
    named = files.parse_name(document.name)
    if named is not None and named != (debut["uai"], str(debut["millesime"])):
        warnings.add(messages.other_name())


def _records(document: Document, delivery: Delivery, kind: str, debut: Mapping[str, Any], mapper: Mapper) -> Iterator[Record]:
    uai: str = debut["uai"]
    sha, name = document.source.sha256, kind.removeprefix("sts.")
    begin = sts.InstantaneDebut(recu=sha, type=name, **debut)
    end = sts.InstantaneFin(recu=sha, uai=uai, type=name, nombre=mapper.rows.count, empreinte=sha)
    typed = records(Origin(TOPIC, uai, delivery.received), begin, mapper.rows, end)
    whole = digest_of(document, delivery)
    fichier = sts.Fichier(
        uai=uai,
        type=name,
        millesime=debut["millesime"],
        nom=delivery.name,
        taille=whole.size,
        empreinte=whole.sha256,
        morceaux=whole.pieces,
    )
    return chain(carried(Origin(FILES_TOPIC, uai, delivery.received), name, fichier, delivery, sts.Morceau), typed)
