"""What the Region decides of payment requests and what it pays (R-EXT-09, 69 to 73, 84, 85)."""

from decimal import Decimal

from msgspec.structs import replace

from processors.formation import messages
from processors.formation.calculs import somme, ttc, tva_coherente
from processors.formation.changements import facture_remplacee, mois_lies, mois_plies, retenues_rendues
from processors.formation.contexte import Contexte
from processors.formation.facturation import SOUS_TRAITANT
from processors.formation.publications import anomalie, facture, facture_sous_traitant, nom_sous_traitant, notification, publie, suivi
from processors.formation.questions import facture_nommee
from processors.formation.state import Facture, SousTraitance
from schemas.outcome import Emitted, Outcome
from schemas.records import formation as f
from schemas.records import safir

PREALABLE_BILAN = "bilan"


def prealable_facture(contrat: str, reference: str) -> str:
    return f"facture {contrat}/{reference}"


def decider(ctx: Contexte) -> Outcome:
    """Accepted: paid and its months folded. Rejected: its declarations and deductions are free again. The organisme is told at once."""
    decision: safir.DecisionFacture = ctx.data
    if decision.resultat == "REJETEE" and not (decision.motif or "").strip():
        return ctx.refuse(messages.rejet_sans_motif())
    if decision.facture.startswith(SOUS_TRAITANT):
        return _decider_sous_traitant(ctx, decision)
    une = facture_nommee(ctx.action, decision.facture)
    if une is None or une.statut == "PREPAREE":
        return _attend_facture(ctx, decision.facture)
    if une.statut != "EMISE":
        return _deja(ctx, une.statut, decision)
    return _accepter(ctx, une) if decision.resultat == "ACCEPTEE" else _rejeter(ctx, une, decision.motif or "")


def _attend_facture(ctx: Contexte, reference: str) -> Outcome:
    return ctx.attend(prealable_facture(ctx.contrat, reference), messages.attend_facture(reference))


def _deja(ctx: Contexte, statut: str, decision: safir.DecisionFacture) -> Outcome:
    if statut == decision.resultat:
        return ctx.ignore("doublon", "décision déjà connue")
    return ctx.refuse(messages.deja_decidee(decision.facture))


def _accepter(ctx: Contexte, une: Facture) -> Outcome:
    if une.nature == "SOLDE" and not ctx.action.bilan_recu:
        return ctx.attend(f"{PREALABLE_BILAN} {ctx.contrat}", messages.ATTEND_BILAN)
    acceptee = replace(une, statut="ACCEPTEE")
    attendus = sum(len(m.attentes) for m in ctx.action.mois if m.mois in une.mois)
    action = mois_plies(facture_remplacee(ctx.action, acceptee), une.mois)
    if une.nature == "SOLDE":
        action = replace(action, etat="SOLDEE")
    suite = ctx.sur(action)
    emis = [facture(suite, acceptee, decidee_le=ctx.event.time)]
    libelle = emis[0].data.libelle_certificat
    emis.append(notification(suite, "FACTURE_ACCEPTEE", messages.notification_acceptee(libelle), messages.MENUS_FACTURE, une.reference))
    if attendus:
        emis.append(anomalie(suite, "ACCEPTEE_SANS_JUSTIFICATIF", une.reference, messages.anomalie_sans_justificatif(attendus)))
    return suite.applique(action, [*emis, suivi(suite)], "demande de paiement acceptée")


def _rejeter(ctx: Contexte, une: Facture, motif: str) -> Outcome:
    """The rejected request keeps its row; its declarations may be invoiced again, alone or with others (R-EXT-73)."""
    rejetee = replace(une, statut="REJETEE", retenues=())
    emis = [facture(ctx, replace(une, statut="REJETEE"), motif=motif, decidee_le=ctx.event.time)]
    action = mois_lies(retenues_rendues(facture_remplacee(ctx.action, rejetee), une.retenues), une.mois, "", rejetee=True)
    suite = ctx.sur(action)
    message = messages.notification_rejetee(emis[0].data.libelle_certificat, motif)
    emis.append(notification(suite, "FACTURE_REJETEE", message, messages.MENUS_FACTURE, une.reference))
    return suite.applique(action, [*emis, suivi(suite)], "demande de paiement rejetée : ses déclarations sont libres")


def _decider_sous_traitant(ctx: Contexte, decision: safir.DecisionFacture) -> Outcome:
    une = next((s for s in ctx.action.sous_traitances if s.reference == decision.facture), None)
    if une is None:
        return _attend_facture(ctx, decision.facture)
    if une.statut != "EMISE":
        return _deja(ctx, une.statut, decision)
    decidee = replace(une, statut=decision.resultat, reste=une.reste if decision.resultat == "ACCEPTEE" else une.reste - une.montant)
    autres = tuple(decidee if s.reference == une.reference else s for s in ctx.action.sous_traitances)
    suite = ctx.sur(ctx.avec(sous_traitances=autres))
    emis = [
        facture_sous_traitant(suite, decidee, motif=decision.motif, decidee_le=ctx.event.time),
        _notification_sous_traitant(suite, decidee, decision),
    ]
    return suite.applique(suite.action, emis, "décision sur la facture d'un sous-traitant")


