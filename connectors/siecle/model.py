"""The rows of SIECLE's XML exports (BEE_*): the files' own names, values as written (`None` absent, `""` empty).

Dates are DD/MM/YYYY texts and booleans 0/1 or true/false here; `records.py` makes them typed. Order of the fields = order of the
tags written (official specification 17.4 and real files).
"""

from typing import Annotated

import msgspec

from connectors.transport.binding import Alias, Attr, Attribute, Each, Tag, Text, Within


class Parametres(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The envelope's PARAMETRES, the same in every export."""

    uaj: Text = None
    annee_scolaire: Text = None
    date_export: Text = None
    horodatage: Text = None


# --- BEE_ELEVES -------------------------------------------------------------------------------------------------------


class ScolariteAnDernier(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where the pupil was the year before."""

    code_mef: Text = None
    code_structure: Text = None
    code_rne: Text = None
    code_nature: Text = None
    sigle: Text = None
    denom_princ: Text = None
    denom_compl: Text = None
    ligne1_adresse: Text = None
    ligne2_adresse: Text = None
    ligne3_adresse: Text = None
    ligne4_adresse: Text = None
    boite_postale: Text = None
    commune_etrangere: Text = None
    mel: Text = None
    telephone: Text = None
    code_commune_insee: Text = None
    ll_commune_insee: Text = None


class Eleve(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """ELEVES/ELEVE."""

    eleve_id: Attr = None
    attribut_elenoet: Annotated[Text, Attribute("ELENOET")] = None
    """The attribute wins over the element where they differ."""
    id_national: Text = None
    ine_bea: Text = None
    ine_rnie: Text = None
    elenoet: Text = None
    id_eleve_etab: Text = None
    id_prv_ele: Text = None
    nom_de_famille: Annotated[Text, Alias(("NOM",))] = None
    nom_usage: Text = None
    prenom: Text = None
    prenom2: Text = None
    prenom3: Text = None
    date_naiss: Text = None
    doublement: Text = None
    tel_professionnel: Text = None
    code_pays: Text = None
    accepte_sms: Text = None
    date_modification: Text = None
    date_sortie: Text = None
    mel: Text = None
    code_regime: Text = None
    date_entree: Text = None
    ville_naiss: Text = None
    adresse_id: Text = None
    code_motif_sortie: Text = None
    tel_personnel: Text = None
    code_sexe: Text = None
    tel_portable: Text = None
    code_pays_nat: Text = None
    code_statut: Text = None
    code_mef: Text = None
    code_departement_naiss: Text = None
    code_commune_insee_naiss: Text = None
    adhesion_transport: Text = None
    code_provenance: Text = None
    scolarite_an_dernier: ScolariteAnDernier | None = None


class Option(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """OPTIONS_ELEVE: one option (the two tag names are swapped in the real files)."""

    num_option: Text = None
    code_modalite_elect: Text = None
    code_matiere: Text = None


class OptionsEleve(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """OPTIONS/OPTION: a pupil's options."""

    eleve_id: Attr = None
    attribut_elenoet: Annotated[Text, Attribute("ELENOET")] = None
    options: Annotated[tuple[Option, ...], Each("OPTIONS_ELEVE")] = ()


class Structure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """STRUCTURE: a division (D) or a group (G) of a pupil."""

    code_structure: Text = None
    type_structure: Text = None


class StructuresEleve(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """STRUCTURES/STRUCTURES_ELEVE."""

    eleve_id: Attr = None
    attribut_elenoet: Annotated[Text, Attribute("ELENOET")] = None
    structures: Annotated[tuple[Structure, ...], Each("STRUCTURE")] = ()


class BoursesEleve(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A pupil's bursary. The real nesting is not public: read leniently, written as an element with its CODE_BOURSE inside."""

    eleve_id: Attr = None
    attribut_elenoet: Annotated[Text, Attribute("ELENOET")] = None
    code_bourse: Text = None


class Adresse(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """ADRESSES/ADRESSE."""

    adresse_id: Attr = None
    ligne1_adresse: Text = None
    ligne2_adresse: Text = None
    ligne3_adresse: Text = None
    ligne4_adresse: Text = None
    boite_postale: Text = None
    commune_etrangere: Text = None
    code_postal: Text = None
    code_pays: Text = None
    code_commune_insee: Text = None
    ll_pays: Text = None
    code_departement: Text = None
    libelle_postal: Text = None


# --- BEE_RESPONSABLES -------------------------------------------------------------------------------------------------


class Personne(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PERSONNES/PERSONNE."""

    personne_id: Attr = None
    id_prv_per: Text = None
    lc_civilite: Text = None
    ll_civilite: Text = None
    nom_de_famille: Annotated[Text, Alias(("NOM",))] = None
    nom_usage: Text = None
    prenom: Text = None
    tel_personnel: Text = None
    tel_portable: Text = None
    accepte_sms: Text = None
    tel_professionnel: Text = None
    mel: Text = None
    communication_adresse: Text = None
    adresse_id: Text = None
    code_profession: Text = None
    code_situation: Text = None


class ResponsableEleve(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """RESPONSABLES/RESPONSABLE_ELEVE, since 2018 and before."""

    eleve_id: Text = None
    personne_id: Text = None
    niveau_responsabilite: Text = None
    resp_legal: Text = None
    code_parente: Text = None
    resp_financier: Text = None
    pers_paiement: Annotated[Text, Alias(("PERS_PAIMENT",))] = None
    pers_contact: Text = None
    paie_frais_scolaires: Text = None
    percoit_les_aides: Text = None
    heberge_eleve: Text = None
    a_contacter_en_priorite: Text = None


# --- BEE_STRUCTURES ---------------------------------------------------------------------------------------------------


class MefAppartenance(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """MEF_APPARTENANCE."""

    attribut_code_mef: Annotated[Text, Attribute("CODE_MEF")] = None
    code_mef: Text = None


class DivisionAppartenance(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DIVISION_APPARTENANCE: its code is a child, in some files an attribute."""

    attribut_code_structure: Annotated[Text, Attribute("CODE_STRUCTURE")] = None
    code_structure: Text = None


class Division(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DIVISIONS/DIVISION."""

    code_structure: Attr = None
    libelle_long: Text = None
    code_contrat: Text = None
    code_rne: Text = None
    mefs: Annotated[tuple[MefAppartenance, ...] | None, Within("MEFS_APPARTENANCE", "MEF_APPARTENANCE")] = None


class Groupe(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """GROUPES/GROUPE."""

    code_structure: Attr = None
    libelle_long: Text = None
    code_contrat: Text = None
    code_rne: Text = None
    mefs: Annotated[tuple[MefAppartenance, ...] | None, Within("MEFS_APPARTENANCE", "MEF_APPARTENANCE")] = None
    divisions: Annotated[tuple[DivisionAppartenance, ...] | None, Within("DIVISIONS_APPARTENANCE", "DIVISION_APPARTENANCE")] = None


# --- BEE_NOMENCLATURES ------------------------------------------------------------------------------------------------


class Mef(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """MEFS/MEF."""

    code_mef: Attr = None
    formation: Text = None
    specialite: Text = None
    libelle_long: Text = None
    libelle_edition: Text = None
    statut_mef: Text = None
    mef_rattachement: Text = None
    code_mefstat: Text = None
    nb_opt_oblig: Text = None
    nb_opt_mini: Text = None
    renforcement_langues: Text = None
    inscription_etab: Text = None
    mef_origine: Text = None
    mef_selectionne: Text = None
    mef_selorig: Text = None
    date_ouverture: Text = None
    date_fermeture: Text = None


class Matiere(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """MATIERES/MATIERE."""

    code_matiere: Attr = None
    code_gestion: Text = None
    libelle_court: Text = None
    libelle_long: Text = None
    libelle_edition: Text = None
    matiere_etp: Text = None
    code_matiere_nationale: Text = None
    type_langue_vivante: Text = None


class Programme(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PROGRAMMES/PROGRAMME."""

    code_mef: Text = None
    code_matiere: Text = None
    code_modalite_elect: Text = None
    horaire: Text = None


class OptionObligatoire(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """OPTIONS_OBLIGATOIRES/OPTION_OBLIGATOIRE."""

    code_mef: Text = None
    code_matiere: Text = None
    rang_option: Text = None


class CodeNomenclature(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An item of any other list of the nomenclature: its container, its tag, its code and its other tags, as written."""

    conteneur: str
    balise: str
    attribut: str
    """The attribute that holds the code, such as CODE_REGIME."""
    code: str
    valeurs: tuple[tuple[str, str], ...] = ()
    """(tag, text), in the order of the file."""


# --- BEE_COMMUN -------------------------------------------------------------------------------------------------------


class Uaj(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DONNEES/UAJ."""

    etab_uaj_id: Text = None
    num_siren: Text = None
    denom_princ: Text = None
    denom_compl: Text = None
    nom_resp: Text = None
    qual_resp: Text = None
    ligne1_adresse: Text = None
    ligne2_adresse: Text = None
    ligne3_adresse: Text = None
    ligne4_adresse: Text = None
    boite_post: Text = None
    commune_etrangere: Text = None
    telephone: Text = None
    telecopie: Text = None
    mel_1: Text = None
    mel_2: Text = None
    code_type_etab: Text = None
    secteur_code: Text = None
    code_postal: Text = None
    code_commune_insee: Text = None
    code_pays: Text = None
    libelle_postal: Text = None


class AnneeScolaire(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DONNEES/ANNEE_SCOLAIRE: the specification says DATE_DEB_*, real files DATE_DEBUT_*."""

    date_debut_eleve: Annotated[Text, Alias(("DATE_DEB_ELEVE",))] = None
    date_fin_eleve: Text = None
    date_debut_prof: Annotated[Text, Alias(("DATE_DEB_PROF",))] = None
    date_fin_prof: Text = None


class AnneeScolaireAd(AnneeScolaire, frozen=True, kw_only=True, gc=False):
    """DONNEES/ANNEE_SCOLAIRE_AD: always there, often empty."""


class Periode(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A teaching period; the real container is not public."""

    code_periode: Text = None
    date_debut: Text = None
    date_fin: Text = None
    ll_periode: Text = None
    ll_orientation: Text = None
    indice: Text = None
    code_type_periode: Text = None


class Fermeture(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Closing days; the real container is not public."""

    lc_motif: Text = None
    ll_motif: Text = None
    date_debut: Text = None
    date_fin: Text = None
    ll_fermeture: Text = None


# --- BEE_ETABLISSEMENTS, BEE_GEOGRAPHIQUE -----------------------------------------------------------------------------


class Etablissement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """ETABLISSEMENT: its code is an attribute or a child."""

    attribut_code_rne: Annotated[Text, Attribute("CODE_RNE")] = None
    code_academie: Text = None
    code_rne: Text = None
    code_nature: Text = None
    code_type_etab: Text = None
    code_secteur: Text = None
    sigle: Text = None
    code_pays: Text = None
    denom_princ: Text = None
    denom_compl: Text = None
    ministere: Text = None
    ligne1_adresse: Text = None
    ligne2_adresse: Text = None
    ligne3_adresse: Text = None
    ligne4_adresse: Text = None
    boite_postale: Text = None
    code_commune_insee: Text = None
    code_postal: Text = None
    commune_etrangere: Text = None
    date_ouverture: Text = None
    date_fermeture: Text = None
    mel: Text = None
    telephone: Text = None


class Pays(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PAYS: its code is an attribute or a child."""

    attribut_code_pays: Annotated[Text, Attribute("CODE_PAYS")] = None
    code_pays: Text = None
    libelle_court: Text = None
    libelle_long: Text = None
    date_ouverture: Text = None
    date_fermeture: Text = None


class Departement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DEPARTEMENT: its code is an attribute or a child."""

    attribut_code_departement_men: Annotated[Text, Attribute("CODE_DEPARTEMENT_MEN")] = None
    code_academie: Text = None
    code_departement_men: Text = None
    code_departement_insee: Text = None
    libelle_long: Text = None


class Commune(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """COMMUNE: its code is an attribute or a child."""

    attribut_code_commune_insee: Annotated[Text, Attribute("CODE_COMMUNE_INSEE")] = None
    code_commune_insee: Text = None
    code_departement_insee: Text = None
    libelle_long: Annotated[Text, Tag("LIBELLE_LONG")] = None
