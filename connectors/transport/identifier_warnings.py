"""Doubtful identifiers are taken and said: identifiers in use exist whose key is wrong."""

from collections.abc import Iterator

from connectors.transport import messages
from schemas.identifiants import read_ine, uai_warnings
from schemas.outcome import Fault


def of_uai(uai: str, where: str, line: int | None) -> Iterator[Fault]:
    if uai_warnings(uai):
        yield messages.doubtful_uai(where, line)


def of_student(number: str, where: str, line: int | None) -> Iterator[Fault]:
    """Of a NNE with its key, or of a numéro de boursier."""
    for warning in read_ine(number).avertissements:
        yield messages.doubtful_nne(where, line, warning.message)
