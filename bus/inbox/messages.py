"""Every French text of the inbox: why a file is refused before its connector reads it, and the report beside it."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.outcome import Fault

FLAWS: dict[str, Fault] = {
    each.code: each
    for each in (
        Fault(
            "NOM_INTERDIT",
            "Le nom du fichier est trop long, n'est pas en UTF-8 ou contient des caractères invisibles ou de commande.",
            "Renommer le fichier (au plus 180 octets, lettres, chiffres, tirets, points) et le redéposer.",
        ),
        Fault(
            "PAS_UN_FICHIER",
            "Ce n'est pas un fichier ordinaire (dossier, lien, tube ou périphérique) : il n'a pas été ouvert.",
            "Déposer le fichier lui-même, sans lien ni dossier.",
        ),
        Fault(
            "FICHIER_INCOMPLET",
            "Le fichier n'est pas complet et ne change plus : il lui manque la fin (dernière ligne, fin du JSON, du XML ou de l'archive).",
            "Refaire l'envoi jusqu'au bout ; pour un fichier voulu ainsi, déposer à côté un fichier vide du même nom suivi de « .done ».",
        ),
        Fault(
            "MARQUE_SANS_FICHIER",
            "Une marque de fin d'envoi (« .done » ou « .ok ») a été déposée sans son fichier.",
            "Déposer le fichier, puis la marque.",
        ),
        Fault(
            "LECTURE_EN_ERREUR",
            "La lecture de ce fichier a échoué par une erreur du bus, et non par une faute reconnue du fichier.",
            "Transmettre ce compte rendu et son récépissé à l'exploitant du bus : il pourra le redéposer après correction.",
        ),
    )
}

_KIND_UNKNOWN = "non reconnu"


def report_text(
    name: str, system: str, receipt: str, kind: str | None, claimed_at: datetime, faults: Iterable[Fault], zone: ZoneInfo
) -> str:
    """The report that a person reads beside a refused file."""
    when = claimed_at.astimezone(zone)
    head = [
        "Compte rendu de refus",
        "",
        f"Fichier        : {name}",
        f"Système        : {system}",
        f"Pris en charge : le {when:%d/%m/%Y} à {when:%H:%M:%S} ({zone.key})",
        f"Récépissé      : {receipt}",
        f"Reconnu comme  : {kind or _KIND_UNKNOWN}",
        "",
        "Rien de ce fichier n'a été pris en compte. Après correction, le redéposer en entier.",
        "",
    ]
    body = [line for rank, fault in enumerate(faults, start=1) for line in _fault(rank, fault)]
    return "\n".join([*head, *body])


def _fault(rank: int, fault: Fault) -> list[str]:
    return [f"{rank}. [{fault.code}] {fault.message}", f"   À faire : {fault.remede}", ""]
