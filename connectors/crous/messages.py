"""The French texts that only the CROUS's deliveries need."""

from typing import Any

from connectors.transport.faults import fault
from schemas.outcome import Fault

STUDENT_NOT_FOUND = 404


def no_year(rank: int) -> Fault:
    return fault(
        "CHAMP_MANQUANT",
        f"Élément {rank}, champ backToSchoolDate : ni date de rentrée, ni année de campagne (campaign.year).",
        "Renvoyer la réponse complète du CNOUS.",
        rank,
    )


def error_answer(rank: int, code: Any) -> Fault:
    """The interface's own words are left out: they may repeat what it was asked."""
    number = f" (code {code})" if type(code) is int and 100 <= code <= 599 else ""
    return fault(
        "SOURCE_EN_ERREUR",
        f"Élément {rank} : réponse d'erreur de l'interface du CNOUS{number}, qui n'est pas une décision.",
        "Le CNOUS ne connaît pas l'étudiant demandé : vérifier son identité, puis refaire la demande. Ce n'est pas un refus de bourse."
        if code == STUDENT_NOT_FOUND
        else "Refaire la demande au CNOUS, puis déposer sa réponse. Ce n'est pas un refus de bourse.",
        rank,
    )
