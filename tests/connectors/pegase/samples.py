"""Invented registrations, as Pégase's feed gives them (bursaries facts §2.4)."""

from typing import Any

MODIFIED = 1_788_771_600
"""2026-09-07 09:00:00 UTC."""
VUE: dict[str, Any] = {
    "UAI": "0781944P",
    "idApprenant": "6f0d0f3e-6b0b-4d57-9a35-0d8c0b1c7f01",
    "codeApprenant": "000021907",
    "INE": "1111037734L",
    "civilite": "F",
    "nomUsage": "TESTARD",
    "nomFamille": "TESTARD",
    "prenom": "Zélie",
    "dateDeNaissance": "2007-03-12",
    "nationalite": "100",
    "regime": {"code": "1", "libelle": "Formation initiale"},
    "bourses": [],
    "boursesCompletes": [{"code": "01", "libelleLong": "Bourse sur critères sociaux"}],
    "profilsExonerants": [],
    "statutPaiement": "paye",
    "statutInscription": "valide",
    "inscriptionPrincipale": True,
    "formation": {"code": "L1-INFO", "libelleLong": "Licence 1 informatique"},
    "anneeUniversitaire": "2026",
    "periode": {"code": "P2026", "libelleLong": "Année 2026-2027"},
    "chemin": [{"code": "L1-INFO"}],
    "codeDiplomeSISE": "2500123",
    "dateInscription": "2026-07-10",
    "derniereModification": MODIFIED,
    "mels": [{"mel": "zelie@example.org"}],
}
PERSONAL = ("TESTARD", "Zélie", "2007-03-12", "1111037734", "000021907", "6f0d0f3e", "zelie@")


def vue(rank: int = 1, **changes: Any) -> dict[str, Any]:
    """The registration of another invented student for each rank."""
    return (
        VUE | {"idApprenant": f"{rank:08d}-6b0b-4d57-9a35-0d8c0b1c7f01", "codeApprenant": f"{rank:09d}", "INE": f"{rank:09d}AB"} | changes
    )


def page(*elements: Any, number: int = 0, total: int | None = None, pages: int = 1) -> dict[str, Any]:
    return {
        "taille": 500,
        "page": number,
        "totalElements": len(elements) if total is None else total,
        "totalPages": pages,
        "resultats": list(elements),
    }
