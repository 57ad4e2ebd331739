"""Good deliveries of the Extranet, with invented people."""

FICHE = {
    "evenement": "stagiaire_saisi",
    "identifiant": "e-1",
    "instant": "20/09/2006 09:00",
    "contrat": "2006QCA0101",
    "organisme": "OF-SCENES",
    "stagiaire": "ST-01",
    "enregistrement": "COMPLET",
    "civilite": "Madame",
    "nom": "TESTARD",
    "prenom": "Zélie",
    "date_naissance": "12/03/1980",
    "sexe": "F",
    "date_entree": "02/10/2006",
    "parcours": {"heures_centre": "300,50", "vae": False, "periodes": [{"lieu": "CENTRE", "debut": "2006-10-02", "fin": "2006-10-31"}]},
}

HEURES = {
    "evenement": "heures_saisies",
    "identifiant": "e-2",
    "instant": "2006-10-31T17:00:00+01:00",
    "contrat": "2006QCA0101",
    "organisme": "OF-SCENES",
    "stagiaire": "ST-01",
    "mois": "Octobre 2006",
    "centre_realisees": "120,50",
    "centre_justifiees": 14,
    "centre_non_justifiees": "0.00",
    "entreprise_realisees": 40.25,
    "entreprise_justifiees": 0,
    "entreprise_non_justifiees": 0,
    "absences": [{"debut": "05/10/2006", "fin": "06/10/2006", "motif": "Maladie de TESTARD", "lieu": "CENTRE", "heures": "14,00"}],
}

HEURES_CSV = (
    "CONTRAT;ORGANISME;STAGIAIRE;MOIS;CENTRE_REALISEES;CENTRE_JUSTIFIEES;CENTRE_NON_JUSTIFIEES;ENTREPRISE_REALISEES;"
    "ENTREPRISE_JUSTIFIEES;ENTREPRISE_NON_JUSTIFIEES;ABSENCES;INSTANT\n"
    "2006QCA0101;OF-SCENES;ST-01;Octobre 2006;120,50;14;0;40.25;0;0;"
    "05/10/2006~06/10/2006~Maladie de TESTARD~CENTRE~14|16/10/2006~16/10/2006~Zélie absente~CENTRE~0;31/10/2006 17:00\n"
    "2006QCA0101;OF-SCENES;ST-02;10/2006;1 200,50;0;0;0;0;0;;31/10/2006 17:05\n"
)
