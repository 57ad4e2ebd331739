"""The SIECLE exports as data: root, blocks in the order of DONNEES, and the names that SIECLE gives the files (R-PRO-21)."""

from dataclasses import dataclass

import msgspec

from connectors.siecle import model

ENCODING = "ISO-8859-15"


@dataclass(frozen=True, slots=True)
class Block:
    """A list of DONNEES: `container` holds `item` elements, each a `struct`."""

    container: str
    item: str
    struct: type[msgspec.Struct]


@dataclass(frozen=True, slots=True)
class Format:
    """One root element."""

    root: str
    label: str
    """What SIECLE's screens call it (R-PRO-21)."""
    version: str | None
    """The version that we write when nothing else is asked."""
    blocks: tuple[Block, ...]
    minimum: tuple[type[msgspec.Struct], ...]
    """Rows of which an export holds at least one (official specification)."""


ELEVES = Format(
    "BEE_ELEVES",
    "Elèves (avec ou sans adresse)",
    "3.0",
    (
        Block("ELEVES", "ELEVE", model.Eleve),
        Block("OPTIONS", "OPTION", model.OptionsEleve),
        Block("STRUCTURES", "STRUCTURES_ELEVE", model.StructuresEleve),
        Block("BOURSES", "BOURSES_ELEVE", model.BoursesEleve),
        Block("ADRESSES", "ADRESSE", model.Adresse),
    ),
    (model.Eleve,),
)
RESPONSABLES = Format(
    "BEE_RESPONSABLES",
    "Responsables (avec adresse uniquement)",
    "2.1",
    (
        Block("PERSONNES", "PERSONNE", model.Personne),
        Block("RESPONSABLES", "RESPONSABLE_ELEVE", model.ResponsableEleve),
        Block("ADRESSES", "ADRESSE", model.Adresse),
    ),
    (model.Personne, model.ResponsableEleve),
)
STRUCTURES = Format(
    "BEE_STRUCTURES",
    "Structures",
    "2.0",
    (Block("DIVISIONS", "DIVISION", model.Division), Block("GROUPES", "GROUPE", model.Groupe)),
    (model.Division,),
)
NOMENCLATURE = Format(
    "BEE_NOMENCLATURES",
    "Nomenclatures",
    "3.1",
    (
        Block("MEFS", "MEF", model.Mef),
        Block("MATIERES", "MATIERE", model.Matiere),
        Block("PROGRAMMES", "PROGRAMME", model.Programme),
        Block("OPTIONS_OBLIGATOIRES", "OPTION_OBLIGATOIRE", model.OptionObligatoire),
    ),
    (model.Mef, model.Matiere, model.Programme),
)
COMMUNS = Format(
    "BEE_COMMUN",
    "Commun",
    None,
    (
        Block("DONNEES", "UAJ", model.Uaj),
        Block("DONNEES", "ANNEE_SCOLAIRE", model.AnneeScolaire),
        Block("DONNEES", "ANNEE_SCOLAIRE_AD", model.AnneeScolaireAd),
        Block("PERIODES", "PERIODE", model.Periode),
        Block("CALENDRIERS_FERMETURE", "CALENDRIER_FERMETURE", model.Fermeture),
    ),
    (model.Uaj,),
)
ETABLISSEMENTS = Format(
    "BEE_ETABLISSEMENTS",
    "Etablissements",
    None,
    (Block("ETABLISSEMENTS", "ETABLISSEMENT", model.Etablissement),),
    (),
)
GEOGRAPHIQUE = Format(
    "BEE_GEOGRAPHIQUE",
    "Géographique",
    None,
    (
        Block("LES_PAYS", "PAYS", model.Pays),
        Block("DEPARTEMENTS", "DEPARTEMENT", model.Departement),
        Block("COMMUNES", "COMMUNE", model.Commune),
    ),
    (),
)
"""The containers' real names are not public: read under any, written under these."""

FORMATS = {each.root: each for each in (ELEVES, RESPONSABLES, STRUCTURES, NOMENCLATURE, COMMUNS, ETABLISSEMENTS, GEOGRAPHIQUE)} | {
    "BEE_ETABLISSEMENT": ETABLISSEMENTS
}
"""Root element -> format; both names met for the établissements."""

LISTS = {
    "REGIME": ("REGIMES", "CODE_REGIME"),
    "LIEN_PARENTE": ("LIENS_PARENTE", "CODE_PARENTE"),
    "BOURSE": ("BOURSES", "CODE_BOURSE"),
    "PROFESSION": ("PROFESSIONS", "CODE_PROFESSION"),
    "PROVENANCE": ("PROVENANCES", "CODE_PROVENANCE"),
    "MOTIF_SORTIE": ("MOTIFS_SORTIE", "CODE_MOTIF_SORTIE"),
    "STATUT_ELEVE": ("STATUTS_ELEVE", "CODE_STATUT"),
    "CONTRAT": ("CONTRATS", "CODE_CONTRAT"),
    "TYPE_ETABLISSEMENT": ("TYPES_ETABLISSEMENT", "CODE_TYPE_ETAB"),
    "CIVILITE": ("CIVILITES", "CODE_CIVILITE"),
    "MODALITE_COURS": ("MODALITES_COURS", "CODE_MODALITE_COURS"),
    "MODALITE_ELECTION": ("MODALITES_ELECTION", "CODE_MODALITE_ELECT"),
}
"""Item tag of the nomenclature's other lists -> (container written, attribute of the code)."""

KINDS = {
    "eleves_avec_adresses": (ELEVES, "ElevesAvecAdresses"),
    "eleves_sans_adresses": (ELEVES, "ElevesSansAdresses"),
    "responsables_avec_adresses": (RESPONSABLES, "ResponsablesAvecAdresses"),
    "responsables_sans_adresses": (RESPONSABLES, "ResponsablesSansAdresses"),
    "structures": (STRUCTURES, "Structures"),
    "nomenclature": (NOMENCLATURE, "Nomenclature"),
    "communs": (COMMUNS, "Communs"),
    "etablissements": (ETABLISSEMENTS, "Etablissements"),
    "geographique": (GEOGRAPHIQUE, "Geographique"),
}
"""Kind of snapshot -> its format and the base name of SIECLE's file (`ExportXML_<name>.zip` holds `<name>.xml`)."""


def kind_of(root: str, with_addresses: bool) -> str:
    """The kind of an export read: addresses tell the two variants of élèves and responsables apart."""
    found = FORMATS[root]
    kinds = [kind for kind, (each, _) in KINDS.items() if each is found]
    return kinds[0] if with_addresses or len(kinds) == 1 else kinds[1]
