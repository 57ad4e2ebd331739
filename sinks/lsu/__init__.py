"""The synchros of a school as people look at them (R-PRO-12 to 14), and the files that pass unchanged (R-PRO-11)."""

from schemas.outcome import Processor
from sinks.contract_rows import projector
from sinks.edt import lines
from sinks.lsu.projections import PROJECTIONS

TABLES = Processor(
    name="lsu.projections",
    about="Écrit les correspondances entre EDT et STS-WEB et les services de notation manquants dans leurs tables.",
    inputs=("lsu.correspondances.v1",),
    decide=projector(PROJECTIONS),
)

FICHIERS = Processor(
    name="lsu.fichiers",
    about="Prépare, octet pour octet, le fichier sts_emp de STS-WEB pour EDT et le fichier emp_sts d'EDT pour STS-WEB.",
    inputs=("sts.fichiers.v1",),
    decide=lines.decide,
    state=lines.EnCours,
)
