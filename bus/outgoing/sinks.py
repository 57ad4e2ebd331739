"""Every way out of the bus, whatever its kind: for lists and commands."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bus.outgoing.mail_address import is_address
from bus.settings import is_call_address
from sinks.registry import FILE_SINKS, HTTP_SINKS, MAIL_SINKS


@dataclass(frozen=True, slots=True)
class Way:
    """A sink as an operator sees it."""

    name: str
    system: str
    transport: str
    """`fichier`, `courriel` or `http`."""
    hourly_ceiling: int
    processor: str
    """Whose effects it takes."""


def ways() -> Iterator[Way]:
    """All of them, in the order of the registry."""
    for file in FILE_SINKS:
        yield Way(file.name, file.system, "fichier", file.hourly_ceiling, file.processor)
    for mail in MAIL_SINKS:
        yield Way(mail.name, mail.system, "courriel", mail.hourly_ceiling, mail.processor)
    for call in HTTP_SINKS:
        yield Way(call.name, call.system, "http", call.hourly_ceiling, call.processor)


def target_of_test(way: Way, given: str) -> str | None:
    """The target of the mode redirige as it is kept; None when it does not suit the sink."""
    match way.transport:
        case "fichier":
            return str(Path(given).absolute())
        case "courriel":
            return given if is_address(given) else None
        case _:
            return given if is_call_address(given) else None


TARGETS = {"fichier": "un dossier", "courriel": "une adresse électronique", "http": "une adresse https://…"}
"""What the mode redirige asks of each transport."""
