"""Monthly declarations: papers, what an exit leaves payable, confirmation within its window (R-EXT-45 to 55)."""

from processors.formation import messages
from processors.formation.calculs import en_heures
from processors.formation.calendrier import dernier_jour, est_un_mois, mois_de, mois_plus, premier_jour
from processors.formation.changements import (
    attente_levee,
    mois_confirme,
    mois_remplace,
    restantes,
    stagiaire_remplace,
)
from processors.formation.contexte import Contexte
from processors.formation.ouverture import echeance_declaration
from processors.formation.paiements import paiement_ouvert
from processors.formation.publications import facture, notification, publie, recapitulatif, solde_payable, suivi
from processors.formation.questions import (
    est_confirme,
    facture_nommee,
    fenetre_ouverte,
    mois_attendu,
    mois_nomme,
    presents,
    prevues_de,
    prochaine_fenetre,
    rang_de,
    sans_sortie,
)
from processors.formation.state import Mois, Piece
from schemas.mois import periode
from schemas.outcome import Emitted, Outcome, Refusal
from schemas.records import formation as f
from schemas.records import safir

# --- papers ----------------------------------------------------------------------------------------------------------


def recevoir_justificatif(ctx: Contexte) -> Outcome:
    """Justified hours become payable when their papers have come by post (R-EXT-50)."""
    donnees: safir.JustificatifRecu = ctx.data
    rang = rang_de(ctx.action, donnees.stagiaire)
    if rang is None:
        return ctx.attend(f"stagiaire {ctx.contrat}/{donnees.stagiaire}", messages.attend_stagiaire(donnees.stagiaire))
    if donnees.nature == "SORTIE":
        return _justifier_sortie(ctx, rang)
    if donnees.mois is None or not est_un_mois(donnees.mois):
        return ctx.refuse(messages.mois_invalide())
    mois = mois_nomme(ctx.action, donnees.mois)
    if mois is not None and mois.pliee and not any(a.rang == rang for a in mois.attentes):
        return ctx.ignore("doublon", "justificatif déjà reçu ou sans objet")
    action = ctx.action
    piece = Piece(rang, donnees.mois)
    if (mois is None or not mois.pliee) and piece not in action.pieces:
        action = ctx.avec(pieces=(*action.pieces, piece))
    return _lever(ctx.sur(action), rang, (donnees.mois,), "ABSENCE")


def _justifier_sortie(ctx: Contexte, rang: int) -> Outcome:
    un = ctx.action.stagiaires[rang]
    if un.sortie is None:
        return ctx.attend(f"sortie {ctx.contrat}/{un.numero}", messages.ATTEND_SORTIE)
    suite = ctx.sur(stagiaire_remplace(ctx.action, rang, justifiee=True))
    apres = tuple(m.mois for m in ctx.action.mois if m.mois > mois_de(un.sortie))
    outcome = _lever(suite, rang, apres, "SORTIE")
    return suite.applique(outcome.state, (*outcome.emitted, sortie_enregistree(suite, rang)), outcome.because)


def _lever(ctx: Contexte, rang: int, mois: tuple[str, ...], nature: str) -> Outcome:
    action, centre, entreprise = ctx.action, 0, 0
    for un in mois:
        action, plus_centre, plus_entreprise = attente_levee(action, rang, un)
        centre, entreprise = centre + plus_centre, entreprise + plus_entreprise
    suite = ctx.sur(action)
    emis = [
        publie(
            "justificatif_enregistre",
            f.JustificatifEnregistre(
                contrat=ctx.contrat,
                stagiaire=action.stagiaires[rang].numero,
                nature=nature,
                mois=mois[0] if nature == "ABSENCE" else None,
                centre=en_heures(centre),
                entreprise=en_heures(entreprise),
            ),
        )
    ]
    if centre or entreprise:
        references = {m.facture for m in action.mois if m.mois in mois and m.facture}
        factures = (facture_nommee(action, reference) for reference in sorted(references))
        for une in factures:
            if une is not None and une.statut != "ACCEPTEE":
                emis += [facture(suite, une), *solde_payable(suite, une, messages.JUSTIFICATIFS_RECUS)]
    return suite.applique(action, emis, "justificatif reçu par la Région")


# --- exits -----------------------------------------------------------------------------------------------------------


