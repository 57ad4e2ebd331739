"""Reports of the imports of links, predictions, links and synchros as tables; a report as HTML and as CSV."""

from schemas.outcome import Processor
from sinks.siecle.rows import decide

PROCESSOR = Processor(
    name="siecle.projections",
    about="Écrit les dépôts, prédictions, comptes-rendus, liens, INE partagés et synchros des établissements dans leurs tables.",
    inputs=(
        "siecle.suivi_depots.v1",
        "siecle.predictions.v1",
        "siecle.comptes_rendus.v1",
        "siecle.depots.refus.v1",
        "siecle.controles.v1",
        "synchros.etats.v1",
        "lsu.refus.v1",
    ),
    decide=decide,
)
