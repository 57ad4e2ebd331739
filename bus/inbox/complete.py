"""Whether a file has its end: what a sender that is still writing, or that died, has not written yet."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

_CHUNK = 256 * 1024
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22
_LARGEST_ZIP_COMMENT = 65_535
_ROOT = re.compile(rb"<([^\s/>!?<][^\s/>]*)")
_ASIDES = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_JSON_TOKEN = re.compile(rb'[\[{\]}"]|\\.?', re.DOTALL)


def is_complete(path: Path, name: str) -> bool:
    """By the extension of `name`; a kind without a known end is complete, an empty file never is. Follows no link."""
    check = _CHECKS.get(Path(name).suffix.lower())
    with open_plain(path) as stream:
        empty = not stream.read(1)
        stream.seek(0)
        return not empty and (check is None or check(stream))


def open_plain(path: Path) -> BinaryIO:
    """Open an ordinary file for reading: a link is not followed, a tube is not waited for."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def _ends_with_a_line_end(stream: BinaryIO) -> bool:
    """CSV. In UTF-16 a zero may follow."""
    tail = _tail(stream, 2)
    return tail.endswith(b"\n") or tail == b"\n\0"


def _closes_json(stream: BinaryIO) -> bool:
    """Every bracket and text that opens closes. In UTF-16, whose text this cannot scan, the last bracket is enough."""
    head = stream.read(2)
    stream.seek(0)
    if head in (b"\xff\xfe", b"\xfe\xff"):
        return _tail(stream, 64).replace(b"\0", b"").rstrip()[-1:] in (b"]", b"}")
    depth, in_text, opened = 0, False, False
    for chunk in _chunks(stream):
        for token in _JSON_TOKEN.finditer(chunk):
            found = token.group()
            if found == b'"':
                in_text = not in_text
            elif not in_text and found in (b"[", b"{"):
                depth, opened = depth + 1, True
            elif not in_text and found in (b"]", b"}"):
                depth -= 1
    return (depth <= 0 and not in_text) if opened else not in_text


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Chunks that never end on a backslash, whose pair would be cut."""
    while chunk := stream.read(_CHUNK):
        while chunk.endswith(b"\\") and (more := stream.read(1)):
            chunk += more
        yield chunk


def _has_zip_end(stream: BinaryIO) -> bool:
    """The end of central directory, with as many bytes after it as it says."""
    tail = _tail(stream, _ZIP_END_SIZE + _LARGEST_ZIP_COMMENT)
    place = tail.rfind(_ZIP_END)
    if place < 0 or len(tail) - place < _ZIP_END_SIZE:
        return False
    return len(tail) - place - _ZIP_END_SIZE >= int.from_bytes(tail[place + 20 : place + 22], "little")


def _closes_root(stream: BinaryIO) -> bool:
    """The last tag closes the first one, or is the first one. In UTF-16 the zeros are left out."""
    head = _ASIDES.sub(b"", stream.read(64 * 1024).replace(b"\0", b""))
    found = _ROOT.search(head)
    if found is None:
        return True
    root = re.escape(found.group(1))
    tail = _ASIDES.sub(b"", _tail(stream, 64 * 1024).replace(b"\0", b"")).rstrip()
    return re.search(rb"(?:</" + root + rb"\s*|<" + root + rb"[^<>]*/)>\Z", tail) is not None


def _tail(stream: BinaryIO, length: int) -> bytes:
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - length))
    return stream.read(length)


_CHECKS: dict[str, Callable[[BinaryIO], bool]] = {
    ".csv": _ends_with_a_line_end,
    ".txt": _ends_with_a_line_end,
    ".json": _closes_json,
    ".xml": _closes_root,
    ".zip": _has_zip_end,
}
