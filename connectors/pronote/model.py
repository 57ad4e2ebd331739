"""A file of links between pupils and groups (ELEGROUPE 1.3 and 1.4) as written: its own tag names, values as texts."""

from typing import Annotated

import msgspec

from connectors.transport.binding import Attribute, Tag, Text, Within


class Parametres(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PARAMETRES."""

    uaj: Text = None
    annee_scolaire: Text = None
    date_import: Text = None
    """JJ/MM/AAAA."""
    num_envoi: Text = None
    logiciel: Text = None


class Groupe(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """GROUPE: one inscription; days are AAAA-MM-JJ."""

    code_groupe: Text = None
    date_debut_groupe: Text = None
    date_fin_groupe: Text = None


class Eleve(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """ELEVE: exactly one of the three identifiers (R-PRO-75)."""

    eleve_id: Text = None
    id_national: Text = None
    id_prv_ele: Text = None
    nom_de_famille: Text = None
    nom: Annotated[Text, Tag("NOM")] = None
    """The family name in version 1.3."""
    nom_usage: Text = None
    prenom: Text = None
    prenom2: Text = None
    prenom3: Text = None
    date_naiss: Text = None
    groupes: Annotated[tuple[Groupe, ...] | None, Within("GROUPES", "GROUPE")] = None


class Donnees(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DONNEES."""

    eleves: Annotated[tuple[Eleve, ...] | None, Within("ELEVES", "ELEVE")] = None


class Elegroupe(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """IMPORT_ELEVES with the pupils' groups."""

    version: Annotated[Text, Attribute("VERSION")] = None
    parametres: Parametres | None = None
    donnees: Donnees | None = None
