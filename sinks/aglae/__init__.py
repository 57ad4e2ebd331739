"""What the bus gives to Aglaé: files of decisions."""

from schemas.outcome import Processor
from sinks.aglae.lines import EnAttente, decide, provides

PROCESSOR = Processor(
    name="bourses.fichiers",
    about="Prépare les lignes du fichier de décisions pour Aglaé : validations avec leur paiement, dossiers marqués.",
    inputs=("bourses.decisions.v1",),
    refusals="bourses.refus.v1",
    decide=decide,
    provides=provides,
    state=EnAttente,
)
