"""The same INE active in two schools, noticed from their exports of pupils and told to both."""

from processors.presences.reglages import Reglages
from processors.presences.rules import decide
from processors.presences.state import Etat
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="siecle.presences",
    about="Signale aux deux établissements un INE actif dans l'un et dans l'autre la même année, jusqu'à ce que l'un des deux le rende.",
    inputs=("siecle.presences.v1",),
    outputs=("siecle.presences.v1", "siecle.controles.v1"),
    refusals="siecle.depots.refus.v1",
    decide=decide,
    reglages=Reglages,
    state=Etat,
)
"""One topic, two sorts of keys: a school's bucket of pupils, whose differences go to the pupils' own keys."""
