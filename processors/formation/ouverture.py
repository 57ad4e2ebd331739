"""Dates, periods, trainers, then the opening or non-opening of the action (R-EXT-10 to 14, 30, 35 to 42)."""

from datetime import timedelta

import msgspec
from msgspec.structs import replace

from processors.formation import messages
from processors.formation.calendrier import debut_du_jour, mois_de, mois_plus, premier_jour
from processors.formation.changements import accord_disponible, accord_use
from processors.formation.contexte import Contexte
from processors.formation.publications import dates_arretees, publie, suivi
from processors.formation.questions import inscrits, nombre_inscrits
from processors.formation.state import Periode
from schemas.outcome import Deadline, Emitted, Outcome, Refusal
from schemas.records import extranet
from schemas.records import formation as f

ECHEANCE_DECLARATION = "declaration"
"""Name of the deadline of the first month not confirmed."""


def valider_dates(ctx: Contexte) -> Outcome:
    """Confirming them as they are needs nothing; changing them needs the Region's agreement, a new one each time (R-EXT-12, 14)."""
    donnees: extranet.DatesValidees = ctx.data
    d = ctx.action.descriptif
    periodes = tuple(Periode(p.lieu, p.debut, p.fin) for p in donnees.periodes)
    if donnees.date_fin_prevue < donnees.date_debut_prevue or any(p.fin < p.debut for p in periodes):
        return ctx.refuse(messages.dates_inversees())
    change = (donnees.date_debut_prevue, donnees.date_fin_prevue) != (d.debut_prevu, d.fin_prevue) or sorted(
        periodes, key=_ordre
    ) != sorted(ctx.action.periodes, key=_ordre)
    if not change and ctx.action.dates_validees:
        return ctx.ignore("doublon", "dates déjà validées")
    action = ctx.action
    if change:
        if not accord_disponible(action, "DATES"):
            return ctx.refuse(messages.dates_verrouillees() if action.dates_validees else messages.dates_sans_accord())
        action = accord_use(action, "DATES")
    action = replace(
        action,
        descriptif=replace(d, debut_prevu=donnees.date_debut_prevue, fin_prevue=donnees.date_fin_prevue),
        periodes=periodes,
        dates_validees=True,
    )
    suite = ctx.sur(action)
    return suite.applique(action, [dates_arretees(suite), suivi(suite)], "dates et périodes validées")


def _ordre(periode: Periode) -> tuple[str, str, str]:
    return periode.lieu, periode.debut.isoformat(), periode.fin.isoformat()


def confirmer_formateurs(ctx: Contexte) -> Outcome:
    action = ctx.avec(formateurs_confirmes=True)
    return ctx.applique(action, [suivi(ctx.sur(action))], "liste des formateurs confirmée")


def modifier_formateurs(ctx: Contexte) -> Outcome:
    """Read-only unless the Region agreed, by telephone (A-38)."""
    if not accord_disponible(ctx.action, "FORMATEURS"):
        return ctx.refuse(messages.formateurs_en_consultation())
    action = accord_use(ctx.action, "FORMATEURS")
    liste = tuple(f.Formateur(**msgspec.structs.asdict(un)) for un in ctx.data.formateurs)
    arretes = publie("formateurs_arretes", f.FormateursArretes(contrat=ctx.contrat, formateurs=liste))
    return ctx.applique(action, [arretes], "liste des formateurs modifiée avec l'accord de la Région")


# --- opening ---------------------------------------------------------------------------------------------------------


def ouvrir(ctx: Contexte) -> Outcome:
    """Open the action, or say that it does not open: both have their certificate."""
    donnees: extranet.Ouverture = ctx.data
    if not donnees.ouverte:
        return _ne_pas_ouvrir(ctx)
    refus = _refus(ctx, donnees)
    if refus is not None:
        return ctx.refuse(refus)
    debut = donnees.date_debut_reelle
    assert debut is not None
    action = ctx.avec(etat="OUVERTE", debut_reel=debut, frequence=donnees.frequence)
    suite = ctx.sur(action)
    return suite.applique(
        action,
        [_certificat(suite, "OUVERTURE", messages.CERTIFICAT_OUVERTURE), suivi(suite)],
        "l'action est ouverte",
        (echeance_declaration(suite, mois_de(debut)),),
    )


def _refus(ctx: Contexte, donnees: extranet.Ouverture) -> Refusal | None:
    manquants = [
        libelle
        for libelle, valeur in (("date de début réelle", donnees.date_debut_reelle), ("fréquence de paiement", donnees.frequence))
        if valeur is None
    ]
    if manquants:
        return messages.ouverture_incomplete(manquants)
    if donnees.frequence not in ctx.reglages.frequences:
        return messages.frequence_indisponible(ctx.reglages.frequences)
    if not any(un.complet for _, un in inscrits(ctx.action)):
        return messages.ouverture_sans_stagiaire()
    d = ctx.action.descriptif
    if d.nature == "COLLECTIVE" and donnees.date_debut_reelle is not None and donnees.date_debut_reelle != d.debut_prevu:
        return messages.ouverture_decalee(d.debut_prevu, donnees.date_debut_reelle)
    return None


def _ne_pas_ouvrir(ctx: Contexte) -> Outcome:
    action = ctx.avec(etat="NON_OUVERTE")
    suite = ctx.sur(action)
    certificat = _certificat(suite, "NON_OUVERTURE", messages.CERTIFICAT_NON_OUVERTURE)
    return suite.applique(action, [certificat, suivi(suite)], "l'action n'ouvre pas")


def _certificat(ctx: Contexte, nature: f.NatureCertificat, document: str) -> Emitted:
    return publie(
        "certificat",
        f.Certificat(
            contrat=ctx.contrat,
            nature=nature,
            date_debut_reelle=ctx.action.debut_reel,
            frequence=ctx.action.frequence,
            nombre_stagiaires=nombre_inscrits(ctx.action),
            documents=(messages.LISTE_STAGIAIRES, messages.LISTE_FORMATEURS, document, messages.BORDEREAU_ENVOI),
        ),
    )


def echeance_declaration(ctx: Contexte, mois: str) -> Deadline:
    """The day after the window of that month, when it is late if it is still not confirmed (R-EXT-55)."""
    lendemain = premier_jour(mois_plus(mois, 1)) + timedelta(days=ctx.reglages.jours_confirmation)
    return Deadline(ECHEANCE_DECLARATION, debut_du_jour(lendemain, ctx.action.descriptif.zone))
