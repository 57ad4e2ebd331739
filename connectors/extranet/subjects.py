"""Which thing of a contract an act is about: acts of one subject keep their order when one must wait."""

from collections.abc import Mapping
from typing import Any

SUBJECTS: Mapping[str, str] = {
    "stagiaire_saisi": "stagiaire/{stagiaire}",
    "stagiaire_supprime": "stagiaire/{stagiaire}",
    "sortie_saisie": "stagiaire/{stagiaire}",
    "enquete_saisie": "stagiaire/{stagiaire}",
    "heures_saisies": "heures/{mois}/{stagiaire}",
    "realise_saisi": "declaration/{mois}",
    "declaration_confirmee": "declaration/{mois}",
    "facture_preparee": "facturation",
    "facture_confirmee": "facture/{facture}",
    "facture_sous_traitant": "facture/ST-{reference}",
    "solde_confirme": "facture/SOLDE",
    "mot_de_passe_oublie": "mot_de_passe",
    "connexion": "acces",
    "compte_modifie": "compte",
}
"""Event → its subject; an event that is not here is about the whole action."""


def subject_of(name: str, data: Mapping[str, Any]) -> str:
    return SUBJECTS.get(name, "action").format_map(data)