def _notification_sous_traitant(ctx: Contexte, une: SousTraitance, decision: safir.DecisionFacture) -> Emitted:
    libelle = messages.libelle_sous_traitant(nom_sous_traitant(ctx.action, une.sous_traitant))
    if decision.resultat == "ACCEPTEE":
        return notification(ctx, "FACTURE_ACCEPTEE", messages.notification_acceptee(libelle), messages.MENUS_FACTURE, une.reference)
    message = messages.notification_rejetee(libelle, decision.motif or "")
    return notification(ctx, "FACTURE_REJETEE", message, messages.MENUS_FACTURE, une.reference)


# --- payments --------------------------------------------------------------------------------------------------------


def verser(ctx: Contexte) -> Outcome:
    """Count a payment once. One that names its invoice is already counted by its acceptance (R-EXT-85)."""
    donnees: safir.Versement = ctx.data
    if donnees.montant_ht <= 0:
        return ctx.refuse(messages.versement_negatif())
    if donnees.reference in ctx.action.versements:
        return ctx.ignore("doublon", "versement déjà compté")
    if donnees.facture is None and donnees.nature in ("ACOMPTE", "SOLDE"):
        return ctx.refuse(messages.versement_sans_facture())
    action = ctx.avec(versements=(*ctx.action.versements, donnees.reference))
    emis: list[Emitted] = []
    if donnees.facture is None:
        action = replace(action, percu_hors_factures=action.percu_hors_factures + donnees.montant_ht)
        if donnees.nature == "AVANCE" and any(une.statut in ("EMISE", "ACCEPTEE") for une in action.factures):
            emis.append(anomalie(ctx, "AVANCE_TARDIVE", donnees.reference, messages.anomalie_avance_tardive()))
    else:
        attendu = _net(ctx, donnees.facture)
        if attendu is None:
            return _attend_facture(ctx, donnees.facture)
        if attendu != donnees.montant_ht:
            message = messages.anomalie_versement(donnees.facture, donnees.montant_ht, attendu)
            emis.append(anomalie(ctx, "VERSEMENT_DIFFERENT", donnees.facture, message))
    enregistre = f.VersementEnregistre(
        contrat=ctx.contrat,
        reference=donnees.reference,
        nature=donnees.nature,
        facture=donnees.facture,
        montant_ht=donnees.montant_ht,
        date_versement=donnees.date_versement,
    )
    return ctx.applique(action, [publie("versement_enregistre", enregistre), *emis], "versement de la Région")


def _net(ctx: Contexte, reference: str) -> Decimal | None:
    """What is to be paid of an issued invoice; None when there is none of that reference."""
    if reference.startswith(SOUS_TRAITANT):
        return next((s.montant for s in ctx.action.sous_traitances if s.reference == reference), None)
    une = facture_nommee(ctx.action, reference)
    return None if une is None or une.statut == "PREPAREE" else une.brut - somme(r.montant for r in une.retenues)


# --- the Region's own table of accepted invoices ---------------------------------------------------------------------


def rapprocher(ctx: Contexte) -> Outcome:
    """Compare a row of « Factures validées par la Région » with the VAT rate and with our invoice; nothing is corrected (R-EXT-71)."""
    ligne: safir.FactureValidee = ctx.data
    taux = ctx.action.descriptif.taux_tva
    attendu = ttc(ligne.montant_ht, taux)
    coherente = tva_coherente(ligne.montant_ht, ligne.montant_ttc, taux)
    rapprochee = f.FactureRapprochee(
        contrat=ctx.contrat,
        rang=ligne.rang,
        numero=ligne.numero,
        presomption=_presomption(ligne),
        nombre_stagiaires=ligne.nombre_stagiaires,
        heures_centre=ligne.heures_centre,
        heures_entreprise=ligne.heures_entreprise,
        montant_ht=ligne.montant_ht,
        montant_ttc=ligne.montant_ttc,
        ttc_attendu=attendu,
        taux_tva=taux,
        anomalie=not coherente,
        date_creation=ligne.date_creation,
    )
    emis = [publie("facture_rapprochee", rapprochee)]
    objet = f"ligne {ligne.rang}"
    if not coherente:
        emis.append(anomalie(ctx, "TVA_INCOHERENTE", objet, messages.anomalie_tva(ligne.montant_ht, ligne.montant_ttc, attendu, taux)))
    une = None if ligne.numero is None else facture_nommee(ctx.action, ligne.numero)
    if une is not None and une.brut != ligne.montant_ht:
        emis.append(anomalie(ctx, "MONTANT_DIFFERENT", une.reference, messages.anomalie_montant(une.reference, ligne.montant_ht, une.brut)))
    return ctx.applique(ctx.action, emis, "HT et TTC concordent" if coherente else "HT et TTC ne concordent pas")


def _presomption(ligne: safir.FactureValidee) -> f.Presomption:
    """Blank number: an avance when nothing was done, else the solde (A-16)."""
    if ligne.numero:
        return "ACOMPTE"
    vide = not (ligne.nombre_stagiaires or ligne.heures_centre or ligne.heures_entreprise)
    return "AVANCE" if vide else "SOLDE"
