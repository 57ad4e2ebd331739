"""What a record is about, in its `ce_subject`: it reaches headers, logs and screens, so it never names a person.

Connectors give these subjects to their records and rules name prerequisites with them: one place, so that they agree.
"""

import hashlib
from functools import lru_cache

DIGEST_LENGTH = 12
"""Hexadecimal characters kept of the individual's digest: it tells two individuals of one student key apart, no more."""


@lru_cache(maxsize=4096)
def of_registration(uai: str, cod_anu: str, cod_ind: str, cod_etp: str, cod_vrs_vet: str) -> str:
    """One registration to one étape: `ia/0781944P/2026/L1INFO/120/3f2a…`; Apogée's own number of the individual only as a digest."""
    individual = hashlib.sha256(f"{uai}|{cod_ind}".encode()).hexdigest()[:DIGEST_LENGTH]
    return f"ia/{uai}/{cod_anu}/{cod_etp}/{cod_vrs_vet}/{individual}"


def of_dossier(annee: int) -> str:
    """The bursary dossier of one year of the student that the key names: `dossier/2026`."""
    return f"dossier/{annee}"


def of_retraitement(annee: int, uai: str, cod_etp: str) -> str:
    """The re-treatment of a dossier for one registration: `retraitement/2026/0781944P/L1INFO`.

    Not the dossier's subject: a re-treatment that waits for its mark must not hold back the dossier's own changes.
    """
    return f"retraitement/{annee}/{uai}/{cod_etp}"


TRANSMISSION = "transmission"
"""Facts that go from one student key to another: the key alone says whose."""


def of_correction(uai: str, cod_etu: str) -> str:
    """The corrections of one individual's NNE: `correction/0781944P/3f2a…`."""
    return f"correction/{uai}/{hashlib.sha256(f'{uai}|{cod_etu}'.encode()).hexdigest()[:DIGEST_LENGTH]}"


def of_decision_crous(annee: int) -> str:
    """A line of the CROUS about one year of the student that the key names: `crous/2026`."""
    return f"crous/{annee}"


def of_demande(annee: int) -> str:
    """A demande of the student that the key names: `demande/2026`."""
    return f"demande/{annee}"


def of_bilans(fichier: str) -> str:
    """A file of the LSU of a school: `bilans/3f2a…`. People name files, sometimes after a pupil, and subjects reach logs."""
    return f"bilans/{hashlib.sha256(fichier.encode()).hexdigest()[:DIGEST_LENGTH]}"
