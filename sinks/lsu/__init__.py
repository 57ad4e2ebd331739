"""The synchros of a school as people look at them (R-PRO-12 to 14), its LSU files checked, and the files that pass unchanged (R-PRO-11)."""

from schemas.outcome import Processor
from sinks.contract_rows import projector
from sinks.lsu import fichiers
from sinks.lsu.projections import PROJECTIONS

TABLES = Processor(
    name="lsu.projections",
    about="Écrit les correspondances entre EDT et STS-WEB, les services de notation manquants et les bilans contrôlés dans leurs tables.",
    inputs=("lsu.correspondances.v1", "lsu.controles.v1"),
    decide=projector(PROJECTIONS),
)

FICHIERS = Processor(
    name="lsu.fichiers",
    about="Prépare, octet pour octet, les fichiers entre STS-WEB et EDT, les sept exports pour PRONOTE, les liens déposés dans SIECLE.",
    inputs=fichiers.INPUTS,
    decide=fichiers.decide,
    state=fichiers.Fichiers,
)
