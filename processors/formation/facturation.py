"""Invoices of the titulaire and of its subcontractors: chosen, generated, confirmed or not (R-EXT-60 to 68)."""

from decimal import Decimal

from msgspec.structs import replace

from processors.formation import messages
from processors.formation.calculs import cout, deductions, somme
from processors.formation.calendrier import dernier_jour, est_un_mois, mois_de, ouvre_un_trimestre
from processors.formation.changements import facture_remplacee, facture_retiree, mois_lies, retenues_prises, retenues_rendues
from processors.formation.contexte import Contexte
from processors.formation.paiements import (
    ACOMPTES,
    acompte_pris_a_cette_confirmation,
    est_un_trimestre,
    fenetre_de_facture,
    paiement_ouvert,
    prochain_acompte,
    sont_des_trimestres,
    trimestre_attendu,
)
from processors.formation.publications import facture, facture_sous_traitant, suivi
from processors.formation.questions import (
    ENGAGEES,
    couts_unitaires,
    dernier_confirme,
    en_preparation,
    est_confirme,
    facture_nommee,
    mois_nomme,
    premier_mois,
    rejetee_portant,
    taux_realisation,
)
from processors.formation.state import Action, Facture, Retenue, SousTraitance
from schemas.outcome import Outcome, Refusal
from schemas.records import extranet

SOUS_TRAITANT = "ST-"
"""Begins the reference of a subcontractor's invoice."""


# --- choosing and generating -----------------------------------------------------------------------------------------


def preparer(ctx: Contexte) -> Outcome:
    """Generate the invoice of the chosen declarations; it holds them until it is confirmed or given up (R-EXT-65)."""
    choisis = tuple(sorted(set(ctx.data.mois)))
    refus = _refus_de_selection(ctx, choisis)
    if refus is not None:
        return ctx.refuse(refus)
    rejetee = rejetee_portant(ctx.action, choisis)
    refus = _refus_de_frequence(ctx, choisis, rejetee)
    if refus is not None:
        return ctx.refuse(refus)
    couts = couts_unitaires(ctx.action, ctx.reglages)
    if couts is None:
        return ctx.refuse(messages.cout_unitaire_inconnu())
    brut = somme(cout(mois.heures, couts) for mois in ctx.action.mois if mois.mois in choisis)
    numero = prochain_numero(ctx.action)
    action, retenues = retenir(ctx.action, brut)
    une = Facture(
        reference=str(numero),
        nature="ACOMPTE",
        statut="PREPAREE",
        mois=choisis,
        brut=brut,
        retenues=retenues,
        creee_le=ctx.jour,
        acompte=_rang_acompte(ctx, choisis, rejetee),
        base=dernier_confirme(ctx.action),
        reprise=rejetee is not None,
        numero=numero,
    )
    suite = ctx.sur(facture_remplacee(mois_lies(action, choisis, une.reference), une))
    return suite.applique(suite.action, [facture(suite, une), suivi(suite)], f"{messages.libelle_facture(numero)} générée")


def retenir(action: Action, brut: Decimal) -> tuple[Action, tuple[Retenue, ...]]:
    """Take from an invoice what it can bear of the subcontracted amounts not yet deducted."""
    parts = deductions(brut, [(s.reference, s.reste) for s in action.sous_traitances])
    return retenues_prises(action, parts)


def prochain_numero(action: Action) -> int:
    """Numbers follow each other; one that was issued is never given again, even after a rejection."""
    return max((f.numero for f in action.factures), default=0) + 1


def _refus_de_selection(ctx: Contexte, choisis: tuple[str, ...]) -> Refusal | None:
    preparee = en_preparation(ctx.action)
    if preparee is not None:
        return messages.facture_en_preparation(preparee.reference)
    if not choisis:
        return messages.aucune_declaration()
    for mois in choisis:
        if not est_un_mois(mois):
            return messages.mois_invalide()
        if not est_confirme(ctx.action, mois):
            return messages.declaration_non_confirmee(mois)
        trouve = mois_nomme(ctx.action, mois)
        if trouve is not None and trouve.facture:
            return messages.deja_facturee(mois, trouve.facture)
    return None


def _refus_de_frequence(ctx: Contexte, choisis: tuple[str, ...], rejetee: Facture | None) -> Refusal | None:
    match ctx.action.frequence:
        case "TRIMESTRIEL":
            bon = est_un_trimestre(ctx.action, choisis) or (rejetee is not None and sont_des_trimestres(ctx.action, choisis))
            return None if bon else messages.selection_trimestrielle(trimestre_attendu(ctx.action, choisis[0]))
        case "TROIS_ACOMPTES":
            return _refus_trois_acomptes(ctx, choisis, rejetee)
        case _:
            return None if len(choisis) == 1 or rejetee is not None else messages.selection_mensuelle()


