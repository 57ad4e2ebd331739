"""Every processor the bus can run: the procedures, then the sinks that are processors too."""

import sqlalchemy

from processors.registry import PROCESSORS
from schemas.outcome import Processor
from sinks import registry as sinks


class UnknownProcessor(Exception):
    """No processor has that name; the text names those that exist."""


def all_processors() -> tuple[Processor, ...]:
    """In the order in which records meet them."""
    return (*PROCESSORS, *sinks.PROCESSORS)


def domain_of(processor: Processor) -> str:
    """`bourses` for `bourses` and `bourses.projections`."""
    return processor.name.split(".", 1)[0]


def find_processor(name: str) -> Processor:
    for processor in all_processors():
        if processor.name == name:
            return processor
    raise UnknownProcessor(f"Processeur inconnu : {name}. Connus : {', '.join(p.name for p in all_processors())}.")


def projection_tables() -> dict[str, sqlalchemy.Table]:
    """The tables that projections write, by name."""
    return dict(sinks.TABLES)
