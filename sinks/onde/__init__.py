"""The road to ONDE as people look at it, and the archives that a person imports there (R-ONDE-11, R-ONDE-13)."""

from schemas.outcome import Processor
from sinks.contract_rows import projector
from sinks.onde import lines
from sinks.onde.projections import PROJECTIONS

TABLES = Processor(
    name="onde.projections",
    about="Écrit où en est chaque école, ses contrôles et ses exports vers ONDE dans leurs tables.",
    inputs=("onde.procedure.v1", "onde.refus.v1"),
    decide=projector(PROJECTIONS),
)

FICHIERS = Processor(
    name="onde.fichiers",
    about="Prépare l'archive <RNE>.ZIP qu'une personne importera dans ONDE.",
    inputs=("onde.envois.v1",),
    decide=lines.decide,
)
