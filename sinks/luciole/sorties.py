"""What Luciole's procedure sends outside: payment files for Chorus, mails to the DRAAF and to the support. One processor for all."""

from typing import Any

from schemas.outcome import Event, Outcome, Processor
from sinks.chorus import lines as chorus
from sinks.luciole import courriels


def decide(_reglages: Any, state: chorus.Envoye | None, event: Event) -> Outcome:
    """Pure. The DRAAF is asked under the key of the payment file: its state, what Chorus was given, stays as it is."""
    match event.type:
        case "fichier_paiement":
            return chorus.decide(None, state, event)
        case "appel":
            return Outcome(state, effects=(courriels.appel(event.data),), because="Le support est appelé.")
        case "appel_sans_objet":
            return Outcome(state, effects=(courriels.appel_sans_objet(event.data),), because="L'appel au support était sans objet.")
        case "demande_rejet":
            return Outcome(state, effects=(courriels.demande_rejet(event.data),), because="La DRAAF est interrogée.")
        case _:
            return Outcome(state, counted="sans_sortie")


PROCESSOR = Processor(
    name=courriels.FICHIERS,
    about="Prépare les fichiers de paiement pour Chorus, les questions à la DRAAF et les appels au support : chacun une seule fois.",
    inputs=("chorus.fichiers.v1", "draaf.demandes.v1", "support.appels.v1"),
    decide=decide,
    state=chorus.Envoye,
)
