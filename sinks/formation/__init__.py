"""The training projections and printable states: what an organisme and the Region look at (R-EXT-05, 46, 70, 72, 87)."""

from schemas.outcome import Processor
from sinks.formation.rows import decide

PROCESSOR = Processor(
    name="formation.projections",
    about="Écrit les actions, déclarations, factures, enquêtes et anomalies de la formation dans les tables que l'on interroge.",
    inputs=("formation.decisions.v1", "formation.refus.v1"),
    decide=decide,
)
