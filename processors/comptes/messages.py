"""Texts of the accounts. The guide gives the meaning of its controls, not their wording (A-18)."""

from schemas.outcome import Refusal

MOT_DE_PASSE = "{mot_de_passe}"
"""Stands in a mail for the password, drawn when the mail is sent and never kept by the bus."""

PORTAIL = "http://sesame.seformerenlanguedocroussillon.fr"
OBJET_IDENTIFIANTS = "Vos identifiants pour l'Extranet des organismes de formation"
OBJET_MOT_DE_PASSE = "Votre nouveau mot de passe pour l'Extranet des organismes de formation"
MOT_DE_PASSE_ENVOYE = "Un courrier électronique a été envoyé à l'adresse électronique saisie avec un nouveau mot de passe."


def texte_identifiants(identifiant: str) -> str:
    return (
        "Une première action de formation vous est attribuée sur l'Extranet.\n\n"
        f"Identifiant : {identifiant}\nMot de passe : {MOT_DE_PASSE}\n\n"
        f"Connexion : {PORTAIL}\n"
        "Vous pouvez modifier l'un et l'autre à votre première connexion et à tout moment, via « modifier votre compte ».\n"
    )


def texte_mot_de_passe(identifiants: tuple[str, ...]) -> str:
    return (
        "Vous avez demandé un nouveau mot de passe.\n\n"
        f"Identifiant : {', '.join(identifiants)}\nMot de passe : {MOT_DE_PASSE}\n\nConnexion : {PORTAIL}\n"
    )


def adresse_inconnue() -> Refusal:
    return Refusal(
        "ADRESSE_INCONNUE",
        "L'adresse électronique saisie n'existe pas dans l'annuaire des utilisateurs : la demande est rejetée.",
        "Vérifier l'adresse électronique, ou contacter le CONSEIL REGIONAL LANGUEDOC ROUSSILLON.",
    )


def acces_refuse() -> Refusal:
    return Refusal(
        "ACCES_REFUSE",
        "Seul l'organisme titulaire d'une action dispose d'un accès à l'Extranet.",
        "Un sous-traitant transmet ses éléments au titulaire, qui les saisit.",
    )


def compte_inconnu() -> Refusal:
    return Refusal(
        "COMPTE_INCONNU",
        "Cet organisme n'a pas de compte sur l'Extranet.",
        "Attendre la première action : les identifiants sont alors envoyés par courrier électronique.",
    )
