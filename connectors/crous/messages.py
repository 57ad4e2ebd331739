"""The French texts that only the CROUS's deliveries need."""

from connectors.transport.faults import fault
from schemas.outcome import Fault


def no_year(rank: int) -> Fault:
    return fault(
        "CHAMP_MANQUANT",
        f"Élément {rank}, champ backToSchoolDate : ni date de rentrée, ni année de campagne (campaign.year).",
        "Renvoyer la réponse complète du CNOUS.",
        rank,
    )
