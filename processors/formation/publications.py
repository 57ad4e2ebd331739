"""The records that the procedure publishes, built from its state. Labels are those of the guide."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from processors.formation import messages
from processors.formation.calculs import Couts, cout, en_heures, somme, ttc
from processors.formation.contexte import Contexte
from processors.formation.paiements import PaiementOuvert
from processors.formation.questions import (
    a_facturer,
    couts_unitaires,
    en_preparation,
    heures_de_tous,
    inscrits,
    mois_attendu,
    mois_nomme,
    nombre_inscrits,
    taux_realisation,
)
from processors.formation.state import Action, Facture, Ligne, Mois, SousTraitance, Stagiaire
from schemas.mois import periode
from schemas.outcome import Emitted
from schemas.records import formation as f

DECISIONS = "formation.decisions.v1"


def publie(nom: str, enregistrement: Any) -> Emitted:
    return Emitted(DECISIONS, nom, enregistrement)


def suivi(ctx: Contexte) -> Emitted:
    """Where the action stands (R-EXT-05)."""
    action = ctx.action
    d = action.descriptif
    return publie(
        "action_suivie",
        f.ActionSuivie(
            contrat=ctx.contrat,
            etat=action.etat,
            date_debut_prevue=d.debut_prevu,
            date_debut_reelle=action.debut_reel,
            date_fin_prevue=d.fin_prevue,
            date_fin_reelle=action.fin_reelle,
            frequence=action.frequence,
            dates_validees=action.dates_validees,
            formateurs_confirmes=action.formateurs_confirmes,
            liste_confirmee=action.liste_confirmee,
            nombre_stagiaires=nombre_inscrits(action),
            mois_attendu=None if action.etat in ("CLOTUREE", "SOLDEE") else mois_attendu(action),
            declarations_a_facturer=len(a_facturer(action)),
            factures_a_valider=0 if en_preparation(action) is None else 1,
            taux_realisation=taux_realisation(action, ctx.reglages),
        ),
    )


def notification(
    ctx: Contexte, nature: f.NatureNotification, message: str, menus: Sequence[str] = (), facture: str | None = None
) -> Emitted:
    return publie(
        "notification",
        f.Notification(
            contrat=ctx.contrat,
            organisme=ctx.action.descriptif.organisme,
            nature=nature,
            message=message,
            menus=tuple(menus),
            facture=facture,
        ),
    )


def anomalie(ctx: Contexte, code: f.CodeAnomalie, objet: str, message: str) -> Emitted:
    return publie("anomalie", f.Anomalie(contrat=ctx.contrat, code=code, objet=objet, message=message))


def dates_arretees(ctx: Contexte) -> Emitted:
    d = ctx.action.descriptif
    return publie(
        "dates_arretees",
        f.DatesArretees(
            contrat=ctx.contrat,
            date_debut_prevue=d.debut_prevu,
            date_fin_prevue=d.fin_prevue,
            validees=ctx.action.dates_validees,
            periodes=tuple(f.Periode(lieu=p.lieu, debut=p.debut, fin=p.fin) for p in ctx.action.periodes),
        ),
    )


# --- declarations ----------------------------------------------------------------------------------------------------


def recapitulatif(ctx: Contexte, mois: Mois, paiement: PaiementOuvert) -> Emitted:
    """« Réalisé horaire de l'action » (R-EXT-46): all stagiaires, those without hours included."""
    totaux = heures_de_tous(ctx.action)
    saisies = {ligne.rang: ligne for ligne in mois.lignes}
    presents = [(un, saisies.get(rang), totaux[rang]) for rang, un in inscrits(ctx.action)]
    couts = couts_unitaires(ctx.action, ctx.reglages)
    centre = sum([ligne.centre for _, ligne, _ in presents if ligne is not None])
    entreprise = sum([ligne.entreprise for _, ligne, _ in presents if ligne is not None])
    total_centre, total_entreprise = sum([total[0] for _, _, total in presents]), sum([total[1] for _, _, total in presents])
    return publie(
        "declaration_recapitulee",
        f.DeclarationRecapitulee(
            contrat=ctx.contrat,
            mois=mois.mois,
            periode=periode(mois.mois),
            lignes=tuple([_ligne_recap(*chacun) for chacun in presents]),
            centre=en_heures(centre),
            entreprise=en_heures(entreprise),
            total_mois=en_heures(centre + entreprise),
            total_centre=en_heures(total_centre),
            total_entreprise=en_heures(total_entreprise),
            total=en_heures(total_centre + total_entreprise),
            nombre_stagiaires=mois.stagiaires,
            cout=None if couts is None else cout(mois.heures, couts),
            centre_realisees=en_heures(mois.centre_realisees),
            centre_justifiees=en_heures(mois.centre_justifiees),
            cout_unitaire_centre=None if couts is None else couts.centre,
            entreprise_realisees=en_heures(mois.entreprise_realisees),
            entreprise_justifiees=en_heures(mois.entreprise_justifiees),
            cout_unitaire_entreprise=None if couts is None else couts.entreprise,
            taux_realisation=taux_realisation(ctx.action, ctx.reglages),
            paiement=paiement.nature,
            periodes_facturables=paiement.mois,
            facturable_du=paiement.du,
            facturable_au=paiement.au,
        ),
    )


