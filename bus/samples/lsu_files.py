"""The school's bilans for LSU: pupils by ELEVE_ID, teachers by STS identifier."""

import msgspec

from bus.samples.school import School
from bus.samples.sts_files import type_of
from connectors.lsu import model
from connectors.lsu.bilans import Bilans

EDITOR = "PASSERELLE"


def bilans(school: School) -> Bilans:
    """One bilan per present pupil, of the first period."""
    rows: list[msgspec.Struct] = [model.ResponsableEtab(id="RESP_1", libelle="La direction")]
    day = school.calendar.pupils_start.replace(day=28).isoformat()
    disciplines = {subject.code: f"DI_{subject.code}" for subject in school.subjects()}
    by_subject = {teacher.subject.code: teacher for teacher in school.teachers}
    rows += [
        model.Periode(id="P_1", millesime=str(school.calendar.siecle), indice="1", nb_periodes="3"),
        *(
            model.Discipline(
                id=disciplines[subject.code], code=subject.code, modalite_election=subject.modality or "S", libelle=subject.label[:40]
            )
            for subject in school.subjects()
        ),
        *(
            model.Enseignant(
                id=f"EN_{teacher.id}",
                type=type_of(teacher),
                id_sts=teacher.id,
                civilite="MME" if teacher.woman else "M",
                nom=teacher.family_name,
                prenom=teacher.first_name,
            )
            for teacher in school.teachers
        ),
    ]
    for pupil in school.present():
        rows.append(
            model.Eleve(
                id=f"EL_{pupil.id}",
                id_be=pupil.id,
                nom=pupil.family_name,
                prenom=pupil.first_name,
                code_division=pupil.division.code,
            )
        )
        acquis = tuple(
            model.Acquis(
                discipline_ref=disciplines[code],
                enseignant_refs=f"EN_{teacher.id}",
                moyenne_eleve=f"{8 + (pupil.number + rank) % 11}/20",
                moyenne_structure="12/20",
            )
            for rank, (code, teacher) in enumerate(by_subject.items())
        )
        rows.append(
            model.BilanPeriodique(
                eleve_ref=f"EL_{pupil.id}",
                periode_ref="P_1",
                date_conseil_classe=day,
                date_scolarite=pupil.entered.isoformat(),
                responsable_etab_ref="RESP_1",
                acquis=acquis[:3],
                acquis_conseils="Ensemble satisfaisant.",
                vie_scolaire=model.VieScolaire(nb_retards="0", nb_abs_justifiees="0", nb_abs_injustifiees="0"),
            )
        )
    entete = model.Entete(editeur=EDITOR, application=EDITOR, etablissement=school.uai)
    return Bilans(entete, rows)
