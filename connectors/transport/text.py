"""From untrusted bytes to text: which encoding, then lines, with a clear fault for what is neither.

Order: byte order mark, then the declared encoding, then UTF-8, then Windows-1252 when bytes 0x80–0x9F occur, else
ISO-8859-15 (the Latin alphabet with « € » and « œ »: what French exports called "ANSI" or "Latin 1" mean).
"""

import codecs
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO

from connectors.transport import messages
from connectors.transport.faults import Unreadable

MAX_LINE_BYTES = 64 * 1024

_ACCEPTED = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "iso8859-15", "cp1252", "ascii"}
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_REFUSED_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_SHOWN = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "iso8859-1": "ISO-8859-1", "iso8859-15": "ISO-8859-15"}
_UNDEFINED_IN_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
BAD_CHARACTER = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")
"""What no value holds: controls other than a tabulation, halves of a surrogate pair, the mark of a lost letter."""

_CONTINUATION = range(0x80, 0xC0)
_SECOND_ENCODING = frozenset(chr(byte) for byte in _CONTINUATION) | frozenset(
    bytes((byte,)).decode("cp1252") for byte in _CONTINUATION if byte not in _UNDEFINED_IN_CP1252
)

Opener = Callable[[], BinaryIO]


def encoding_of(open_bytes: Opener, declared: str | None = None, max_line: int = MAX_LINE_BYTES) -> str:
    """The Python name of the encoding of all the bytes. Reads them once, line by line; raises Unreadable.

    A byte order mark wins over `declared` (RFC 8259 senders and spreadsheets write it knowing what they write).
    """
    with open_bytes() as stream:
        head = stream.read(4)
    if not head:
        raise Unreadable(messages.empty_file())
    if head.startswith(_REFUSED_MARKS):
        raise Unreadable(messages.unknown_encoding("UTF-32"))
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if declared:
        return _declared(declared)
    return _guessed(open_bytes, max_line)


def _declared(declared: str) -> str:
    try:
        name = codecs.lookup(declared.strip()).name
    except (LookupError, ValueError):
        raise Unreadable(messages.unknown_encoding(declared)) from None
    if name not in _ACCEPTED:
        raise Unreadable(messages.unknown_encoding(declared))
    return name


def _guessed(open_bytes: Opener, max_line: int) -> str:
    """UTF-8 if every line is; otherwise one byte a character, unless some accented lines are UTF-8 and others are not."""
    utf8_line = other_line = None
    windows = False
    for number, line in enumerate(_raw_lines(open_bytes, max_line), start=1):
        if 0 in line:
            raise Unreadable(messages.nul_character(number))
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            utf8_line = utf8_line or number
        except UnicodeDecodeError:
            other_line = other_line or number
            windows = windows or any(0x80 <= byte < 0xA0 for byte in line)
    if other_line is None:
        return "utf-8"
    if utf8_line is not None:
        raise Unreadable(messages.mixed_encodings(utf8_line, other_line))
    return "cp1252" if windows else "iso8859-15"


def _raw_lines(open_bytes: Opener, max_line: int) -> Iterator[bytes]:
    with open_bytes() as stream:
        number = 1
        while line := stream.readline(max_line + 1):
            if len(line) > max_line:
                raise Unreadable(messages.line_too_long(number, max_line))
            yield line
            number += 1


def lines(open_bytes: Opener, encoding: str, max_line: int = MAX_LINE_BYTES) -> Iterator[tuple[int, str]]:
    """Each line with its number from 1, without its end (LF or CR LF). Raises Unreadable at the first bad character."""
    decode = _wide_lines if encoding.startswith("utf-16") else _narrow_lines
    for number, line in decode(open_bytes, encoding, max_line):
        check_characters(line, number)
        yield number, line


def _narrow_lines(open_bytes: Opener, encoding: str, max_line: int) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(_raw_lines(open_bytes, max_line), start=1):
        try:
            line = raw.decode("utf-8-sig" if number == 1 and encoding == "utf-8-sig" else encoding.removesuffix("-sig"))
        except UnicodeDecodeError:
            raise Unreadable(messages.not_in_encoding(_shown(encoding), number)) from None
        yield number, line.removesuffix("\n").removesuffix("\r")


def _wide_lines(open_bytes: Opener, encoding: str, max_line: int) -> Iterator[tuple[int, str]]:
    """UTF-16, where a line end is two bytes wide: decoded by chunks, then cut."""
    decoder = codecs.getincrementaldecoder(encoding)()
    rest, number, ended = "", 1, False
    with open_bytes() as stream:
        while not ended:
            chunk = stream.read(max_line)
            ended = not chunk
            try:
                rest += decoder.decode(chunk, final=ended)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].count(b"\n")
                raise Unreadable(messages.not_in_encoding("UTF-16", number + before)) from None
            *whole, rest = rest.split("\n")
            for line in whole:
                yield number, line.removesuffix("\r")
                number += 1
            if len(rest) > max_line:
                raise Unreadable(messages.line_too_long(number, max_line))
    if rest:
        yield number, rest


def check_characters(line: str, number: int) -> None:
    """Raise Unreadable for NUL, other control characters, U+FFFD, lone surrogates and letters encoded twice."""
    if has_letters_encoded_twice(line):
        raise Unreadable(messages.encoded_twice(number))
    bad = BAD_CHARACTER.search(line)
    if bad is None:
        return
    if bad.group() == "\0":
        raise Unreadable(messages.nul_character(number))
    if bad.group() == "\ufffd":
        raise Unreadable(messages.lost_character(number))
    raise Unreadable(messages.control_character(number, ord(bad.group())))


def has_letters_encoded_twice(line: str) -> bool:
    """Whether UTF-8 bytes were read as Latin and encoded again: « Ã » followed by what a second byte becomes."""
    position = line.find("Ã")
    while position != -1:
        if line[position + 1 : position + 2] in _SECOND_ENCODING:
            return True
        position = line.find("Ã", position + 1)
    return False


def whole_text(open_bytes: Opener, max_bytes: int, declared: str | None = None) -> str:
    """All the text, at most `max_bytes` of it. For JSON, whose contract is UTF-8 unless a mark or the sender says otherwise."""
    with open_bytes() as stream:
        raw = stream.read(max_bytes + 1)
    if not raw:
        raise Unreadable(messages.empty_file())
    if len(raw) > max_bytes:
        raise Unreadable(messages.too_big(len(raw), max_bytes))
    encoding = encoding_of(open_bytes, declared or "utf-8")
    if encoding.startswith("utf-8") and 0 in raw:
        raise Unreadable(messages.nul_character(raw.count(b"\n", 0, raw.index(0)) + 1))
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(messages.not_in_encoding(_shown(encoding), raw.count(b"\n", 0, error.start) + 1)) from None
    return text


def _shown(encoding: str) -> str:
    return _SHOWN.get(encoding, encoding.upper())
