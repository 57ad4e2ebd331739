"""Names of ELEGROUPE files: `<UAI>ELEGROUPE<millésime><yyMMddHHmmss>.zip|.xml` (R-PRO-42)."""

import re
from dataclasses import dataclass
from datetime import datetime

_FORM = re.compile(r"(\d{7}[A-Z])ELEGROUPE(\d{4})(\d{12})\.(zip|xml)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Name:
    """What the name of a file says."""

    uai: str
    millesime: str
    made: datetime
    """School-local, without zone."""
    extension: str

    @property
    def base(self) -> str:
        return f"{self.uai}ELEGROUPE{self.millesime}{self.made:%y%m%d%H%M%S}"


def parse(name: str) -> Name | None:
    """None for a malformed name; twelve digits that are no date and time make it malformed."""
    found = _FORM.fullmatch(name)
    if found is None:
        return None
    try:
        made = datetime.strptime(found[3], "%y%m%d%H%M%S")  # noqa: DTZ007 (school-local, the zone is not in the name)
    except ValueError:
        return None
    return Name(found[1], found[2], made, found[4])


def base_name(uai: str, millesime: str, made: datetime) -> str:
    """The name without extension of a file made at a school-local instant."""
    return Name(uai, millesime, made, "xml").base
