"""Good deliveries of Safir, with invented people."""

ACTION = {
    "evenement": "action",
    "identifiant": "007874-1",
    "instant": "2007-03-23T10:00:00Z",
    "contrat": "2007QCA0266",
    "organisme": "OF-SCENES",
    "raison_sociale": "SCENES ET FORMATIONS",
    "adresse_electronique": "zelie.testard@scenes.example",
    "intitule": "BTS ASSISTANT DE DIRECTION EN UN AN",
    "appel_a_projet": "TEST PRQ 2007-2008",
    "numero_operation": "007874",
    "numero_marche": "07S00075",
    "annee_programmation": "2007",
    "instance": "Conseil régional",
    "date_vote": "23/03/2007",
    "nature": "COLLECTIVE",
    "prix_total": "44 590,00",
    "prix_centre": "40 600,00",
    "prix_entreprise": "3990.00",
    "duree_centre": "812",
    "duree_entreprise": "420",
    "effectif_remunere": 10,
    "lieu": "CLERMONT-L'HERAULT",
    "financement_fse": False,
    "secteur": "Services - Gestion de l'entreprise (SEG)",
    "date_debut_prevue": "28/09/2007",
    "date_fin_prevue": "12/06/2008",
    "zone": "Europe/Paris",
    "sous_traitants": [{"identifiant": "ST-CEV", "nom": "CEVENNES-GESTION"}],
    "formateurs": [
        {"nom": "TESTARD", "prenom": "Zélie", "domaine": "gestion", "heures": "12", "statut": "CDD", "experience": "4 ans d'ancienneté"}
    ],
}

VERSEMENT = {
    "evenement": "versement",
    "identifiant": "v-1",
    "instant": "2007-10-23T10:00:00Z",
    "contrat": "2007QCA0266",
    "reference": "V-1",
    "nature": "AVANCE",
    "montant_ht": "2000,00",
}

DECISIONS_CSV = (
    "CONTRAT,FACTURE,RESULTAT,MOTIF,INSTANT\n"
    "2007QCA0266,1,REJETEE,Reprenez les justificatifs de TESTARD,13/09/2007 17:31\n"
    "2007QCA0266,2,ACCEPTEE,,13/09/2007 17:48\n"
)
