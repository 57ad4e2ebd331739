"""Mails of the accounts: identifiants at the first action, a new password when it is forgotten (R-EXT-01, R-EXT-02)."""

from collections.abc import Mapping
from typing import Any

from schemas.outcome import DrawnSecret, OutgoingMail

NAME = "comptes.courriels"
MOT_DE_PASSE = "mot_de_passe"
"""`{mot_de_passe}` in a text: the Extranet draws it when the mail leaves."""


class CourrielsDesComptes:
    """See `schemas.outcome.MailSink`. A payload is `destinataire, objet, texte, identifiants`."""

    name = NAME
    system = "organismes"
    processor = "comptes"
    hourly_ceiling = 200
    """A region has some hundreds of training bodies: more first actions and forgotten passwords in an hour are a fault or an attack."""

    def compose(self, payload: Mapping[str, Any]) -> OutgoingMail:
        texte: str = payload["texte"]
        secret = DrawnSecret(MOT_DE_PASSE, tuple(payload["identifiants"])) if "{" + MOT_DE_PASSE + "}" in texte else None
        return OutgoingMail(payload["objet"], texte, recipients=(payload["destinataire"],), secret=secret)
