"""Opening a delivery that is an XML document, bare or alone in a zip archive: what it is called never decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

from connectors.transport import document_messages as say
from connectors.transport import messages
from connectors.transport.faults import Unreadable
from connectors.transport.xml import STREAM_LIMIT, XmlSource
from connectors.transport.zip import LIMITS, Limits, SafeArchive, is_zip
from schemas.outcome import Delivery


@dataclass(frozen=True, slots=True)
class Document:
    """An opened document and the names it came under."""

    source: XmlSource
    name: str
    """The XML file's own name; the archive's entry when it came in one."""
    archive: str | None
    """The archive's name; None for a bare document."""


@contextmanager
def open_document(delivery: Delivery, limit: int = STREAM_LIMIT, limits: Limits = LIMITS) -> Iterator[Document]:
    """Open, check and recognise the bytes. Raises Unreadable.

    An archive must hold exactly one XML file; what systems add to it (`__MACOSX/`, names that begin with a dot) is passed over.
    """
    with delivery.open() as stream:
        head = stream.read(4)
        stream.seek(0)
        if not head:
            raise Unreadable(messages.empty_file())
        if not is_zip(head):
            yield Document(XmlSource(stream, limit), delivery.name, None)
            return
        archive = SafeArchive(stream, limits)
        try:
            entries = archive.visible()
            if len(entries) != 1:
                raise Unreadable(say.not_one_xml(len(entries)))
            with archive.open(entries[0]) as entry:
                yield Document(XmlSource(entry, limit), PurePosixPath(entries[0].filename).name, delivery.name)
        finally:
            archive.close()
