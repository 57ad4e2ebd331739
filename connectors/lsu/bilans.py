"""`lsun-bilans` files of any schemaVersion: read in a stream for what is compared, written in the strict order of the schema."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from lxml import etree

from connectors.lsu import model
from connectors.transport.binding import binding, document_bytes
from connectors.transport.xml import XmlSource

ROOT = "lsun-bilans"
NAMESPACE = "urn:fr:edu:scolarite:lsun:bilans:import"
VERSION = "7.0"
"""The newest version whose schema is public."""

BLOCKS: tuple[tuple[str, str, type[msgspec.Struct]], ...] = (
    ("responsables-etab", "responsable-etab", model.ResponsableEtab),
    ("classes", "classe", model.Classe),
    ("eleves", "eleve", model.Eleve),
    ("periodes", "periode", model.Periode),
    ("disciplines", "discipline", model.Discipline),
    ("enseignants", "enseignant", model.Enseignant),
    ("bilans-periodiques", "bilan-periodique", model.BilanPeriodique),
    ("bilans-cycle", "bilan-cycle", model.BilanCycle),
)
"""(container, item, struct) in the order of DONNEES; the blocks that nothing compares are left out."""


@dataclass(frozen=True, slots=True)
class Bilans:
    """A file to write."""

    entete: model.Entete
    rows: Sequence[msgspec.Struct]
    """In any order: each goes to its block."""
    version: str = VERSION


def read_rows(source: XmlSource) -> Iterator[msgspec.Struct]:
    """The Entete, then the rows in the order of the document. Raises Unreadable.

    A bilan's own texts are dropped as they stream; only what is compared is kept.
    """
    prefix = f"{{{source.namespace}}}" if source.namespace else ""
    structs = {f"{prefix}{item}": struct for _, item, struct in BLOCKS} | {f"{prefix}entete": model.Entete}
    containers: dict[str, frozenset[str] | None] = {
        f"{prefix}{item}": frozenset((f"{prefix}{container}",)) for container, item, _ in BLOCKS
    }
    containers[f"{prefix}entete"] = frozenset((f"{prefix}{ROOT}",))
    for tag, element in source.rows(containers):
        if prefix:
            _drop_namespace(element)
        yield binding(structs[tag]).read(element)


def write(file: Bilans) -> bytes:
    """The document in UTF-8, in the LSU namespace."""
    root = etree.Element(f"{{{NAMESPACE}}}{ROOT}", {"schemaVersion": file.version}, nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    root.append(_in_namespace(binding(model.Entete).write(file.entete, "entete")))
    donnees = etree.SubElement(root, f"{{{NAMESPACE}}}donnees")
    for container, item, struct in BLOCKS:
        rows = [row for row in file.rows if type(row) is struct]
        if rows:
            holder = etree.SubElement(donnees, f"{{{NAMESPACE}}}{container}")
            holder.extend(_in_namespace(binding(struct).write(row, item)) for row in rows)
    return document_bytes(root, "UTF-8")


def _drop_namespace(element: etree._Element) -> None:
    for each in element.iter():
        each.tag = etree.QName(each).localname


def _in_namespace(element: etree._Element) -> etree._Element:
    for each in element.iter():
        each.tag = f"{{{NAMESPACE}}}{each.tag}"
    return element
