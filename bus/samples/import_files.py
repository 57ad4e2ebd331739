"""The school's files towards SIECLE: ELEGROUPE links (PRONOTE) and IMPORT_ELEVES dossiers (Charlemagne)."""

from bus.samples.school import Address, Person, Pupil, School
from bus.samples.siecle_files import Moment
from connectors.charlemagne import model as charlemagne
from connectors.pronote import model as pronote


def elegroupe(school: School, moment: Moment) -> pronote.Elegroupe | None:
    """The links of every present pupil who is in a group, by ELEVE_ID, over the pupils' year; PRONOTE makes no file without any."""
    linked = tuple(_links(school, pupil) for pupil in school.present() if pupil.groups)
    if not linked:
        return None
    return pronote.Elegroupe(
        version="1.4",
        parametres=pronote.Parametres(
            uaj=school.uai,
            annee_scolaire=str(school.calendar.siecle),
            date_import=moment.day,
            num_envoi="1",
            logiciel="PRONOTE",
        ),
        donnees=pronote.Donnees(eleves=linked),
    )


def _links(school: School, pupil: Pupil) -> pronote.Eleve:
    return pronote.Eleve(
        eleve_id=pupil.id,
        nom_de_famille=pupil.family_name,
        nom_usage=pupil.used_name,
        prenom=pupil.first_name,
        prenom2=pupil.second_name,
        date_naiss=pupil.born.isoformat(),
        groupes=tuple(
            pronote.Groupe(
                code_groupe=group.code,
                date_debut_groupe=max(pupil.entered, school.calendar.pupils_start).isoformat(),
                date_fin_groupe=school.calendar.pupils_end.isoformat(),
            )
            for group in pupil.groups
        ),
    )


def import_eleves(school: School, moment: Moment) -> charlemagne.ImportEleves:
    """The dossiers of all pupils with an identifier of the private software, those who left included."""
    pupils = [pupil for pupil in school.pupils if pupil.private_id and all(person.private_id for person in pupil.parents)]
    persons = {person.id: person for pupil in pupils for person in pupil.parents}
    return charlemagne.ImportEleves(
        version="3.1",
        parametres=charlemagne.Parametres(
            uaj=school.uai,
            annee_scolaire=str(school.calendar.siecle),
            date_import=moment.day,
            num_envoi="1",
            logiciel="CHARLEMAGN",
        ),
        donnees=charlemagne.Donnees(
            personnes=tuple(_person(person) for person in persons.values()),
            eleves=tuple(_dossier(school, pupil) for pupil in pupils),
        ),
    )


def _person(person: Person) -> charlemagne.Personne:
    return charlemagne.Personne(
        id_prv_per=person.private_id,
        code_civilite="2" if person.woman else "1",
        nom_de_famille=person.family_name,
        prenom=person.first_name,
        adresse=_address(person.address),
        communication_adresse="true",
        code_profession=person.profession,
        tel_portable=person.phone,
        accepte_sms="true",
        email=person.mail,
    )


def _address(address: Address) -> charlemagne.Adresse:
    return charlemagne.Adresse(
        ligne1_adresse=address.line[:38],
        ligne2_adresse=address.second_line or None,
        code_postal=address.town.postal,
        ll_postal=address.town.name[:32],
        code_pays="100",
    )


def _dossier(school: School, pupil: Pupil) -> charlemagne.Eleve:
    bea = pupil.ine if pupil.ine[:10].isdigit() else None
    return charlemagne.Eleve(
        code_motif_sortie="10" if pupil.left else None,
        date_sortie=pupil.left.isoformat() if pupil.left else None,
        id_prv_ele=pupil.private_id,
        id_national=pupil.ine,
        ine_bea=bea,
        ine_rnie=None if bea else pupil.ine,
        nom_de_famille=pupil.family_name,
        nom_usage=pupil.used_name,
        prenom=pupil.first_name,
        prenom2=pupil.second_name,
        code_pays_nat="100",
        date_naiss=pupil.born.isoformat(),
        code_sexe="2" if pupil.woman else "1",
        code_pays="100" if pupil.born_in else "132",
        code_commune_insee_naiss=pupil.born_in.insee if pupil.born_in else None,
        ville_naiss=None if pupil.born_in else "LIVERPOOL",
        date_entree=pupil.entered.isoformat(),
        adresse=_address(pupil.parents[0].address),
        adhesion_transport="false",
        code_regime=pupil.regime,
        doublement="true" if pupil.repeats else "false",
        bourses=(charlemagne.Bourse(code_bourse="1", nb_part="3"),) if pupil.number % 9 == 1 else None,
        responsables_eleve=charlemagne.ResponsablesEleve(
            legal=tuple(
                charlemagne.Responsable(
                    id_prv_per=person.private_id,
                    code_parente="10" if person.woman else "20",
                    paie_frais_scolaires="false" if rank else "true",
                    heberge_eleve="true",
                    percoit_les_aides="false" if rank else "true",
                    a_contacter_en_priorite="false" if rank else "true",
                )
                for rank, person in enumerate(pupil.parents)
            )
        ),
        scolarite_active=charlemagne.ScolariteActive(
            code_mef=pupil.division.level.mef,
            code_division=pupil.division.code,
            code_statut="ST",
            date_deb_sco=pupil.entered.isoformat(),
            date_fin_sco=pupil.left.isoformat() if pupil.left else None,
            options=tuple(
                charlemagne.Option(code_matiere=subject.code, code_modalite_elect=subject.modality or "O") for subject in pupil.options
            ),
        ),
        etablissement_an_dernier=charlemagne.EtablissementAnDernier(code_rne=school.uai, code_provenance="1", options=()),
    )
