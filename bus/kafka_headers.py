"""Header names of others' records. Kafka calls them texts and checks nothing: where one is no UTF-8, aiokafka gives no record of that
batch nor any after it, and the partition stands still for ever.

Such a batch is read by aiokafka's own reader in Python, with its names made printable; all others are read as before.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy


class ReadableRecords(_MemoryRecordsPy):  # type: ignore[misc]  # aiokafka ships no types
    """What a fetch brought of one partition, batch by batch. A private class of aiokafka, held by a test."""

    def next_batch(self, *sizes: int) -> Any:
        piece = self._next_slice
        batch = super().next_batch(*sizes)
        return batch if batch is None else _Batch(batch, piece)


class _Batch:
    """A batch of aiokafka's, whose records are given whatever their headers are called."""

    def __init__(self, batch: Any, piece: memoryview) -> None:
        self._batch = batch
        self._piece = piece

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        given = 0
        try:
            for record in self._batch:
                given += 1
                yield record
        except UnicodeDecodeError:
            again = _DefaultRecordBatchPy(self._piece)
            again._maybe_uncompress()
            again._buffer = _Printable(again._buffer)
            yield from islice(again, given, None)


class _Printable(bytearray):
    """Bytes that may always be shown as a text."""

    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return _Printable(found) if isinstance(place, slice) else found

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return super().decode(encoding, "backslashreplace")


def read_any_header_name() -> None:
    """For every consumer of this process; once or many times."""
    fetcher.MemoryRecords = ReadableRecords
