"""IMPORT_ELEVES « PRIVE » files read and written, with their names: `<UAI>PRIVE<année><AAMMJJhhmmss>.zip`."""

import re
from datetime import datetime

from connectors.charlemagne.model import ImportEleves
from connectors.transport.binding import binding, document_bytes
from connectors.transport.xml import XmlSource
from connectors.transport.zip import write_zip

ROOT = "IMPORT_ELEVES"
VERSION = "3.1"
ENCODING = "ISO-8859-15"
OWN_TAGS = frozenset({"PERSONNES", "RESPONSABLES_ELEVE", "SCOLARITE_ACTIVE"})
"""What the other IMPORT_ELEVES, the links with groups, never holds."""

_NAME = re.compile(r"(\d{7}[A-Z])PRIVE(\d{4})(\d{12})\.(zip|xml)", re.ASCII)


def recognises(source: XmlSource) -> bool:
    """Both imports have one root name: this one has persons and schoolings."""
    return source.root == ROOT and source.namespace is None and bool(OWN_TAGS & source.first_tags)


def read(source: XmlSource, unknown: set[str] | None = None) -> ImportEleves:
    """The file. Raises Unreadable."""
    found: ImportEleves = binding(ImportEleves).read(source.tree(), unknown)
    return found


def write(file: ImportEleves) -> bytes:
    """The XML document, in ISO-8859-15."""
    return document_bytes(binding(ImportEleves).write(file, ROOT), ENCODING)


def write_archive(file: ImportEleves, base: str) -> bytes:
    """The archive to deposit, which must be named `<base>.zip`."""
    return write_zip(((f"{base}.xml", write(file)),))


def base_name(uai: str, annee: str, made: datetime) -> str:
    """The name without extension of a file made at a school-local instant."""
    return f"{uai}PRIVE{annee}{made:%y%m%d%H%M%S}"


def parse_name(name: str) -> tuple[str, str] | None:
    """The UAI and the year of a file's name; None for a name of another form."""
    found = _NAME.fullmatch(name)
    return (found[1], found[2]) if found else None
