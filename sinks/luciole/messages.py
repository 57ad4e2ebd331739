"""Texts of Luciole's escalations. The guide says whom to call and when, not how to write to them: these wordings are ours."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.records.draaf import DemandeRejet
from schemas.records.support import Appel, AppelSansObjet

OBJETS_SUPPORT: Mapping[str, str] = {
    "DETENTEUR_BLOQUE": "Luciole : un envoi n'avance plus, l'appel du support est nécessaire",
    "ENVOI_INTERROMPU": "Luciole : envoi interrompu, tous les instructeurs sont bloqués",
    "COMPTEUR": "Luciole : erreur de compteur, tous les instructeurs sont bloqués",
}
"""`motif_appel` → subject."""
OBJET_SANS_OBJET = "Luciole : appel sans objet, l'envoi était déjà fini"
OBJET_DRAAF = "Luciole : le fichier de paiement {fichier} peut-il être rejeté ?"
SIGNATURE = "Message automatique de Passerelle : ne pas y répondre."
_PARIS = ZoneInfo("Europe/Paris")


def appel_au_support(appel: Appel) -> str:
    """For the support: what happened, to whom, since when, what to do."""
    lines = [
        appel.message,
        "",
        f"Cause : {appel.cause}",
        f"Que faire : {appel.remede}",
        f"Instructeur : {appel.instructeur}",
        *([f"Instructeur qui attend : {appel.demandeur}"] if appel.demandeur else []),
        f"Depuis : {_instant(appel.depuis)}",
        *([f"Envoi : jeton {appel.jeton}"] if appel.jeton is not None else []),
    ]
    return _signed(lines)


def appel_retire(retire: AppelSansObjet) -> str:
    """For the support: which call was for nothing, and why."""
    lines = [
        retire.message,
        "",
        f"Cause : {retire.cause}",
        f"Que faire : {retire.remede}",
        f"Instructeur : {retire.instructeur}",
        f"Début de l'envoi : {_instant(retire.depuis)}",
        f"Fin de l'envoi : {_instant(retire.fin)}",
        f"Envoi : jeton {retire.jeton}",
    ]
    return _signed(lines)


def demande_a_la_draaf(demande: DemandeRejet) -> str:
    """For the DRAAF: its question and what it is about."""
    lines = [
        demande.message,
        "",
        f"Fichier de paiement : {demande.fichier}",
        f"Établissement : {demande.etablissement}",
        f"Bordereau : {demande.bordereau}",
        f"Dossier à modifier : {demande.dossier}",
        *([f"Instructeur : {demande.instructeur}"] if demande.instructeur else []),
        *([f"Motif : {demande.motif}"] if demande.motif else []),
        "",
        "Confirmer le rejet, ou le refuser, dans les échanges habituels avec la DRAAF : ce courriel n'attend pas de réponse.",
    ]
    return _signed(lines)


def _signed(lines: list[str]) -> str:
    return "\n".join([*lines, "", SIGNATURE, ""])


def _instant(at: datetime) -> str:
    return at.astimezone(_PARIS).strftime("%d/%m/%Y à %H:%M:%S (heure de Paris)")
