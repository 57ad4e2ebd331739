"""Reading zip archives that nobody trusts, and writing the ones we send.

An archive is checked as a whole before a byte of it is used: the directory (names, sizes, ratios, overlaps, kinds of entries),
then each entry while it is read (real size, ratio, CRC). Nothing is ever extracted to a path taken from the archive.
"""

import io
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from connectors.transport import document_messages as say
from connectors.transport.faults import Unreadable

CHUNK = 256 * 1024
MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
"""First bytes of an archive with entries, and of an empty one."""
LOCAL_HEADER = 30
SYMLINK = 0o120000
KIND_OF_FILE = 0o170000
REGULAR = (0, 0o100000)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
NESTED = (".zip", ".gz", ".7z", ".rar", ".tar", ".bz2", ".xz")


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold; sizes in bytes, unpacked."""

    entries: int = 500
    entry_size: int = 512 * 1024 * 1024
    total_size: int = 1024 * 1024 * 1024
    ratio: int = 100
    ratio_from: int = 1024 * 1024
    """Smaller entries are not judged by their ratio: a short file of blanks packs well and harms nobody."""
    name_length: int = 200


LIMITS = Limits()


def is_zip(head: bytes) -> bool:
    """Whether a file that begins so is an archive; its name is never asked."""
    return head.startswith(MAGIC)


class SafeArchive:
    """A checked archive. Raises Unreadable, from the constructor for its directory and while reading for its entries."""

    def __init__(self, stream: BinaryIO, limits: Limits = LIMITS) -> None:
        self._limits = limits
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError) as error:
            raise Unreadable(say.unreadable_archive()) from error
        infos = self._zip.infolist()
        self._check_count(infos)
        self.entries = tuple(info for info in infos if not info.is_dir())
        """Files of the archive, folders left out."""
        for rank, info in enumerate(infos, start=1):
            self._check_entry(rank, info)
        self._check_sizes(infos)
        self._check_names(infos)
        self._check_overlaps(infos, stream)

    def open(self, info: zipfile.ZipInfo) -> IO[bytes]:
        """The unpacked bytes of an entry, counted as they come: a size or a CRC that the directory lied about raises Unreadable."""
        return io.BufferedReader(_Counted(self._zip, info, self._limits), CHUNK)

    def verify(self) -> None:
        """Read every entry to its end: sizes, ratios and CRC of all of them are then true."""
        for info in self.entries:
            with self.open(info) as entry:
                while entry.read(CHUNK):
                    continue

    def visible(self) -> tuple[zipfile.ZipInfo, ...]:
        """Entries that a person put there: without `__MACOSX/` and names that begin with a dot."""
        return tuple(
            info for info in self.entries if not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(info.filename).parts)
        )

    def close(self) -> None:
        self._zip.close()

    def _check_count(self, infos: list[zipfile.ZipInfo]) -> None:
        if len(infos) > self._limits.entries:
            raise Unreadable(say.too_many_entries(len(infos), self._limits.entries))

    def _check_entry(self, rank: int, info: zipfile.ZipInfo) -> None:
        kind = (info.external_attr >> 16) & KIND_OF_FILE
        if info.flag_bits & 0x1:
            raise Unreadable(say.encrypted_entry(rank))
        if kind == SYMLINK or (kind not in REGULAR and not info.is_dir()):
            raise Unreadable(say.special_entry(rank))
        if info.compress_type not in METHODS:
            raise Unreadable(say.unknown_compression(rank))
        if not info.is_dir() and info.filename.lower().endswith(NESTED):
            raise Unreadable(say.nested_archive(rank))

    def _check_sizes(self, infos: list[zipfile.ZipInfo]) -> None:
        for rank, info in enumerate(infos, start=1):
            if info.file_size > self._limits.entry_size:
                raise Unreadable(say.unpacked_too_big(f"L'entrée n° {rank} de l'archive zip", self._limits.entry_size))
            if exceeds_ratio(info.file_size, info.compress_size, self._limits):
                raise Unreadable(say.ratio_exceeded(self._limits.ratio))
        if sum(info.file_size for info in infos) > self._limits.total_size:
            raise Unreadable(say.unpacked_too_big("L'archive zip", self._limits.total_size))

    def _check_names(self, infos: list[zipfile.ZipInfo]) -> None:
        seen: set[str] = set()
        for rank, info in enumerate(infos, start=1):
            if not acceptable_name(info.orig_filename, self._limits.name_length):
                raise Unreadable(say.forbidden_name(rank))
            same = unicodedata.normalize("NFC", info.filename).casefold().rstrip("/")
            if same in seen:
                raise Unreadable(say.same_name(rank))
            seen.add(same)

    def _check_overlaps(self, infos: list[zipfile.ZipInfo], stream: BinaryIO) -> None:
        """No two entries may share bytes, nor reach into the directory (CVE-2024-0450)."""
        spans = sorted((info.header_offset, _end_of_data(stream, info)) for info in infos)
        limit = getattr(self._zip, "start_dir", None)
        starts = [begin for begin, _ in spans[1:]] + [limit if isinstance(limit, int) else None]
        for (_, end), following in zip(spans, starts[: len(spans)], strict=True):
            if following is not None and end > following:
                raise Unreadable(say.overlapping_entries())


class _Counted(io.RawIOBase):
    """An entry's bytes, counted as they really come."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> None:
        self._limits = limits
        self._packed = info.compress_size
        self._count = 0
        try:
            self._entry = archive.open(info)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
            raise Unreadable(say.damaged_entry()) from error

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._entry.read(len(buffer))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise Unreadable(say.damaged_entry()) from error
        self._count += len(data)
        if self._count > self._limits.entry_size:
            raise Unreadable(say.unpacked_too_big("Une entrée de l'archive zip", self._limits.entry_size))
        if exceeds_ratio(self._count, self._packed, self._limits):
            raise Unreadable(say.ratio_exceeded(self._limits.ratio))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._entry.close()
        super().close()


def acceptable_name(name: str, longest: int) -> bool:
    """Whether an entry's name stays inside the archive on every system: relative, without `..`, drive, backslash or control."""
    if not name or len(name) > longest or name.startswith("/") or "\\" in name or ":" in name:
        return False
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs") for character in name):
        return False
    parts = name.rstrip("/").split("/")
    return all(part not in ("", ".", "..") and part == part.strip(" ") and not part.endswith(".") for part in parts)


def exceeds_ratio(unpacked: int, packed: int, limits: Limits) -> bool:
    return unpacked > limits.ratio_from and unpacked > limits.ratio * max(packed, 1)


def write_zip(files: tuple[tuple[str, bytes], ...]) -> bytes:
    """An archive of these files, in this order. The same files give the same bytes: no date of the day goes in."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o100644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def _end_of_data(stream: BinaryIO, info: zipfile.ZipInfo) -> int:
    if info.header_offset < 0:
        raise Unreadable(say.damaged_entry())
    stream.seek(info.header_offset)
    header = stream.read(LOCAL_HEADER)
    if len(header) < LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise Unreadable(say.damaged_entry())
    names = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return info.header_offset + LOCAL_HEADER + names + info.compress_size