def _ligne_recap(un: Stagiaire, ligne: Ligne | None, total: tuple[int, int]) -> f.LigneRecap:
    centre, entreprise = total
    return f.LigneRecap(
        stagiaire=un.numero,
        date_entree=un.entree,
        date_sortie=un.sortie,
        centre=en_heures(0 if ligne is None else ligne.centre),
        entreprise=en_heures(0 if ligne is None else ligne.entreprise),
        total_centre=en_heures(centre),
        total_entreprise=en_heures(entreprise),
        total=en_heures(centre + entreprise),
    )


# --- invoices --------------------------------------------------------------------------------------------------------


def facture(ctx: Contexte, une: Facture, *, motif: str | None = None, decidee_le: datetime | None = None) -> Emitted:
    """The present state of a titulaire's invoice, whole."""
    action = ctx.action
    d = action.descriptif
    couts = couts_unitaires(action, ctx.reglages)
    trouves = [mois_nomme(action, mois) for mois in une.mois]
    concernes = [mois for mois in trouves if mois is not None]
    lignes = () if couts is None else tuple(_ligne_facture(mois, couts) for mois in concernes)
    retenues = _par_sous_traitant(action, une)
    net = une.brut - somme(r.montant_ht for r in retenues)
    attendues = sum(len(mois.attentes) for mois in concernes)
    libelle, certificat = _libelles(une, d.raison_sociale)
    return publie(
        "facture",
        f.Facture(
            contrat=ctx.contrat,
            reference=une.reference,
            numero=une.numero or None,
            nature=une.nature,
            rang_acompte=une.acompte or None,
            statut=une.statut,
            organisme=d.organisme,
            emetteur=d.raison_sociale,
            libelle=libelle,
            libelle_certificat=certificat,
            mois=une.mois,
            periodes=tuple(periode(mois) for mois in une.mois),
            lignes=lignes,
            nombre_stagiaires=max((ligne.nombre_stagiaires for ligne in lignes), default=0),
            heures_centre=somme(ligne.centre_realisees for ligne in lignes),
            heures_entreprise=somme(ligne.entreprise_realisees for ligne in lignes),
            realise_ht=une.realise,
            percu_ht=une.percu,
            montant_ht=une.brut,
            deductions=retenues,
            net_ht=net,
            taux_tva=d.taux_tva,
            montant_ttc=ttc(une.brut, d.taux_tva),
            net_ttc=ttc(net, d.taux_tva),
            payable=est_payable(action, une),
            pieces_manquantes=attendues,
            motif_rejet=motif,
            creee_le=une.creee_le,
            decidee_le=decidee_le,
        ),
    )


