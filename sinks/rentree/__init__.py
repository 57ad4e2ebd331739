"""The calendar of the rentrée as people look at it: its tables, and the file of lateness notices (R-CHA-35)."""

from schemas.outcome import Processor
from sinks.contract_rows import projector
from sinks.rentree import lines
from sinks.rentree.projections import PROJECTIONS

TABLES = Processor(
    name="rentree.projections",
    about="Écrit le calendrier de rentrée, les retards, les remontées et les rapprochements dans leurs tables.",
    inputs=("rentree.suivi.v1", "rentree.refus.v1"),
    decide=projector(PROJECTIONS),
)

FICHIERS = Processor(
    name="rentree.fichiers",
    about="Prépare le fichier des avis de retard : UAI, étape, échéance, jours de retard.",
    inputs=("rentree.suivi.v1",),
    decide=lines.decide,
)
