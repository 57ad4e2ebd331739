"""Any SIECLE export from its bytes: PARAMETRES first, then the rows in the order of the document, in a stream."""

from collections.abc import Iterator

import msgspec
from lxml import etree

from connectors.siecle import model
from connectors.siecle.formats import COMMUNS, ELEVES, ETABLISSEMENTS, FORMATS, GEOGRAPHIQUE, LISTS, NOMENCLATURE, Format
from connectors.transport import document_messages as say
from connectors.transport.binding import Values, binding
from connectors.transport.faults import Unreadable
from connectors.transport.xml import XmlSource

ANY_CONTAINER = (ETABLISSEMENTS, GEOGRAPHIQUE)
"""Formats whose containers are not public: an item is read wherever it stands."""
_DIRECT: tuple[tuple[str, type[msgspec.Struct]], ...] = (
    ("UAJ", model.Uaj),
    ("ANNEE_SCOLAIRE", model.AnneeScolaire),
    ("ANNEE_SCOLAIRE_AD", model.AnneeScolaireAd),
)
_BY_MARK: tuple[tuple[str, type[msgspec.Struct]], ...] = (("CODE_TYPE_PERIODE", model.Periode), ("LC_MOTIF", model.Fermeture))
"""A mandatory tag of an item -> what the item is."""
Row = tuple[type[msgspec.Struct], Values]
"""What a row is, and what its element gives."""
EXPECTED = "un export XML de SIECLE (BEE_ELEVES, BEE_RESPONSABLES, BEE_STRUCTURES, BEE_NOMENCLATURES, BEE_COMMUN…)"


def format_of(source: XmlSource) -> Format:
    """The format of a document, by its root element. Raises Unreadable for any other document."""
    found = FORMATS.get(source.root)
    if found is None or source.namespace is not None:
        raise Unreadable(say.unknown_root(EXPECTED))
    return found


def read_rows(source: XmlSource, unknown: set[str] | None = None) -> Iterator[msgspec.Struct]:
    """PARAMETRES, then every row; tags that the format does not know go to `unknown`. Raises Unreadable."""
    for struct, values in read_values(source, unknown):
        yield binding(struct).made(values)


def read_values(source: XmlSource, unknown: set[str] | None = None) -> Iterator[Row]:
    """The same before structs are made of it.

    The rows of ELEVES come in one pass with memory that does not grow: 100,000 pupils are read as they stream.
    """
    found = format_of(source)
    if found is COMMUNS:
        yield from _communs(source.tree(), unknown)
        return
    readers = {block.item: (block.struct, binding(block.struct).values) for block in found.blocks}
    readers["PARAMETRES"] = (model.Parametres, binding(model.Parametres).values)
    for tag, element in _elements(source, found):
        if tag in readers:
            struct, values = readers[tag]
            row = values(element, unknown)
            if row or tag != "PAYS":  # PAYS may be the list as well as its item
                yield struct, row
        elif tag == "BOURSES":
            yield from _bourses(element)
        else:
            yield from _code(element, tag)


def _elements(source: XmlSource, found: Format) -> Iterator[tuple[str, etree._Element]]:
    containers = {block.item: frozenset((block.container,)) for block in found.blocks} | {"PARAMETRES": frozenset((source.root,))}
    if found is ELEVES:
        del containers["BOURSES_ELEVE"]
        containers["BOURSES"] = frozenset(("DONNEES",))
    if found in ANY_CONTAINER:
        return source.rows(dict.fromkeys(containers) | {"PARAMETRES": containers["PARAMETRES"]})
    if found is NOMENCLATURE:
        return source.rows(dict.fromkeys(LISTS) | containers)
    return source.listed(containers)


def _bourses(container: etree._Element) -> Iterator[Row]:
    """The nesting is not public: anything with ELEVE_ID that holds a CODE_BOURSE at any depth."""
    for element in container:
        for code in element.iter("CODE_BOURSE"):
            values = {"eleve_id": element.get("ELEVE_ID"), "attribut_elenoet": element.get("ELENOET"), "code_bourse": code.text or ""}
            yield model.BoursesEleve, values


def _code(element: etree._Element, tag: str) -> Iterator[Row]:
    attribute = LISTS[tag][1]
    code = element.get(attribute)
    parent = element.getparent()
    if code is None or parent is None:
        return
    texts = tuple((child.tag, child.text or "") for child in element)
    yield model.CodeNomenclature, {"conteneur": parent.tag, "balise": tag, "attribut": attribute, "code": code, "valeurs": texts}


def _communs(root: etree._Element, unknown: set[str] | None) -> Iterator[Row]:
    """The containers of the periods and closings are not public: their items are known by what they hold."""
    parametres, donnees = root.find("PARAMETRES"), root.find("DONNEES")
    if parametres is not None:
        yield model.Parametres, binding(model.Parametres).values(parametres, unknown)
    if donnees is None:
        return
    for tag, struct in _DIRECT:
        for element in donnees.iterchildren(tag):
            yield struct, binding(struct).values(element, unknown)
    for mark, struct in _BY_MARK:
        for inner in donnees.iter(mark):
            if (holder := inner.getparent()) is not None:
                yield struct, binding(struct).values(holder, unknown)
