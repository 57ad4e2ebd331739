"""What the Region says of an action: its description and its agreements (R-EXT-06, 10, 12, 14, 26, 30, 81)."""

import hashlib
from collections.abc import Iterator
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from processors.formation import cloture, messages
from processors.formation.calculs import en_centiemes
from processors.formation.calendrier import est_un_mois
from processors.formation.changements import accord_ajoute, mois_remplace
from processors.formation.contexte import Contexte
from processors.formation.publications import anomalie, dates_arretees, publie, suivi
from processors.formation.questions import mois_nomme
from processors.formation.reglages import Reglages
from processors.formation.state import Action, Descriptif, Periode, SousTraitant
from schemas.outcome import Emitted, Event, Outcome
from schemas.records import formation as f
from schemas.records import safir


def decrire(reglages: Reglages, action: Action | None, event: Event) -> Outcome:
    """The last description received replaces the one before; what the organisme did stays."""
    donnees: safir.Action = event.data
    empreinte = hashlib.sha256(msgspec.msgpack.encode(donnees)).hexdigest()[:32]
    if action is not None and action.empreinte == empreinte:
        return Outcome(action, counted="doublon", because="description déjà connue")
    descriptif = _descriptif(reglages, donnees)
    periodes = tuple(Periode(p.lieu, p.debut, p.fin) for p in donnees.periodes)
    if action is None:
        etat: f.EtatAction = "EN_LIGNE" if donnees.en_ligne else "HORS_LIGNE"
        nouvelle = Action(descriptif=descriptif, empreinte=empreinte, periodes=periodes, etat=etat)
    else:
        nouvelle = replace(action, descriptif=descriptif, empreinte=empreinte, etat=_etat(action, donnees.en_ligne))
        if not action.dates_validees:
            nouvelle = replace(nouvelle, periodes=periodes)
    ctx = Contexte(reglages, nouvelle, event)
    emis = [publie("action_decrite", _decrite(donnees)), dates_arretees(ctx), _formateurs(ctx, donnees.formateurs), *_prix(ctx, donnees)]
    fermee = cloture.prend_effet(ctx)
    if fermee is not None:
        return _precede(fermee, emis)
    return ctx.applique(nouvelle, [*emis, suivi(ctx)], "l'action est décrite par la Région")


def _precede(outcome: Outcome, emis: list[Emitted]) -> Outcome:
    return Outcome(outcome.state, (*emis, *outcome.emitted), deadlines=outcome.deadlines, because=outcome.because)


def _etat(action: Action, en_ligne: bool) -> f.EtatAction:
    if action.etat in ("HORS_LIGNE", "EN_LIGNE"):
        return "EN_LIGNE" if en_ligne else "HORS_LIGNE"
    return action.etat


def _descriptif(reglages: Reglages, donnees: safir.Action) -> Descriptif:
    return Descriptif(
        organisme=donnees.organisme,
        raison_sociale=donnees.raison_sociale,
        nature=donnees.nature,
        en_ligne=donnees.en_ligne,
        debut_prevu=donnees.date_debut_prevue,
        fin_prevue=donnees.date_fin_prevue,
        zone=donnees.zone or reglages.zone,
        duree_centre=en_centiemes(donnees.duree_centre),
        duree_entreprise=en_centiemes(donnees.duree_entreprise),
        effectif_total=donnees.effectif_total,
        effectif_remunere=donnees.effectif_remunere,
        cout_centre=donnees.cout_unitaire_centre,
        cout_entreprise=donnees.cout_unitaire_entreprise,
        taux_tva=reglages.taux_tva if donnees.taux_tva is None else donnees.taux_tva,
        motifs_recevables=donnees.motifs_recevables or reglages.motifs_recevables,
        sous_traitants=tuple(SousTraitant(s.identifiant, s.nom) for s in donnees.sous_traitants),
    )


