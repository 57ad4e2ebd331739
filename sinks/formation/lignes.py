"""The rows of each printable state, joined from the tables of one contract. Pure."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sinks.formation import presentation as p

Ligne = Mapping[str, Any]
Donnees = Mapping[str, Sequence[Ligne]]

CASE = "☐"
ACOMPTE = "Demande de paiement d'acompte périodique"
SOLDE = "Demande de paiement de solde"
SOUS_TRAITANCE = "Demande de paiement d'un sous-traitant"
FREQUENCES = {"MENSUEL": "Mensuel", "TRIMESTRIEL": "Trimestriel", "TROIS_ACOMPTES": "Trois acomptes"}
DEMANDES = {"ACOMPTE": ACOMPTE, "SOLDE": SOLDE, "SOUS_TRAITANT": SOUS_TRAITANCE}


def de(table: str, ordre: str) -> Callable[[Donnees], Sequence[Ligne]]:
    """The rows of a table as they are, in the order of a column."""
    return lambda donnees: sorted(donnees.get(table, ()), key=lambda ligne: ligne[ordre])


def _par(donnees: Donnees, table: str, champ: str) -> dict[Any, Ligne]:
    return {ligne[champ]: ligne for ligne in donnees.get(table, ())}


def stagiaires(donnees: Donnees) -> list[dict[str, Any]]:
    """Each stagiaire with the entry and exit in force, by number."""
    entrees, sorties = _par(donnees, "formation_entrees", "stagiaire"), _par(donnees, "formation_sorties", "stagiaire")
    return [
        {
            **fiche,
            "date_entree": entrees.get(fiche["stagiaire"], fiche)["date_entree"],
            "date_sortie": sorties.get(fiche["stagiaire"], {}).get("date_sortie"),
            "motif": sorties.get(fiche["stagiaire"], {}).get("motif"),
        }
        for fiche in sorted(donnees.get("formation_stagiaires", ()), key=lambda f: str(f["stagiaire"]))
    ]


def formateurs(donnees: Donnees) -> list[Ligne]:
    return [un for ligne in donnees.get("formation_formateurs", ()) for un in ligne["formateurs"]]


def periodes(donnees: Donnees) -> list[Ligne]:
    return [une for ligne in donnees.get("formation_dates", ()) for une in ligne["periodes"]]


def realise(mois: str) -> Callable[[Donnees], list[dict[str, Any]]]:
    """« Réalisé horaire de l'action » of a month: every stagiaire, with hours since the start (R-EXT-46)."""

    def lignes(donnees: Donnees) -> list[dict[str, Any]]:
        declaration = next((d for d in donnees.get("formation_declarations", ()) if d["mois"] == mois), None)
        recap = {} if declaration is None else {ligne["stagiaire"]: ligne for ligne in declaration["lignes"]}
        saisies = [h for h in donnees.get("formation_heures", ()) if h["mois"] <= mois]
        return [_realise(fiche, recap.get(fiche["stagiaire"]), saisies, mois, declaration is not None) for fiche in stagiaires(donnees)]

    return lignes


def _realise(fiche: Ligne, recap: Ligne | None, saisies: Sequence[Ligne], mois: str, validee: bool) -> dict[str, Any]:
    siennes = [h for h in saisies if h["stagiaire"] == fiche["stagiaire"]]
    if recap is None:
        recap = {
            "centre": _somme(h["centre"] for h in siennes if h["mois"] == mois),
            "entreprise": _somme(h["entreprise"] for h in siennes if h["mois"] == mois),
            "total_centre": _somme(h["centre"] for h in siennes),
            "total_entreprise": _somme(h["entreprise"] for h in siennes),
            "total": _somme(h["total"] for h in siennes),
        }
    heures = {champ: Decimal(recap[champ]) for champ in ("centre", "entreprise", "total_centre", "total_entreprise", "total")}
    return {**fiche, **heures, "saisie": "Saisie horaire", "validation": "Validée" if validee else ""}


def _somme(valeurs: Any) -> Decimal:
    return sum((Decimal(valeur) for valeur in valeurs), Decimal(0))


def totaux_realise(lignes: Sequence[Ligne]) -> list[dict[str, Any]]:
    """« Total détaillé : » by place, then « Total : » (R-EXT-46)."""
    champs = ("centre", "entreprise", "total_centre", "total_entreprise", "total")
    detaille = {champ: _somme(ligne[champ] for ligne in lignes) for champ in champs}
    return [
        {"saisie": "Total détaillé :", **detaille},
        {"saisie": "Total :", "centre": detaille["centre"] + detaille["entreprise"], "total": detaille["total"]},
    ]


