"""The bursary projections: tables that a person can query."""

from schemas.outcome import Processor
from sinks.bourses.rows import decide

PROCESSOR = Processor(
    name="bourses.projections",
    about="Écrit les situations, décisions, droits, listes de contrôle et refus des bourses dans les tables que l'on interroge.",
    inputs=("bourses.decisions.v1", "bourses.suivi.v1", "bourses.detections.v1", "bourses.refus.v1"),
    decide=decide,
    marked_every=0,
)
