"""Training actions of the Region: from the vote to the solde (requirements §3)."""

from datetime import timedelta

from processors.formation.publications import DECISIONS
from processors.formation.reglages import Reglages
from processors.formation.rules import decide, provides
from processors.formation.state import Action
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="formation",
    about="Suit chaque action de formation de son inscription à son solde : qui peut saisir quoi, quand, et ce qui est dû.",
    inputs=("safir.actions.v1", "extranet.actes.v1"),
    decide=decide,
    outputs=(DECISIONS,),
    refusals="formation.refus.v1",
    reglages=Reglages,
    state=Action,
    provides=provides,
    max_parked=400,
    parked_for=timedelta(days=120),
)
