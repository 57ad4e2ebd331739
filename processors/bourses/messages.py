"""Every French text of the bursary matching. None quotes an identifier of a person."""

from schemas.outcome import Refusal
from schemas.records.aglae import EtatDossier
from schemas.records.apogee import EtatIae
from schemas.records.bourses import CodeAnomalie, NatureEcart

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


# --- what Apogée must hold -------------------------------------------------------------------------------------------

AVIS_DE_BOURSE = "avis de bourse"
DECLAREE_SANS_DOSSIER = (
    "L'étudiant se dit boursier, aucun dossier de bourse n'est connu : la bourse est conditionnelle, une déclaration n'est pas une preuve."
)
CROUS_DEFINITIF = "Un fichier du CROUS donne la bourse pour définitive."
CROUS_REFUSE = "Un fichier du CROUS donne la bourse pour refusée."
CROUS_RADIE = "Un fichier du CROUS dit l'étudiant radié."
PIECE_DEMANDEE = "La bourse est conditionnelle : l'avis de bourse est demandé à l'étudiant."
PIECE_LEVEE = "La bourse n'est plus conditionnelle : l'avis de bourse n'est plus demandé."
PASSAGE = "La bourse conditionnelle devient définitive. {motif}"
RECLAMATION = "Les droits de boursier ont été appliqués et la bourse est refusée : réclamer les droits d'inscription. {motif}"
RECLAMATION_LEVEE = "La bourse n'est plus refusée : il n'y a plus de droits d'inscription à réclamer. {motif}"
REMBOURSEMENT = "Les droits ordinaires ont été payés et la bourse est confirmée : rembourser la différence. {motif}"
REMBOURSEMENT_LEVE = "La bourse n'est plus confirmée : il n'y a plus de droits à rembourser. {motif}"

# --- the control lists -----------------------------------------------------------------------------------------------

ECARTS: dict[NatureEcart, str] = {
    "NUMEROS_DIFFERENTS": "Le numéro de boursier n'est pas le NNE : contacter le CROUS, puis corriger celui des deux qui est faux.",
    "NNE_ABSENT": "Le NNE n'est pas saisi alors que le numéro de boursier est connu : le demander à l'étudiant ou au CROUS.",
    "MAL_SAISI": "Le NNE ou le numéro de boursier n'a pas la forme ou la clé attendue : il est peut-être mal saisi.",
    "NUMERO_AGLAE_DIFFERENT": "Aglaé tient un dossier sous le numéro de boursier, qui n'est pas le NNE d'Apogée : contacter le CROUS.",
}
ECART_CLOS = "Le défaut a disparu."

# --- the CROUS -------------------------------------------------------------------------------------------------------

CROISEE = "La ligne du CROUS correspond à une bourse conditionnelle."
CROUS_CONDITIONNEL = "Le CROUS donne la bourse pour conditionnelle : rien ne change."
CROUS_SANS_INSCRIPTION = "Aucune inscription de cette année n'est connue sous ce numéro de boursier : rien ne change."
CROUS_SANS_BOURSE_CONDITIONNELLE = "Aucune bourse conditionnelle de cette année sous ce numéro de boursier : rien ne change."

# --- the dossier -----------------------------------------------------------------------------------------------------

NOTIFICATION_PIECES = "Des pièces manquent au dossier : elles sont demandées."
NOTIFICATION_CONDITIONNELLE = "Le dossier est complet : décision conditionnelle notifiée."
NOTIFICATION_SOUS_RESERVE = "Le dossier est complet : décision conditionnelle notifiée sous réserve de progression."
MONTANT_CONDITIONNEL = "Montant de la décision conditionnelle."
MONTANT_DEFINITIF = "Montant définitif : il remplace le montant conditionnel."
ANOMALIES: dict[CodeAnomalie, str] = {
    "INSTRUCTION_ANTICIPEE": "La décision est datée d'avant l'ouverture de l'instruction par le CROUS.",
    "REVENUS_AUTRE_ANNEE": "Les revenus pris en compte ne sont pas ceux de l'année N-2.",
    "NUMERO_INCOHERENT": "Le numéro de dossier ne contient pas l'année ou le numéro de boursier du dossier.",
}

DEMANDE_ENREGISTREE = "La demande est faite dans le calendrier du dossier social étudiant."
HORS_CALENDRIER = "La demande n'est pas faite dans le calendrier du dossier social étudiant de {annee} ({fenetres})."
HORS_CALENDRIER_REMEDE = "Refaire la demande pendant une période ouverte ; le calendrier est un réglage des bourses (saisie)."

# --- corrected identifiers -------------------------------------------------------------------------------------------

CORRIGE = "Le NNE est corrigé : {nombre} inscription(s) remise(s) à la nouvelle clé."
TRANSMISE = "Le NNE de cet étudiant a été corrigé : l'inscription est passée à la nouvelle clé."
RECUE = "Faits reçus de l'ancienne clé d'un NNE corrigé."
CITEE = "Une inscription d'un autre NNE cite ce numéro de boursier."
CORRECTION_SANS_CLE = Refusal(
    "CORRECTION_SANS_CLE",
    "La correction ne porte pas la clé du nouveau NNE.",
    "Envoyer la correction par le connecteur « nne », qui calcule cette clé.",
)


def hors_calendrier(annee: int, fenetres: tuple[str, ...]) -> Refusal:
    return Refusal("HORS_CALENDRIER", HORS_CALENDRIER.format(annee=annee, fenetres=", ".join(fenetres)), HORS_CALENDRIER_REMEDE)
