"""The tables of the road to ONDE."""

from sinks.contract_tables import metadata_of
from sinks.onde.projections import PROJECTIONS

METADATA = metadata_of(PROJECTIONS)
