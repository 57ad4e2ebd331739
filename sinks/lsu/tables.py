"""The tables of the correspondences between EDT and STS-WEB."""

from sinks.contract_tables import metadata_of
from sinks.lsu.projections import PROJECTIONS

METADATA = metadata_of(PROJECTIONS)
