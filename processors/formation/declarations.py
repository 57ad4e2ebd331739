"""Monthly declarations: hours entered, papers, confirmation within its window (R-EXT-45 to 55)."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from operator import attrgetter

from processors.formation import messages
from processors.formation.calculs import en_centiemes, en_heures
from processors.formation.calendrier import dernier_jour, est_un_mois, jours_du_mois, mois_de, mois_plus, periode, premier_jour
from processors.formation.changements import (
    attente_levee,
    ligne_remplacee,
    mois_confirme,
    mois_remplace,
    restantes,
    stagiaire_remplace,
)
from processors.formation.contexte import Contexte
from processors.formation.ouverture import echeance_declaration
from processors.formation.paiements import paiement_ouvert
from processors.formation.publications import anomalie, facture, notification, publie, recapitulatif, suivi
from processors.formation.questions import (
    est_confirme,
    facture_nommee,
    fenetre_ouverte,
    ligne_de,
    mois_attendu,
    mois_nomme,
    premier_mois,
    presents,
    prevues_de,
    prochaine_fenetre,
    rang_de,
    sans_sortie,
)
from processors.formation.state import Action, Ligne, Mois, Piece, Stagiaire
from schemas.outcome import Emitted, Outcome, Refusal
from schemas.records import extranet, safir
from schemas.records import formation as f

COMPTEURS: tuple[tuple[str, str], ...] = (
    ("centre_realisees", "Heures réalisées en centre"),
    ("centre_justifiees", "Heures non réalisées justifiées en centre"),
    ("centre_non_justifiees", "Heures non réalisées non justifiées en centre"),
    ("entreprise_realisees", "Heures réalisées en entreprise"),
    ("entreprise_justifiees", "Heures non réalisées justifiées en entreprise"),
    ("entreprise_non_justifiees", "Heures non réalisées non justifiées en entreprise"),
)
"""The six counters and their labels (R-EXT-48)."""

NOMS = tuple(nom for nom, _ in COMPTEURS)
_valeurs: Callable[[extranet.HeuresSaisies], tuple[Decimal, ...]] = attrgetter(*NOMS)

LIEUX: tuple[tuple[safir.LieuFormation, str], ...] = (("CENTRE", "centre"), ("ENTREPRISE", "entreprise"))


def prealable_declaration(contrat: str, mois: str) -> str:
    return f"declaration {contrat}/{mois}"


# --- hours -----------------------------------------------------------------------------------------------------------


def saisir_heures(ctx: Contexte) -> Outcome:
    """Keep the six counters of one stagiaire and month; money comes from them alone."""
    saisie: extranet.HeuresSaisies = ctx.data
    rang = rang_de(ctx.action, saisie.stagiaire)
    assert rang is not None
    refus = _refus_du_mois(ctx, saisie.mois) or _refus_des_compteurs(saisie)
    if refus is not None:
        return ctx.refuse(refus)
    precedent = mois_plus(saisie.mois, -1)
    if saisie.mois > premier_mois(ctx.action) and not est_confirme(ctx.action, precedent):
        return ctx.attend(prealable_declaration(ctx.contrat, precedent), messages.attend_declaration(precedent))
    ligne = Ligne(rang, *map(en_centiemes, _valeurs(saisie)))
    refus = _refus_apres_sortie(ctx, saisie.mois, ligne)
    if refus is not None:
        return ctx.refuse(refus)
    mois = mois_nomme(ctx.action, saisie.mois) or Mois(saisie.mois)
    action = mois_remplace(ctx.action, ligne_remplacee(mois, ligne))
    emis = [_retenues(ctx, saisie, ligne), *_anomalies(ctx, saisie, ligne)]
    return ctx.applique(action, emis, "heures enregistrées")


def _refus_du_mois(ctx: Contexte, mois: str) -> Refusal | None:
    debut = ctx.action.debut_reel
    assert debut is not None
    if mois < mois_de(debut):
        return messages.mois_avant_le_debut(mois, debut)
    if mois > mois_de(ctx.jour):
        return messages.mois_a_venir(mois)
    if est_confirme(ctx.action, mois):
        return messages.declaration_verrouillee(mois)
    return None


def _refus_des_compteurs(saisie: extranet.HeuresSaisies) -> Refusal | None:
    valeurs = _valeurs(saisie)
    negatifs = [libelle for (_, libelle), valeur in zip(COMPTEURS, valeurs, strict=True) if valeur < 0]
    if any(absence.heures < 0 for absence in saisie.absences):
        negatifs.append("Nombre d'heures d'absence")
    if negatifs:
        return messages.heures_negatives(negatifs)
    if any(valeur != round(valeur, 2) for valeur in valeurs):
        return messages.heures_trop_fines()
    if any(absence.fin < absence.debut for absence in saisie.absences):
        return messages.absence_inversee()
    return None


def refus_au_dela_du_mois(ctx: Contexte) -> Outcome | None:
    """More hours than the month has: a gate of its own, since the bound is a setting."""
    saisie: extranet.HeuresSaisies = ctx.data
    total = sum(_valeurs(saisie), start=en_heures(0))
    maximum = jours_du_mois(saisie.mois) * ctx.reglages.heures_par_jour
    return ctx.refuse(messages.heures_au_dela_du_mois(total, maximum, saisie.mois)) if total > maximum else None


def _refus_apres_sortie(ctx: Contexte, mois: str, ligne: Ligne) -> Refusal | None:
    """After an early exit hours are due only for an admissible motive, until the end of the action (R-EXT-51)."""
    un = ctx.action.stagiaires[ligne.rang]
    if un.sortie is None or ligne.vide:
        return None
    absences = [absence.fin for absence in ctx.data.absences if absence.heures > 0]
    deborde = mois > mois_de(un.sortie) or (mois == mois_de(un.sortie) and any(fin > un.sortie for fin in absences))
    if not deborde:
        return None
    if not un.recevable or mois > mois_de(ctx.action.descriptif.fin_prevue):
        return messages.heures_apres_sortie(un.sortie)
    if mois > mois_de(un.sortie) and (
        ligne.centre_realisees or ligne.entreprise_realisees or ligne.centre_non_justifiees or ligne.entreprise_non_justifiees
    ):
        return messages.heures_realisees_apres_sortie(un.sortie)
    return _refus_au_dela_du_prevu(ctx.action, mois, un, ligne)


def _refus_au_dela_du_prevu(action: Action, mois: str, un: Stagiaire, ligne: Ligne) -> Refusal | None:
    prevues = prevues_de(action, un)
    reste_centre, reste_entreprise = restantes(action, ligne.rang, prevues)
    ancienne = ligne_de(mois_nomme(action, mois), ligne.rang)
    if ancienne is not None:
        reste_centre += ancienne.heures.centre
        reste_entreprise += ancienne.heures.entreprise
    if ligne.heures.centre > reste_centre or ligne.heures.entreprise > reste_entreprise:
        return messages.heures_au_dela_du_prevu(en_heures(reste_centre), en_heures(reste_entreprise))
    return None


def _retenues(ctx: Contexte, saisie: extranet.HeuresSaisies, ligne: Ligne) -> Emitted:
    heures = ligne.heures
    return publie(
        "heures_retenues",
        f.HeuresRetenues(
            contrat=ctx.contrat,
            stagiaire=saisie.stagiaire,
            mois=saisie.mois,
            periode=periode(saisie.mois),
            **dict(zip(NOMS, _valeurs(saisie), strict=True)),
            centre=en_heures(heures.centre),
            entreprise=en_heures(heures.entreprise),
            total=en_heures(heures.total),
        ),
    )


def _anomalies(ctx: Contexte, saisie: extranet.HeuresSaisies, ligne: Ligne) -> Iterator[Emitted]:
    """Reported, never refused: the guide's own samples show both (A-14, R-EXT-49)."""
    un = ctx.action.stagiaires[ligne.rang]
    objet = f"{saisie.mois}/{saisie.stagiaire}"
    if un.entree is not None and not ligne.vide and un.entree > dernier_jour(saisie.mois):
        yield anomalie(ctx, "HEURES_AVANT_ENTREE", objet, messages.anomalie_avant_entree(saisie.mois, un.entree))
    for lieu, prefixe in LIEUX:
        absences = sum((a.heures for a in saisie.absences if a.lieu == lieu), start=en_heures(0))
        compteurs = getattr(saisie, f"{prefixe}_justifiees") + getattr(saisie, f"{prefixe}_non_justifiees")
        if absences != compteurs:
            yield anomalie(ctx, "ABSENCES_NON_CONCORDANTES", objet, messages.anomalie_absences(lieu, absences, compteurs))


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
        emis += [facture(suite, une) for une in factures if une is not None and une.statut != "ACCEPTEE"]
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
    sans_saisie = [un.numero for rang, un in presents(action, nom) if ligne_de(trouve, rang) is None]
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
