"""From Charlemagne to ONDE, first degree: formations, classes, control, export, and the person who imports (requirements §5)."""

from processors.onde.reglages import Reglages
from processors.onde.rules import decide
from processors.onde.state import Ecole
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="onde",
    about="Tient la remontée des écoles vers ONDE : formations, classes, contrôle, export, et l'import qu'une personne confirme.",
    inputs=("charlemagne.premier_degre.v1", "academie.etablissements.v1", "onde.archives.v1", "onde.depots.v1", "onde.extractions.v1"),
    decide=decide,
    outputs=("onde.procedure.v1", "onde.envois.v1"),
    refusals="onde.refus.v1",
    reglages=Reglages,
    state=Ecole,
)
