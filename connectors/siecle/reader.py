"""Any SIECLE export from its bytes: PARAMETRES first, then the rows in the order of the document, in a stream."""

from collections.abc import Iterator

import msgspec
from lxml import etree

from connectors.siecle import model
from connectors.siecle.formats import COMMUNS, ELEVES, ETABLISSEMENTS, FORMATS, GEOGRAPHIQUE, LISTS, NOMENCLATURE, Format
from connectors.transport import document_messages as say
from connectors.transport.binding import binding
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
EXPECTED = "un export XML de SIECLE (BEE_ELEVES, BEE_RESPONSABLES, BEE_STRUCTURES, BEE_NOMENCLATURES, BEE_COMMUN…)"


def format_of(source: XmlSource) -> Format:
    """The format of a document, by its root element. Raises Unreadable for any other document."""
    found = FORMATS.get(source.root)
    if found is None or source.namespace is not None:
        raise Unreadable(say.unknown_root(EXPECTED))
    return found


def read_rows(source: XmlSource, unknown: set[str] | None = None) -> Iterator[msgspec.Struct]:
    """PARAMETRES, then every row; tags that the format does not know go to `unknown`. Raises Unreadable.

    The rows of ELEVES come in one pass with memory that does not grow: 100,000 pupils are read as they stream.
    """
    found = format_of(source)
    if found is COMMUNS:
        yield from _communs(source.tree(), unknown)
        return
    readers = {block.item: binding(block.struct).read for block in found.blocks}
    containers: dict[str, frozenset[str] | None] = {block.item: frozenset((block.container,)) for block in found.blocks}
    if found in ANY_CONTAINER:
        containers = dict.fromkeys(containers)
    if found is ELEVES:
        containers = {tag: parents for tag, parents in containers.items() if tag != "BOURSES_ELEVE"} | {"BOURSES": frozenset(("DONNEES",))}
    if found is NOMENCLATURE:
        containers |= dict.fromkeys(LISTS)
    readers["PARAMETRES"] = binding(model.Parametres).read
    containers["PARAMETRES"] = frozenset((source.root,))
    for tag, element in source.rows(containers):
        reader = readers.get(tag)
        if reader is not None:
            row = reader(element, unknown)
            if tag != "PAYS" or _holds_something(row):
                yield row
        elif tag == "BOURSES":
            yield from _bourses(element)
        else:
            yield from _code(element, tag)


def _bourses(container: etree._Element) -> Iterator[model.BoursesEleve]:
    """The nesting is not public: anything with ELEVE_ID that holds a CODE_BOURSE at any depth."""
    for element in container:
        for code in element.iter("CODE_BOURSE"):
            yield model.BoursesEleve(eleve_id=element.get("ELEVE_ID"), attribut_elenoet=element.get("ELENOET"), code_bourse=code.text or "")


def _code(element: etree._Element, tag: str) -> Iterator[model.CodeNomenclature]:
    attribute = LISTS[tag][1]
    code = element.get(attribute)
    parent = element.getparent()
    if code is None or parent is None:
        return
    yield model.CodeNomenclature(
        conteneur=parent.tag, balise=tag, attribut=attribute, code=code, valeurs=tuple((child.tag, child.text or "") for child in element)
    )


def _holds_something(row: msgspec.Struct) -> bool:
    """PAYS may be the list as well as its item."""
    return any(getattr(row, name) is not None for name in row.__struct_fields__)


def _communs(root: etree._Element, unknown: set[str] | None) -> Iterator[msgspec.Struct]:
    """The containers of the periods and closings are not public: their items are known by what they hold."""
    parametres, donnees = root.find("PARAMETRES"), root.find("DONNEES")
    if parametres is not None:
        yield binding(model.Parametres).read(parametres, unknown)
    if donnees is None:
        return
    for tag, struct in _DIRECT:
        for element in donnees.iterchildren(tag):
            yield binding(struct).read(element, unknown)
    for mark, struct in _BY_MARK:
        for inner in donnees.iter(mark):
            if (holder := inner.getparent()) is not None:
                yield binding(struct).read(holder, unknown)
