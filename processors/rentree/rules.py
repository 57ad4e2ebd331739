"""Which rule decides which event, and what it needs to be known before. Pure (R-CHA-00 to 38)."""

from collections.abc import Callable, Mapping

from processors.rentree import echeances, effectifs, etapes, fermetures, messages, profil, remontees
from processors.rentree.contexte import Contexte
from processors.rentree.procedure import ENVOI_EFFECTIFS, ENVOIS
from processors.rentree.reglages import Reglages
from processors.rentree.state import Etablissement, Etat, Relais
from schemas.outcome import ECHEANCE, Event, Outcome, Parked
from schemas.rentree_keys import relays

PROFIL = "etablissement"

ACTES: Mapping[str, Callable[[Contexte], Outcome]] = {
    "etape": etapes.declarer,
    "etape_annulee": etapes.annuler,
    "identifiants_importes": remontees.importer,
    "eleves_envoyes": remontees.declarer_envoi,
    "effectifs_envoyes": effectifs.envoyer,
    "reception_bea": effectifs.recevoir,
    "integration_bee": remontees.integrer,
}
"""What is about one school and one year whose profile must be known."""

RELAIS: Mapping[str, Callable[[Reglages, Relais, Event], Outcome]] = {
    "fermeture": fermetures.annoncer,
    "fermeture_relayee": fermetures.relayer,
    "inscription": fermetures.inscrire,
}


def decide(reglages: Reglages, state: Etat | None, event: Event) -> Outcome:
    """Decide one event of a school, a département or the country. Raises KeyError for a record that is none of theirs."""
    if event.data is None:
        return Outcome(state, counted="suppression_ignoree", because="une suppression ne dit rien du calendrier")
    if relays(event.key):
        connu = (state.relais if state is not None else None) or Relais()
        return _sans_changement(RELAIS[event.type](reglages, connu, event), state, connu)
    etablissement = (state.etablissement if state is not None else None) or Etablissement()
    outcome = _decide(Contexte(reglages, etablissement, event))
    return _sans_changement(outcome, state, etablissement)


def _decide(ctx: Contexte) -> Outcome:
    event = ctx.event
    if event.type == ECHEANCE:
        return echeances.echue(ctx, event.data.name)
    if event.type == "fermeture_relayee":
        return fermetures.appliquer(ctx)
    annees = ctx.etablissement.annees
    if len(annees) >= ctx.reglages.annees_max and event.data.annee < annees[0].annee:
        return echeances.refuser(ctx, messages.annee_passee(event.data.annee, annees[0].annee))
    if event.type == PROFIL:
        return profil.recevoir(ctx)
    annee = ctx.annee
    if annee.profil is None:
        attente = messages.attend_profil(annee.annee)
        parked = Parked(profil.prealable_profil(ctx.uai, annee.annee), attente)
        return Outcome(Etat(etablissement=ctx.etablissement), parked=parked, because=f"attend : {attente}")
    if annee.profil.type == "ECOLE":
        return echeances.refuser(ctx, messages.premier_degre())
    return ACTES[event.type](ctx)


def _sans_changement(outcome: Outcome, state: Etat | None, inner: Etablissement | Relais) -> Outcome:
    """The very state before, when nothing changed: it is then not written again."""
    after: Etat = outcome.state
    if (after.etablissement or after.relais) is not inner and (after.etablissement or after.relais) != inner:
        return outcome
    return Outcome(
        state,
        outcome.emitted,
        outcome.refusal,
        outcome.parked,
        outcome.deadlines,
        outcome.rows,
        outcome.effects,
        outcome.counted,
        outcome.because,
    )


def provides(event: Event) -> str | None:
    """What other events may wait for: the profile, the sending of pupils, the sending of figures."""
    match event.type:
        case "etablissement":
            return profil.prealable_profil(event.key, event.data.annee)
        case "eleves_envoyes":
            return remontees.prealable_envoi(event.key, event.data.annee)
        case "effectifs_envoyes":
            return effectifs.prealable_effectifs(event.key, event.data.annee)
        case "etape" if event.data.numero in ENVOIS:
            return remontees.prealable_envoi(event.key, event.data.annee)
        case "etape" if event.data.numero == ENVOI_EFFECTIFS:
            return effectifs.prealable_effectifs(event.key, event.data.annee)
    return None
