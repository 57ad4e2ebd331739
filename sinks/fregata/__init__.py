"""The pupils that FREGATA knows, as people look at them and as they are held against the decisions sent (R-LUC-05, R-LUC-27)."""

from schemas.outcome import Processor
from sinks.fregata.rows import decide

PROCESSOR = Processor(
    name="fregata.projections",
    about="Écrit les inscriptions que FREGATA connaît dans leur table, à rapprocher des décisions qui lui ont été transmises.",
    inputs=("fregata.inscriptions.v1",),
    decide=decide,
)
