"""The faults of one delivery: bounded in number, coded, in French, without any value of a person.

A fault says the column and what kind of thing was found (its length, its nature), never the value itself: faults
are logged, answered over HTTP and left beside quarantined files.
"""

from collections.abc import Iterable

from schemas.outcome import Fault

MAX_FAULTS = 100
"""Faults shown for one delivery; the rest is counted."""

CODES = frozenset(
    {
        "AUTRES_ERREURS",
        "BOOLEEN_INVALIDE",
        "CARACTERE_INTERDIT",
        "CARACTERE_NUL",
        "CHAMP_EN_DOUBLE",
        "CHAMP_INCONNU",
        "CHAMP_MANQUANT",
        "CLE_NNE_INVALIDE",
        "CLE_UAI_INVALIDE",
        "CODE_INCONNU",
        "COLONNE_ABSENTE_PAR_DEFAUT",
        "COLONNE_EN_DOUBLE",
        "COLONNE_INCONNUE",
        "COLONNE_MANQUANTE",
        "DATE_ABSURDE",
        "DATE_IMPOSSIBLE",
        "DATE_INVALIDE",
        "DEMANDE_REFUSEE",
        "DOSSIER_INCOHERENT",
        "DOSSIER_NON_GROUPE",
        "DUREE_INVALIDE",
        "ENCODAGES_MELES",
        "ENCODAGE_DOUBLE",
        "ENCODAGE_DOUTEUX",
        "ENCODAGE_INCONNU",
        "ENCODAGE_INVALIDE",
        "EN_TETE_ABSENT",
        "ETAT_INCOHERENT",
        "EVENEMENT_EN_DOUBLE",
        "FICHIER_ALTERE_PAR_EXCEL",
        "FICHIER_INCONNU",
        "FICHIER_TROP_GROS",
        "FICHIER_VIDE",
        "GROUPE_TROP_LONG",
        "GUILLEMET_INVALIDE",
        "HEURE_INVALIDE",
        "IDENTIFIANT_EN_DOUBLE",
        "IDENTIFIANT_INVALIDE",
        "INSTANT_INVALIDE",
        "JOUR_INVALIDE",
        "JSON_INVALIDE",
        "JSON_TROP_PROFOND",
        "LIGNE_TROP_LONGUE",
        "LISTE_VIDE",
        "MILLESIME_INVALIDE",
        "MONTANT_INVALIDE",
        "NOMBRE_DE_CHAMPS",
        "NOMBRE_INVALIDE",
        "NOM_DE_FICHIER",
        "NOM_ET_CONTENU_DIFFERENTS",
        "NOM_ZIP_DIFFERENT",
        "NUMERO_DOSSIER_INCOHERENT",
        "PAS_UNE_ARCHIVE",
        "REFERENCE_INCONNUE",
        "REPONSE_ILLISIBLE",
        "REPONSE_INATTENDUE",
        "SOURCE_EN_ERREUR",
        "TEXTE_TROP_LONG",
        "TROP_DE_LIGNES",
        "TROP_D_EVENEMENTS",
        "TYPE_INATTENDU",
        "UAI_INCONNU",
        "UAI_INVALIDE",
        "VALEUR_DIVERGENTE",
        "VERSION_NON_IMPORTEE",
        "VOEU_EN_DOUBLE",
        "XML_BALISE_INCONNUE",
        "XML_BALISE_MANQUANTE",
        "XML_DOCTYPE",
        "XML_ENCODAGE",
        "XML_MAL_FORME",
        "XML_NON_VALIDE",
        "XML_RACINE",
        "XML_TEXTE_TROP_LONG",
        "XML_TROP_PROFOND",
        "XML_VALEUR_MANQUANTE",
        "ZIP_ABIME",
        "ZIP_CHEVAUCHEMENT",
        "ZIP_CHIFFRE",
        "ZIP_COMPRESSION",
        "ZIP_CONTENU",
        "ZIP_DOUBLON",
        "ZIP_ILLISIBLE",
        "ZIP_IMBRIQUE",
        "ZIP_LIEN",
        "ZIP_NOM_INTERDIT",
        "ZIP_RATIO",
        "ZIP_TROP_D_ENTREES",
    }
)
"""Every code that a connector may give: a code is a metric label, so the set is closed."""


def fault(code: str, message: str, remede: str, line: int | None = None) -> Fault:
    """A fault whose code is of the closed set; another code is a mistake of ours and raises ValueError."""
    if code not in CODES:
        raise ValueError(f"unknown fault code {code}: add it to CODES")
    return Fault(code, message, remede, line)


class Unreadable(Exception):
    """The delivery cannot be read further; `fault` says why."""

    def __init__(self, found: Fault) -> None:
        super().__init__(found.code)
        self.fault = found


class FaultList:
    """Faults in the order found: the first `MAX_FAULTS` are kept, the others only counted."""

    def __init__(self) -> None:
        self._kept: list[Fault] = []
        self.count = 0

    def add(self, found: Fault) -> None:
        self.count += 1
        if len(self._kept) < MAX_FAULTS:
            self._kept.append(found)

    def extend(self, found: Iterable[Fault]) -> None:
        for one in found:
            self.add(one)

    def __bool__(self) -> bool:
        return self.count > 0

    def report(self) -> tuple[Fault, ...]:
        """The kept faults, then one that counts the others if there are any."""
        others = self.count - len(self._kept)
        if not others:
            return tuple(self._kept)
        counted = fault(
            "AUTRES_ERREURS",
            f"Anomalies du même envoi qui ne sont pas détaillées ici : {others}.",
            "Corriger les anomalies détaillées, puis renvoyer : les suivantes apparaîtront.",
        )
        return (*self._kept, counted)
