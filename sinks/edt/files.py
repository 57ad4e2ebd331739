"""The `sts_emp` in the outbox of EDT, the `emp_sts` in that of STS-WEB: the bytes that the other made, under the name that it gives
(R-PRO-10, R-PRO-11, R-PRO-30).

`sts_emp_<RNE>_<année>.xml`, from what the file says of itself: the suffix of a browser (`(1)`) and a name that someone changed
are not passed on, and two schools can never have one name. A zip stays a zip. A new export replaces the one before.
"""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from schemas.outcome import OutgoingFile
from sinks.carried import checked
from sinks.edt.lines import READERS, sink_of

ZIP = b"PK\x03\x04"


class PassedOn:
    """The files of one type. See `schemas.outcome.FileSink` and `FileInPieces`."""

    hourly_ceiling = 50_000
    """The 11,000 schools of the second degree at a rentrée, some with several pieces."""
    file_per_group = True
    pieces_field = "morceaux"
    processor = "lsu.fichiers"

    def __init__(self, type_: str) -> None:
        self._type = type_
        self.name = sink_of(type_)
        self.system = READERS[type_]

    def write(self, lot: int, payloads: tuple[Mapping[str, Any], ...]) -> OutgoingFile:
        """Raises WrongBytes."""
        in_order = sorted(payloads, key=itemgetter("rang"))
        first = in_order[0]
        stem = "_".join(str(part) for part in (self._type, first["uai"], first["millesime"]) if part is not None)
        content = checked(tuple(each["contenu"] for each in in_order), first["empreinte"], stem)
        return OutgoingFile(f"{stem}.{'zip' if content.startswith(ZIP) else 'xml'}", content)


PASSED_ON: tuple[PassedOn, ...] = tuple(PassedOn(type_) for type_ in READERS)