def sortie_enregistree(ctx: Contexte, rang: int) -> Emitted:
    """Until when the planned hours remain payable (R-EXT-51)."""
    un = ctx.action.stagiaires[rang]
    assert un.sortie is not None
    prolongee = un.recevable and un.justifiee
    centre, entreprise = restantes(ctx.action, rang, prevues_de(ctx.action, un))
    return publie(
        "sortie_enregistree",
        f.SortieEnregistree(
            contrat=ctx.contrat,
            stagiaire=un.numero,
            date_sortie=un.sortie,
            fin_de_formation=un.fin_de_formation,
            motif=un.motif or None,
            recevable=un.recevable,
            justifiee=un.justifiee,
            payable_jusqu_au=max(ctx.action.descriptif.fin_prevue, un.sortie) if prolongee else un.sortie,
            centre_restantes=en_heures(centre),
            entreprise_restantes=en_heures(entreprise),
        ),
    )


# --- confirmation ----------------------------------------------------------------------------------------------------


def confirmer(ctx: Contexte) -> Outcome:
    """Confirm a month: it may then be invoiced, and the next may be declared (R-EXT-53 to 55)."""
    nom: str = ctx.data.mois
    refus = _refus_de_confirmation(ctx, nom)
    if refus is not None:
        return ctx.refuse(refus)
    mois = mois_confirme(ctx.action, mois_nomme(ctx.action, nom) or Mois(nom))
    suite = ctx.sur(mois_remplace(ctx.action, mois))
    ouvert = paiement_ouvert(suite.action, ctx.reglages, ctx.jour)
    attendu = mois_attendu(suite.action)
    assert attendu is not None
    return suite.applique(
        suite.action,
        [recapitulatif(suite, mois, ouvert), suivi(suite)],
        f"déclaration « {periode(nom)} » confirmée ; paiement ouvert : {ouvert.nature}",
        (echeance_declaration(suite, attendu),),
    )


def _refus_de_confirmation(ctx: Contexte, nom: str) -> Refusal | None:
    action, reglages = ctx.action, ctx.reglages
    debut = action.debut_reel
    assert debut is not None
    trouve = mois_nomme(action, nom)
    if nom < mois_de(debut):
        return messages.mois_avant_le_debut(nom, debut)
    if trouve is not None and trouve.confirmee:
        return messages.declaration_deja_confirmee(nom)
    if ctx.jour <= dernier_jour(nom):
        return messages.periode_non_terminee(nom, *prochaine_fenetre(reglages, ctx.jour, nom))
    precedent = mois_plus(nom, -1)
    if nom > mois_de(debut) and not est_confirme(action, precedent):
        return messages.periode_precedente(precedent)
    rouverte = trouve is not None and trouve.rouverte
    if not rouverte and not fenetre_ouverte(reglages, ctx.jour, nom):
        return messages.hors_delai(nom, reglages.jours_confirmation, *prochaine_fenetre(reglages, ctx.jour, nom))
    saisis = set() if trouve is None else {ligne.rang for ligne in trouve.lignes}
    sans_saisie = [un.numero for rang, un in presents(action, nom) if rang not in saisis]
    if sans_saisie:
        return messages.saisie_manquante(sans_saisie, nom)
    if nom >= mois_de(action.descriptif.fin_prevue) and sans_sortie(action):
        return messages.sorties_manquantes(sans_sortie(action))
    return None


def en_retard(ctx: Contexte) -> Outcome:
    """The window has closed on the first month not confirmed: say so, once a month's declaration."""
    mois = mois_attendu(ctx.action)
    if mois is None or ctx.action.etat in ("CLOTUREE", "SOLDEE") or premier_jour(mois_plus(mois, 1)) > ctx.jour:
        return ctx.ignore("echeance_sans_objet", "déclaration à jour")
    if ctx.action.fin_reelle is not None and mois > mois_de(ctx.action.fin_reelle):
        return ctx.ignore("echeance_sans_objet", "plus aucune déclaration n'est attendue")
    message = messages.notification_retard(mois, *prochaine_fenetre(ctx.reglages, ctx.jour, mois))
    return ctx.applique(
        ctx.action, [notification(ctx, "DECLARATION_EN_RETARD", message, ("Déclaration de réalisation périodique",))], message
    )
