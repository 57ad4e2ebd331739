"""The school as STS Web and its timetable know it: sts_emp and emp_sts."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from bus.samples.school import School, Teacher
from bus.samples.vocabulary import COMMON, FIRST_LANGUAGE, Subject
from connectors.sts import model


def sts_emp(school: School) -> model.StsEmp:
    """What STS Web gives the timetable: services without courses."""
    calendar, town = school.calendar, school.territory.towns[0]
    code, label = school.territory.academie
    uaj = model.Etablissement(
        code=school.uai,
        academie=model.Code(code=code, libelle=label),
        sigle="CLG" if school.type == "college" else "LYC",
        denom_princ=school.name,
        denom_compl="",
        code_nature="340" if school.type == "college" else "300",
        code_categorie="CLG" if school.type == "college" else "LYC",
        adresse="1 place de l'École",
        commune=town.name,
        code_postal=town.postal,
        boite_postale="",
        cedex="N",
        statut="public",
        etablissement_sensible="false",
    )
    annee = model.Annee(annee=str(calendar.sts), date_debut=str(calendar.teachers_start), date_fin=str(calendar.teachers_end))
    return model.StsEmp(
        parametres=model.Parametres(uaj=uaj, annee_scolaire=annee),
        nomenclatures=_nomenclatures(school),
        donnees=model.Donnees(
            individus=tuple(_individu(school, teacher, rank) for rank, teacher in enumerate(school.teachers)),
            structure=_structure(school, up=False),
            suppleants=(),
        ),
    )


def emp_sts(school: School) -> model.EmpSts:
    """What the timetable gives back: services with their courses."""
    start = school.calendar.pupils_start
    monday = start - timedelta(days=start.weekday())
    semaines = tuple(model.Semaine(jour=str(monday + timedelta(weeks=rank))) for rank in range(36))
    principals = {teacher.id: division for teacher, division in zip(school.teachers, school.divisions, strict=False)}
    return model.EmpSts(
        parametres=model.ParametresRemontee(uaj=school.uai, annee_scolaire=str(school.calendar.sts), application_source="EDITEUR_PRIVE"),
        donnees=model.DonneesRemontee(
            horaires=tuple(model.Horaire(jour=str(day), debut_cours="0730", fin_cours="1700") for day in range(1, 6)),
            alternances=(model.Alternance(code="H", libelle_court="Cours Hebd", libelle_long="Cours Hebdomadaire", semaines=semaines),),
            salles_cours=tuple(model.SalleCours(code=f"{rank:02d}", groupe_salle="", localisation="") for rank in range(1, 16)),
            individus=tuple(
                model.IndividuRemontee(
                    id=identifier,
                    indemnites=(model.Indemnite(code_structure=division.code, mefstat4=division.level.mefstat[:4]),),
                    ares=model.Ares(),
                )
                for identifier, division in principals.items()
            ),
            structure=_structure(school, up=True),
        ),
    )


def _nomenclatures(school: School) -> model.Nomenclatures:
    return model.Nomenclatures(
        types_ahe=(model.TypeAhe(code="01", libelle_court="ACT DIV", libelle_long="ACTIVITES DIVERSES"),),
        civilites=(
            model.Civilite(code="1", libelle_court="M.", libelle_long="MONSIEUR"),
            model.Civilite(code="2", libelle_court="MME", libelle_long="MADAME"),
        ),
        mefstats4=tuple(
            model.Mefstat4(code=level.mefstat[:4], libelle_court=level.label, libelle_long=level.label, indemnite_pp_autorisee="true")
            for level in school.levels
        ),
        taux_ponds=(model.TauxPond(taux="1.00", cpge_bts="false"),),
        mods_cours=(
            model.ModCours(code="CG", libelle_court="COURS", libelle_long="COURS GENERAL", co_ens="false"),
            model.ModCours(code="TP", libelle_court="TP", libelle_long="TRAVAUX PRATIQUES", co_ens="true"),
        ),
        matieres=tuple(
            model.Matiere(
                code=subject.code,
                code_gestion=subject.gestion,
                libelle_court=subject.label[:20],
                libelle_long=subject.label,
                libelle_edition=subject.label.capitalize(),
            )
            for subject in school.subjects()
        ),
        mefs=tuple(
            model.Mef(
                code=level.mef,
                formation=level.formation,
                libelle_long=level.label,
                libelle_edition=level.label.capitalize(),
                mefstat11=level.mefstat,
                mefstat4=level.mefstat[:4],
            )
            for level in school.levels
        ),
        programmes=tuple(
            model.Programme(code_mef=level.mef, code_matiere=subject.code, horaire=subject.hours)
            for level in school.levels
            for subject in school.subjects()
        ),
    )


def _individu(school: School, teacher: Teacher, rank: int) -> model.Individu:
    principal = school.divisions[rank].code if rank < len(school.divisions) else None
    return model.Individu(
        id=teacher.id,
        type=type_of(teacher),
        sexe="" if teacher.local else ("2" if teacher.woman else "1"),
        civilite="2" if teacher.woman else "1",
        nom_usage=teacher.family_name,
        nom_patronymique=teacher.family_name,
        prenom=teacher.first_name,
        date_naissance=None if teacher.local else str(teacher.born),
        fonction="ENS",
        profs_princ=(model.ProfPrinc(code_structure=principal),) if principal else None,
        disciplines=(model.Discipline(code=f"L{teacher.subject.code[:4]}", libelle_court=teacher.subject.label[:20], nb_heures="18.00"),),
    )


def type_of(teacher: Teacher) -> str:
    """`epp`, or `local` for staff that the Ministry does not pay."""
    return "local" if teacher.local else "epp"


def _structure(school: School, up: bool) -> model.Structure:
    divisions = []
    sizes = Counter(pupil.division.code for pupil in school.present())
    teachers: dict[str, list[Teacher]] = {}
    for teacher in school.teachers:
        teachers.setdefault(teacher.subject.code, []).append(teacher)
    for rank, division in enumerate(school.divisions):
        size = sizes[division.code]
        services = tuple(_services(teachers, (*COMMON, FIRST_LANGUAGE), rank, up))
        mefs = (model.MefAppartenance(code=division.level.mef, effectif_prevu=str(size), effectif_calcule=str(size)),)
        divisions.append(
            model.Division(code=division.code, services=services)
            if up
            else model.Division(
                code=division.code,
                libelle_long=f"{division.level.label} {division.code}",
                effectif_prevu=str(size),
                effectif_calcule=str(size),
                mefs=mefs,
                services=services,
            )
        )
    groupes = []
    for rank, group in enumerate(school.groups):
        appartenance = tuple(model.DivisionAppartenance(code=code, effectif_prevu="6") for code in group.divisions)
        groupes.append(
            model.Groupe(
                code=group.code,
                libelle_long="",
                effectif_prevu="24",
                effectif_max_edt="0" if up else None,
                mefs=None if up else (model.MefAppartenance(code=group.level.mef),),
                divisions=appartenance,
                services=tuple(_services(teachers, (group.subject,), rank, up)),
            )
        )
    return model.Structure(divisions=tuple(divisions), groupes=tuple(groupes))


def _services(teachers: Mapping[str, Sequence[Teacher]], subjects: tuple[Subject, ...], rank: int, up: bool) -> Iterator[model.Service]:
    for place, subject in enumerate(subjects):
        known = teachers[subject.code]
        teacher = known[rank % len(known)]
        cours = model.Cours(
            code_alternance="H",
            jour=str(1 + (rank + place) % 5),
            heure_debut=f"{8 + place:02d}00",
            duree="0100",
            code_salle=f"{1 + (rank + place) % 15:02d}",
        )
        yield model.Service(
            code_matiere=subject.code,
            code_mod_cours="CG",
            heures_structure=subject.hours,
            co_ens="false",
            enseignants=(
                model.Enseignant(
                    type=type_of(teacher), id=teacher.id, heures_agent=subject.hours, cours_rattaches=(cours,) if up else None
                ),
            ),
        )
