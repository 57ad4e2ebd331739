"""Agricultural bursaries: from the instruction of the dossiers to OGAPI and FREGATA, in the order that Luciole imposes."""

from processors.luciole.reglages import Reglages
from processors.luciole.rules import decide, provides
from processors.luciole.state import Etat
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="luciole",
    about="Tient la chronologie des bourses agricoles : bordereau, flux financiers, DRAAF, préparation, envoi, puis OGAPI et FREGATA.",
    inputs=(
        "luciole.dossiers.v1",
        "luciole.commandes.v1",
        "luciole.ordres.v1",
        "luciole.accords.v1",
        "chorus.fichiers.v1",
        "chorus.retours.v1",
        "draaf.validations.v1",
    ),
    outputs=(
        "luciole.ordres.v1",
        "luciole.verrou.v1",
        "luciole.suivi.v1",
        "draaf.demandes.v1",
        "ogapi.montants.v1",
        "fregata.decisions.v1",
    ),
    refusals="luciole.refus.v1",
    decide=decide,
    provides=provides,
    reglages=Reglages,
    state=Etat,
)
