"""French texts about an INE active in two schools. Pupils are named by their identifiers of SIECLE."""

CODE = "INE_DANS_DEUX_ETABLISSEMENTS"
REMEDE = "Vérifier avec l'autre établissement lequel garde l'élève, puis saisir sa sortie dans l'autre base."


def partage(eleve_id: str, autre_uai: str, autre_eleve_id: str) -> str:
    found = f"pour l'élève {autre_eleve_id} (identifiants SIECLE)"
    return f"L'INE de l'élève {eleve_id} est actif aussi dans l'établissement {autre_uai}, {found}."
