"""Every French text of the bursary matching. None quotes an identifier of a person."""

from schemas.outcome import Refusal
from schemas.records.aglae import EtatDossier
from schemas.records.apogee import EtatIae

LABEL_INSCRIPTION = "inscription"
LABEL_MARQUE = "marque"

SANS_DOSSIER = (
    "Aucun dossier de bourse de cette année n'est connu pour cet identifiant : ce n'est pas une preuve que l'étudiant n'est pas boursier."
)
SECONDAIRE = "Cette étape n'est pas l'étape première et ne correspond à aucun vœu : la bourse suit l'étape première."
CORRESPOND = "L'inscription correspond au vœu {rang} du dossier : dossier validé et mis en paiement."
RETRAITE = "Le CROUS a retraité le dossier pour cette inscription : dossier validé et mis en paiement."
DEJA_PAYE = (
    "L'inscription donne droit à la bourse, déjà mise en paiement pour l'inscription à l'étape {cod_etp} (version {cod_vrs_vet}) "
    "de l'établissement {uai} : elle n'est pas payée une seconde fois."
)
DEJA_PAYE_FIN = " Cette autre inscription a pris fin depuis : le CROUS doit revoir le paiement."
SANS_VOEU = "L'inscription ne correspond à aucun vœu du dossier : le CROUS doit le retraiter avant toute validation."
AUTRE_DOSSIER_PAYE = "Une bourse de la même année est déjà en paiement sous un autre numéro de dossier : le CROUS doit dire lequel vaut."
REFUS_CROUS = "Le CROUS refuse ce dossier."
REFUS_RETRAITEMENT = "Le CROUS a refusé le dossier pour cette inscription."

ATTENTES: dict[EtatDossier, str] = {
    "NON_TRAITE": "Dossier non traité.",
    "EN_ATTENTE_DE_PIECES": "Dossier en attente de pièces complémentaires.",
    "PROGRESSION_A_VERIFIER": "Dossier validé dont la progression doit être vérifiée.",
}
ATTENTE = "Le dossier n'est pas encore décidé."

FINS: dict[EtatIae, str] = {"A": "Inscription annulée.", "R": "Inscription résiliée."}

A_REVOIR = " La bourse a déjà été mise en paiement pour cette inscription : le CROUS doit revoir ce paiement."
RETABLIE = "L'inscription payée, signalée comme finie, est rétablie : le paiement peut reprendre si le CROUS l'a suspendu."

DOUBLON = "Contenu déjà connu : rien à faire."
PERIME = "Une version plus récente est déjà connue : rien à faire."
DE_NOUVEAU_EN_CREATION = "L'inscription est de nouveau en cours de création : elle sera décidée quand elle sera faite."
EN_CREATION = "Inscription en cours de création : ce n'est pas encore une inscription."
SANS_EFFET = "Pris en compte ; aucune situation ne change."
CHANGE = "{cod_etp} ({uai}) : {statut}. {motif}"
ATTEND_INSCRIPTION = "L'inscription que cet événement change n'est pas encore connue."
ATTEND_MARQUE = "Aucune marque n'a encore été posée pour cette inscription."

ANNEE_INVALIDE = Refusal(
    "ANNEE_INVALIDE",
    "L'année universitaire (cod_anu) n'est pas une année à 4 chiffres.",
    "Corriger cod_anu (l'année civile de la rentrée, telle que 2026) et renvoyer l'inscription.",
)
EVENEMENT_INCONNU = Refusal(
    "EVENEMENT_INCONNU",
    "Le rapprochement des bourses ne connaît pas cet événement, ou il est vide.",
    "Envoyer une inscription, un dossier ou un retraitement complet ; une inscription prend fin par IA_ANNULEE ou IA_RESILIEE.",
)
ATTENTE_EXPIREE = Refusal(
    "ATTENTE_EXPIREE",
    "Le préalable attendu n'est pas arrivé dans le délai : {label}.",
    "Vérifier dans le système d'origine que « {label} » existe, l'envoyer, puis renvoyer cet événement.",
)
"""A template: the engine completes `message` and `remede` with `.format(label=…)`."""
