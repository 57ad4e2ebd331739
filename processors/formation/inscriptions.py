"""Stagiaires: sheets partial or complete, headcounts, deletion, list confirmed at opening (R-EXT-20 to 27)."""

from typing import Any

from processors.formation import enquetes, messages
from processors.formation.calculs import en_centiemes
from processors.formation.changements import (
    accord_disponible,
    accord_use,
    sans_lignes_de,
    stagiaire_ajoute,
    stagiaire_remplace,
)
from processors.formation.contexte import Contexte
from processors.formation.publications import publie, suivi
from processors.formation.questions import a_des_heures, inscrits, nombre_inscrits, rang_de
from processors.formation.state import Stagiaire
from schemas.outcome import Outcome, Refusal
from schemas.records import extranet
from schemas.records import formation as f

IDENTITE: tuple[tuple[str, str], ...] = (
    ("civilite", "Civilité"),
    ("nom", "Nom"),
    ("prenom", "Prénom"),
    ("date_naissance", "Date de naissance"),
    ("sexe", "Sexe"),
    ("adresse", "Adresse"),
    ("code_postal", "Code Postal"),
    ("date_entree", "Date d'entrée"),
    ("organisme_remuneration", "Organisme chargé de la rémunération du Stagiaire"),
    ("niveau_entree", "Niveau à l'entrée en stage"),
    ("tranche_age", "Tranches d'âges"),
    ("duree_chomage", "Durée de chômage"),
    ("prescripteur", "Prescripteur"),
    ("beneficiaire_rmi", "Bénéficiaire RMI"),
)
"""Mandatory fields of the first tab (R-EXT-22)."""

PARCOURS: tuple[tuple[str, str], ...] = (
    ("parcours_envisage", "Parcours professionnel envisagé"),
    ("heures_centre", "Nombre d'heures en centre"),
    ("heures_entreprise", "Nombre d'heures en entreprise"),
    ("nombre_periodes_entreprise", "Nombre de période en entreprise"),
    ("modules_generaux", "Modules d'enseignement général"),
    ("modules_professionnels", "Modules d'enseignement professionnel"),
    ("objectifs_entreprise", "Objectifs des périodes en entreprise"),
    ("objectifs_formation", "Objectifs de formation définis"),
    ("vae", "Le recours à un dispositif de Validation des Acquis et de l'Expérience est-il envisagé ?"),
    ("date_debut", "Date de début"),
    ("date_fin", "Date de fin"),
)
"""Mandatory fields of the second tab, of individualised actions only (R-EXT-23)."""


def champs_manquants(fiche: extranet.StagiaireSaisi, individualisee: bool) -> tuple[str, ...]:
    """Labels of the mandatory fields that are absent or blank, in the order of the screens."""
    manquants = [libelle for nom, libelle in IDENTITE if _vide(getattr(fiche, nom))]
    if individualisee:
        manquants += [libelle for nom, libelle in PARCOURS if fiche.parcours is None or _vide(getattr(fiche.parcours, nom))]
    return tuple(manquants)


def _vide(valeur: object) -> bool:
    return valeur is None or (isinstance(valeur, str) and not valeur.strip())


def saisir(ctx: Contexte) -> Outcome:
    """Keep a sheet, within the headcounts; locked once the action is open and the stagiaire entered, unless the Region agreed."""
    fiche: extranet.StagiaireSaisi = ctx.data
    rang = rang_de(ctx.action, fiche.stagiaire)
    manquants = champs_manquants(fiche, ctx.action.descriptif.nature == "INDIVIDUALISEE")
    complet = not manquants and (fiche.enregistrement == "COMPLET" or (rang is not None and ctx.action.stagiaires[rang].complet))
    verrouille = rang is not None and _verrouille(ctx, ctx.action.stagiaires[rang])
    refus = _refus(ctx, fiche, rang, manquants, verrouille)
    if refus is not None:
        return ctx.refuse(refus)
    action = accord_use(ctx.action, "STAGIAIRE", fiche.stagiaire) if verrouille else ctx.action
    parcours = fiche.parcours if ctx.action.descriptif.nature == "INDIVIDUALISEE" else None
    champs: dict[str, Any] = {
        "complet": complet,
        "remunere": fiche.remunere,
        "entree": fiche.date_entree,
        "prevu_centre": None if parcours is None or parcours.heures_centre is None else en_centiemes(parcours.heures_centre),
        "prevu_entreprise": None if parcours is None or parcours.heures_entreprise is None else en_centiemes(parcours.heures_entreprise),
    }
    if rang is None:
        action = stagiaire_ajoute(action, Stagiaire(fiche.stagiaire, **champs))
    else:
        action = stagiaire_remplace(action, rang, **champs)
    suite = ctx.sur(action)
    inscrit = f.StagiaireInscrit(
        contrat=ctx.contrat,
        stagiaire=fiche.stagiaire,
        complet=complet,
        remunere=fiche.remunere,
        nom=fiche.nom,
        prenom=fiche.prenom,
        date_naissance=fiche.date_naissance,
        code_insee=fiche.code_insee,
        fse=fiche.fse,
        date_entree=fiche.date_entree,
    )
    because = "fiche entière enregistrée" if complet else "informations partielles enregistrées"
    return suite.applique(action, [publie("stagiaire_inscrit", inscrit), suivi(suite)], because)


