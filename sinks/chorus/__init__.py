"""What the bus gives to Chorus: payment files."""

from schemas.outcome import Processor
from sinks.chorus.lines import Envoye, decide

PROCESSOR = Processor(
    name="luciole.fichiers",
    about="Prépare les fichiers de paiement pour Chorus : chacun une seule fois.",
    inputs=("chorus.fichiers.v1",),
    decide=decide,
    state=Envoye,
)
