"""The lines of ONDE's extractions as written (`None`: no such column, `""`: empty). Their columns are `layouts.py`."""

import msgspec

Text = str | None


class Eleve(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the pupils' extraction."""

    nom: Text = None
    nom_usage: Text = None
    prenom: Text = None
    deuxieme_prenom: Text = None
    troisieme_prenom: Text = None
    date_naissance: Text = None
    sexe: Text = None
    ine: Text = None
    cycle: Text = None
    niveau: Text = None
    classe: Text = None
    identifiant_classe: Text = None
    adresse1: Text = None
    cp1: Text = None
    commune1: Text = None
    pays1: Text = None
    adresse2: Text = None
    cp2: Text = None
    commune2: Text = None
    pays2: Text = None
    commune_naissance: Text = None
    departement_naissance: Text = None
    pays_naissance: Text = None
    date_inscription: Text = None
    attestation_fournie: Text = None
    autorisation_associations: Text = None
    autorisation_photo: Text = None
    decision_passage: Text = None
    regroupement: Text = None
    etat: Text = None
    intervenant: Text = None


class Enfant(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A child named on a responsable's line."""

    nom_usage: Text = None
    nom_de_famille: Text = None
    prenom: Text = None
    classes: Text = None


class Responsable(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the responsables' extraction."""

    civilite: Text = None
    nom_usage: Text = None
    nom: Text = None
    prenom: Text = None
    adresse: Text = None
    cp: Text = None
    commune: Text = None
    pays: Text = None
    courriel: Text = None
    telephone_domicile: Text = None
    telephone_travail: Text = None
    numero_poste: Text = None
    telephone_portable: Text = None
    enfants: tuple[Enfant, ...] = ()


class Enseignant(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the teachers' extraction."""

    civilite: Text = None
    nom_usage: Text = None
    nom: Text = None
    prenom: Text = None
    adresse: Text = None
    cp: Text = None
    commune: Text = None
    pays: Text = None
    courriel: Text = None
    telephone_domicile: Text = None
    telephone_portable: Text = None
    directeur: Text = None
    classe: Text = None
