"""The installation as it is: what the registries list."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bus.simulate.installation import SECRET, Column, Installation
from bus.simulate.scenario import override
from connectors.registry import push_connectors
from processors.registry import PROCESSORS
from schemas.outcome import Processor
from sinks import registry as sinks
from topics.catalogue import CATALOGUE

SIMULATED: Mapping[str, Mapping[str, Any]] = {"onde": {"archive_interne": True}}
"""Processor → settings that only a simulation has: nobody makes there what Charlemagne makes in a school."""


def installed() -> Installation:
    """Connectors with the fixed secret, procedures, projections, outgoing files and tables of this release."""
    tables = {
        name: tuple(Column(each.name, str(each.type), each.comment or "", each.primary_key) for each in table.columns)
        for name, table in sinks.TABLES.items()
    }
    processors = (*(_simulated(each) for each in PROCESSORS), *(each for each in sinks.PROCESSORS if each not in PROCESSORS))
    return Installation(CATALOGUE, push_connectors(SECRET), processors, sinks.FILE_SINKS, tables)


def _simulated(processor: Processor) -> Processor:
    chosen = SIMULATED.get(processor.name)
    return processor if chosen is None else replace(processor, reglages=lambda: override(processor.reglages(), chosen))
