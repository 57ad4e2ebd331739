"""The calendar of the rentrée between Charlemagne, STSweb and SIECLE: 23 steps, second degree (requirements §4)."""

from datetime import timedelta

from processors.rentree.reglages import Reglages
from processors.rentree.rules import decide, provides
from processors.rentree.state import Etat
from schemas.outcome import Processor

PROCESSOR = Processor(
    name="rentree",
    about="Tient le calendrier de rentrée du second degré : ordre des 23 étapes, retards, remontées d'élèves, rapprochements.",
    inputs=(
        "charlemagne.etapes.v1",
        "academie.etablissements.v1",
        "academie.fermetures.v1",
        "academie.receptions.v1",
        "rentree.ordres.v1",
    ),
    decide=decide,
    outputs=("rentree.suivi.v1", "rentree.ordres.v1"),
    refusals="rentree.refus.v1",
    reglages=Reglages,
    state=Etat,
    provides=provides,
    parked_for=timedelta(days=180),
)
