"""First action → identifiants; forgotten password; modified account; access for titulaires only (R-EXT-01 to 04).

An organisme's key tells the addresses' keys what stands for it: a rule touches only the state of its own key.
"""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec.structs import replace

from processors.comptes import messages
from processors.comptes.state import Compte, Rattachement
from schemas.outcome import Effect, Emitted, Event, Outcome, Refusal
from schemas.records import comptes as r
from schemas.records import extranet, safir

DECISIONS = "comptes.decisions.v1"
ANNUAIRE = "comptes.annuaire.v1"
COURRIEL = "comptes.courriels"
"""The sink of the accounts' mails."""


def decide(_reglages: Any, state: Compte | None, event: Event) -> Outcome:
    """Decide one event of an organisme's or an address's key."""
    regle = REGLES.get(event.type)
    if regle is None or event.data is None:
        return Outcome(state, counted="sans_objet", because="rien à décider pour un compte")
    return regle(state, event)


def _refuse(state: Compte | None, refusal: Refusal) -> Outcome:
    return Outcome(state, refusal=refusal, because=refusal.message)


def _titulaire(state: Compte | None, event: Event) -> Outcome:
    """The first action gives the pair and sends it; the next ones nothing (R-EXT-01)."""
    donnees: safir.Titulaire = event.data
    if state is not None and state.identifiant is not None:
        return Outcome(state, counted="compte_existant", because="l'organisme a déjà ses identifiants")
    identifiant = donnees.organisme
    attribues = r.IdentifiantsAttribues(
        organisme=donnees.organisme,
        identifiant=identifiant,
        contrat=donnees.contrat,
        adresse_electronique=donnees.adresse_electronique,
    )
    emis = [Emitted(DECISIONS, "identifiants_attribues", attribues), *_rattache(donnees.organisme, identifiant, donnees.adresse_cle, True)]
    texte = messages.texte_identifiants(identifiant)
    effets = _courriel(donnees.adresse_electronique, messages.OBJET_IDENTIFIANTS, texte, (identifiant,))
    return Outcome(
        Compte(identifiant=identifiant, adresse_cle=donnees.adresse_cle),
        tuple(emis),
        effects=effets,
        because="première action de l'organisme",
    )


def _courriel(destinataire: str | None, objet: str, texte: str, identifiants: tuple[str, ...]) -> tuple[Effect, ...]:
    """`identifiants`: the accounts that the password of the text opens."""
    if destinataire is None:
        return ()
    return (Effect(COURRIEL, {"destinataire": destinataire, "objet": objet, "texte": texte, "identifiants": list(identifiants)}),)


def _rattache(organisme: str, identifiant: str, adresse_cle: str | None, rattachee: bool) -> tuple[Emitted, ...]:
    if adresse_cle is None:
        return ()
    donnees = r.AdresseRattachee(adresse_cle=adresse_cle, organisme=organisme, identifiant=identifiant, rattachee=rattachee)
    return (Emitted(ANNUAIRE, "adresse_rattachee", donnees, key=adresse_cle, subject="annuaire"),)


def _modifie(state: Compte | None, event: Event) -> Outcome:
    """Login, password and address may change at any time (R-EXT-03)."""
    donnees: extranet.CompteModifie = event.data
    if state is None or state.identifiant is None:
        return _refuse(state, messages.compte_inconnu())
    identifiant = donnees.identifiant or state.identifiant
    adresse_cle = donnees.adresse_cle or state.adresse_cle
    champs = [nom for nom in CHAMPS if getattr(donnees, nom) not in (None, False)]
    mis_a_jour = r.CompteMisAJour(organisme=donnees.organisme, identifiant=identifiant, champs=tuple(champs))
    emis = [Emitted(DECISIONS, "compte_mis_a_jour", mis_a_jour)]
    if adresse_cle != state.adresse_cle:
        emis += _rattache(donnees.organisme, identifiant, state.adresse_cle, False)
    if (adresse_cle, identifiant) != (state.adresse_cle, state.identifiant):
        emis += _rattache(donnees.organisme, identifiant, adresse_cle, True)
    return Outcome(replace(state, identifiant=identifiant, adresse_cle=adresse_cle), tuple(emis), because="compte modifié")


CHAMPS = ("identifiant", "mot_de_passe_change", "adresse_electronique", "adresse", "complement", "code_postal", "ville")


def _connexion(state: Compte | None, event: Event) -> Outcome:
    """Only a titulaire has an account; a subcontractor has none (R-EXT-04)."""
    if state is None or state.identifiant is None:
        return _refuse(state, messages.acces_refuse())
    acces = r.AccesAccorde(organisme=event.data.organisme, identifiant=state.identifiant)
    return Outcome(state, (Emitted(DECISIONS, "acces_accorde", acces),), because="l'organisme est titulaire d'une action")


def _adresse(state: Compte | None, event: Event) -> Outcome:
    """What an address stands for, as the organismes say."""
    donnees: r.AdresseRattachee = event.data
    etat = state or Compte()
    autres = tuple(un for un in etat.rattachements if un.organisme != donnees.organisme)
    if donnees.rattachee:
        autres = (*autres, Rattachement(donnees.organisme, donnees.identifiant))
    return Outcome(replace(etat, rattachements=autres) if autres else None, because="annuaire mis à jour")


def _oublie(state: Compte | None, event: Event) -> Outcome:
    """A known address gets a mail with a new password; an unknown one a refusal (R-EXT-02)."""
    donnees: extranet.MotDePasseOublie = event.data
    if state is None or not state.rattachements:
        return _refuse(state, messages.adresse_inconnue())
    organismes = tuple(un.organisme for un in state.rattachements)
    identifiants = tuple(un.identifiant for un in state.rattachements)
    renouvele = r.MotDePasseRenouvele(adresse_cle=event.key, organismes=organismes, message=messages.MOT_DE_PASSE_ENVOYE)
    return Outcome(
        state,
        (Emitted(DECISIONS, "mot_de_passe_renouvele", renouvele),),
        effects=_courriel(
            donnees.adresse_electronique, messages.OBJET_MOT_DE_PASSE, messages.texte_mot_de_passe(identifiants), identifiants
        ),
        because=messages.MOT_DE_PASSE_ENVOYE,
    )


REGLES: Mapping[str, Callable[[Compte | None, Event], Outcome]] = {
    "titulaire": _titulaire,
    "compte_modifie": _modifie,
    "connexion": _connexion,
    "adresse_rattachee": _adresse,
    "mot_de_passe_oublie": _oublie,
}
