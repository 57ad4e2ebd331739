"""The school as SIECLE knows it: the rows of the seven exports."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from bus.samples import vocabulary as words
from bus.samples.school import School
from connectors.siecle import model

ROWS = dict[str, list[msgspec.Struct]]
"""Kind of export -> its rows, in the order of its blocks."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When the files are made, school-local."""

    at: datetime

    @property
    def day(self) -> str:
        return french(self.at.date())


def french(day: date) -> str:
    """JJ/MM/AAAA."""
    return f"{day:%d/%m/%Y}"


def parametres(school: School, moment: Moment) -> model.Parametres:
    """The envelope of every export."""
    return model.Parametres(
        uaj=school.uai,
        annee_scolaire=str(school.calendar.siecle),
        date_export=moment.day,
        horodatage=f"{moment.at:%d/%m/%Y %H:%M:%S}",
    )


def exports(school: School, moment: Moment) -> ROWS:
    """The rows of the seven exports that PRONOTE asks for (R-PRO-21)."""
    return {
        "eleves_avec_adresses": list(_eleves(school, moment)),
        "responsables_avec_adresses": list(_responsables(school)),
        "structures": list(_structures(school)),
        "nomenclature": list(_nomenclature(school)),
        "communs": list(_communs(school)),
        "etablissements": list(_etablissements(school)),
        "geographique": list(_geographique(school)),
    }


def _eleves(school: School, moment: Moment) -> Iterator[msgspec.Struct]:
    for pupil in school.pupils:
        yield model.Eleve(
            eleve_id=pupil.id,
            attribut_elenoet=str(pupil.number),
            id_national=pupil.ine,
            ine_bea=pupil.ine if pupil.ine[:10].isdigit() else None,
            ine_rnie=None if pupil.ine[:10].isdigit() else pupil.ine,
            elenoet=str(pupil.number),
            id_eleve_etab=f"{pupil.number:05d}{school.uai[1:-1]}"[:11],
            id_prv_ele=pupil.private_id,
            nom_de_famille=pupil.family_name,
            nom_usage=pupil.used_name,
            prenom=pupil.first_name,
            prenom2=pupil.second_name,
            date_naiss=french(pupil.born),
            doublement="1" if pupil.repeats else "0",
            code_pays="100" if pupil.born_in else "132",
            accepte_sms="0",
            date_modification=moment.day,
            date_sortie=french(pupil.left) if pupil.left else None,
            code_regime=pupil.regime,
            date_entree=french(pupil.entered),
            ville_naiss="" if pupil.born_in else "LIVERPOOL",
            adresse_id=pupil.parents[0].address.id,
            code_motif_sortie="10" if pupil.left else None,
            code_sexe="2" if pupil.woman else "1",
            code_pays_nat="100",
            code_statut="ST",
            code_mef=pupil.division.level.mef,
            code_departement_naiss=school.territory.departement if pupil.born_in else None,
            code_commune_insee_naiss=pupil.born_in.insee if pupil.born_in else None,
            adhesion_transport="0",
            code_provenance="1",
            scolarite_an_dernier=model.ScolariteAnDernier(
                code_structure=pupil.division.code, code_rne=school.uai, denom_princ=school.name[:30], boite_postale=""
            ),
        )
    for pupil in school.pupils:
        options = tuple(
            model.Option(num_option=str(rank), code_modalite_elect=subject.modality or "O", code_matiere=subject.code)
            for rank, subject in enumerate(pupil.options, start=1)
        )
        yield model.OptionsEleve(eleve_id=pupil.id, attribut_elenoet=str(pupil.number), options=options)
    for pupil in school.present():
        division = model.Structure(code_structure=pupil.division.code, type_structure="D")
        groups = (model.Structure(code_structure=group.code, type_structure="G") for group in pupil.groups)
        yield model.StructuresEleve(eleve_id=pupil.id, attribut_elenoet=str(pupil.number), structures=(division, *groups))
    for pupil in school.pupils[::9]:
        yield model.BoursesEleve(eleve_id=pupil.id, attribut_elenoet=str(pupil.number), code_bourse="1")
    yield from _addresses(school, parents=False)


def _addresses(school: School, parents: bool) -> Iterator[model.Adresse]:
    seen: set[str] = set()
    for pupil in school.pupils:
        for person in pupil.parents if parents else pupil.parents[:1]:
            address = person.address
            if address.id in seen:
                continue
            seen.add(address.id)
            yield model.Adresse(
                adresse_id=address.id,
                ligne1_adresse=address.line,
                ligne2_adresse=address.second_line,
                ligne3_adresse="",
                ligne4_adresse="",
                commune_etrangere="",
                code_postal=address.town.postal,
                code_pays="100",
                code_commune_insee=address.town.insee,
                ll_pays="FRANCE",
                code_departement=school.territory.departement,
                libelle_postal=address.town.name,
            )


def _responsables(school: School) -> Iterator[msgspec.Struct]:
    persons = {person.id: person for pupil in school.pupils for person in pupil.parents}
    for person in persons.values():
        yield model.Personne(
            personne_id=person.id,
            id_prv_per=person.private_id,
            lc_civilite="MME" if person.woman else "M.",
            ll_civilite="MADAME" if person.woman else "MONSIEUR",
            nom_de_famille=person.family_name,
            prenom=person.first_name,
            tel_portable=person.phone,
            accepte_sms="1",
            tel_professionnel="",
            mel=person.mail,
            communication_adresse="1",
            adresse_id=person.address.id,
            code_profession=person.profession,
        )
    for pupil in school.pupils:
        for rank, person in enumerate(pupil.parents):
            yield model.ResponsableEleve(
                eleve_id=pupil.id,
                personne_id=person.id,
                niveau_responsabilite="1",
                code_parente="10" if person.woman else "20",
                paie_frais_scolaires="0" if rank else "1",
                percoit_les_aides="false" if rank else "true",
                heberge_eleve="true" if person.address.id == pupil.parents[0].address.id else "false",
                a_contacter_en_priorite="false" if rank else "true",
            )
    yield from _addresses(school, parents=True)


