"""Files of bilans for the LSU, held against SIECLE and STS-WEB."""

from processors.bilans_lsu.reglages import Reglages
from processors.bilans_lsu.rules import decide
from processors.bilans_lsu.state import Etat
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="lsu.bilans",
    about="Compare les bilans du LSU aux exports de SIECLE et au sts_emp de l'établissement : élèves, divisions, disciplines, enseignants.",
    inputs=("lsu.bilans.v1", "siecle.exports.v1", "sts.echanges.v1"),
    outputs=("lsu.controles.v1",),
    refusals="lsu.refus.v1",
    decide=decide,
    reglages=Reglages,
    state=Etat,
)
