"""Bytes that wait until all of a delivery is known to be good: beyond some MiB they wait in a file that has no name."""

import os
import tempfile
import weakref
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import msgspec

BLOCK = 256 * 1024
"""Bytes that are written and read at once."""

_LENGTH = 8
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[bytes]).decode


class Spool:
    """Items of bytes: all of them are added, then read in that order, as often as needed until it is closed."""

    def __init__(self, in_memory: int, folder: str | None = None) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=in_memory, dir=folder)  # noqa: SIM115 (closed with this)
        weakref.finalize(self, self._file.close)
        self._block: list[bytes] = []
        self._held = 0

    def add(self, item: bytes) -> None:
        self._block.append(item)
        self._held += len(item)
        if self._held >= BLOCK:
            self._write()

    def close(self) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[bytes]:
        if self._block:
            self._file.seek(0, os.SEEK_END)
            self._write()
        self._file.seek(0)
        while length := self._file.read(_LENGTH):
            yield from _decode(self._file.read(int.from_bytes(length, "big")))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _write(self) -> None:
        block = _encode(self._block)
        self._file.write(len(block).to_bytes(_LENGTH, "big") + block)
        self._block, self._held = [], 0
