"""Who is active in a school, by the keyed digest of the INE: schools can be compared without knowing their pupils (architecture §3)."""

from collections.abc import Iterator
from datetime import datetime

from schemas.outcome import Record
from schemas.records import siecle
from schemas.student_key import KEY_LENGTH, StudentKeys

TOPIC = "siecle.presences.v1"
SEAUX = "0123456789abcdef"
"""First digit of a key: a school's pupils are published in as many parts, so that none of them is large."""


class Presences:
    """The pupils of one export who have an INE and no exit date: some forty bytes each, whatever the school."""

    def __init__(self, keys: StudentKeys) -> None:
        self._keys = keys
        self._lines = {seau: bytearray() for seau in SEAUX}

    def add(self, ine: str | None, eleve_id: str, date_sortie: object) -> None:
        """One pupil of the export."""
        if ine is not None and ine.strip() and date_sortie is None:
            cle = self._keys.of_nne(ine)
            self._lines[cle[0]] += f"{cle}{eleve_id}{_END}".encode()

    def records(self, debut: siecle.InstantaneDebut, received: datetime) -> Iterator[Record]:
        """One record a part, empty ones too: a pupil who is no more there has left."""
        for seau in SEAUX:
            eleves = tuple([_eleve(line) for line in sorted(self._lines[seau].decode().split(_END)[:-1])])
            data = siecle.Presences(uai=debut.uai, millesime=debut.millesime, eleves=eleves)
            yield Record(TOPIC, "presences", f"{debut.uai}/{seau}", f"presences/{seau}", received, data, f"présences {seau}")


_END = "\0"
"""After each line: the one character that no text of an XML document holds."""


def _eleve(line: str) -> siecle.EleveDuSeau:
    return siecle.EleveDuSeau(cle=line[:KEY_LENGTH], eleve_id=line[KEY_LENGTH:])