def _structures(school: School) -> Iterator[msgspec.Struct]:
    for division in school.divisions:
        label = f"{division.level.label} {division.code.rsplit(' ', 1)[-1]}"
        mefs = (model.MefAppartenance(code_mef=division.level.mef),)
        yield model.Division(code_structure=division.code, libelle_long=label, mefs=mefs)
    for group in school.groups:
        yield model.Groupe(
            code_structure=group.code,
            libelle_long=f"{group.subject.label[:14]} {group.level.label}"[:20],
            mefs=(model.MefAppartenance(code_mef=group.level.mef),),
            divisions=tuple(model.DivisionAppartenance(code_structure=code) for code in group.divisions),
        )


def _nomenclature(school: School) -> Iterator[msgspec.Struct]:
    for level in school.levels:
        yield model.Mef(
            code_mef=level.mef,
            formation=level.formation,
            libelle_long=level.label,
            libelle_edition=level.label.capitalize(),
            statut_mef="1",
            mef_rattachement=level.mef,
            code_mefstat=level.mefstat,
            nb_opt_oblig="2" if level.second_language else "1",
            nb_opt_mini="1",
            renforcement_langues="0",
            inscription_etab="1",
            mef_origine="1",
            mef_selectionne="1",
            mef_selorig="1",
            date_ouverture="01/09/1992",
            date_fermeture="31/12/9999",
        )
    for subject in school.subjects():
        yield model.Matiere(
            code_matiere=subject.code,
            code_gestion=subject.gestion,
            libelle_court=subject.label[:20],
            libelle_long=subject.label,
            libelle_edition=subject.label.capitalize(),
            matiere_etp="1",
        )
    for level in school.levels:
        for subject in school.subjects():
            modality = subject.modality or "S"
            yield model.Programme(code_mef=level.mef, code_matiere=subject.code, code_modalite_elect=modality, horaire=subject.hours)
    for level in school.levels:
        yield model.OptionObligatoire(code_mef=level.mef, code_matiere=words.FIRST_LANGUAGE.code, rang_option="1")
    for code, label in (("0", "EXTERNE LIBRE"), ("2", "DP DANS L'ETABLISSEMENT"), ("3", "INTERNE DANS L'ETABLISSEMENT")):
        yield model.CodeNomenclature(
            conteneur="REGIMES", balise="REGIME", attribut="CODE_REGIME", code=code, valeurs=(("LIBELLE_LONG", label),)
        )


def _communs(school: School) -> Iterator[msgspec.Struct]:
    town, calendar = school.territory.towns[0], school.calendar
    yield model.Uaj(
        etab_uaj_id="1",
        denom_princ=school.name[:30],
        ligne1_adresse="1 place de l'École",
        commune_etrangere="",
        telephone="0490000000",
        mel_1=f"ce.{school.uai}@academie.example",
        code_type_etab={"college": "CLG", "lycee": "LYC", "ecole": "E.PU"}[school.type],
        secteur_code="PU",
        code_postal=town.postal,
        code_commune_insee=town.insee,
        code_pays="100",
        libelle_postal=town.name,
    )
    yield model.AnneeScolaire(
        date_debut_eleve=french(calendar.pupils_start),
        date_fin_eleve=french(calendar.pupils_end),
        date_debut_prof=french(calendar.teachers_start),
        date_fin_prof=french(calendar.teachers_end),
    )
    yield model.AnneeScolaireAd()
    third = (calendar.pupils_end - calendar.pupils_start) / 3
    for rank in range(3):
        start = calendar.pupils_start + rank * third
        yield model.Periode(
            code_periode=f"T{rank + 1}",
            date_debut=french(start),
            date_fin=french(start + third),
            ll_periode=f"Trimestre {rank + 1}",
            indice=str(rank + 1),
            code_type_periode="T",
        )
    middle = calendar.pupils_start + (calendar.pupils_end - calendar.pupils_start) / 2
    yield model.Fermeture(lc_motif="VAC", ll_motif="VACANCES", date_debut=french(middle), date_fin=french(middle), ll_fermeture="Été")


def _etablissements(school: School) -> Iterator[msgspec.Struct]:
    town = school.territory.towns[0]
    yield model.Etablissement(
        attribut_code_rne=school.uai,
        code_academie=school.territory.academie[0],
        code_nature="340",
        code_type_etab="CLG",
        code_secteur="PU",
        sigle="CLG",
        code_pays="100",
        denom_princ=school.name[:30],
        code_commune_insee=town.insee,
        code_postal=town.postal,
        date_ouverture="01/09/1975",
    )


def _geographique(school: School) -> Iterator[msgspec.Struct]:
    for code, label in (("100", "FRANCE"), ("109", "ALLEMAGNE"), ("132", "ROYAUME-UNI")):
        yield model.Pays(attribut_code_pays=code, libelle_court=label, libelle_long=label)
    departement = school.territory.departement
    yield model.Departement(
        attribut_code_departement_men=departement,
        code_academie=school.territory.academie[0],
        code_departement_insee=departement.lstrip("0"),
        libelle_long=school.territory.label.upper(),
    )
    for town in school.territory.towns:
        yield model.Commune(attribut_code_commune_insee=town.insee, code_departement_insee=departement.lstrip("0"), libelle_long=town.name)
