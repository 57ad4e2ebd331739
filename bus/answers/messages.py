"""Every French text of the synchronous answer's own addresses. None repeats what was sent."""

from schemas.outcome import Fault

READ = "bourses:lire"

NO_TOKEN = Fault(
    "JETON_ABSENT",
    "L'en-tête Authorization: Bearer manque ou n'a pas cette forme, ou le jeton est inconnu ou révoqué.",
    "Envoyer « Authorization: Bearer <jeton> » ; un jeton se crée par « passerelle tokens create ».",
)
NO_SCOPE = Fault(
    "PORTEE_INSUFFISANTE", f"Ce jeton n'a pas la portée « {READ} ».", "Demander à l'exploitant du bus un jeton de cette portée."
)
BAD_NNE = Fault("NNE_INVALIDE", "Le NNE doit avoir 11 lettres et chiffres.", "Donner le NNE avec sa clé, sans espace.")
BAD_YEAR = Fault("ANNEE_INVALIDE", "annee doit être l'année de la rentrée, sur 4 chiffres.", "Donner par exemple annee=2026.")
BAD_UAI = Fault("UAI_INVALIDE", "uai doit avoir 7 chiffres et une lettre.", "Donner l'UAI de l'établissement qui inscrit.")
BAD_ETAPE = Fault("ETAPE_INVALIDE", "cod_etp doit avoir de 1 à 16 caractères, sans espace.", "Donner le code de l'étape d'Apogée.")
BAD_BODY = Fault(
    "CORPS_INVALIDE", "Le corps doit être un objet JSON avec nne, annee et, s'ils sont connus, uai et cod_etp.", "Corriger le corps."
)
UNKNOWN_PATH = Fault("ADRESSE_INCONNUE", "Cette adresse n'existe pas.", "Demander /v1/bourses/<nne> ou POST /v1/bourses.")
BAD_METHOD = Fault(
    "METHODE_REFUSEE", "Cette adresse n'accepte pas cette méthode.", "Demander par GET, ou par POST sans NNE dans l'adresse."
)
FAILED = Fault("ERREUR_INTERNE", "La question n'a pas pu être traitée par une erreur du bus.", "Signaler l'heure à l'exploitant du bus.")
NOT_READY = Fault(
    "PAS_PRET", "Le bus relit ses données : il ne peut pas encore répondre.", "Redemander après le délai de l'en-tête Retry-After."
)
UNREADABLE = Fault(
    "QUESTION_ILLISIBLE",
    "La question n'est pas un enregistrement « question » du contrat de bourses.questions.v1.",
    "Publier la question sous ce contrat, avec l'enveloppe CloudEvents (docs/topics.md).",
)
