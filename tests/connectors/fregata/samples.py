"""Invented pupils as FREGATA's API gives them."""

from typing import Any


def inscription(rank: int = 1, **changes: Any) -> dict[str, Any]:
    """One element of the answer; `apprenant__ine` changes what is inside."""
    made: dict[str, Any] = {
        "id": 5000 + rank,
        "estEN": False,
        "dateEntreeEtablissement": "2025-09-01",
        "dateEntreeFormation": "2025-09-01T00:00:00",
        "dateSortieEtablissement": None,
        "dateSortieFormation": None,
        "statutApprenant": {"code": "2501"},
        "division": {"libelle": "2NDE PRO A"},
        "sectionReference": {"codeMef": "27621306321", "anneeScolaireId": 29},
        "apprenant": {
            "ine": f"99000000{rank:02d}T",
            "prenomUsuel": "Zélie",
            "nomUsuel": "TESTARD",
            "dateNaissance": "2009-03-12",
            "sexeId": "2",
            "adressesApprenant": [
                {"estPrioritaire": True, "adresseIndividu": {"ligne4": "1 rue des Essais", "communeCodePostal": "34000"}}
            ],
        },
    }
    for path, value in changes.items():
        inside = made
        *outer, last = path.split("__")
        for name in outer:
            inside = inside[name]
        inside[last] = value
    return made
