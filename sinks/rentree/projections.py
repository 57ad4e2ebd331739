"""Which record of the calendar goes to which table."""

from sinks.contract_rows import CE_ID, Projection, Projections

SUIVI = "rentree.suivi.v1"
REFUS = "rentree.refus.v1"

PROJECTIONS: Projections = {
    "etape_suivie": Projection(
        SUIVI, "rentree_etapes", ("uai", "annee", "numero"), "Le tableau des 23 étapes de chaque établissement (R-CHA-01 à 23)."
    ),
    "avertissement": Projection(SUIVI, "rentree_avertissements", (CE_ID,), "Étapes acceptées alors qu'une autre manquait (R-CHA-38)."),
    "retard": Projection(
        SUIVI, "rentree_retards", ("uai", "annee", "numero", "echeance"), "Étapes que leur échéance a trouvées non faites (R-CHA-35)."
    ),
    "rappel": Projection(SUIVI, "rentree_rappels", ("uai", "semaine"), "Rappels : un seul par établissement et par semaine."),
    "occurrence": Projection(SUIVI, "rentree_occurrences", ("uai", "annee", "occurrence"), "Remontées d'élèves (R-CHA-32, R-CHA-36)."),
    "rapprochement_eleves": Projection(
        SUIVI, "rentree_rapprochements_eleves", ("uai", "annee", "occurrence"), "Élèves envoyés et intégrés dans la BEE (R-CHA-37)."
    ),
    "rapprochement_effectifs": Projection(
        SUIVI, "rentree_rapprochements_effectifs", ("uai", "annee"), "Effectifs envoyés et reçus dans la BEA (R-CHA-37)."
    ),
    "fermeture_suivie": Projection(SUIVI, "rentree_fermetures", ("uai", "reference"), "Fermetures et échéances qu'elles décalent."),
    "refus": Projection(REFUS, "rentree_refus", ("evenement", "processeur"), "Événements que le calendrier refuse, avec leur remède."),
}