def est_payable(action: Action, une: Facture) -> bool:
    """Nothing withholds its payment: papers of its months received (R-EXT-50, and 09 for the solde); for the solde, the bilan too
    (R-EXT-84) and something to pay."""
    if une.statut not in ("EMISE", "ACCEPTEE"):
        return False
    if une.nature == "SOLDE" and not (action.bilan_recu and une.brut > 0):
        return False
    return not any(mois.attentes for mois in action.mois if mois.mois in une.mois)


def solde_payable(ctx: Contexte, une: Facture, parce_que: str) -> list[Emitted]:
    """Tells the organisme that nothing withholds its solde any more."""
    if une.nature != "SOLDE" or not est_payable(ctx.action, une):
        return []
    message = messages.notification_solde_payable(parce_que)
    return [notification(ctx, "SOLDE_PAYABLE", message, messages.MENUS_FACTURE, une.reference)]


def _libelles(une: Facture, raison_sociale: str) -> tuple[str, str]:
    if une.nature == "SOLDE":
        return "Solde", messages.libelle_solde(raison_sociale)
    return messages.libelle_facture(une.numero), messages.libelle_certificat(une.numero, raison_sociale)


def _ligne_facture(mois: Mois, couts: Couts) -> f.LigneFacture:
    return f.LigneFacture(
        mois=mois.mois,
        periode=periode(mois.mois),
        nombre_stagiaires=mois.stagiaires,
        centre_realisees=en_heures(mois.centre_realisees),
        centre_justifiees=en_heures(mois.centre_justifiees),
        cout_unitaire_centre=couts.centre,
        entreprise_realisees=en_heures(mois.entreprise_realisees),
        entreprise_justifiees=en_heures(mois.entreprise_justifiees),
        cout_unitaire_entreprise=couts.entreprise,
        cout_total=cout(mois.heures, couts),
    )


def _par_sous_traitant(action: Action, une: Facture) -> tuple[f.Deduction, ...]:
    """One line for each subcontractor, in the order of their first invoice (R-EXT-68)."""
    montants: dict[str, Decimal] = {}
    for retenue in une.retenues:
        origine = next(s for s in action.sous_traitances if s.reference == retenue.reference)
        montants[origine.sous_traitant] = montants.get(origine.sous_traitant, Decimal(0)) + retenue.montant
    return tuple(_deduction(action, identifiant, montant) for identifiant, montant in montants.items())


def _deduction(action: Action, identifiant: str, montant: Decimal) -> f.Deduction:
    nom = nom_sous_traitant(action, identifiant)
    return f.Deduction(sous_traitant=identifiant, nom=nom, montant_ht=montant, libelle=messages.dont(montant, nom))


def nom_sous_traitant(action: Action, identifiant: str) -> str:
    """Its name; its identifier once the Region has taken it off the list."""
    return next((s.nom for s in action.descriptif.sous_traitants if s.identifiant == identifiant), identifiant)


def facture_sous_traitant(ctx: Contexte, une: SousTraitance, *, motif: str | None = None, decidee_le: datetime | None = None) -> Emitted:
    d = ctx.action.descriptif
    nom = nom_sous_traitant(ctx.action, une.sous_traitant)
    montant_ttc = ttc(une.montant, d.taux_tva)
    return publie(
        "facture",
        f.Facture(
            contrat=ctx.contrat,
            reference=une.reference,
            nature="SOUS_TRAITANT",
            statut=une.statut,
            organisme=d.organisme,
            emetteur=nom,
            libelle=messages.libelle_sous_traitant(nom),
            libelle_certificat=messages.libelle_sous_traitant(nom),
            nombre_stagiaires=0,
            heures_centre=Decimal("0.00"),
            heures_entreprise=Decimal("0.00"),
            montant_ht=une.montant,
            net_ht=une.montant,
            taux_tva=d.taux_tva,
            montant_ttc=montant_ttc,
            net_ttc=montant_ttc,
            payable=une.statut in ("EMISE", "ACCEPTEE"),
            pieces_manquantes=0,
            motif_rejet=motif,
            creee_le=une.creee_le,
            decidee_le=decidee_le,
        ),
    )
