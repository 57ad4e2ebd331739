"""The installation as it is: what the registries list."""

from bus.simulate.installation import SECRET, Column, Installation
from connectors.registry import push_connectors
from processors.registry import PROCESSORS
from sinks import registry as sinks
from topics.catalogue import CATALOGUE


def installed() -> Installation:
    """Connectors with the fixed secret, procedures, projections, outgoing files and tables of this release."""
    tables = {
        name: tuple(Column(each.name, str(each.type), each.comment or "", each.primary_key) for each in table.columns)
        for name, table in sinks.TABLES.items()
    }
    processors = (*PROCESSORS, *(each for each in sinks.PROCESSORS if each not in PROCESSORS))
    return Installation(CATALOGUE, push_connectors(SECRET), processors, sinks.FILE_SINKS, tables)
