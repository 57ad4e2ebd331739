"""Which electronic addresses the bus writes to: plain ones, `name@domain.tld`, in ASCII (RFC 5321, without quoted names)."""

import re

LONGEST = 254
LONGEST_NAME = 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"(?P<name>{_ATOM}(?:\.{_ATOM})*)@(?P<domain>{_LABEL}(?:\.{_LABEL})+)")


def is_address(text: str) -> bool:
    """Whether a mail may be sent there. Nothing that passes can end a line, a command or a header."""
    found = _ADDRESS.fullmatch(text)
    return found is not None and len(text) <= LONGEST and len(found["name"]) <= LONGEST_NAME


def domain_of(address: str) -> str:
    """What stands after the `@` of a valid address."""
    return address.rpartition("@")[2]
