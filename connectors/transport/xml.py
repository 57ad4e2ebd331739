"""Reading XML that nobody trusts, in streams: any DOCTYPE is refused before the parser sees it, sizes are counted as bytes come.

Only bytes reach the parser, never a name nor an address. Limits left to libxml2 (`huge_tree` is never set): 256 levels, 10 MB a text.
"""

import codecs
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any

from lxml import etree

from connectors.transport import document_messages as say
from connectors.transport import latin, messages
from connectors.transport.faults import Unreadable
from schemas.outcome import Fault

STREAM_LIMIT = 512 * 1024 * 1024
"""Bytes of a document read in a stream."""
TREE_LIMIT = 50 * 1024 * 1024
"""Bytes of a document that is held whole in memory."""
PROLOG_LIMIT = 64 * 1024
"""Bytes within which the root element must begin; also what is read to recognise a document."""

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "UTF-8"), (codecs.BOM_UTF16_LE, "UTF-16LE"), (codecs.BOM_UTF16_BE, "UTF-16BE"))
_UTF_16 = ("UTF-16LE", "UTF-16BE")
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_ACCEPTED = {
    "utf-8": "UTF-8",
    "ascii": "UTF-8",
    "iso8859-1": "ISO-8859-1",
    "iso8859-15": "ISO-8859-15",
    "cp1252": "WINDOWS-1252",
}
_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHUNK = 64 * 1024
"""Bytes between two looks at a tree that grows."""

_SAFE: Mapping[str, Any] = {
    "resolve_entities": "internal",
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
}
"""What every parser here is told."""

Parsed = etree._Element
Rows = list[tuple[str, Parsed]]
"""Tag and element of each."""
Containers = Mapping[str, frozenset[str]]
"""Tag of a row -> the elements that may hold it."""