def _decrite(donnees: safir.Action) -> f.ActionDecrite:
    communs = {nom: getattr(donnees, nom) for nom in f.ActionDecrite.__struct_fields__ if hasattr(donnees, nom)}
    return f.ActionDecrite(
        **communs | {"prix_total": _somme_des_prix(donnees) if donnees.prix_total is None else donnees.prix_total},
        nombre_sous_traitants=len(donnees.sous_traitants),
        total_prevu=donnees.duree_centre + donnees.duree_entreprise,
    )


def _somme_des_prix(donnees: safir.Action) -> Decimal | None:
    if donnees.prix_centre is None or donnees.prix_entreprise is None:
        return None
    return donnees.prix_centre + donnees.prix_entreprise


def _prix(ctx: Contexte, donnees: safir.Action) -> Iterator[Emitted]:
    """A total price that is not the sum of its two parts is reported, never corrected (R-EXT-07)."""
    somme = _somme_des_prix(donnees)
    if somme is not None and donnees.prix_total is not None and donnees.prix_total != somme:
        yield anomalie(ctx, "PRIX_INCOHERENT", "prix total", messages.anomalie_prix(donnees.prix_total, somme))


def _formateurs(ctx: Contexte, formateurs: tuple[safir.Formateur, ...]) -> Emitted:
    return publie(
        "formateurs_arretes",
        f.FormateursArretes(
            contrat=ctx.contrat,
            formateurs=tuple(f.Formateur(**msgspec.structs.asdict(un)) for un in formateurs),
        ),
    )


# --- agreements ------------------------------------------------------------------------------------------------------


def accorder(ctx: Contexte) -> Outcome:
    """An agreement opens one modification; an avenant and a reopening act at once."""
    donnees: safir.Accord = ctx.data
    match donnees.objet:
        case "AVENANT":
            return _avenant(ctx, donnees)
        case "DECLARATION":
            return _rouvrir(ctx, donnees)
        case "STAGIAIRE" if not donnees.stagiaire:
            return ctx.refuse(messages.accord_incomplet("le stagiaire"))
    portee = donnees.stagiaire or "" if donnees.objet == "STAGIAIRE" else ""
    action = accord_ajoute(ctx.action, donnees.objet, portee)
    return ctx.applique(action, [_accord(ctx, donnees.objet, portee)], "la Région accorde une modification")


def _accord(ctx: Contexte, objet: str, portee: str) -> Emitted:
    return publie("accord_enregistre", f.AccordEnregistre(contrat=ctx.contrat, objet=objet, portee=portee or None))


def _avenant(ctx: Contexte, donnees: safir.Accord) -> Outcome:
    if donnees.date_fin_prevue is None:
        return ctx.refuse(messages.accord_incomplet("la nouvelle date de fin prévue"))
    suite = ctx.sur(ctx.avec(descriptif=replace(ctx.action.descriptif, fin_prevue=donnees.date_fin_prevue)))
    emis = [_accord(suite, "AVENANT", donnees.numero or ""), dates_arretees(suite)]
    fermee = cloture.prend_effet(suite)
    if fermee is not None:
        return _precede(fermee, emis)
    return suite.applique(suite.action, [*emis, suivi(suite)], "la date de fin prévue est reportée par avenant")


def _rouvrir(ctx: Contexte, donnees: safir.Accord) -> Outcome:
    if not donnees.mois or not est_un_mois(donnees.mois):
        return ctx.refuse(messages.accord_incomplet("le mois à rouvrir, AAAA-MM"))
    mois = mois_nomme(ctx.action, donnees.mois)
    if mois is None or not mois.confirmee or mois.facture:
        return ctx.refuse(messages.mois_non_rouvrable(donnees.mois))
    suite = ctx.sur(mois_remplace(ctx.action, replace(mois, confirmee=False, rouverte=True, attentes=())))
    return suite.applique(suite.action, [_accord(suite, "DECLARATION", donnees.mois), suivi(suite)], "la déclaration est rouverte")
