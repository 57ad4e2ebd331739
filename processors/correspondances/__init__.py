"""Correspondences between EDT and STS-WEB of synchro 1 (R-PRO-05, 12 to 15)."""

from processors.correspondances.rules import decide
from processors.correspondances.state import Etat
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="lsu.correspondances",
    about="Propose les correspondances entre EDT et STS-WEB, garde celles qu'une personne a choisies, n'en devine aucune.",
    inputs=("lsu.elements.v1", "sts.echanges.v1"),
    outputs=("lsu.correspondances.v1",),
    refusals="lsu.refus.v1",
    decide=decide,
    state=Etat,
)
