"""SIECLE exports to bytes, as SIECLE writes them: ISO-8859-15, blocks in their order, names of R-PRO-21.

A character outside ISO-8859-15 is written as a character reference, so that nothing is lost (SIECLE itself writes « ? »).
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import BinaryIO

import msgspec
from lxml import etree

from connectors.siecle import model
from connectors.siecle.formats import COMMUNS, ENCODING, KINDS, NOMENCLATURE, Block, Format
from connectors.transport.binding import Encoded, binding, declaration
from connectors.transport.zip import write_zip


def write_export(
    stream: BinaryIO, found: Format, parametres: model.Parametres, rows: Iterable[msgspec.Struct], version: str | None = None
) -> None:
    """Write one export. `rows` come in the order of the format's blocks; those of the nomenclature's other lists come last.

    Raises ValueError for a row that is of no block or out of order.
    """
    written_version = version if version is not None else found.version
    stream.write(declaration(ENCODING))
    attributes = {} if written_version is None else {"VERSION": written_version}
    with etree.xmlfile(Encoded(stream, ENCODING), encoding="UTF-8") as file, file.element(found.root, attributes):
        file.write(binding(model.Parametres).write(parametres, "PARAMETRES"))
        with file.element("DONNEES"):
            _write_blocks(file, found, rows)


def write_archive(kind: str, xml: bytes) -> tuple[str, bytes]:
    """The archive's name and bytes for one kind of export: `ExportXML_<name>.zip` that holds `<name>.xml`."""
    name = KINDS[kind][1]
    return f"ExportXML_{name}.zip", write_zip(((f"{name}.xml", xml),))


def _write_blocks(file: "etree._IncrementalFileWriter", found: Format, rows: Iterable[msgspec.Struct]) -> None:
    if found is COMMUNS:
        _write_communs(file, rows)
        return
    pending = iter(found.blocks)
    others: list[model.CodeNomenclature] = []
    for struct, group in groupby(rows, type):
        if struct is model.CodeNomenclature and found is NOMENCLATURE:
            others += group  # type: ignore[arg-type]
            continue
        _write_block(file, _empty_until(file, pending, struct), group)
    for block in pending:
        file.write(etree.Element(block.container))
    for container, codes in groupby(others, lambda code: code.conteneur):
        with file.element(container):
            for code in codes:
                file.write(_code(code))


def _empty_until(file: "etree._IncrementalFileWriter", pending: Iterator[Block], struct: type[msgspec.Struct]) -> Block:
    """The block of `struct`; the blocks before it, which have no row, are written empty (SIECLE writes all of them)."""
    for block in pending:
        if block.struct is struct:
            return block
        file.write(etree.Element(block.container))
    raise ValueError(f"{struct.__name__}: no such block here, or rows out of order")


def _write_block(file: "etree._IncrementalFileWriter", block: Block, rows: Iterable[msgspec.Struct]) -> None:
    write = binding(block.struct).write
    with file.element(block.container):
        for row in rows:
            file.write(write(row, block.item))


def _write_communs(file: "etree._IncrementalFileWriter", rows: Iterable[msgspec.Struct]) -> None:
    blocks = {block.struct: block for block in COMMUNS.blocks}
    for struct, group in groupby(rows, type):
        block = blocks.get(struct)
        if block is None:
            raise ValueError(f"{struct.__name__}: not a row of {COMMUNS.root}")
        if block.container == "DONNEES":
            for row in group:
                file.write(binding(struct).write(row, block.item))
        else:
            _write_block(file, block, group)


def _code(code: model.CodeNomenclature) -> etree._Element:
    element = etree.Element(code.balise, {code.attribut: code.code})
    for tag, text in code.valeurs:
        etree.SubElement(element, tag).text = text
    return element
