"""The list of printable states, with the labels of the guide (R-EXT-05, 06, 11, 27, 30, 46, 64, 70, 72, 82, 87, 88)."""

from collections.abc import Sequence

from sinks.formation import lignes as source
from sinks.formation import presentation as p
from sinks.formation.etats import Colonne, Etat, Ligne

SITUATIONS = {
    "EMPLOI_SECTEUR": "Emplois dans le secteur d'activité de la formation suivie",
    "EMPLOI_AUTRE": "Emplois dans un autre secteur",
    "AUTRE": "Autre situation",
}
CONTRATS = {
    "CDI": "CDI",
    "CDD_PLUS_6_MOIS": "CDD + 6 mois",
    "CDD_MOINS_6_MOIS": "CDD - 6 mois",
    "CONTRAT_AIDE": "Contrats aidés",
    "INTERIM": "Intérim",
    "AUTRE_CONTRAT": "Autres contrats",
}
LIEUX = {"CENTRE": "en centre", "ENTREPRISE": "en entreprise"}

AUCUNE_FACTURE = "Aucune facture à afficher"

_STAGIAIRES = ("formation_actions", "formation_stagiaires", "formation_entrees", "formation_sorties")
_FACTURES = ("formation_actions", "formation_factures", "formation_versements")

ACCUEIL = Etat(
    "accueil",
    "Actions de formation",
    ("formation_actions", "formation_suivi"),
    (
        Colonne("Numéro de contrat", "contrat"),
        Colonne("Intitulé", "intitule"),
        Colonne("Année de programmation", "annee_programmation"),
        Colonne("Gestion des dates de formation", "dates"),
        Colonne("Inscription des stagiaires", "inscription"),
        Colonne("Exécution de l'action", "execution"),
        Colonne("Déclaration de réalisation périodique", "declaration"),
        Colonne("Facturation", "facturation"),
        Colonne("Clôture de l'action", "cloture"),
        Colonne("Bilan et évaluations", "bilan"),
    ),
    source.accueil,
    introduction=lambda lignes: f"{len(lignes)} élément(s) contractuel(s) trouvé(s).",
)

RESUME = Etat(
    "resume",
    "Résumé de l'action",
    ("formation_actions",),
    (Colonne("", "libelle"), Colonne("", "valeur")),
    source.fiche_action,
)

DATES = Etat(
    "dates",
    "Gestion des dates de formation",
    ("formation_actions", "formation_suivi"),
    (Colonne("", "libelle"), Colonne("", "valeur")),
    source.dates_action,
)

PERIODES = Etat(
    "periodes",
    "Dates et périodes",
    ("formation_actions", "formation_dates"),
    (Colonne("Lieu", "lieu", p.parmi(LIEUX)), Colonne("Date de début", "debut", p.jour), Colonne("Date de fin", "fin", p.jour)),
    source.periodes,
)


def _nombre_de_formateurs(lignes: Sequence[Ligne]) -> str:
    return f"Nombre total de formateurs : {len(lignes)}"


FORMATEURS = Etat(
    "formateurs",
    "Liste des formateurs",
    ("formation_actions", "formation_formateurs"),
    (
        Colonne("Nom", "nom"),
        Colonne("Prénom", "prenom"),
        Colonne("Domaine d'intervention du formateur", "domaine"),
        Colonne("Heures assurées", "heures", p.heures, nombre=True),
        Colonne("Statut", "statut"),
        Colonne("Formation et expérience professionnelle", "experience"),
    ),
    source.formateurs,
    introduction=_nombre_de_formateurs,
)


def _stagiaires(nom: str, titre: str) -> Etat:
    return Etat(
        nom,
        titre,
        _STAGIAIRES,
        (
            Colonne("Nom", "nom"),
            Colonne("Prénom", "prenom"),
            Colonne("Date de début", "date_entree", p.jour),
            Colonne("Date de fin", "date_sortie", p.jour),
        ),
        source.stagiaires,
    )


STAGIAIRES_OUVERTURE = _stagiaires("stagiaires_ouverture", "Liste des stagiaires à l'ouverture de l'action")
STAGIAIRES_FIN = _stagiaires("stagiaires_fin", "Liste des stagiaires à la fin de l'action")


