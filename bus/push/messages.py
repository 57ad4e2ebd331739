"""Every French text of the HTTP push. An answer never repeats what was sent."""

from typing import Any

from schemas.outcome import Fault


def body_of(faults: tuple[Fault, ...]) -> dict[str, Any]:
    """`{"erreurs": [{code, message, remede, evenement}]}`: `evenement` is the rank in the list, from 1."""
    return {"erreurs": shown(faults)}


def shown(faults: tuple[Fault, ...]) -> list[dict[str, Any]]:
    return [{"code": each.code, "message": each.message, "remede": each.remede, "evenement": each.line} for each in faults]


NO_TOKEN = Fault(
    "JETON_ABSENT",
    "L'en-tête Authorization: Bearer manque ou n'a pas cette forme.",
    "Envoyer « Authorization: Bearer <jeton> » ; un jeton se crée par « passerelle tokens create ».",
)
UNKNOWN_TOKEN = Fault("JETON_INCONNU", "Le jeton est inconnu ou révoqué.", "Demander un jeton à l'exploitant du bus.")
UNKNOWN_PATH = Fault("ADRESSE_INCONNUE", "Cette adresse n'existe pas.", "Envoyer à /v1/<système>/evenements.")
BAD_METHOD = Fault("METHODE_REFUSEE", "Cette adresse n'accepte que POST.", "Envoyer par POST.")
BAD_TYPE = Fault(
    "TYPE_DE_CONTENU",
    "Le corps doit être du JSON, annoncé par Content-Type: application/json.",
    "Envoyer du JSON en UTF-8 avec cet en-tête, sans Content-Encoding.",
)
SLOW_BODY = Fault("CORPS_TROP_LENT", "Le corps n'est pas arrivé à temps.", "Renvoyer la requête entière.")
BAD_LENGTH = Fault("LONGUEUR_INVALIDE", "L'en-tête Content-Length n'est pas un nombre d'octets.", "Corriger cet en-tête.")
BAD_KEY = Fault(
    "CLE_IDEMPOTENCE_INVALIDE",
    "L'en-tête Idempotency-Key doit avoir de 1 à 128 caractères visibles, sans espace ni accent.",
    "Donner un identifiant tel qu'un UUID.",
)
KEY_REUSED = Fault(
    "CLE_IDEMPOTENCE_REUTILISEE",
    "Cet Idempotency-Key a déjà servi pour un autre contenu.",
    "Donner une clé propre à chaque envoi ; ne la garder que pour renvoyer exactement le même.",
)
BUSY = Fault("TROP_DE_REQUETES", "Trop d'envois sont en cours.", "Renvoyer après le délai de l'en-tête Retry-After.")
AWAY = Fault(
    "BUS_INDISPONIBLE",
    "Le bus ne peut pas confirmer la réception en ce moment ; rien n'est garanti reçu.",
    "Renvoyer le même contenu, avec le même Idempotency-Key s'il y en avait un, après le délai de l'en-tête Retry-After.",
)
FAILED = Fault(
    "ERREUR_INTERNE",
    "L'envoi n'a pas pu être lu par une erreur du bus, et non par une faute reconnue de l'envoi.",
    "Signaler l'heure de l'envoi à l'exploitant du bus.",
)


def no_scope(system: str) -> Fault:
    return Fault(
        "PORTEE_INSUFFISANTE",
        f"Ce jeton n'a pas la portée « {system}:ecrire ».",
        "Demander à l'exploitant du bus un jeton de cette portée.",
    )


def too_big(limit: int) -> Fault:
    return Fault("CORPS_TROP_GROS", f"Le corps dépasse {limit} octets.", "Envoyer les événements par paquets plus petits.")
