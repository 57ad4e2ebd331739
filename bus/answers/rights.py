"""The read model: the last rights of every student key, as `bourses.droits.v1` gives them. Rebuilt at each start.

Kept packed: a student takes a few hundred bytes, and reading one costs microseconds.
"""

import msgspec

from bus.answers import RIGHTS
from schemas.records.bourses import Droits

TOPIC = RIGHTS


class Rights:
    """One entry a key; nothing of a key that has no right left."""

    def __init__(self) -> None:
        self._packed: dict[str, bytes] = {}
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Droits)

    def take(self, key: str, droits: Droits | None) -> None:
        """The last one counts. None (a deletion) and a record without any year forget the key."""
        if droits is None or not droits.annees:
            self._packed.pop(key, None)
        else:
            self._packed[key] = self._encoder.encode(droits)

    def of(self, key: str) -> Droits | None:
        packed = self._packed.get(key)
        return None if packed is None else self._decoder.decode(packed)

    def __len__(self) -> int:
        return len(self._packed)

    @property
    def size(self) -> int:
        """Bytes of the packed rights, keys included."""
        return sum(len(key) + len(packed) for key, packed in self._packed.items())
