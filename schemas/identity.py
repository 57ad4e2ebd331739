"""The ids of events: a UUIDv5 of what caused them, so that the same cause always gives the same id (architecture §3)."""

from hashlib import sha1
from uuid import UUID

OUTPUTS = UUID("6f0d0f3e-6b0b-5d57-9a35-0d8c0b1c7f01").bytes
RECEIVED = UUID("6f0d0f3e-6b0b-5d57-9a35-0d8c0b1c7f02").bytes
SOURCED = UUID("6f0d0f3e-6b0b-5d57-9a35-0d8c0b1c7f03").bytes

VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
"""RFC 9562: the two first bits of the ninth byte are 10."""

SEPARATOR = "\0"
"""Every part but the last is ours and never holds it, so no two different causes share a text."""


def derive(cause: str, name: str, rank: int) -> str:
    """The id of what an event made a rule publish: the event's id, the output's name, its rank among equal names."""
    return _name_based(OUTPUTS, SEPARATOR.join((cause, name, str(rank))))


def from_receipt(receipt: str, position: str) -> str:
    """The id of what was received: the receipt given once to the delivery, and the place in it (`ligne 17`)."""
    return _name_based(RECEIVED, SEPARATOR.join((receipt, position)))


def from_source(system: str, own_id: str) -> str:
    """The id of an event that its source identifies itself (own id and version), whatever the delivery."""
    return _name_based(SOURCED, SEPARATOR.join((system, own_id)))


def _name_based(namespace: bytes, name: str) -> str:
    """`str(uuid.uuid5(UUID(bytes=namespace), name))`, three times as fast: an id is made for every record."""
    text = sha1(namespace + name.encode(), usedforsecurity=False).hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{VARIANT[text[16]]}{text[17:20]}-{text[20:32]}"