def realise_horaire(mois: str, periode: str) -> Etat:
    """« Réalisé horaire de l'action » of one month AAAA-MM, labelled as `Octobre 2006` (R-EXT-46)."""
    return Etat(
        f"realise_{mois}",
        "Tableau récapitulatif du réalisé horaire de l'action",
        (*_STAGIAIRES, "formation_heures", "formation_declarations"),
        (
            Colonne("Saisie horaire", "saisie", groupe="Stagiaire"),
            Colonne("Nom", "nom", groupe="Stagiaire"),
            Colonne("Prénom", "prenom", groupe="Stagiaire"),
            Colonne("Date de naissance", "date_naissance", p.jour, "Stagiaire"),
            Colonne("Code Insee", "code_insee", groupe="Stagiaire"),
            Colonne("FSE", "fse", p.oui_non, "Stagiaire"),
            Colonne("Date d'entrée", "date_entree", p.jour, "Formation"),
            Colonne("Date de sortie", "date_sortie", p.jour, "Formation"),
            Colonne("Validation", "validation", groupe="Formation"),
            Colonne("Sortie anticipée", "motif", groupe="Formation"),
            Colonne("Heures centres", "centre", p.heures, periode, True),
            Colonne("Heures entreprises", "entreprise", p.heures, periode, True),
            Colonne("Heures centre", "total_centre", p.heures, "Total", True),
            Colonne("Heures entreprise", "total_entreprise", p.heures, "Total", True),
            Colonne("Total heures", "total", p.heures, "Total", True),
        ),
        source.realise(mois),
        totaux=source.totaux_realise,
    )


DECLARATIONS = Etat(
    "declarations",
    "Déclarations périodiques par mois",
    ("formation_actions", "formation_declarations"),
    (
        Colonne("Période", "periode"),
        Colonne("Nbre de stg", "nombre_stagiaires", p.entier, nombre=True),
        Colonne("Heures centres", "centre", p.heures, nombre=True),
        Colonne("Heures entreprises", "entreprise", p.heures, nombre=True),
        Colonne("Total heures", "total_mois", p.heures, nombre=True),
        Colonne("Coût total", "cout", p.euros, nombre=True),
        Colonne("Total réalisé de l'action (%)", "taux_realisation", p.nombre, nombre=True),
    ),
    source.de("formation_declarations", "mois"),
)

_LIGNE_A_FACTURER = (
    Colonne("Période", "periode"),
    Colonne("Nbre de stg", "nombre_stagiaires", p.entier, nombre=True),
    Colonne("Heures réalisées", "centre_realisees", p.nombre, "Heures en centre", True),
    Colonne("Heures non réalisées justifiées", "centre_justifiees", p.nombre, "Heures en centre", True),
    Colonne("Coût unitaire", "cout_unitaire_centre", p.cout_unitaire, "Heures en centre", True),
    Colonne("Heures réalisées", "entreprise_realisees", p.nombre, "Heures en entreprise", True),
    Colonne("Heures non réalisées justifiées", "entreprise_justifiees", p.nombre, "Heures en entreprise", True),
    Colonne("Coût unitaire", "cout_unitaire_entreprise", p.cout_unitaire, "Heures en entreprise", True),
)
"""What a declaration shows before it is invoiced and on its invoice (R-EXT-64)."""

A_FACTURER = Etat(
    "a_facturer",
    "Facturation",
    ("formation_actions", "formation_declarations", "formation_factures"),
    (Colonne("Sélectionner", "selectionner"), *_LIGNE_A_FACTURER, Colonne("Coût total", "cout", p.euros, nombre=True)),
    source.a_facturer,
    totaux=source.totaux_a_facturer,
    vide="Aucune facture à valider",
)


def facture(reference: str, libelle: str) -> Etat:
    """One invoice, to print, sign and send with its justificatifs (R-EXT-64, 66, 68)."""
    return Etat(
        f"facture_{reference}",
        libelle,
        ("formation_actions", "formation_factures"),
        (*_LIGNE_A_FACTURER, Colonne("Coût total", "cout_total", p.euros, nombre=True)),
        source.lignes_de_facture(reference),
        totaux=source.totaux_de_facture,
        signature=True,
    )


_COLONNES_FACTURES = (
    Colonne("N° de facture", "numero", p.entier),
    Colonne("Nombre de stagiaires", "nombre_stagiaires", p.entier, nombre=True),
    Colonne("Heures réalisées en centre", "heures_centre", p.heures, nombre=True),
    Colonne("Heures réalisées en entreprise", "heures_entreprise", p.heures, nombre=True),
    Colonne("Coût total HT", "montant_ht", p.nombre, nombre=True),
    Colonne("Coût total TTC", "montant_ttc", p.nombre, nombre=True),
    Colonne("Date création", "creee_le", p.jour),
)

