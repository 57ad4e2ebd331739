"""Which rule decides which event, by the kind of key it comes under."""

from collections.abc import Callable, Mapping
from typing import Any

from processors.luciole import dossiers, envoi, fichier, instructeur, paiement, preparation, suivi
from processors.luciole.reglages import Reglages
from processors.luciole.state import Etablissement, Etat, Instructeur
from schemas import luciole_keys
from schemas.outcome import ECHEANCE, Event, Outcome

Regle = Callable[[Reglages, Any, Event], Outcome]

ETABLISSEMENT: Mapping[str, Regle] = {
    "etablissement": dossiers.etablissement,
    "dossier": dossiers.dossier,
    "bordereau": dossiers.bordereau,
    "modification_demande": dossiers.modification_demande,
    "preparation_constat": preparation.preparation_constat,
    "ordre_flux": paiement.ordre_flux,
    "ordre_validation": paiement.ordre_validation,
    "ordre_preparation": preparation.ordre_preparation,
    "ordre_envoi": envoi.ordre_envoi,
    "ordre_conclusion": envoi.ordre_conclusion,
    "ordre_occupation": envoi.ordre_occupation,
    "ordre_bilan": envoi.ordre_bilan,
    "refus_differe": suivi.refus_differe,
    ECHEANCE: envoi.jour_venu,
}

INSTRUCTEUR: Mapping[str, Regle] = {
    "rattachement": instructeur.rattachement,
    "rattachement_constate": instructeur.rattachement_constate,
    "fenetre": instructeur.fenetre,
    "preparation_demande": instructeur.preparation_demande,
    "envoi_demande": instructeur.envoi_demande,
    "envoi_fin": instructeur.envoi_fin,
    "envoi_interruption": instructeur.envoi_interruption,
    "erreur_compteur": instructeur.erreur_compteur,
    "accord": instructeur.accord,
    "attente": instructeur.attente,
    "blocage": instructeur.blocage,
    "retrait": instructeur.retrait,
    "reponse_envoi": instructeur.reponse_envoi,
    "refus_differe": suivi.refus_differe,
}

FICHIER: Mapping[str, Regle] = {
    "fichier_paiement": fichier.fichier_paiement,
    "validation": fichier.validation,
    "retour_paiement": fichier.retour_paiement,
}


def decide(reglages: Reglages, state: Etat | None, event: Event) -> Outcome:
    """Decide one event of the key's établissement, instructor or payment file. Raises KeyError for a record that is none of theirs."""
    known = state or Etat()
    inner: Any
    if event.key.startswith(luciole_keys.ETABLISSEMENT):
        inner = known.etablissement or Etablissement()
        outcome = ETABLISSEMENT[event.type](reglages, inner, event)
        wrapped = Etat(etablissement=outcome.state)
    elif event.key.startswith(luciole_keys.INSTRUCTEUR):
        inner = known.instructeur or Instructeur()
        outcome = INSTRUCTEUR[event.type](reglages, inner, event)
        wrapped = Etat(instructeur=outcome.state)
    else:
        inner = known.fichier
        outcome = FICHIER[event.type](reglages, inner, event)
        wrapped = Etat(fichier=outcome.state)
    return _with_state(outcome, state if outcome.state is inner else wrapped)


def provides(event: Event) -> str | None:
    """A bordereau and a payment file: what other events of their subject may wait for."""
    return event.subject if event.type in ("bordereau", "fichier_paiement") else None


def _with_state(outcome: Outcome, state: Etat | None) -> Outcome:
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
