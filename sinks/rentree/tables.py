"""The tables of the calendar of the rentrée."""

from sinks.contract_tables import metadata_of
from sinks.rentree.projections import PROJECTIONS

METADATA = metadata_of(PROJECTIONS)
