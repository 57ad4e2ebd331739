"""Column layouts of ONDE's `CSVExtraction.csv`, by kind: names vary by year, so they are compared without case, accents and signs."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


def normal(name: str) -> str:
    """`Nom d'usage élève` → `nomdusageeleve`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of extraction."""

    name: str
    required: tuple[tuple[str, str], ...]
    """(field, how ONDE writes its column) of what must be there."""
    columns: Mapping[str, str]
    """Normal name -> field."""
    repeated: Mapping[str, str]
    """Normal name without its final number -> field of a child; the group may come several times."""


def _columns(**fields: str) -> dict[str, str]:
    return {name: field for field, names in fields.items() for name in names.split()}


ELEVES = Kind(
    "eleves",
    (("nom", "Nom élève"), ("prenom", "Prénom élève"), ("date_naissance", "Date naissance")),
    _columns(
        nom="nomeleve nomdefamilleeleve",
        nom_usage="nomdusageeleve nomusageeleve",
        prenom="prenomeleve",
        deuxieme_prenom="deuxiemeprenom deuxiemeprenomeleve",
        troisieme_prenom="troisiemeprenom troisiemeprenomeleve",
        date_naissance="datenaissance datedenaissance",
        sexe="sexe",
        ine="ine",
        cycle="cycle",
        niveau="niveau",
        classe="libelleclasse classe",
        identifiant_classe="identifiantclasse",
        adresse1="adresse1",
        cp1="cp1",
        commune1="commune1",
        pays1="pays1",
        adresse2="adresse2",
        cp2="cp2",
        commune2="commune2",
        pays2="pays2",
        commune_naissance="communenaissance",
        departement_naissance="departementnaissance deptnaissance",
        pays_naissance="paysnaissance",
        date_inscription="dateinscription",
        attestation_fournie="attestationfournie attestationsfournies attestationassurancefournie",
        autorisation_associations="autorisationassociations autorisationsassociations",
        autorisation_photo="autorisationphoto autorisationsphoto autorisationsphotos",
        decision_passage="decisiondepassage",
        regroupement="regroupement regroupements",
        etat="etat",
        intervenant="intervenant",
    ),
    {},
)
RESPONSABLES = Kind(
    "responsables",
    (("nom", "Nom responsable"),),
    _columns(
        civilite="civiliteresponsable",
        nom_usage="nomusageresponsable nomdusageresponsable",
        nom="nomresponsable nomdefamilleresponsable",
        prenom="prenomresponsable",
        adresse="adresseresponsable",
        cp="cpresponsable",
        commune="communeresponsable",
        pays="pays paysresponsable",
        courriel="courriel",
        telephone_domicile="telephonedomicile",
        telephone_travail="telephonetravail",
        numero_poste="numerodeposte",
        telephone_portable="telephoneportable",
    ),
    _columns(
        nom_usage="nomdusageenfant nomusageenfant nomdusageeleve",
        nom_de_famille="nomdefamilleenfant nomdefamilleeleve",
        prenom="prenomenfant prenomeleve",
        classes="classesenfants classesenfant classeseleve classeeleve",
    ),
)
ENSEIGNANTS = Kind(
    "enseignants",
    (("nom", "Nom"), ("prenom", "Prénom"), ("directeur", "Directeur(oui/non)")),
    _columns(
        civilite="civilite",
        nom_usage="nomusage nomdusage",
        nom="nom",
        prenom="prenom",
        adresse="adresse",
        cp="cp",
        commune="commune",
        pays="pays",
        courriel="courriel",
        telephone_domicile="telephonedomicile",
        telephone_portable="telephoneportable",
        directeur="directeurouinon directeur",
        classe="classe classes",
    ),
    {},
)
KINDS = (RESPONSABLES, ENSEIGNANTS, ELEVES)
"""In the order in which a header is tried: the first whose required columns are there."""

CURRENT_ELEVES = (
    "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;INE;Adresse1;Cp1;Commune1;Pays1;Adresse2;Cp2;Commune2;Pays2; Cycle;"
    "Niveau;Libellé classe;Identifiant classe;Attestation fournie;Autorisation associations;Autorisation photo;Décision de passage"
)
"""ONDE's present layout, with the space it has before « Cycle »."""
OLD_ELEVES = (
    "Nom élève;Nom d'usage élève;Prénom élève;Date naissance;Sexe;Adresse1;Cp1;Commune1;Pays1;Adresse2;Cp2;Commune2;Pays2;Cycle;"
    "Niveau;Classe;Attestation fournie;Autorisations associations;Autorisations photo;Décision de passage"
)
"""Base élèves premier degré, before ONDE: without INE nor identifier of the class."""
CHILD = "Nom d'usage enfant;Nom de famille enfant;Prénom enfant;Classes enfants"
CURRENT_RESPONSABLES = (
    "Civilité Responsable;Nom usage responsable;Nom responsable;Prénom responsable;Adresse responsable;CP responsable;Commune responsable;"
    f"Pays;Courriel;Téléphone domicile;Téléphone travail;Téléphone portable;{CHILD};{CHILD};{CHILD}"
)
CURRENT_ENSEIGNANTS = (
    "Civilité;Nom usage;Nom;Prénom;Adresse;CP;Commune;Pays;Courriel;Téléphone domicile;Téléphone portable;Directeur(oui/non);Classe"
)
