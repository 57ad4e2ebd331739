"""What a `lsun-bilans` file says that can be compared with SIECLE and STS Web: its own attribute names (hyphens become underscores).

Averages, appreciations and the rest of the bilans stay in the file: they are not ours to carry.
"""

from typing import Annotated

import msgspec

from connectors.transport.binding import Attribute, Tag, Text, Within


class Entete(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """entete."""

    editeur: Annotated[Text, Tag("editeur")] = None
    application: Annotated[Text, Tag("application")] = None
    appli_version: Annotated[Text, Tag("appliVersion")] = None
    etablissement: Annotated[Text, Tag("etablissement")] = None


class ResponsableEtab(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """responsable-etab."""

    id: Annotated[Text, Attribute("id")] = None
    libelle: Annotated[Text, Attribute("libelle")] = None


class Classe(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """classe, first degree only."""

    id: Annotated[Text, Attribute("id")] = None
    libelle: Annotated[Text, Attribute("libelle")] = None
    id_be: Annotated[Text, Attribute("id-be")] = None


class Eleve(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """eleve: `id_be` is SIECLE's ELEVE_ID; the first degree has `ine` and `classe_ref` instead."""

    id: Annotated[Text, Attribute("id")] = None
    id_be: Annotated[Text, Attribute("id-be")] = None
    ine: Annotated[Text, Attribute("ine")] = None
    classe_ref: Annotated[Text, Attribute("classe-ref")] = None
    nom: Annotated[Text, Attribute("nom")] = None
    prenom: Annotated[Text, Attribute("prenom")] = None
    code_division: Annotated[Text, Attribute("code-division")] = None


class Periode(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """periode."""

    id: Annotated[Text, Attribute("id")] = None
    millesime: Annotated[Text, Attribute("millesime")] = None
    indice: Annotated[Text, Attribute("indice")] = None
    nb_periodes: Annotated[Text, Attribute("nb-periodes")] = None


class Discipline(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """discipline."""

    id: Annotated[Text, Attribute("id")] = None
    code: Annotated[Text, Attribute("code")] = None
    code_national: Annotated[Text, Attribute("code-national")] = None
    modalite_election: Annotated[Text, Attribute("modalite-election")] = None
    libelle: Annotated[Text, Attribute("libelle")] = None


class Enseignant(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """enseignant: `id_sts` is STS's INDIVIDU ID, unique by type."""

    id: Annotated[Text, Attribute("id")] = None
    type: Annotated[Text, Attribute("type")] = None
    id_sts: Annotated[Text, Attribute("id-sts")] = None
    civilite: Annotated[Text, Attribute("civilite")] = None
    nom: Annotated[Text, Attribute("nom")] = None
    prenom: Annotated[Text, Attribute("prenom")] = None


class Acquis(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """acquis: which discipline, by whom."""

    discipline_ref: Annotated[Text, Attribute("discipline-ref")] = None
    enseignant_refs: Annotated[Text, Attribute("enseignant-refs")] = None
    moyenne_eleve: Annotated[Text, Attribute("moyenne-eleve")] = None
    moyenne_structure: Annotated[Text, Attribute("moyenne-structure")] = None


class VieScolaire(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """vie-scolaire."""

    nb_retards: Annotated[Text, Attribute("nb-retards")] = None
    nb_abs_justifiees: Annotated[Text, Attribute("nb-abs-justifiees")] = None
    nb_abs_injustifiees: Annotated[Text, Attribute("nb-abs-injustifiees")] = None


class BilanPeriodique(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """bilan-periodique: whose and of which period."""

    eleve_ref: Annotated[Text, Attribute("eleve-ref")] = None
    periode_ref: Annotated[Text, Attribute("periode-ref")] = None
    date_conseil_classe: Annotated[Text, Attribute("date-conseil-classe")] = None
    date_scolarite: Annotated[Text, Attribute("date-scolarite")] = None
    responsable_etab_ref: Annotated[Text, Attribute("responsable-etab-ref")] = None
    acquis: Annotated[tuple[Acquis, ...] | None, Within("liste-acquis", "acquis")] = None
    acquis_conseils: Annotated[Text, Tag("acquis-conseils")] = None
    vie_scolaire: Annotated[VieScolaire | None, Tag("vie-scolaire")] = None


class BilanCycle(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """bilan-cycle: whose and of which cycle."""

    eleve_ref: Annotated[Text, Attribute("eleve-ref")] = None
    cycle: Annotated[Text, Attribute("cycle")] = None
    millesime: Annotated[Text, Attribute("millesime")] = None
