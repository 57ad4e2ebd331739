"""sts_emp and emp_sts read and written, with their names. A sts_emp that passes through the bus is never written again (R-PRO-11)."""

import re

from connectors.sts.model import EmpSts, StsEmp
from connectors.transport.binding import binding, document_bytes
from connectors.transport.xml import XmlSource

ENCODING = "ISO-8859-15"
STS_EMP, EMP_STS = "STS_EDT", "EDT_STS"
"""Root elements: down from STS Web, and up to it."""

_NAME = re.compile(r"(?:sts_emp|emp_sts)_(\d{7}[A-Z])_(\d{4})(?: ?\(\d+\))?\.(?:xml|zip)", re.ASCII | re.IGNORECASE)


def read_sts_emp(source: XmlSource, unknown: set[str] | None = None) -> StsEmp:
    """What STS Web gives the timetable. Raises Unreadable."""
    found: StsEmp = binding(StsEmp).read(source.tree(), unknown)
    return found


def read_emp_sts(source: XmlSource, unknown: set[str] | None = None) -> EmpSts:
    """What the timetable gives back. Raises Unreadable."""
    found: EmpSts = binding(EmpSts).read(source.tree(), unknown)
    return found


def write_sts_emp(file: StsEmp) -> bytes:
    """A sts_emp of our own (generator, tests): the real one is passed on unchanged."""
    return document_bytes(binding(StsEmp).write(file, STS_EMP), ENCODING)


def write_emp_sts(file: EmpSts) -> bytes:
    """The document to import in STS Web."""
    return document_bytes(binding(EmpSts).write(file, EMP_STS), ENCODING)


def sts_emp_name(uai: str, annee: str) -> str:
    """`sts_emp_9830418M_2018.xml` (R-PRO-10)."""
    return f"sts_emp_{uai}_{annee}.xml"


def emp_sts_name(uai: str, annee: str) -> str:
    """`emp_sts_9830418M_2018.xml`."""
    return f"emp_sts_{uai}_{annee}.xml"


def parse_name(name: str) -> tuple[str, str] | None:
    """The UAI and the year of a file's name, a browser's suffix allowed; None for a name of another form."""
    found = _NAME.fullmatch(name)
    return (found[1], found[2]) if found else None