class XmlSource:
    """An XML document whose first bytes were checked. Raises Unreadable, here or while it is read.

    `sha256` and `size` are those of the bytes read so far: of the whole document once `rows` or `tree` is exhausted.
    """

    def __init__(self, stream: IO[bytes], limit: int = STREAM_LIMIT) -> None:
        self._stream = stream
        self._limit = limit
        self._digest = hashlib.sha256()
        self.size = 0
        self._idle = 0
        self._doubtful = False
        self.encoding = ""
        self._head = self._take(PROLOG_LIMIT)
        if not self._head:
            raise Unreadable(messages.empty_file())
        self.encoding = _encoding_of(self._head)
        _refuse_doctype(self._head, self.encoding, exhausted=len(self._head) < PROLOG_LIMIT)
        opening = _opening(self._head, self.encoding)
        self.namespace = opening.namespace
        self.root = opening.root
        """The root element's name without its namespace."""
        self.attributes = opening.attributes
        self.first_tags = opening.tags
        """Names (without namespace) of the elements that begin in the first 64 KiB."""

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """What was noticed while reading and does not forbid to go on."""
        return (say.doubtful_encoding(),) if self._doubtful else ()

    def read(self, size: int = -1) -> bytes:
        """What the parser calls: the next bytes, counted."""
        data = self._next(max(size, 256 * 1024))
        if self.encoding in latin.ENCODINGS:
            self._accents(data)
        return data

    def rows(self, containers: Mapping[str, frozenset[str] | None]) -> Iterator[tuple[str, Parsed]]:
        """Each element whose tag is in `containers` under one of the parents listed there (None: any), in the order of the document.

        An element is dropped once the next is asked for, so memory does not grow with the document, whatever stands between the rows.
        """
        parser = etree.iterparse(
            self,
            events=("end",),
            tag=tuple(containers),
            encoding=self.encoding,
            **_SAFE,
        )
        holder: Parsed | None = None
        try:
            for _, element in parser:
                tag: str = element.tag
                parents = containers[tag]
                parent = element.getparent()
                if parent is None or (parents is not None and parent.tag not in parents):
                    continue
                self._idle = 0
                while (previous := element.getprevious()) is not None:
                    parent.remove(previous)
                if parent is not holder:
                    holder = parent
                    _forget_before(parent)
                yield tag, element
        except etree.XMLSyntaxError as error:
            raise Unreadable(_syntax(error)) from error
        root = parser.root
        if root is not None and root.getroottree().docinfo.internalDTD is not None:
            raise Unreadable(say.doctype_refused(1))

    def listed(self, containers: Containers) -> Iterator[tuple[str, Parsed]]:
        """As `rows`, in half its time, for lists whose rows hold no rows: libxml2 grows the tree without a word to Python.

        The tree is looked at between two chunks. What has a next sibling will not change any more: rows are given, all is dropped.
        The only event is an instruction of ours before the root, from which the tree is reached.
        """
        return self.rows(containers) if self.encoding in _UTF_16 else chain.from_iterable(self._blocks(containers))

    def _blocks(self, containers: Containers) -> Iterator[Rows]:
        """The rows, as many at once as a chunk has brought; each list before it is dropped."""
        one_byte = self.encoding in latin.ENCODINGS
        encoding = "UTF-8" if one_byte else self.encoding
        parser = etree.XMLPullParser(events=("pi",), encoding=encoding, collect_ids=False, **{**_SAFE, "remove_pis": False})
        mark: Parsed | None = None
        root: Parsed | None = None
        others = False
        try:
            while data := self._next(_CHUNK):
                readable = latin.as_utf8(data, self._accents(data), self.encoding) if one_byte else data
                parser.feed(readable if mark is not None else _marked(readable))
                for _, instruction in parser.read_events():
                    if mark is not None:
                        others = True
                    elif isinstance(instruction, Parsed):
                        mark = instruction
                if root is None and mark is not None:
                    root = next(mark.itersiblings("*"), None)
                if root is not None:
                    for rows in self._settled(root, containers, ended=False):
                        yield _without_instructions(rows) if others else rows
            parser.close()
        except etree.XMLSyntaxError as error:
            raise Unreadable(_syntax(error)) from error
        assert root is not None  # or the parser would not have closed
        if root.getroottree().docinfo.internalDTD is not None:
            raise Unreadable(say.doctype_refused(1))
        for rows in self._settled(root, containers, ended=True):
            yield _without_instructions(rows) if others else rows

    def _settled(self, holder: Parsed, containers: Containers, ended: bool) -> Iterator[Rows]:
        """The rows under an element, whose last child may still grow unless the document has ended; each list before it is dropped."""
        own = frozenset(tag for tag, parents in containers.items() if holder.tag in parents)
        settled = len(holder) if ended else len(holder) - 1
        if settled > 0:
            rows: Rows = []
            for child in islice(holder, settled):
                if (tag := child.tag) in own:
                    rows.append((tag, child))
                else:
                    rows += _rows_within(child, containers)
            if rows:
                self._idle = 0
                yield rows
                rows.clear()  # first, or each element is dropped on its own, not all at once
            del holder[:settled]
        if len(holder) and holder[0].tag not in own:
            yield from self._settled(holder[0], containers, ended)

    def tree(self) -> Parsed:
        """The whole document, at most 50 MiB of it."""
        self._limit = min(self._limit, TREE_LIMIT)
        try:
            document = etree.parse(self, _parser(self.encoding))  # type: ignore[arg-type]
        except etree.XMLSyntaxError as error:
            raise Unreadable(_syntax(error)) from error
        if document.docinfo.internalDTD is not None:
            raise Unreadable(say.doctype_refused(1))
        return document.getroot()

    def _next(self, size: int) -> bytes:
        if self._head:
            head, self._head = self._head, b""
            return head
        return self._take(size)

    def _take(self, size: int) -> bytes:
        data = _fill(self._stream, size)
        self.size += len(data)
        self._idle += len(data)
        if self.size > self._limit:
            raise Unreadable(say.unpacked_too_big("Le document XML", self._limit))
        if self._idle > TREE_LIMIT:
            raise Unreadable(say.unpacked_too_big("Une partie du document XML", TREE_LIMIT))
        self._digest.update(data)
        return data

    def _accents(self, data: bytes) -> bytes:
        """What is not ASCII in bytes that should be Latin; a doubt about them is kept."""
        accents = latin.accents_of(data)
        self._doubtful = self._doubtful or latin.is_doubtful(data, accents)
        return accents


@dataclass(frozen=True, slots=True)
class _Opening:
    root: str
    namespace: str | None
    attributes: Mapping[str, str]
    tags: frozenset[str]


def parse_bytes(content: bytes) -> Parsed:
    """The whole of a small document given as bytes, under the same rules as a stream."""
    return XmlSource(io.BytesIO(content), TREE_LIMIT).tree()


