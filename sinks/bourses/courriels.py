"""The mail of the control editions (R-AGL-18, R-AGL-19, R-AGL-10): one a day and composante, its lists as attachments."""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from schemas.outcome import Attachment, OutgoingMail
from sinks.bourses.editions import PARIS, SANS_COMPOSANTE, Edition

NAME = "bourses.editions"
_OTHER = re.compile(r"[^a-z0-9_.]+")

SUJET = "Bourses, {composante} : {nouveaux} nouveau(x), {ouverts} ouvert(s), {disparus} disparu(s) au {jour}"
ENTETE = "Listes de contrôle des bourses, {composante}, au {jour}."
LISTE = "- {titre} : {nouveaux} nouveau(x), {ouverts} ouvert(s){anciennete}, {disparus} disparu(s). Fichier {fichier}."
ANCIENNETE = ", le plus ancien depuis {jours} jour(s)"
A_JOUR = "Ces listes tiennent compte de tout ce qui a été dit au bus jusqu'au {quand}."
PAS_A_JOUR = "Attention : le bus ne sait pas jusqu'à quand il a tout lu ; des lignes peuvent manquer ou être déjà réglées."
SUITE = (
    "Dans chaque fichier, les colonnes TRAITE_PAR et COMMENTAIRE sont à vous : rendez le fichier à l'exploitant du bus "
    "(« passerelle editions take-back »), l'édition suivante les reprendra. Une personne d'une de ces listes n'est jamais « non boursier » "
    "pour cette raison."
)


def payload_of(composante: str, editions: Sequence[Edition], jour: date, a_jour: datetime | None) -> dict[str, Any]:
    """What one mail needs, as JSON values. `a_jour`: up to when the tables hold everything said; None: nobody knows."""
    return {
        "composante": composante,
        "jour": jour.isoformat(),
        "a_jour": None if a_jour is None else a_jour.isoformat(),
        "listes": [_liste(each) for each in editions],
    }


def _liste(edition: Edition) -> dict[str, Any]:
    return {
        "titre": edition.liste.titre,
        "nouveaux": edition.nouveaux,
        "ouverts": edition.ouverts,
        "disparus": edition.disparus,
        "jours": edition.jours,
        "fichier": edition.file.name,
        "contenu": base64.b64encode(edition.file.content).decode("ascii"),
    }


class EditionsDeControle:
    """See `schemas.outcome.MailSink`. Its effects come from the schedule of `bus.editions`; a payload is what `payload_of` makes."""

    name = NAME
    system = "gestionnaires"
    processor = "bourses.fichiers"
    hourly_ceiling = 200
    """A university has some tens of composantes, and one mail a day for each."""

    def compose(self, payload: Mapping[str, Any]) -> OutgoingMail:
        listes: Sequence[Mapping[str, Any]] = payload["listes"]
        jour = date.fromisoformat(payload["jour"]).strftime("%d/%m/%Y")
        known = payload["composante"]
        named = f"composante {known}" if known else "sans composante"
        sums = {name: sum(each[name] for each in listes) for name in ("nouveaux", "ouverts", "disparus")}
        lines = [ENTETE.format(composante=named, jour=jour), "", *map(_line, listes), "", _freshness(payload["a_jour"]), "", SUITE, ""]
        subject = SUJET.format(composante=named, jour=jour, **sums)
        return OutgoingMail(subject, "\n".join(lines), desk=bureaux(known), attachments=tuple(_attachments(listes)))


def bureaux(composante: str) -> tuple[str, ...]:
    """`bourses.sci`, then `bourses`: the composante's own address where the settings name it."""
    return (f"bourses.{_OTHER.sub('_', composante.lower()) or SANS_COMPOSANTE}", "bourses")


def _line(liste: Mapping[str, Any]) -> str:
    anciennete = ANCIENNETE.format(jours=liste["jours"]) if liste["jours"] else ""
    return LISTE.format(**{**liste, "anciennete": anciennete})


def _freshness(a_jour: str | None) -> str:
    if a_jour is None:
        return PAS_A_JOUR
    return A_JOUR.format(quand=datetime.fromisoformat(a_jour).astimezone(PARIS).strftime("%d/%m/%Y à %H:%M"))


def _attachments(listes: Iterable[Mapping[str, Any]]) -> Iterable[Attachment]:
    for liste in listes:
        yield Attachment(liste["fichier"], base64.b64decode(liste["contenu"]))