FACTURES_ATTENTE = Etat(
    "factures_attente",
    "Factures émises en attente de validation Région :",
    _FACTURES,
    _COLONNES_FACTURES,
    source.factures("EMISE"),
    vide=AUCUNE_FACTURE,
)
FACTURES_VALIDEES = Etat(
    "factures_validees",
    "Factures validées par la Région :",
    _FACTURES,
    (*_COLONNES_FACTURES, Colonne("Date de paiement", "versee_le", p.jour)),
    source.factures("ACCEPTEE"),
    vide=AUCUNE_FACTURE,
)
FACTURES_RAPPROCHEES = Etat(
    "factures_rapprochees",
    "Factures validées par la Région, rapprochées :",
    ("formation_actions", "formation_factures_rapprochees"),
    (
        Colonne("N° de facture", "numero"),
        Colonne("Nombre de stagiaires", "nombre_stagiaires", p.entier, nombre=True),
        Colonne("Heures réalisées en centre", "heures_centre", p.heures, nombre=True),
        Colonne("Heures réalisées en entreprise", "heures_entreprise", p.heures, nombre=True),
        Colonne("Coût total HT", "montant_ht", p.nombre, nombre=True),
        Colonne("Coût total TTC", "montant_ttc", p.nombre, nombre=True),
        Colonne("Date création", "date_creation", p.jour),
        Colonne("TTC attendu", "ttc_attendu", p.nombre, nombre=True),
        Colonne("Anomalie de TVA", "anomalie", p.oui_non),
    ),
    source.de("formation_factures_rapprochees", "rang"),
    vide=AUCUNE_FACTURE,
)

_CERTIFICATS = (Colonne("Certificat", "libelle_certificat"), Colonne("Date", "creee_le", p.jour))

CERTIFICATS_EN_COURS = Etat(
    "certificats_en_cours",
    "Etats des certificats en cours de validation",
    _FACTURES,
    _CERTIFICATS,
    source.factures("EMISE"),
    vide=AUCUNE_FACTURE,
)
CERTIFICATS = Etat("certificats", "Etats des certificats", _FACTURES, _CERTIFICATS, source.factures("ACCEPTEE"), vide=AUCUNE_FACTURE)
CERTIFICATS_REJETES = Etat(
    "certificats_rejetes",
    "Etats des certificats rejetés",
    _FACTURES,
    (
        Colonne("Organisme de formation", "emetteur"),
        Colonne("Action", "demande"),
        Colonne("Date", "decidee_le", p.instant),
        Colonne("Périodes", "periodes", p.lignes),
        Colonne("Motif de rejet", "motif_rejet"),
    ),
    source.factures("REJETEE"),
    vide=AUCUNE_FACTURE,
)


def _enquete(nom: str, titre: str, terme: str) -> Etat:
    return Etat(
        nom,
        titre,
        (*_STAGIAIRES, "formation_enquetes"),
        (
            Colonne("Nom", "nom"),
            Colonne("Prénom", "prenom"),
            Colonne("Date de début", "date_entree", p.jour),
            Colonne("Date de fin", "date_sortie", p.jour),
            Colonne("À remplir à partir du", "due_le", p.jour),
            Colonne("Situation", "situation", p.parmi(SITUATIONS)),
            Colonne("Type de contrat", "type_contrat", p.parmi(CONTRATS)),
        ),
        source.enquetes(terme),
    )


ENQUETE_SORTIE = _enquete("enquete_sortie", "Enquête à la sortie", "SORTIE")
ENQUETE_SIX_MOIS = _enquete("enquete_six_mois", "Enquête 6 mois après la sortie", "SIX_MOIS")
ENQUETE_UN_AN = _enquete("enquete_un_an", "Enquête 1 an après la sortie", "UN_AN")
BILAN_SIX_MOIS = _enquete("bilan_six_mois", "Bilan à 6 mois", "SIX_MOIS")
BILAN_UN_AN = _enquete("bilan_un_an", "Bilan à 1 an", "UN_AN")

BILAN_SORTIE = Etat(
    "bilan_sortie",
    "Bilan à la sortie",
    (*_STAGIAIRES, "formation_bilans", "formation_enquetes"),
    (
        Colonne("Nom", "nom"),
        Colonne("Prénom", "prenom"),
        Colonne("Date de début", "date_entree", p.jour),
        Colonne("Date de fin", "date_sortie", p.jour),
        Colonne("Fin de formation", "fin_de_formation", p.oui_non),
        Colonne("Heures centre", "centre", p.heures, nombre=True),
        Colonne("Heures entreprise", "entreprise", p.heures, nombre=True),
        Colonne("Situation", "situation", p.parmi(SITUATIONS)),
        Colonne("Type de contrat", "type_contrat", p.parmi(CONTRATS)),
    ),
    source.bilan,
    signature=True,
)

ETATS: tuple[Etat, ...] = (
    ACCUEIL,
    RESUME,
    DATES,
    PERIODES,
    FORMATEURS,
    STAGIAIRES_OUVERTURE,
    STAGIAIRES_FIN,
    DECLARATIONS,
    A_FACTURER,
    FACTURES_ATTENTE,
    FACTURES_VALIDEES,
    FACTURES_RAPPROCHEES,
    CERTIFICATS_EN_COURS,
    CERTIFICATS,
    CERTIFICATS_REJETES,
    BILAN_SORTIE,
    BILAN_SIX_MOIS,
    BILAN_UN_AN,
    ENQUETE_SORTIE,
    ENQUETE_SIX_MOIS,
    ENQUETE_UN_AN,
)
"""Every state that needs no choice; `realise_horaire` asks for a month, `facture` for a reference."""
