"""The synchronisations between PRONOTE/EDT, STS Web and SIECLE that the LSU needs, in their order (R-PRO-01 to 34)."""

from processors.lsu.reglages import Reglages
from processors.lsu.rules import decide
from processors.lsu.state import Etat
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="lsu",
    about="Tient l'ordre des cinq synchros d'un établissement : versions, campagne, transferts et leurs messages, lot des sept fichiers.",
    inputs=("synchros.gestes.v1", "siecle.exports.v1", "synchros.etats.v1"),
    outputs=("synchros.etats.v1",),
    refusals="lsu.refus.v1",
    decide=decide,
    reglages=Reglages,
    state=Etat,
)
