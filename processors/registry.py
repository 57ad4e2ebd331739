"""Every procedure of the bus, one line each. SQL projections and outgoing files are listed by `sinks/registry.py`."""

from processors.bourses import PROCESSOR as BOURSES
from schemas.outcome import Processor

PROCESSORS: tuple[Processor, ...] = (BOURSES,)
