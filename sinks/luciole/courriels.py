"""Luciole's two escalations, which must be told apart: the DRAAF is asked (R-LUC-14), the support is called (R-LUC-20, 32, 34, 39)."""

from collections.abc import Mapping
from typing import Any

from schemas.outcome import Effect, OutgoingMail
from schemas.records.draaf import DemandeRejet
from schemas.records.support import Appel, AppelSansObjet
from sinks.luciole import messages

SUPPORT = "luciole.support"
DRAAF = "luciole.draaf"
FICHIERS = "luciole.fichiers"


def appel(data: Appel) -> Effect:
    """One call, one mail: the procedure publishes one call an incident."""
    payload = {"objet": messages.OBJETS_SUPPORT[data.motif], "texte": messages.appel_au_support(data), "bureaux": ["support"]}
    return Effect(SUPPORT, payload)


def appel_sans_objet(data: AppelSansObjet) -> Effect:
    """The mail that takes a call back, to the same desk."""
    payload = {"objet": messages.OBJET_SANS_OBJET, "texte": messages.appel_retire(data), "bureaux": ["support"]}
    return Effect(SUPPORT, payload)


def demande_rejet(data: DemandeRejet) -> Effect:
    """One question, one mail, to the DRAAF of the établissement's département where the settings name it (`draaf.031`)."""
    payload = {
        "objet": messages.OBJET_DRAAF.format(fichier=data.fichier),
        "texte": messages.demande_a_la_draaf(data),
        "bureaux": [f"draaf.{data.etablissement[:3].lower()}", "draaf"],
    }
    return Effect(DRAAF, payload)


def _mail(payload: Mapping[str, Any]) -> OutgoingMail:
    return OutgoingMail(payload["objet"], payload["texte"], desk=tuple(payload["bureaux"]))


class AppelsAuSupport:
    """See `schemas.outcome.MailSink`. A payload is `objet, texte, bureaux`."""

    name = SUPPORT
    system = "support"
    processor = FICHIERS
    hourly_ceiling = 60
    """The whole country has one lock: one incident a minute is no incident any more."""

    def compose(self, payload: Mapping[str, Any]) -> OutgoingMail:
        return _mail(payload)


class DemandesALaDraaf:
    """See `schemas.outcome.MailSink`. A payload is `objet, texte, bureaux`."""

    name = DRAAF
    system = "draaf"
    processor = FICHIERS
    hourly_ceiling = 200
    """Modifications after a preparation are the exception: some hundreds of instructors ask for a few each."""

    def compose(self, payload: Mapping[str, Any]) -> OutgoingMail:
        return _mail(payload)
