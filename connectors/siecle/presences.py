"""Who is active in a school, by the keyed digest of the INE: schools can be compared without knowing their pupils (architecture §3)."""

from collections.abc import Iterator
from datetime import datetime
from struct import Struct

from schemas.outcome import Record
from schemas.records import siecle
from schemas.student_key import KEY_LENGTH, StudentKeys

TOPIC = "siecle.presences.v1"
SEAUX = "0123456789abcdef"
"""First digit of a key: a school's pupils are published in as many parts, so that none of them is large."""


class Presences:
    """The pupils of one export who have an INE and no exit date: some thirty bytes each, whatever the school."""

    def __init__(self, keys: StudentKeys) -> None:
        self._keys = keys
        self._lines = {seau: bytearray() for seau in SEAUX}

    def add(self, ine: str | None, eleve_id: str, date_sortie: object) -> None:
        """One pupil of the export."""
        if ine is not None and ine.strip() and date_sortie is None:
            cle = self._keys.of_nne(ine)
            identifier = eleve_id.encode()
            self._lines[cle[0]] += _HEAD.pack(bytes.fromhex(cle), len(identifier)) + identifier

    def records(self, debut: siecle.InstantaneDebut, received: datetime) -> Iterator[Record]:
        """One record a part, empty ones too: a pupil who is no more there has left."""
        for seau in SEAUX:
            eleves = tuple(siecle.EleveDuSeau(cle=cle, eleve_id=eleve_id) for cle, eleve_id in sorted(_read(self._lines[seau])))
            data = siecle.Presences(uai=debut.uai, millesime=debut.millesime, eleves=eleves)
            yield Record(TOPIC, "presences", f"{debut.uai}/{seau}", f"presences/{seau}", received, data, f"présences {seau}")


_HEAD = Struct(f"={KEY_LENGTH // 2}sI")
"""A key and the length of the identifier that follows, which nothing bounds in a file."""


def _read(lines: bytearray) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(lines):
        cle, size = _HEAD.unpack_from(lines, at)
        at += _HEAD.size + size
        yield cle.hex(), lines[at - size : at].decode()
