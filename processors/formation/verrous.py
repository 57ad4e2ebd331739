"""The gates of the procedure: each looks at an event and the action, and answers what stops it, or nothing.

`procedure.ETAPES` lists, for each event, the gates it passes, in order.
"""

from collections.abc import Callable

from processors.formation import messages
from processors.formation.calendrier import est_un_mois
from processors.formation.contexte import Contexte
from processors.formation.questions import rang_de, solde_engage
from schemas.outcome import Outcome

Verrou = Callable[[Contexte], Outcome | None]


def en_ligne(ctx: Contexte) -> Outcome | None:
    """Nothing is entered before an agent has validated the action and put it online (R-EXT-20)."""
    if ctx.action.descriptif.en_ligne:
        return None
    return ctx.attend(prealable_action(ctx.contrat), messages.ATTEND_ACTION)


def prealable_action(contrat: str) -> str:
    return f"action {contrat}"


def titulaire(ctx: Contexte) -> Outcome | None:
    """Only the titulaire has access (R-EXT-04)."""
    if ctx.data.organisme == ctx.action.descriptif.organisme:
        return None
    return ctx.refuse(messages.acces_refuse())


def ouverte(ctx: Contexte) -> Outcome | None:
    if ctx.action.etat == "NON_OUVERTE":
        return ctx.refuse(messages.non_ouverture_prononcee())
    return ctx.refuse(messages.action_non_ouverte()) if ctx.action.debut_reel is None else None


def non_ouverte(ctx: Contexte) -> Outcome | None:
    """The opening is said once."""
    if ctx.action.etat == "NON_OUVERTE":
        return ctx.refuse(messages.non_ouverture_prononcee())
    return None if ctx.action.debut_reel is None else ctx.refuse(messages.action_deja_ouverte(ctx.action.debut_reel))


def non_close(ctx: Contexte) -> Outcome | None:
    return ctx.refuse(messages.action_close()) if ctx.action.etat in ("CLOTUREE", "SOLDEE") else None


def close(ctx: Contexte) -> Outcome | None:
    return None if ctx.action.etat in ("CLOTUREE", "SOLDEE") else ctx.refuse(messages.action_non_close())


def mois_du_calendrier(ctx: Contexte) -> Outcome | None:
    return None if est_un_mois(ctx.data.mois) else ctx.refuse(messages.mois_invalide())


def stagiaire_connu(ctx: Contexte) -> Outcome | None:
    if rang_de(ctx.action, ctx.data.stagiaire) is not None:
        return None
    return ctx.refuse(messages.stagiaire_inconnu(ctx.data.stagiaire))


def fiche_entiere(ctx: Contexte) -> Outcome | None:
    """Hours, exits and surveys need a complete sheet."""
    rang = rang_de(ctx.action, ctx.data.stagiaire)
    if rang is not None and ctx.action.stagiaires[rang].complet:
        return None
    return ctx.refuse(messages.fiche_incomplete(ctx.data.stagiaire))


def solde_non_demande(ctx: Contexte) -> Outcome | None:
    return ctx.refuse(messages.solde_deja_demande()) if solde_engage(ctx.action) else None
