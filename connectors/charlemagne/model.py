"""`IMPORT_ELEVES` of a private software (« PRIVE », 3.1, read from 2.0 on) as written: its own tag names, values as texts.

The order of the fields is the strict order of the published schema 3.1.
"""

from typing import Annotated

import msgspec

from connectors.transport.binding import Alias, Attribute, Content, Each, Text, Within


class Parametres(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PARAMETRES."""

    uaj: Text = None
    annee_scolaire: Text = None
    date_import: Text = None
    """JJ/MM/AAAA, unlike the other days of the file (AAAA-MM-JJ)."""
    num_envoi: Text = None
    logiciel: Text = None


class Adresse(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """ADRESSE."""

    ligne1_adresse: Text = None
    ligne2_adresse: Text = None
    ligne3_adresse: Text = None
    ligne4_adresse: Text = None
    code_postal: Text = None
    ll_postal: Text = None
    commune_etrangere: Text = None
    code_pays: Text = None


class Personne(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PERSONNES/PERSONNE."""

    id_prv_per: Text = None
    code_civilite: Text = None
    nom_de_famille: Annotated[Text, Alias(("NOM",))] = None
    nom_usage: Text = None
    prenom: Text = None
    adresse: Adresse | None = None
    communication_adresse: Text = None
    code_profession: Text = None
    tel_personnel: Text = None
    tel_professionnel: Text = None
    tel_portable: Text = None
    accepte_sms: Text = None
    email: Text = None
    enfant_a_charge: Text = None


class Bourse(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """BOURSES/BOURSE."""

    code_bourse: Text = None
    nb_part: Text = None


class Responsable(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """LEGAL, PERSONNE_EN_CHARGE or CONTACT: a link to a PERSONNE (the schema does not check that it is there: we do)."""

    id_prv_per: Text = None
    code_parente: Text = None
    paie_frais_scolaires: Annotated[Text, Alias(("FINANCIER",))] = None
    """FINANCIER before 3.1."""
    heberge_eleve: Text = None
    percoit_les_aides: Text = None
    a_contacter_en_priorite: Text = None


class ResponsablesEleve(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """RESPONSABLES_ELEVE; LEGAL1 and LEGAL2 in version 2.0."""

    legal1: Responsable | None = None
    legal2: Responsable | None = None
    legal: Annotated[tuple[Responsable, ...], Each("LEGAL")] = ()
    personne_en_charge: Annotated[tuple[Responsable, ...], Each("PERSONNE_EN_CHARGE")] = ()
    contact: Annotated[tuple[Responsable, ...], Each("CONTACT")] = ()


class Option(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """OPTIONS/OPTION."""

    code_matiere: Text = None
    code_modalite_elect: Text = None


class ScolariteActive(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """SCOLARITE_ACTIVE."""

    code_mef: Text = None
    code_division: Text = None
    code_statut: Text = None
    date_deb_sco: Text = None
    date_fin_sco: Text = None
    arret_formation: Text = None
    options: Annotated[tuple[Option, ...] | None, Within("OPTIONS", "OPTION")] = None


class CodeMatiere(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A CODE_MATIERE that stands in a list."""

    code: Annotated[Text, Content()] = None


class EtablissementAnDernier(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """ETABLISSEMENT_AN_DERNIER."""

    code_rne: Text = None
    code_departement: Text = None
    code_provenance: Text = None
    code_mef: Text = None
    type_mef: Text = None
    code_division: Text = None
    code_statut: Text = None
    date_deb_sco: Text = None
    date_fin_sco: Text = None
    options: Annotated[tuple[CodeMatiere, ...] | None, Within("OPTIONS_AN_DERNIER", "CODE_MATIERE")] = None


class Eleve(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """ELEVES/ELEVE: a sortant begins with its reason and day of leaving."""

    code_motif_sortie: Text = None
    date_sortie: Text = None
    id_prv_ele: Text = None
    id_national: Text = None
    ine_bea: Text = None
    ine_rnie: Text = None
    nom_de_famille: Annotated[Text, Alias(("NOM",))] = None
    nom_usage: Text = None
    prenom: Text = None
    prenom2: Text = None
    prenom3: Text = None
    code_pays_nat: Text = None
    date_naiss: Text = None
    code_sexe: Text = None
    code_pays: Text = None
    code_commune_insee_naiss: Text = None
    ville_naiss: Text = None
    date_entree: Text = None
    adresse: Adresse | None = None
    tel_personnel: Text = None
    tel_professionnel: Text = None
    tel_portable: Text = None
    accepte_sms: Text = None
    email: Text = None
    adhesion_transport: Text = None
    code_regime: Text = None
    doublement: Text = None
    bourses: Annotated[tuple[Bourse, ...] | None, Within("BOURSES", "BOURSE")] = None
    responsables_eleve: ResponsablesEleve | None = None
    scolarite_active: ScolariteActive | None = None
    etablissement_an_dernier: EtablissementAnDernier | None = None


class Donnees(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DONNEES."""

    personnes: Annotated[tuple[Personne, ...] | None, Within("PERSONNES", "PERSONNE")] = None
    eleves: Annotated[tuple[Eleve, ...] | None, Within("ELEVES", "ELEVE")] = None


class ImportEleves(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """IMPORT_ELEVES with the pupils' dossiers."""

    version: Annotated[Text, Attribute("VERSION")] = None
    parametres: Parametres | None = None
    donnees: Donnees | None = None
