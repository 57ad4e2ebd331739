"""The correspondences between EDT and STS-WEB as people look at them (R-PRO-12 to 14)."""

from schemas.outcome import Processor
from sinks.contract_rows import projector
from sinks.lsu.projections import PROJECTIONS

TABLES = Processor(
    name="lsu.projections",
    about="Écrit les correspondances entre EDT et STS-WEB et les services de notation manquants dans leurs tables.",
    inputs=("lsu.correspondances.v1",),
    decide=projector(PROJECTIONS),
)
