"""Keys and subjects of the Luciole domain: one place, so that connectors and rules agree (architecture §3, R-BUS-04).

Three kinds of entity share the partitions of the procedure's topics and are told apart by a prefix: an établissement (its
dossiers, bordereaux, preparations and sends, whose order matters together), an instructor (his windows and his send) and a
payment file (its bordereaux and what Chorus and the DRAAF say of it). The national lock has one key on its own topics.
"""

import hashlib

ETABLISSEMENT = "etablissement/"
INSTRUCTEUR = "instructeur/"
FICHIER = "fichier/"
VERROU = "verrou"

DIGEST_LENGTH = 12
"""Hexadecimal characters kept of a dossier's digest."""


def of_etablissement(uai: str) -> str:
    """`etablissement/0341088Y`."""
    return ETABLISSEMENT + uai


def of_instructeur(instructeur: str) -> str:
    """`instructeur/02102322`, from the code alone: a label that changes does not make another instructor (R-LUC-36)."""
    return INSTRUCTEUR + code_of(instructeur)


def of_fichier(fichier: str) -> str:
    """`fichier/PAIE-2026-0117`."""
    return FICHIER + fichier


def code_of(instructeur: str) -> str:
    """The opaque code of `02102322 EPL XXX`, leading zeros kept; no form nor length is expected of it (R-LUC-36)."""
    return instructeur.strip().split(" ", 1)[0]


def bordereau_subject(uai: str, bordereau: str) -> str:
    """Subject of a bordereau, and the prerequisite that a payment file waits for."""
    return f"bordereau/{uai}/{bordereau}"


def dossier_subject(uai: str, dossier: str) -> str:
    """A dossier only by a digest: subjects reach headers and logs, and a dossier is a person's."""
    return f"dossier/{uai}/{hashlib.sha256(f'{uai}|{dossier}'.encode()).hexdigest()[:DIGEST_LENGTH]}"


def fichier_subject(fichier: str) -> str:
    """Subject of a payment file, and the prerequisite that its validation waits for."""
    return f"fichier/{fichier}"


def envoi_subject(instructeur: str) -> str:
    """Subject of how a send ends: an end that waits for its beginning holds back only later ends."""
    return f"envoi/{code_of(instructeur)}"


def demande_subject(instructeur: str) -> str:
    return f"demande/{code_of(instructeur)}"
