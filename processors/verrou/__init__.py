"""The national lock of Luciole: a processor of its own on a topic of one partition (architecture §4)."""

from processors.verrou.reglages import Reglages
from processors.verrou.rules import decide
from processors.verrou.state import Verrou
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="luciole.verrou",
    about="Donne le droit d'envoyer à un seul instructeur à la fois dans tout le pays, dans l'ordre des demandes.",
    inputs=("luciole.verrou.v1", "support.deblocages.v1"),
    outputs=("luciole.accords.v1", "luciole.suivi.v1", "support.appels.v1"),
    refusals="luciole.verrou.refus.v1",
    decide=decide,
    reglages=Reglages,
    state=Verrou,
)
