"""A first-degree school as ONDE's extractions, and an archive towards ONDE in a form of our own (the real one is not public)."""

import json

from bus.samples.school import Pupil, School
from bus.samples.vocabulary import CYCLES
from connectors.onde import extraction, layouts, model
from connectors.transport.zip import write_zip

NOTICE = "Format interne du bus, non homologué : l'intérieur de l'archive que Charlemagne fait pour ONDE n'est pas public."


def eleves(school: School) -> list[model.Eleve]:
    """The lines of the pupils' extraction."""
    return [_eleve(school, pupil) for pupil in school.present()]


def responsables(school: School) -> list[model.Responsable]:
    """The lines of the responsables' extraction, with up to three children each."""
    children: dict[str, list[Pupil]] = {}
    persons = {person.id: person for pupil in school.present() for person in pupil.parents}
    for pupil in school.present():
        for person in pupil.parents:
            children.setdefault(person.id, []).append(pupil)
    return [
        model.Responsable(
            civilite="Mme" if person.woman else "M.",
            nom_usage="",
            nom=person.family_name,
            prenom=person.first_name,
            adresse=person.address.line,
            cp=person.address.town.postal,
            commune=person.address.town.name,
            pays="FRANCE",
            courriel=person.mail,
            telephone_domicile="",
            telephone_travail="",
            telephone_portable=person.phone,
            enfants=tuple(
                model.Enfant(nom_usage="", nom_de_famille=child.family_name, prenom=child.first_name, classes=child.division.code)
                for child in children[person.id][:3]
            ),
        )
        for person in persons.values()
    ]


def enseignants(school: School) -> list[model.Enseignant]:
    """The lines of the teachers' extraction; the first one is the head."""
    town = school.territory.towns[0]
    return [
        model.Enseignant(
            civilite="Mme" if teacher.woman else "M.",
            nom_usage="",
            nom=teacher.family_name,
            prenom=teacher.first_name,
            adresse="",
            cp=town.postal,
            commune=town.name,
            pays="FRANCE",
            courriel=f"enseignant{rank}@academie.example",
            telephone_domicile="",
            telephone_portable="",
            directeur="Oui" if rank == 0 else "Non",
            classe=school.divisions[rank].code if rank < len(school.divisions) else "",
        )
        for rank, teacher in enumerate(school.teachers)
    ]


def archive(school: School, lines: list[model.Eleve]) -> bytes:
    """`<UAI>.ZIP`: pupils and a manifest that says what it is."""
    manifest = {"etablissement": school.uai, "eleves": len(lines), "avertissement": NOTICE}
    return write_zip(
        (
            ("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2).encode()),
            ("eleves.csv", extraction.write(layouts.ELEVES, layouts.CURRENT_ELEVES, lines)),
        )
    )


def _eleve(school: School, pupil: Pupil) -> model.Eleve:
    address, level = pupil.parents[0].address, pupil.division.level.code
    return model.Eleve(
        nom=pupil.family_name,
        nom_usage=pupil.used_name or "",
        prenom=pupil.first_name,
        date_naissance=pupil.born.isoformat(),
        sexe="F" if pupil.woman else "M",
        ine=pupil.ine,
        cycle=CYCLES.get(level, "CYCLE III"),
        niveau=level,
        classe=pupil.division.code,
        identifiant_classe=str(1000 + school.divisions.index(pupil.division)),
        adresse1=address.line,
        cp1=address.town.postal,
        commune1=address.town.name,
        pays1="FRANCE",
        adresse2="",
        cp2="",
        commune2="",
        pays2="",
        attestation_fournie="Oui",
        autorisation_associations="Non",
        autorisation_photo="Oui",
        decision_passage="",
    )