def _refus_trois_acomptes(ctx: Contexte, choisis: tuple[str, ...], rejetee: Facture | None) -> Refusal | None:
    """The same declarations as a rejected invoice may be asked again; others follow the rate (R-EXT-40, 41, 73)."""
    if rejetee is not None and set(choisis) <= set(rejetee.mois):
        return None
    action, reglages = ctx.action, ctx.reglages
    ouvert = paiement_ouvert(action, reglages, ctx.jour)
    taux = taux_realisation(action, reglages)
    if ouvert.nature == "SOLDE":
        return messages.solde_seul(taux, reglages.seuil_solde)
    if ouvert.nature == "AUCUN":
        rang = prochain_acompte(action)
        if rang is None or acompte_pris_a_cette_confirmation(action):
            return messages.acompte_deja_pris()
        seuil = reglages.seuil_acompte_1 if rang == 1 else reglages.seuil_acompte_2
        return messages.seuil_non_atteint(taux, seuil, reglages.mois_avant_repli)
    if ouvert.nature == "REPLI_TRIMESTRIEL":
        return None if choisis == ouvert.mois else messages.selection_repli(ouvert.mois)
    return None if choisis == ouvert.mois[: len(choisis)] else messages.selection_discontinue(ouvert.mois)


def _rang_acompte(ctx: Contexte, choisis: tuple[str, ...], rejetee: Facture | None) -> int:
    if ctx.action.frequence != "TROIS_ACOMPTES":
        return 0
    if rejetee is not None and set(choisis) <= set(rejetee.mois):
        pris = {f.acompte for f in ctx.action.factures if f.statut in ENGAGEES}
        return 0 if rejetee.acompte in pris else rejetee.acompte
    ouvert = paiement_ouvert(ctx.action, ctx.reglages, ctx.jour)
    return ouvert.acompte if ouvert.acompte in ACOMPTES else 0


# --- confirming ------------------------------------------------------------------------------------------------------


def confirmer(ctx: Contexte) -> Outcome:
    """Issue the generated invoice to the Region within its window, or give it up (R-EXT-63, 65)."""
    donnees: extranet.FactureConfirmee = ctx.data
    une = facture_nommee(ctx.action, donnees.facture)
    if une is None or une.statut != "PREPAREE":
        return ctx.refuse(messages.facture_inconnue(donnees.facture))
    if not donnees.emise:
        return _abandonner(ctx, une)
    if not _dans_la_fenetre(ctx, une):
        du, au = fenetre_de_facture(ctx.action, ctx.reglages, ctx.jour, une.mois[-1])
        return ctx.refuse(messages.facture_hors_delai(ctx.reglages.jours_confirmation, du, au))
    emise = replace(une, statut="EMISE", creee_le=ctx.jour)
    suite = ctx.sur(facture_remplacee(ctx.action, emise))
    return suite.applique(suite.action, [facture(suite, emise), suivi(suite)], f"{messages.libelle_facture(une.numero)} émise à la Région")


def _dans_la_fenetre(ctx: Contexte, une: Facture) -> bool:
    """First days of a later month; of a later quarter in quarterly payment; at any time after a rejection."""
    jour = ctx.jour
    if une.reprise:
        return True
    if jour <= dernier_jour(une.mois[-1]) or jour.day > ctx.reglages.jours_confirmation:
        return False
    return ctx.action.frequence != "TRIMESTRIEL" or ouvre_un_trimestre(premier_mois(ctx.action), mois_de(jour))


def _abandonner(ctx: Contexte, une: Facture) -> Outcome:
    libre = mois_lies(retenues_rendues(ctx.action, une.retenues), une.mois, "")
    emis = [facture(ctx, replace(une, statut="ABANDONNEE"))]
    suite = ctx.sur(facture_retiree(libre, une.reference))
    return suite.applique(suite.action, [*emis, suivi(suite)], "facture abandonnée : ses déclarations sont libres")


# --- subcontractors --------------------------------------------------------------------------------------------------


def saisir_sous_traitant(ctx: Contexte) -> Outcome:
    """Issue a subcontractor's invoice; its amount is deducted once from the titulaire's next ones (R-EXT-67, 68)."""
    donnees: extranet.FactureSousTraitant = ctx.data
    reference = SOUS_TRAITANT + donnees.reference
    if donnees.sous_traitant not in {s.identifiant for s in ctx.action.descriptif.sous_traitants}:
        return ctx.refuse(messages.sous_traitant_inconnu())
    if donnees.montant_ht <= 0:
        return ctx.refuse(messages.montant_nul())
    if any(s.reference == reference and s.statut != "REJETEE" for s in ctx.action.sous_traitances):
        return ctx.refuse(messages.reference_en_double(reference))
    ancien = next((s for s in ctx.action.sous_traitances if s.reference == reference), None)
    credit = ancien.reste if ancien is not None else donnees.montant_ht * 0
    une = SousTraitance(reference, donnees.sous_traitant, donnees.montant_ht, donnees.montant_ht + credit, "EMISE", ctx.jour)
    autres = tuple(s for s in ctx.action.sous_traitances if s.reference != reference)
    suite = ctx.sur(ctx.avec(sous_traitances=(*autres, une)))
    return suite.applique(suite.action, [facture_sous_traitant(suite, une)], "facture du sous-traitant émise à la Région")
