"""Bytes that the bus carries and never makes: given out only when they are those of their digest (R-PRO-11)."""

import base64
import hashlib


class WrongBytes(Exception):
    """The stored bytes are not those of the file's digest: the sink stops rather than give them out."""


def as_text(content: bytes) -> str:
    """For a payload: an effect is stored as JSON."""
    return base64.b64encode(content).decode()


def checked(texts: tuple[str, ...], empreinte: str, name: str) -> bytes:
    """The pieces joined, in their order. Raises WrongBytes, which names the file."""
    content = b"".join(base64.b64decode(text, validate=True) for text in texts)
    if hashlib.sha256(content).hexdigest() != empreinte:
        raise WrongBytes(name)
    return content