def _marked(head: bytes) -> bytes:
    """The first bytes with an instruction of ours where one may stand: after the declaration. No line is added."""
    at = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
    if head.startswith(b"<?", at):
        at = head.index(b"?>", at) + 2
    return head[:at] + b"<?passerelle?>" + head[at:]


def _rows_within(element: Parsed, containers: Containers) -> Rows:
    """The rows inside an element that will not change any more."""
    found = ((row, row.getparent()) for row in element.iter(*containers))
    return [(row.tag, row) for row, parent in found if parent is not None and parent.tag in containers[row.tag]]


def _without_instructions(rows: Rows) -> Rows:
    """The parser of `listed` leaves instructions in the tree, where they would cut texts."""
    for _, row in rows:
        etree.strip_tags(row, etree.ProcessingInstruction)
    return rows


def _forget_before(element: Parsed) -> None:
    """Drop all that was read before an element that is still open, at every level."""
    parent = element.getparent()
    while parent is not None:
        while (previous := element.getprevious()) is not None:
            parent.remove(previous)
        element, parent = parent, parent.getparent()


def _fill(stream: IO[bytes], size: int) -> bytes:
    """`size` bytes, fewer only at the end of the stream."""
    data = stream.read(size)
    while data and len(data) < size:
        more = stream.read(size - len(data))
        if not more:
            break
        data += more
    return data


def _parser(encoding: str, **options: Any) -> etree.XMLParser:
    return etree.XMLParser(encoding=encoding, dtd_validation=False, **_SAFE, **options)


def _encoding_of(head: bytes) -> str:
    """The byte order mark's encoding, else the declared one, else UTF-8 (XML's own rule)."""
    if head.startswith(_UTF_32):
        raise Unreadable(say.undetectable_encoding())
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name
    if b"\0" in head[:4]:
        raise Unreadable(say.undetectable_encoding())
    declared = _DECLARED.match(head)
    if declared is None:
        return "UTF-8"
    try:
        return _ACCEPTED[codecs.lookup(declared[1].decode("ascii")).name]
    except (LookupError, ValueError):
        raise Unreadable(messages.unknown_encoding(declared[1].decode("ascii"))) from None


def _refuse_doctype(head: bytes, encoding: str, exhausted: bool) -> None:
    """Walk the prolog: only white space, processing instructions and comments may come before the root element."""
    text = head.decode(encoding, "replace").removeprefix("\ufeff")
    at = 0
    while True:
        at = _after_blanks(text, at)
        if text.startswith("<?", at):
            end, skip = text.find("?>", at), 2
        elif text.startswith("<!--", at):
            end, skip = text.find("-->", at + 4), 3
        elif text.startswith("<!", at):
            raise Unreadable(say.doctype_refused(text.count("\n", 0, at) + 1))
        elif text.startswith("<", at):
            return
        elif at >= len(text):
            raise Unreadable(_no_root(exhausted))
        else:
            raise Unreadable(say.not_an_xml())
        if end < 0:
            raise Unreadable(_no_root(exhausted))
        at = end + skip


def _no_root(exhausted: bool) -> Fault:
    return say.malformed(1, 4, "") if exhausted else say.prolog_too_long(PROLOG_LIMIT)


def _after_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _opening(head: bytes, encoding: str) -> _Opening:
    """The root element and the names that begin in `head`; a fault after the root is left to the real reading."""
    parser = etree.XMLPullParser(
        events=("start",),
        encoding=encoding,
        **_SAFE,
    )
    problem: Fault | None = None
    try:
        parser.feed(head)
        if len(head) < PROLOG_LIMIT:
            parser.close()
    except etree.XMLSyntaxError as error:
        problem = _syntax(error)
    started: list[Parsed] = []
    try:
        started.extend(element for _, element in parser.read_events() if isinstance(element, Parsed))
    except etree.XMLSyntaxError as error:
        problem = problem or _syntax(error)
    if not started:
        raise Unreadable(problem or say.malformed(1, 4, ""))
    names = [etree.QName(element) for element in started]
    attributes = {etree.QName(name).localname: str(value) for name, value in started[0].items()}
    return _Opening(names[0].localname, names[0].namespace, attributes, frozenset(name.localname for name in names))


def _syntax(error: etree.XMLSyntaxError) -> Fault:
    return say.malformed(error.lineno or 1, getattr(error, "code", 0), str(error))
