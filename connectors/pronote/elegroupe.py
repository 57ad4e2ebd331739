"""ELEGROUPE files read and written: `IMPORT_ELEVES` with pupils and their groups, versions 1.3 and 1.4."""

from pathlib import Path

from connectors.pronote import messages, names
from connectors.pronote.model import Elegroupe
from connectors.transport.binding import binding, document_bytes
from connectors.transport.schema import violations
from connectors.transport.xml import XmlSource
from connectors.transport.zip import write_zip
from schemas.outcome import Fault

ROOT = "IMPORT_ELEVES"
XSD = Path(__file__).with_name("elegroupe.xsd")
ENCODING = "ISO-8859-15"
PUBLISHED_LENGTH = 8
"""Characters of a group's code in the published schema (R-PRO-77)."""
OF_PUPILS_FILE = frozenset({"PERSONNES", "RESPONSABLES_ELEVE", "SCOLARITE_ACTIVE"})
"""What only the other IMPORT_ELEVES holds, the pupils' dossiers of a private software."""


def recognises(source: XmlSource) -> bool:
    """Both imports have one root name: this one has neither persons nor schoolings."""
    return source.root == ROOT and source.namespace is None and not OF_PUPILS_FILE & source.first_tags


def read(source: XmlSource) -> tuple[Elegroupe, tuple[Fault, ...]]:
    """The file and what its structure breaks: SIECLE's own message first, then each place. Raises Unreadable."""
    tree = source.tree()
    broken = violations(tree, XSD)
    faults = (messages.invalid(len(broken)), *broken) if broken else ()
    read: Elegroupe = binding(Elegroupe).read(tree)
    return read, faults


def write(file: Elegroupe) -> bytes:
    """The XML document, in ISO-8859-15; characters outside it are written as references."""
    return document_bytes(binding(Elegroupe).write(file, ROOT), ENCODING)


def write_archive(file: Elegroupe, base: str) -> bytes:
    """The archive to deposit, which must be named `<base>.zip`."""
    return write_zip(((f"{base}.xml", write(file)),))


def long_groups(file: Elegroupe) -> tuple[Fault, ...]:
    """A warning for each group whose code is longer than the published schema allows."""
    eleves = file.donnees.eleves or () if file.donnees else ()
    codes = {groupe.code_groupe or "" for eleve in eleves for groupe in eleve.groupes or ()}
    return tuple(messages.long_group(code) for code in sorted(codes) if len(code) > PUBLISHED_LENGTH)


def name_faults(name: str, archive: str | None, file: Elegroupe) -> tuple[Fault, ...]:
    """SIECLE's checks of the names (R-PRO-73): form, archive and document, name and content."""
    read = [names.parse(each) for each in (archive, name) if each is not None]
    if None in read:
        return (messages.malformed_name(),)
    if archive is not None and archive.rsplit(".", 1)[0] != name.rsplit(".", 1)[0]:
        return (messages.different_names(),)
    found, parametres = read[-1], file.parametres
    if found is None or parametres is None:
        return ()
    faults = []
    if found.uai != parametres.uaj:
        faults.append(messages.other_school())
    if found.millesime != parametres.annee_scolaire:
        faults.append(messages.other_year())
    return tuple(faults)
