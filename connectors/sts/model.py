"""`sts_emp` (STS Web to the timetable, root STS_EDT) and `emp_sts` (back, root EDT_STS) as written: own tag names, values as texts."""

from typing import Annotated

import msgspec

from connectors.transport.binding import Attr, Content, Text, Within


class Code(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An academy: CODE and LIBELLE."""

    code: Text = None
    libelle: Text = None


class Etablissement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PARAMETRES/UAJ of sts_emp."""

    code: Attr = None
    academie: Code | None = None
    sigle: Text = None
    denom_princ: Text = None
    denom_compl: Text = None
    code_nature: Text = None
    code_categorie: Text = None
    mention_distribution: Text = None
    adresse: Text = None
    commune: Text = None
    code_postal: Text = None
    boite_postale: Text = None
    cedex: Text = None
    telephone: Text = None
    statut: Text = None
    etablissement_sensible: Text = None


class Annee(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PARAMETRES/ANNEE_SCOLAIRE of sts_emp."""

    annee: Attr = None
    date_debut: Text = None
    date_fin: Text = None


class Parametres(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PARAMETRES of sts_emp."""

    uaj: Etablissement | None = None
    annee_scolaire: Annee | None = None


class TypeAhe(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """TYPE_AHE."""

    code: Attr = None
    libelle_court: Text = None
    libelle_long: Text = None


class Civilite(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """CIVILITE."""

    code: Attr = None
    libelle_court: Text = None
    libelle_long: Text = None


class Mefstat4(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """MEFSTAT4."""

    code: Attr = None
    libelle_court: Text = None
    libelle_long: Text = None
    indemnite_pp_autorisee: Text = None


class TauxPond(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """TAUX_POND."""

    taux: Attr = None
    cpge_bts: Text = None


class ModCours(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """MOD_COURS."""

    code: Attr = None
    libelle_court: Text = None
    libelle_long: Text = None
    co_ens: Text = None


class Matiere(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """MATIERE."""

    code: Attr = None
    code_gestion: Text = None
    libelle_court: Text = None
    libelle_long: Text = None
    libelle_edition: Text = None


class Mef(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """MEF."""

    code: Attr = None
    formation: Text = None
    specialite: Text = None
    libelle_long: Text = None
    libelle_edition: Text = None
    mefstat11: Text = None
    mefstat4: Text = None


class Programme(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PROGRAMME."""

    code_mef: Text = None
    code_matiere: Text = None
    horaire: Text = None


class Nomenclatures(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """NOMENCLATURES."""

    types_ahe: Annotated[tuple[TypeAhe, ...] | None, Within("TYPES_AHE", "TYPE_AHE")] = None
    civilites: Annotated[tuple[Civilite, ...] | None, Within("CIVILITES", "CIVILITE")] = None
    mefstats4: Annotated[tuple[Mefstat4, ...] | None, Within("MEFSTATS4", "MEFSTAT4")] = None
    taux_ponds: Annotated[tuple[TauxPond, ...] | None, Within("TAUX_PONDS", "TAUX_POND")] = None
    mods_cours: Annotated[tuple[ModCours, ...] | None, Within("MODS_COURS", "MOD_COURS")] = None
    matieres: Annotated[tuple[Matiere, ...] | None, Within("MATIERES", "MATIERE")] = None
    mefs: Annotated[tuple[Mef, ...] | None, Within("MEFS", "MEF")] = None
    programmes: Annotated[tuple[Programme, ...] | None, Within("PROGRAMMES", "PROGRAMME")] = None


class ProfPrinc(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PROF_PRINC."""

    code_structure: Text = None
    date_debut: Text = None
    date_fin: Text = None


class Discipline(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DISCIPLINE."""

    code: Attr = None
    libelle_court: Text = None
    nb_heures: Text = None


class Individu(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """INDIVIDU of sts_emp: unique by type and id; SUPPLEANT has the same content."""

    id: Attr = None
    type: Attr = None
    sexe: Text = None
    civilite: Text = None
    nom_usage: Text = None
    nom_patronymique: Text = None
    prenom: Text = None
    date_naissance: Text = None
    grade: Text = None
    fonction: Text = None
    profs_princ: Annotated[tuple[ProfPrinc, ...] | None, Within("PROFS_PRINC", "PROF_PRINC")] = None
    disciplines: Annotated[tuple[Discipline, ...] | None, Within("DISCIPLINES", "DISCIPLINE")] = None


class Cours(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """COURS of emp_sts."""

    code_alternance: Text = None
    jour: Text = None
    heure_debut: Text = None
    duree: Text = None
    code_salle: Text = None


class Enseignant(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """ENSEIGNANT of a service."""

    type: Attr = None
    id: Attr = None
    heures_agent: Text = None
    cours_rattaches: Annotated[tuple[Cours, ...] | None, Within("COURS_RATTACHES", "COURS")] = None


class Service(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """SERVICE."""

    code_matiere: Attr = None
    code_mod_cours: Attr = None
    heures_structure: Text = None
    co_ens: Text = None
    enseignants: Annotated[tuple[Enseignant, ...] | None, Within("ENSEIGNANTS", "ENSEIGNANT")] = None


class MefAppartenance(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """MEF_APPARTENANCE."""

    code: Attr = None
    effectif_prevu: Text = None
    effectif_calcule: Text = None


class DivisionAppartenance(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DIVISION_APPARTENANCE."""

    code: Attr = None
    effectif_prevu: Text = None


class Division(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DIVISION, in both directions."""

    code: Attr = None
    libelle_long: Text = None
    effectif_prevu: Text = None
    effectif_calcule: Text = None
    mefs: Annotated[tuple[MefAppartenance, ...] | None, Within("MEFS_APPARTENANCE", "MEF_APPARTENANCE")] = None
    services: Annotated[tuple[Service, ...] | None, Within("SERVICES", "SERVICE")] = None


class Groupe(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """GROUPE, in both directions."""

    code: Attr = None
    libelle_long: Text = None
    effectif_prevu: Text = None
    effectif_calcule: Text = None
    effectif_max_edt: Text = None
    mefs: Annotated[tuple[MefAppartenance, ...] | None, Within("MEFS_APPARTENANCE", "MEF_APPARTENANCE")] = None
    divisions: Annotated[tuple[DivisionAppartenance, ...] | None, Within("DIVISIONS_APPARTENANCE", "DIVISION_APPARTENANCE")] = None
    services: Annotated[tuple[Service, ...] | None, Within("SERVICES", "SERVICE")] = None


class Structure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """STRUCTURE, in both directions."""

    divisions: Annotated[tuple[Division, ...] | None, Within("DIVISIONS", "DIVISION")] = None
    groupes: Annotated[tuple[Groupe, ...] | None, Within("GROUPES", "GROUPE")] = None


class Donnees(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DONNEES of sts_emp."""

    individus: Annotated[tuple[Individu, ...] | None, Within("INDIVIDUS", "INDIVIDU")] = None
    structure: Structure | None = None
    suppleants: Annotated[tuple[Individu, ...] | None, Within("SUPPLEANTS", "SUPPLEANT")] = None


class StsEmp(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """STS_EDT."""

    parametres: Parametres | None = None
    nomenclatures: Nomenclatures | None = None
    donnees: Donnees | None = None


# --- emp_sts ----------------------------------------------------------------------------------------------------------


class ParametresRemontee(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """PARAMETRES of emp_sts: the school and the year are texts, not attributes."""

    uaj: Text = None
    annee_scolaire: Text = None
    application_source: Text = None


class Horaire(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """HORAIRE: HHMM."""

    jour: Attr = None
    debut_cours: Text = None
    fin_cours: Text = None


class Semaine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DATE_DEBUT_SEMAINE, AAAA-MM-JJ."""

    jour: Annotated[Text, Content()] = None


class Alternance(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """ALTERNANCE."""

    code: Attr = None
    libelle_court: Text = None
    libelle_long: Text = None
    semaines: Annotated[tuple[Semaine, ...] | None, Within("SEMAINES", "DATE_DEBUT_SEMAINE")] = None


class SalleCours(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """SALLE_COURS."""

    code: Attr = None
    groupe_salle: Text = None
    localisation: Text = None


class Indemnite(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """INDEMNITE."""

    code_structure: Text = None
    mefstat4: Text = None


class Ares(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """ARES: what an item holds is not public."""


class IndividuRemontee(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """INDIVIDU of emp_sts."""

    id: Attr = None
    type: Attr = None
    indemnites: Annotated[tuple[Indemnite, ...] | None, Within("INDEMNITES", "INDEMNITE")] = None
    ares: Ares | None = None


class DonneesRemontee(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """DONNEES of emp_sts."""

    horaires: Annotated[tuple[Horaire, ...] | None, Within("HORAIRES", "HORAIRE")] = None
    alternances: Annotated[tuple[Alternance, ...] | None, Within("ALTERNANCES", "ALTERNANCE")] = None
    salles_cours: Annotated[tuple[SalleCours, ...] | None, Within("SALLES_COURS", "SALLE_COURS")] = None
    individus: Annotated[tuple[IndividuRemontee, ...] | None, Within("INDIVIDUS", "INDIVIDU")] = None
    structure: Structure | None = None


class EmpSts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """EDT_STS."""

    parametres: ParametresRemontee | None = None
    donnees: DonneesRemontee | None = None
