"""Luciole's projections: timelines, the national lock, OGAPI amounts, FREGATA decisions, errors and reports."""

from schemas.outcome import Processor
from sinks.luciole.rows import Montre, decide

PROCESSOR = Processor(
    name="luciole.projections",
    about="Écrit la chronologie des bourses agricoles, les montants OGAPI, les décisions FREGATA et les bilans dans leurs tables.",
    inputs=(
        "luciole.suivi.v1",
        "luciole.refus.v1",
        "ogapi.montants.v1",
        "fregata.decisions.v1",
        "support.appels.v1",
        "draaf.demandes.v1",
    ),
    decide=decide,
    state=Montre,
)