def factures(*statuts: str, natures: tuple[str, ...] = ("ACOMPTE", "SOLDE", "SOUS_TRAITANT")) -> Callable[[Donnees], list[dict[str, Any]]]:
    """Payment requests of these statuses, oldest first."""

    def lignes(donnees: Donnees) -> list[dict[str, Any]]:
        choisies = [f for f in donnees.get("formation_factures", ()) if f["statut"] in statuts and f["nature"] in natures]
        versements = {v["facture"]: v for v in donnees.get("formation_versements", ()) if v["facture"]}
        return [
            {**f, "demande": DEMANDES[f["nature"]], "versee_le": versements.get(f["reference"], {}).get("date_versement")}
            for f in sorted(choisies, key=lambda f: (str(f["creee_le"]), str(f["reference"])))
        ]

    return lignes


def lignes_de_facture(reference: str) -> Callable[[Donnees], list[dict[str, Any]]]:
    """The lines of one invoice, then what is deducted (R-EXT-64, 68)."""

    def lignes(donnees: Donnees) -> list[dict[str, Any]]:
        trouvees = [f for f in donnees.get("formation_factures", ()) if f["reference"] == reference]
        return [
            {**ligne, "facture": f["libelle"], "reste": f}
            for f in trouvees
            for ligne in (f["lignes"] or [{"periode": f["libelle"], "cout_total": f["montant_ht"]}])
        ]

    return lignes


def totaux_de_facture(lignes: Sequence[Ligne]) -> list[dict[str, Any]]:
    if not lignes:
        return []
    facture = lignes[0]["reste"]
    totaux = [{"periode": "Total :", "cout_total": facture["montant_ht"]}]
    totaux += [{"periode": deduction["libelle"], "cout_total": f"-{deduction['montant_ht']}"} for deduction in facture["deductions"]]
    if facture["deductions"]:
        totaux.append({"periode": "Net HT :", "cout_total": facture["net_ht"]})
    totaux.append({"periode": f"TTC (TVA {p.heures(facture['taux_tva'])} %) :", "cout_total": facture["net_ttc"]})
    return totaux


def a_facturer(donnees: Donnees) -> list[Ligne]:
    """Confirmed declarations that no living invoice holds, each with a box to tick (R-EXT-64, 65)."""
    tenues = {mois for f in donnees.get("formation_factures", ()) if f["statut"] in ("PREPAREE", "EMISE", "ACCEPTEE") for mois in f["mois"]}
    libres = (d for d in donnees.get("formation_declarations", ()) if d["mois"] not in tenues)
    return [{**d, "selectionner": CASE} for d in sorted(libres, key=lambda d: str(d["mois"]))]


def totaux_a_facturer(lignes: Sequence[Ligne]) -> list[dict[str, Any]]:
    """None while the cost of one of them is unknown: the sum would be another's."""
    couts = [ligne["cout"] for ligne in lignes]
    return [{"periode": "Total :", "cout": _somme(couts)}] if couts and None not in couts else []


def enquetes(terme: str) -> Callable[[Donnees], list[dict[str, Any]]]:
    """The situation of each stagiaire at one term of the exit (R-EXT-82, 88)."""

    def lignes(donnees: Donnees) -> list[dict[str, Any]]:
        fiches = {fiche["stagiaire"]: fiche for fiche in stagiaires(donnees)}
        return [
            {**fiches.get(e["stagiaire"], {}), **e}
            for e in sorted(donnees.get("formation_enquetes", ()), key=lambda e: str(e["stagiaire"]))
            if e["terme"] == terme
        ]

    return lignes


def bilan(donnees: Donnees) -> list[dict[str, Any]]:
    """The latest step of the bilan, one line a stagiaire (R-EXT-82)."""
    ordre = ("RECU", "DEPOSE", "PREREMPLI")
    bilans = sorted(donnees.get("formation_bilans", ()), key=lambda b: ordre.index(b["etape"]))
    fiches = {fiche["stagiaire"]: fiche for fiche in stagiaires(donnees)}
    sorties = {e["stagiaire"]: e for e in donnees.get("formation_enquetes", ()) if e["terme"] == "SORTIE"}
    if not bilans:
        return []
    return [{**fiches.get(ligne["stagiaire"], {}), **sorties.get(ligne["stagiaire"], {}), **ligne} for ligne in bilans[0]["lignes"]]


