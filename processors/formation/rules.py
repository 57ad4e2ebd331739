"""The decision of the formation procedure: gates of the step, then its effect. Pure (R-EXT-01 to 90)."""

from processors.formation import declarations, description, enquetes, messages
from processors.formation.contexte import Contexte
from processors.formation.heures import prealable_declaration
from processors.formation.ouverture import ECHEANCE_DECLARATION
from processors.formation.procedure import DESCRIPTION, ETAPES
from processors.formation.region import PREALABLE_BILAN, prealable_facture
from processors.formation.reglages import Reglages
from processors.formation.state import Action
from processors.formation.verrous import prealable_action
from schemas.outcome import ECHEANCE, Event, Outcome, Parked


def decide(reglages: Reglages, state: Action | None, event: Event) -> Outcome:
    """Decide one event of one contract. An act on an action not yet known waits for it."""
    if event.data is None:
        return Outcome(state, counted="suppression_ignoree", because="une suppression ne dit rien de la procédure")
    if event.type == DESCRIPTION:
        return description.decrire(reglages, state, event)
    if event.type == ECHEANCE:
        return _echeance(reglages, state, event)
    if state is None:
        return Outcome(None, parked=Parked(prealable_action(event.key), messages.ATTEND_ACTION), because=messages.ATTEND_ACTION)
    etape = ETAPES[event.type]
    ctx = Contexte(reglages, state, event)
    for verrou in etape.verrous:
        arret = verrou(ctx)
        if arret is not None:
            return arret
    return etape.effet(ctx)


def _echeance(reglages: Reglages, state: Action | None, event: Event) -> Outcome:
    if state is None:
        return Outcome(None, counted="echeance_sans_objet", because="action inconnue")
    ctx = Contexte(reglages, state, event)
    nom = event.data.name
    return declarations.en_retard(ctx) if nom == ECHEANCE_DECLARATION else enquetes.echue(ctx, nom)


def provides(event: Event) -> str | None:
    """What an event may bring to those that wait: never queues behind them."""
    match event.type:
        case "action":
            return prealable_action(event.key)
        case "declaration_confirmee":
            return prealable_declaration(event.key, event.data.mois)
        case "facture_confirmee":
            return prealable_facture(event.key, event.data.facture)
        case "bilan_recu":
            return f"{PREALABLE_BILAN} {event.key}"
        case "stagiaire_saisi":
            return f"stagiaire {event.key}/{event.data.stagiaire}"
        case "sortie_saisie":
            return f"sortie {event.key}/{event.data.stagiaire}"
    return None
