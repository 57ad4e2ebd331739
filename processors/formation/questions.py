"""What the steps ask of an action's state. Pure; nothing here changes it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from processors.formation.calculs import Couts, Heures, atteint, cout, somme, taux
from processors.formation.calendrier import dernier_jour, ecart, mois_de, mois_plus, ouvre_un_trimestre, premier_jour
from processors.formation.reglages import Reglages
from processors.formation.state import Action, Facture, Ligne, Mois, Stagiaire

ENGAGEES = ("PREPAREE", "EMISE", "ACCEPTEE")
"""Statuses of an invoice that holds its declarations."""


# --- stagiaires ------------------------------------------------------------------------------------------------------


def inscrits(action: Action) -> Iterator[tuple[int, Stagiaire]]:
    """Rank and sheet of each stagiaire, in order of inscription."""
    return ((rang, un) for rang, un in enumerate(action.stagiaires) if not un.retire)


def rang_de(action: Action, numero: str) -> int | None:
    for rang, un in enumerate(action.stagiaires):
        if un.numero == numero and not un.retire:
            return rang
    return None


def nombre_inscrits(action: Action) -> int:
    return len(action.stagiaires) - sum([un.retire for un in action.stagiaires])


def presents(action: Action, mois: str) -> Iterator[tuple[int, Stagiaire]]:
    """Those in training at least one day of the month: their hours are due (R-EXT-45)."""
    premier, dernier = premier_jour(mois), dernier_jour(mois)
    for rang, un in inscrits(action):
        if un.complet and un.entree is not None and un.entree <= dernier and (un.sortie is None or un.sortie >= premier):
            yield rang, un


def sans_sortie(action: Action) -> tuple[str, ...]:
    return tuple(un.numero for _, un in inscrits(action) if un.complet and un.sortie is None)


def a_des_heures(action: Action, rang: int) -> bool:
    """Hours of any kind were recorded, unjustified ones included (R-EXT-25)."""
    return action.stagiaires[rang].a_des_heures or any(
        ligne.rang == rang and not ligne.vide for mois in action.mois for ligne in mois.lignes
    )


def heures_de(action: Action, rang: int) -> tuple[int, int]:
    """Recap hours (centre, entreprise) of a stagiaire since the start, in hundredths."""
    un = action.stagiaires[rang]
    centre, entreprise = un.plie_centre, un.plie_entreprise
    for mois in action.mois:
        for ligne in mois.lignes:
            if ligne.rang == rang:
                centre += ligne.centre_realisees + ligne.centre_justifiees
                entreprise += ligne.entreprise_realisees + ligne.entreprise_justifiees
    return centre, entreprise


def heures_de_tous(action: Action) -> list[tuple[int, int]]:
    """`heures_de` of every rank, the lines read once."""
    centre, entreprise = [un.plie_centre for un in action.stagiaires], [un.plie_entreprise for un in action.stagiaires]
    for mois in action.mois:
        for ligne in mois.lignes:
            centre[ligne.rang] += ligne.centre_realisees + ligne.centre_justifiees
            entreprise[ligne.rang] += ligne.entreprise_realisees + ligne.entreprise_justifiees
    return list(zip(centre, entreprise, strict=True))


def prevues_de(action: Action, un: Stagiaire) -> tuple[int, int]:
    """Planned hours of a stagiaire: of the individual path, else of the action."""
    centre = action.descriptif.duree_centre if un.prevu_centre is None else un.prevu_centre
    entreprise = action.descriptif.duree_entreprise if un.prevu_entreprise is None else un.prevu_entreprise
    return centre, entreprise


# --- months ----------------------------------------------------------------------------------------------------------


def premier_mois(action: Action) -> str:
    """Month of the real start; the action must be open."""
    if action.debut_reel is None:
        raise ValueError("the action is not open")
    return mois_de(action.debut_reel)


def mois_nomme(action: Action, mois: str) -> Mois | None:
    for connu in reversed(action.mois):
        if connu.mois == mois:
            return connu
    return None


def est_confirme(action: Action, mois: str) -> bool:
    trouve = mois_nomme(action, mois)
    return trouve is not None and trouve.confirmee


def mois_attendu(action: Action) -> str | None:
    """The first month whose declaration is not confirmed; None while the action is not open."""
    if action.debut_reel is None:
        return None
    mois = premier_mois(action)
    for connu in action.mois:
        if connu.mois == mois and connu.confirmee:
            mois = mois_plus(mois, 1)
    return mois


def confirmes(action: Action) -> tuple[Mois, ...]:
    return tuple(m for m in action.mois if m.confirmee)


def dernier_confirme(action: Action) -> str:
    """Empty when no declaration is confirmed."""
    return max((m.mois for m in action.mois if m.confirmee), default="")


def a_facturer(action: Action) -> tuple[str, ...]:
    """Confirmed declarations that no invoice holds, in order (R-EXT-65)."""
    return tuple(m.mois for m in action.mois if m.confirmee and not m.facture)


def ligne_de(mois: Mois | None, rang: int) -> Ligne | None:
    return None if mois is None else next((ligne for ligne in mois.lignes if ligne.rang == rang), None)


# --- windows ---------------------------------------------------------------------------------------------------------


def fenetre_ouverte(reglages: Reglages, jour: date, mois: str) -> bool:
    """Whether a declaration of `mois` may be confirmed on that day: the first days of any later month (R-EXT-53, 55)."""
    return jour > dernier_jour(mois) and jour.day <= reglages.jours_confirmation


def prochaine_fenetre(reglages: Reglages, jour: date, mois: str, debut_trimestres: str | None = None) -> tuple[date, date]:
    """The window after `mois` that is open on `jour`, else the next one; with `debut_trimestres`, only in months that begin a quarter."""
    candidat = max(mois_plus(mois, 1), mois_de(jour))
    if candidat == mois_de(jour) and jour.day > reglages.jours_confirmation:
        candidat = mois_plus(candidat, 1)
    while debut_trimestres is not None and not ouvre_un_trimestre(debut_trimestres, candidat):
        candidat = mois_plus(candidat, 1)
    du = premier_jour(candidat)
    return du, du.replace(day=min(reglages.jours_confirmation, dernier_jour(candidat).day))


# --- hours and money -------------------------------------------------------------------------------------------------


def heures_declarees(action: Action) -> Heures:
    """Of all confirmed declarations."""
    total = Heures()
    for mois in confirmes(action):
        total += mois.heures
    return total


def prevu(action: Action, reglages: Reglages) -> int:
    """The base of the realisation rate, in hundredths of an hour (A-10)."""
    d = action.descriptif
    if d.nature == "INDIVIDUALISEE":
        return sum(sum(prevues_de(action, un)) for _, un in inscrits(action) if un.complet)
    par_stagiaire = d.duree_centre + d.duree_entreprise
    if not reglages.taux_par_stagiaire:
        return par_stagiaire
    return par_stagiaire * (nombre_inscrits(action) if d.effectif_total is None else d.effectif_total)


def realise(action: Action, reglages: Reglages) -> int:
    realisees = sum(m.centre_realisees + m.entreprise_realisees for m in action.mois if m.confirmee)
    if not reglages.taux_compte_justifiees:
        return realisees
    return realisees + sum(m.centre_justifiees + m.entreprise_justifiees for m in action.mois if m.confirmee)


def taux_realisation(action: Action, reglages: Reglages) -> Decimal:
    """Percent, two decimals, truncated."""
    return taux(realise(action, reglages), prevu(action, reglages))


def seuil_atteint(action: Action, reglages: Reglages, seuil: Decimal) -> bool:
    """Exact: the shown rate is rounded, this is not."""
    return atteint(realise(action, reglages), prevu(action, reglages), seuil)


def couts_unitaires(action: Action, reglages: Reglages) -> Couts | None:
    """None when neither the action nor the settings give them."""
    centre = reglages.cout_unitaire_centre if action.descriptif.cout_centre is None else action.descriptif.cout_centre
    entreprise = reglages.cout_unitaire_entreprise if action.descriptif.cout_entreprise is None else action.descriptif.cout_entreprise
    return None if centre is None or entreprise is None else Couts(centre, entreprise)


def cout_realise(action: Action, couts: Couts) -> Decimal:
    """Of all confirmed declarations, by the sum of each as its invoice asks for it (R-EXT-64, 85). Papers that are awaited
    change no amount: they withhold the payment of the invoice that asks for their hours (R-EXT-50, A-13)."""
    return somme(cout(mois.heures, couts) for mois in confirmes(action))


def percu(action: Action) -> Decimal:
    """Avances and other payments, and the accepted acomptes before their deductions: a subcontractor's part was received for the action."""
    return action.percu_hors_factures + somme(f.brut for f in action.factures if f.statut == "ACCEPTEE" and f.nature == "ACOMPTE")


# --- invoices --------------------------------------------------------------------------------------------------------


def facture_nommee(action: Action, reference: str) -> Facture | None:
    return next((f for f in action.factures if f.reference == reference), None)


def en_preparation(action: Action) -> Facture | None:
    return next((f for f in action.factures if f.statut == "PREPAREE"), None)


def solde_engage(action: Action) -> bool:
    return any(f.nature == "SOLDE" and f.statut in ENGAGEES for f in action.factures)


def rejetee_portant(action: Action, mois: tuple[str, ...]) -> Facture | None:
    """The last rejected invoice that held one of these declarations, if the Region freed one of them."""
    if not any(m.rejetee and not m.facture for m in action.mois if m.mois in mois):
        return None
    return next((f for f in reversed(action.factures) if f.statut == "REJETEE" and set(f.mois) & set(mois)), None)


def duree_en_mois(action: Action, fin: date) -> tuple[str, ...]:
    """Every month from the real start to that day: each needs its declaration (R-EXT-45, 80)."""
    debut = premier_mois(action)
    return tuple(mois_plus(debut, rang) for rang in range(max(ecart(debut, mois_de(fin)), 0) + 1))