def accueil(donnees: Donnees) -> list[dict[str, Any]]:
    """The home page: what may still be done on each action, by année de programmation (R-EXT-05)."""
    suivis = _par(donnees, "formation_suivi", "contrat")
    actions = sorted(donnees.get("formation_actions", ()), key=lambda a: (str(a["annee_programmation"]), str(a["contrat"])))
    return [_accueil(action, suivis[action["contrat"]]) for action in actions if action["contrat"] in suivis]


def _accueil(action: Ligne, suivi: Ligne) -> dict[str, Any]:
    close = suivi["etat"] in ("CLOTUREE", "SOLDEE", "NON_OUVERTE")
    nombre = suivi["nombre_stagiaires"]
    a_valider = suivi["factures_a_valider"]
    return {
        **action,
        "dates": "" if close else "Gestion des dates de formation",
        "inscription": ""
        if close
        else f"{nombre} bénéficiaire{'s' if nombre > 1 else ''} inscrit{'s' if nombre > 1 else ''} Inscrire les stagiaires",
        "execution": p.jour(suivi["date_debut_reelle"])
        if close
        else " ".join(
            x for x in (p.jour(suivi["date_debut_reelle"]), "Gestion des formateurs", "Saisir les dates d'entrée en formation") if x
        ),
        "declaration": "" if close else p.periode(suivi["mois_attendu"]),
        "facturation": "Aucune facture à valider" if not a_valider else f"{a_valider} facture à valider",
        "cloture": p.jour(suivi["date_fin_reelle"]) if close else "Date de clôture",
        "bilan": "Fiches de suivi à la sortie Fiches de suivi à 6 mois Fiches de suivi à 1 an",
    }


def fiche_action(donnees: Donnees) -> list[dict[str, Any]]:
    """The action's sheet as label and value (R-EXT-06)."""
    return [
        {"libelle": libelle, "valeur": forme(action[champ])}
        for action in donnees.get("formation_actions", ())
        for libelle, champ, forme in FICHE
    ]


def dates_action(donnees: Donnees) -> list[dict[str, Any]]:
    """The action's dates, planned and real, and how much of it is done, as label and value (R-EXT-11)."""
    prevus = {action["contrat"]: action["total_prevu"] for action in donnees.get("formation_actions", ())}
    return [
        {"libelle": libelle, "valeur": forme({"total_prevu": prevus.get(suivi["contrat"]), **suivi}[champ])}
        for suivi in donnees.get("formation_suivi", ())
        for libelle, champ, forme in DATES
    ]


DATES: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("Date de début prévue", "date_debut_prevue", p.jour),
    ("Date de début réelle", "date_debut_reelle", p.jour),
    ("Date de fin prévue", "date_fin_prevue", p.jour),
    ("Date de fin réelle", "date_fin_reelle", p.jour),
    ("Fréquence de paiement", "frequence", p.parmi(FREQUENCES)),
    ("Total prévu de l'action", "total_prevu", p.heures),
    ("Total réalisé de l'action", "taux_realisation", p.pourcent),
)


FICHE: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("Appel à projet", "appel_a_projet", p.texte),
    ("Intitulé", "intitule", p.texte),
    ("Numéro d'opération Safir", "numero_operation", p.texte),
    ("Instance décisionnaire", "instance", p.texte),
    ("Date de vote", "date_vote", p.jour),
    ("Prix total", "prix_total", p.grands_euros),
    ("Prix total en centre", "prix_centre", p.grands_euros),
    ("Prix total en entreprise", "prix_entreprise", p.grands_euros),
    ("Durée en centre", "duree_centre", p.heures),
    ("Durée en entreprise", "duree_entreprise", p.heures),
    ("Effectif total", "effectif_total", p.entier),
    ("Effectif rémunéré", "effectif_remunere", p.entier),
    ("Nombre de sous-traitants", "nombre_sous_traitants", p.entier),
    ("Lieu d'Action", "lieu", p.texte),
    ("Numéro de contrat", "contrat", p.texte),
    ("Numéro de marché Safir", "numero_marche", p.texte),
    ("Année de programmation", "annee_programmation", p.texte),
    ("Financement FSE", "financement_fse", p.oui_non),
    ("Secteur d'activité", "secteur", p.texte),
)
