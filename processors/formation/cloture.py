"""Closing of the action, its avenant, and the solde (R-EXT-80, 81, 84 to 86)."""

from datetime import date

from msgspec.structs import replace

from processors.formation import enquetes, messages
from processors.formation.calculs import en_heures, solde, somme
from processors.formation.changements import facture_remplacee, mois_lies
from processors.formation.contexte import Contexte
from processors.formation.facturation import retenir
from processors.formation.ouverture import ECHEANCE_DECLARATION
from processors.formation.publications import anomalie, facture, notification, publie, suivi
from processors.formation.questions import (
    a_facturer,
    cout_realise,
    couts_unitaires,
    dernier_confirme,
    duree_en_mois,
    est_confirme,
    heures_declarees,
    inscrits,
    nombre_inscrits,
    percu,
    sans_sortie,
)
from processors.formation.state import Action, Facture
from schemas.outcome import Deadline, Outcome
from schemas.records import formation as f

SOLDE = "SOLDE"


def demander(ctx: Contexte) -> Outcome:
    """Close the action; when its end differs from the planned one, say so and wait for the avenant (A-18)."""
    fin: date = ctx.data.date_fin_reelle
    debut = ctx.action.debut_reel
    assert debut is not None
    if fin < debut:
        return ctx.refuse(messages.dates_inversees())
    raisons = _raisons(ctx.action, fin)
    if raisons:
        return ctx.refuse(messages.cloture_impossible(raisons))
    derniere_sortie = max((un.sortie for _, un in inscrits(ctx.action) if un.sortie is not None), default=fin)
    if fin < derniere_sortie:
        return ctx.refuse(messages.fin_avant_sortie(derniere_sortie))
    suite = ctx.sur(ctx.avec(fin_reelle=fin, etat="FERMETURE_DEMANDEE"))
    fermee = prend_effet(suite)
    return _annoncer(suite, fin) if fermee is None else fermee


def _raisons(action: Action, fin: date) -> list[str]:
    raisons = []
    manquants = [mois for mois in duree_en_mois(action, fin) if not est_confirme(action, mois)]
    if manquants:
        raisons.append(messages.raison_declarations(manquants))
    if sans_sortie(action):
        raisons.append(messages.raison_sorties(sans_sortie(action)))
    return raisons


def _annoncer(ctx: Contexte, fin: date) -> Outcome:
    prevue = ctx.action.descriptif.fin_prevue
    message = messages.fermeture_decalee(prevue, fin)
    requis = f.AvenantRequis(contrat=ctx.contrat, date_fin_prevue=prevue, date_fin_reelle=fin, message=message)
    emis = [publie("avenant_requis", requis), notification(ctx, "FERMETURE_A_DECALER", message, ("Ouverture / Fermeture de l'action",))]
    return ctx.applique(ctx.action, [*emis, suivi(ctx)], message)


def prend_effet(ctx: Contexte) -> Outcome | None:
    """The closing asked for, once the planned end is the real one; None when it is not asked for or still waits for its avenant."""
    action = ctx.action
    if action.etat != "FERMETURE_DEMANDEE" or action.fin_reelle is None or action.fin_reelle != action.descriptif.fin_prevue:
        return None
    if _raisons(action, action.fin_reelle):
        return None
    suite = ctx.sur(replace(action, etat="CLOTUREE"))
    heures = heures_declarees(suite.action)
    prononcee = f.CloturePrononcee(
        contrat=ctx.contrat,
        date_fin_reelle=action.fin_reelle,
        nombre_stagiaires=nombre_inscrits(action),
        centre=en_heures(heures.centre),
        entreprise=en_heures(heures.entreprise),
    )
    return suite.applique(
        suite.action,
        [publie("cloture_prononcee", prononcee), enquetes.bilan(suite, "PREREMPLI"), suivi(suite)],
        "l'action est close",
        (Deadline(ECHEANCE_DECLARATION, None),),
    )


# --- solde -----------------------------------------------------------------------------------------------------------


def confirmer_solde(ctx: Contexte) -> Outcome:
    """Realised cost less what was received, less what remains to deduct; payable once the Region has the bilan and the papers of
    the months that it asks for (R-EXT-09, 50, 84, 85)."""
    action = ctx.action
    if not action.bilan_depose:
        return ctx.refuse(messages.bilan_non_depose())
    en_attente = [une.reference for une in action.factures if une.statut in ("PREPAREE", "EMISE")]
    if en_attente:
        return ctx.refuse(messages.factures_en_attente(en_attente))
    couts = couts_unitaires(action, ctx.reglages)
    if couts is None:
        return ctx.refuse(messages.cout_unitaire_inconnu())
    realise, recu = cout_realise(action, couts), percu(action)
    brut = solde(realise, recu)
    action, retenues = retenir(action, brut)
    une = Facture(
        reference=_reference(action),
        nature="SOLDE",
        statut="EMISE",
        mois=a_facturer(action),
        brut=brut,
        retenues=retenues,
        creee_le=ctx.jour,
        base=dernier_confirme(action),
        realise=realise,
        percu=recu,
    )
    suite = ctx.sur(facture_remplacee(mois_lies(action, une.mois, une.reference), une))
    emis = [facture(suite, une)]
    if brut < 0:
        emis.append(anomalie(suite, "TROP_PERCU", une.reference, messages.anomalie_trop_percu(realise, recu)))
    reste = somme(s.reste for s in action.sous_traitances if s.reste > 0)
    if reste:
        emis.append(anomalie(suite, "SOUS_TRAITANCE_NON_DEDUITE", une.reference, messages.anomalie_sous_traitance(reste)))
    return suite.applique(suite.action, [*emis, suivi(suite)], "facture de solde émise à la Région")


def _reference(action: Action) -> str:
    """SOLDE, then SOLDE-2 after a rejection: the rejected one keeps its row."""
    rang = sum(1 for une in action.factures if une.nature == "SOLDE") + 1
    return SOLDE if rang == 1 else f"{SOLDE}-{rang}"
