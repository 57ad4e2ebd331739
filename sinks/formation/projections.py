"""Which decision goes to which table, and what makes two of its rows the same one. Columns are the contract's fields."""

from dataclasses import dataclass

HEURES = "heures_retenues"
CE_ID = "ce_id"
"""A row of its own for each record."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Rows of one table, made of the records of one name."""

    table: str
    key: tuple[str, ...]
    about: str


PROJECTIONS: dict[str, Projection] = {
    "action_decrite": Projection("formation_actions", ("contrat",), "Fiche de chaque action (R-EXT-06)."),
    "action_suivie": Projection("formation_suivi", ("contrat",), "Où en est chaque action (R-EXT-05)."),
    "stagiaire_inscrit": Projection("formation_stagiaires", ("contrat", "stagiaire"), "Stagiaires inscrits (R-EXT-27)."),
    "entree_confirmee": Projection("formation_entrees", ("contrat", "stagiaire"), "Entrées confirmées (R-EXT-20)."),
    "sortie_enregistree": Projection("formation_sorties", ("contrat", "stagiaire"), "Sorties et ce qui reste payable (R-EXT-51)."),
    "dates_arretees": Projection("formation_dates", ("contrat",), "Dates et périodes en vigueur (R-EXT-11, 12)."),
    "formateurs_arretes": Projection("formation_formateurs", ("contrat",), "Formateurs en vigueur (R-EXT-30)."),
    "certificat": Projection("formation_certificats", ("contrat", "nature"), "Certificats d'ouverture et de non-ouverture (R-EXT-42)."),
    "accord_enregistre": Projection("formation_accords", (CE_ID,), "Accords de la Région."),
    HEURES: Projection("formation_heures", ("contrat", "stagiaire", "mois"), "Heures par stagiaire et par mois (R-EXT-48)."),
    "declaration_recapitulee": Projection("formation_declarations", ("contrat", "mois"), "Déclarations confirmées (R-EXT-46)."),
    "justificatif_enregistre": Projection("formation_justificatifs", (CE_ID,), "Justificatifs reçus (R-EXT-50)."),
    "facture": Projection("formation_factures", ("contrat", "reference"), "Demandes de paiement et leur sort (R-EXT-60 à 73, 85)."),
    "versement_enregistre": Projection("formation_versements", ("contrat", "reference"), "Versements de la Région (R-EXT-85)."),
    "facture_rapprochee": Projection("formation_factures_rapprochees", ("contrat", "rang"), "Tableau de la Région contrôlé (R-EXT-71)."),
    "notification": Projection("formation_notifications", (CE_ID,), "Ce que l'organisme apprend en temps réel (R-EXT-69)."),
    "avenant_requis": Projection("formation_avenants", ("contrat",), "Avenants attendus (R-EXT-81)."),
    "cloture_prononcee": Projection("formation_clotures", ("contrat",), "Actions closes (R-EXT-80)."),
    "bilan": Projection("formation_bilans", ("contrat", "etape"), "Bilans pédagogiques (R-EXT-82)."),
    "enquete": Projection("formation_enquetes", ("contrat", "stagiaire", "terme"), "Enquêtes à venir, dues et saisies (R-EXT-83)."),
    "anomalie": Projection("formation_anomalies", (CE_ID,), "Ce qui est signalé sans être corrigé (R-EXT-71)."),
    "refus": Projection("formation_refus", ("evenement", "processeur"), "Saisies refusées, avec leur remède."),
}
"""Record name → its table."""

ENSEMBLE = "realise_retenu"
"""Hours of several stagiaires: each of its lines is the row of one `heures_retenues`."""

RETIREE = "stagiaire_retire"
"""A deleted stagiaire leaves the lists: his rows go."""
RETIREES: tuple[str, ...] = ("formation_stagiaires", "formation_entrees", "formation_sorties")
