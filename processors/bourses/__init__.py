"""Bursaries of higher education: registrations of Apogée matched with dossiers of Aglaé."""

from processors.bourses.reglages import Reglages
from processors.bourses.rules import decide, provides
from processors.bourses.state import Etudiant
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="bourses",
    about="Rapproche les inscriptions d'Apogée et les dossiers de bourse d'Aglaé, et décide ce qui est certain.",
    inputs=(
        "apogee.inscriptions.v1",
        "aglae.dossiers.v1",
        "crous.decisions.v1",
        "pve.demandes.v1",
        "nne.corrections.v1",
        "bourses.transmissions.v1",
    ),
    outputs=("bourses.decisions.v1", "bourses.suivi.v1", "bourses.droits.v1", "bourses.transmissions.v1"),
    refusals="bourses.refus.v1",
    decide=decide,
    reglages=Reglages,
    state=Etudiant,
    provides=provides,
    marked_every=0,
)