def _verrouille(ctx: Contexte, un: Stagiaire) -> bool:
    """Open AND entered (A-11)."""
    return ctx.action.debut_reel is not None and un.entree is not None and un.entree <= ctx.jour


def _refus(ctx: Contexte, fiche: extranet.StagiaireSaisi, rang: int | None, manquants: tuple[str, ...], verrouille: bool) -> Refusal | None:
    if verrouille and not accord_disponible(ctx.action, "STAGIAIRE", fiche.stagiaire):
        return messages.stagiaire_verrouille(fiche.stagiaire)
    if manquants and (fiche.enregistrement == "COMPLET" or verrouille):
        return messages.champs_manquants(manquants)
    negatif = fiche.parcours is not None and any(
        heures is not None and heures < 0 for heures in (fiche.parcours.heures_centre, fiche.parcours.heures_entreprise)
    )
    if negatif:
        return messages.heures_negatives(("parcours prévu",))
    return _effectifs(ctx, fiche, rang)


def _effectifs(ctx: Contexte, fiche: extranet.StagiaireSaisi, rang: int | None) -> Refusal | None:
    """Drafts count: what may not be declared may not be drafted either (R-EXT-21)."""
    d = ctx.action.descriptif
    autres = [un for r, un in inscrits(ctx.action) if r != rang]
    if rang is None and d.effectif_total is not None and len(autres) >= d.effectif_total:
        return messages.effectif_depasse(d.effectif_total)
    if rang is None and max(len(autres), len(ctx.action.stagiaires)) >= ctx.reglages.stagiaires_max:
        return messages.trop_de_stagiaires(ctx.reglages.stagiaires_max)
    deja_remunere = rang is not None and ctx.action.stagiaires[rang].remunere
    remuneres = sum(1 for un in autres if un.remunere)
    if fiche.remunere and not deja_remunere and d.effectif_remunere is not None and remuneres >= d.effectif_remunere:
        return messages.remuneres_depasses(d.effectif_remunere)
    return None


def supprimer(ctx: Contexte) -> Outcome:
    """Only while no hour is recorded (R-EXT-25)."""
    numero = ctx.data.stagiaire
    rang = rang_de(ctx.action, numero)
    assert rang is not None
    if a_des_heures(ctx.action, rang):
        return ctx.refuse(messages.stagiaire_avec_heures(numero))
    action = sans_lignes_de(stagiaire_remplace(ctx.action, rang, retire=True, remunere=False), rang)
    suite = ctx.sur(action)
    retire = publie("stagiaire_retire", f.StagiaireRetire(contrat=ctx.contrat, stagiaire=numero))
    return suite.applique(action, [retire, suivi(suite)], "aucune heure n'était enregistrée", enquetes.echeances_levees(numero))


def confirmer_liste(ctx: Contexte) -> Outcome:
    """The list is confirmed at opening by the entry date of each (R-EXT-20)."""
    action = ctx.action
    emis = []
    for entree in ctx.data.entrees:
        rang = rang_de(action, entree.stagiaire)
        if rang is None:
            return ctx.refuse(messages.stagiaire_inconnu(entree.stagiaire))
        un = action.stagiaires[rang]
        if not un.complet:
            return ctx.refuse(messages.fiche_incomplete(entree.stagiaire))
        if entree.date_entree != un.entree and ctx.action.liste_confirmee and _verrouille(ctx, un):
            if not accord_disponible(action, "STAGIAIRE", entree.stagiaire):
                return ctx.refuse(messages.stagiaire_verrouille(entree.stagiaire))
            action = accord_use(action, "STAGIAIRE", entree.stagiaire)
        action = stagiaire_remplace(action, rang, entree=entree.date_entree)
        emis.append(
            publie(
                "entree_confirmee",
                f.EntreeConfirmee(contrat=ctx.contrat, stagiaire=entree.stagiaire, date_entree=entree.date_entree),
            )
        )
    suite = ctx.sur(action).avec(liste_confirmee=True)
    return ctx.applique(suite, [*emis, suivi(ctx.sur(suite))], f"{nombre_inscrits(suite)} stagiaires inscrits")
