"""The five synchros as data: what each is, what opens it, what says that it is done (R-PRO-02 to 06, 30 to 34)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Synchro:
    """One synchro of the guide."""

    code: str
    titre: str
    logiciels: tuple[str, ...]
    """Whose version must be accepted before it (R-PRO-01)."""
    campagne: bool = False
    """The year and the campaign of STS-WEB open it (R-PRO-06)."""
    message: str | None = None
    """The only thing that says it is done; None: its end is told (`synchro_fin`)."""


SYNCHROS: Mapping[str, Synchro] = {
    each.code: each
    for each in (
        Synchro("S1", "Actualiser les données des services et des groupes de STS-WEB vers EDT", ("PRONOTE", "EDT"), campagne=True),
        Synchro("S2", "Actualiser les élèves de SIECLE vers PRONOTE", ("PRONOTE", "EDT")),
        Synchro("S3", "Actualiser les données des Services et Groupes dans STS Web depuis EDT", ("PRONOTE", "EDT")),
        Synchro(
            "S4A",
            "Actualiser les données entre STS Web et SIECLE",
            ("PRONOTE", "EDT"),
            campagne=True,
            message="La structure a été envoyée à SCONET via un service Web.",
        ),
        Synchro(
            "S4B",
            "Actualiser les données entre STS Web et SIECLE",
            ("PRONOTE", "EDT"),
            campagne=True,
            message="Les services ont été envoyés à SCONET via un service Web.",
        ),
        Synchro("S5", "Actualiser les données (lien élèves-groupe) de PRONOTE vers SIECLE", ("PRONOTE", "EDT")),
    )
}
"""In the order of the guide."""

LOT: Mapping[str, tuple[str, ...]] = {
    "Elèves (avec ou sans adresse)": ("eleves_avec_adresses", "eleves_sans_adresses"),
    "Responsables (avec adresse uniquement)": ("responsables_avec_adresses",),
    "Structures": ("structures",),
    "Nomenclatures": ("nomenclature",),
    "Commun": ("communs",),
    "Etablissements": ("etablissements",),
    "Géographique": ("geographique",),
}
"""The seven files of synchro 2: SIECLE's label → the kinds of export that are it (R-PRO-21)."""

OPTIONS: Mapping[str, str] = {
    "nouveaux_eleves": "Importer les nouveaux élèves",
    "donnees": "Mettre à jour les données des élèves",
    "identite": "Mettre à jour l'identité des élèves",
    "coordonnees": "Mettre à jour les coordonnées des élèves",
    "responsables": "Mettre à jour les responsables des élèves",
    "scolarite_active": "Mettre à jour la scolarité active des élèves",
    "scolarite_precedente": "Mettre à jour la scolarité précédente des élèves",
    "ignorer_sortis": "Ignorer les élèves sortis de l'établissement",
    "groupes_siecle": "Alimenter les groupes depuis SIECLE",
}
"""Options of PRONOTE's import of pupils: field of `import_eleves` → label on its page, without its day (R-PRO-23)."""

COCHEES: tuple[str, ...] = tuple(each for each in OPTIONS if each != "groupes_siecle")
"""As the guide shows them."""
