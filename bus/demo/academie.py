"""Invented schools of the demonstration, their files and what they tell the bus. Nothing here knows the bus nor a clock: `today` is given.

A collège of 455 pupils in Nouvelle-Calédonie without the web service OMOGEN, a lycée with it, and two écoles.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from bus.samples import defects
from bus.samples.bundle import Bundle, files, make_bundle
from bus.samples.school import School, SchoolType, complete_uai, make_school
from schemas.zones import zone_of

COLLEGE, LYCEE, ECOLES = "9830649", "0840001", ("0840100", "0840101")
FAUTES = ("groupe_inconnu", "fin_hors_periode", "eleve_inconnu")
"""What is wrong in the first file of links of the collège: an unknown group, a day after the pupils' last one, an unknown pupil."""
SANS_CLASSE = 3
"""Pupils of the first école whose sheet has no class (R-ONDE-09)."""
NON_INTEGRES = 3
"""Pupils of the lycée that the BEE does not integrate."""
STRUCTURE = "La structure a été envoyée à SCONET via un service Web."
SERVICES = "Les services ont été envoyés à SCONET via un service Web."

Event = dict[str, Any]
File = tuple[str, bytes]
"""`system/name`, bytes."""


@dataclass(frozen=True)
class Etablissement:
    """One invented school, on one day."""

    code: str
    """Seven digits."""
    kind: SchoolType
    pupils: int
    today: date

    @property
    def uai(self) -> str:
        return complete_uai(self.code)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(zone_of(self.uai))

    @property
    def annee(self) -> int:
        """The year of its last rentrée of which the first weeks are over."""
        month, day = (3, 10) if self.code.startswith("983") else (9, 25)
        return self.today.year if self.today > date(self.today.year, month, day) else self.today.year - 1

    @cached_property
    def school(self) -> School:
        siecle = self.annee - 1 if self.code.startswith("983") else self.annee
        return make_school("demonstration", self.uai, self.pupils, self.kind, siecle)

    @property
    def present(self) -> int:
        return len(self.school.present())

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        """That hour of that day there."""
        return datetime.combine(day, time(hour, minute), self.zone)

    def says(self, evenement: str, at: datetime, **data: Any) -> Event:
        """One event of our own format."""
        return {"evenement": evenement, "instant": at.isoformat(), "uai": self.uai, **data}

    def bundle(self, hour: int) -> Bundle:
        """Its files, made yesterday at that hour."""
        return make_bundle(self.school, self.at(self.today - timedelta(days=1), hour).replace(tzinfo=None))

    def steps(self, first: date, numbers: Sequence[int]) -> Iterator[Event]:
        """Steps of the calendar of the rentrée, one a day."""
        for rank, number in enumerate(numbers):
            yield self.says("etape", self.at(first + timedelta(days=rank), 9), annee=self.annee, numero=number)


def academie(today: date) -> tuple[Etablissement, Etablissement, tuple[Etablissement, ...]]:
    """The collège, the lycée, the écoles."""
    college = Etablissement(COLLEGE, SchoolType.COLLEGE, 455, today)
    lycee = Etablissement(LYCEE, SchoolType.LYCEE, 320, today)
    return college, lycee, tuple(Etablissement(code, SchoolType.ECOLE, 96 + 24 * rank, today) for rank, code in enumerate(ECOLES))


# --- files -----------------------------------------------------------------------------------------------------------


def exchanges(school: Etablissement) -> list[File]:
    """All of its files but the links and the archive for ONDE, which have their own moment."""
    return [each for each in files(school.bundle(8)) if not each[0].startswith("pronote/") and not each[0].endswith(".ZIP")]


def links(school: Etablissement, hour: int, wrong: bool) -> File:
    """Its file of links between pupils and groups, made yesterday at that hour."""
    bundle = school.bundle(hour)
    if wrong:
        defects.put(bundle, FAUTES)
    return next(each for each in files(bundle) if each[0].startswith("pronote/"))


def archive(school: Etablissement) -> File:
    """`<RNE>.ZIP`, as Charlemagne would make it."""
    return next(each for each in files(school.bundle(8)) if each[0].endswith(".ZIP"))


# --- synchros --------------------------------------------------------------------------------------------------------


def before_the_structure(school: Etablissement, exports: Sequence[str]) -> list[Event]:
    """Versions, campaign, the seven files, synchros 1 to 3: all but what tells SIECLE which groups there are."""
    day = school.today - timedelta(days=2)
    start = school.school.calendar.teachers_start
    at = [school.at(day, 8, minute) for minute in range(20)]
    return [
        school.says("version_constatee", at[0], logiciel="PRONOTE", millesime="2017", version="0.2.10", bits=64),
        school.says("version_constatee", at[1], logiciel="EDT", millesime="2017", version="0.2.10", bits=64),
        school.says("campagne_constatee", at[2], annee_sts=start.year, type="Rentrée", debut=start.isoformat(), fin=start.isoformat()),
        school.says("fichiers_choisis", at[3], fichiers=list(exports)),
        *(
            school.says(f"synchro_{moment}", at[4 + 2 * rank + after], synchro=code)
            for rank, code in enumerate(("S1", "S2", "S3"))
            for after, moment in enumerate(("debut", "fin"))
        ),
    ]


def structure_sent(school: Etablissement) -> list[Event]:
    """Synchro 4, both halves, done by their messages."""
    at = [school.at(school.today - timedelta(days=1), 9, minute) for minute in range(4)]
    return [
        school.says("synchro_debut", at[0], synchro="S4A"),
        school.says("synchro_debut", at[1], synchro="S4B", destination="SCONET"),
        school.says("synchro_message", at[2], message=STRUCTURE),
        school.says("synchro_message", at[3], message=SERVICES),
    ]


def deposit(school: Etablissement, fichier: str, hour: int) -> list[Event]:
    """« Déposer », then OK, yesterday: its night has passed."""
    day = school.today - timedelta(days=1)
    return [
        school.says("depot_demande", school.at(day, hour), fichier=fichier),
        school.says("depot_reponse", school.at(day, hour, 1), choix="OK"),
    ]


# --- the rentrée -----------------------------------------------------------------------------------------------------


def described(school: Etablissement, omogen: bool | None) -> Event:
    """What the académie says of a school, before its rentrée is prepared."""
    kind = {SchoolType.COLLEGE: "COLLEGE", SchoolType.LYCEE: "LYCEE", SchoolType.ECOLE: "ECOLE"}[school.kind]
    start = school.school.calendar.pupils_start
    more = {} if omogen is None else {"omogen": omogen, "rentree": start.isoformat()}
    return school.says("etablissement", school.at(start - timedelta(days=150), 8), annee=school.annee, type=kind, **more)


def rentree(school: Etablissement, omogen: bool) -> list[Event]:
    """The calendar in its order, step 7 once too early; the collège leaves 19 and 20 undone."""
    start = school.school.calendar.pupils_start
    own = [8] if school.kind is SchoolType.LYCEE else [9]
    early = [1, 3, 4, 5, *([] if omogen else [6, 7])]
    late = [*own, 10, 11, 12, 13, 7, 14, 15, 16]
    done = [17, 18, *([19] if omogen else [])]
    return [
        *school.steps(start - timedelta(days=120), early),
        *school.steps(start - timedelta(days=80), late),
        *school.steps(start + timedelta(days=1), done),
    ]


def pupils_sent(school: Etablissement) -> list[Event]:
    """Pupils sent before their identifiers came, refused; then in the right order."""
    pupils = [pupil.ine for pupil in school.school.present()]
    day = school.school.calendar.pupils_start + timedelta(days=20)
    return [
        school.says("eleves_envoyes", school.at(day, 9), annee=school.annee, eleves=pupils),
        school.says("identifiants_importes", school.at(day, 10), annee=school.annee, nombre_eleves=len(pupils)),
        school.says("eleves_envoyes", school.at(day, 11), annee=school.annee, eleves=pupils),
    ]


def integrated(school: Etablissement) -> Event:
    """The BEE integrates all but some."""
    pupils = [pupil.ine for pupil in school.school.present()]
    day = school.school.calendar.pupils_start + timedelta(days=22)
    return school.says("integration_bee", school.at(day, 9), annee=school.annee, eleves=pupils[NON_INTEGRES:])


# --- first degree ----------------------------------------------------------------------------------------------------


def charlemagne(school: Etablissement, without_class: int, anomalies: int) -> list[Event]:
    """Formations, classes and pupils as Charlemagne has them; an export asked before any control."""
    day = school.today - timedelta(days=1)
    classes = [
        school.says(
            "classe",
            school.at(day, 9),
            annee=school.annee,
            classe=each.code,
            code_rectorat=f"{rank:02d}",
            type_contrat="Contrat d'association",
            type_classe="Ordinaire",
            formations=[each.level.code],
        )
        for rank, each in enumerate(school.school.divisions, start=1)
    ]
    sheets = [sheet(pupil.number, None if rank < without_class else pupil.division.code) for rank, pupil in enumerate(_present(school))]
    for each in sheets[without_class : without_class + anomalies]:
        each["anomalies"] = ["Date de naissance absente"]
    return [
        school.says("formations_importees", school.at(day, 8), annee=school.annee),
        *classes,
        school.says("base_eleves", school.at(day, 10), annee=school.annee, eleves=sheets),
        school.says("export_demande", school.at(day, 11), annee=school.annee),
        school.says("controle", school.at(day, 12), annee=school.annee),
        school.says("export_demande", school.at(day, 13), annee=school.annee),
    ]


def mended(school: Etablissement, without_class: int) -> list[Event]:
    """The sheet with an anomaly is put right, the control run again, the export asked again."""
    day = school.today - timedelta(days=1)
    pupil = _present(school)[without_class]
    return [
        school.says("fiche_eleve", school.at(day, 14), annee=school.annee, **sheet(pupil.number, pupil.division.code)),
        school.says("controle", school.at(day, 15), annee=school.annee),
        school.says("export_demande", school.at(day, 16), annee=school.annee),
    ]


def imported(school: Etablissement, empreinte: str) -> Event:
    """A person says that the import in ONDE is done: the one-time password is theirs."""
    return school.says("depot_effectue", school.at(school.today - timedelta(days=1), 17), annee=school.annee, empreinte=empreinte)


def sheet(number: int, classe: str | None) -> Event:
    """A pupil's sheet under a number of Charlemagne's own."""
    return {"eleve": f"E{number:04d}"} | ({} if classe is None else {"classe": classe})


def _present(school: Etablissement) -> list[Any]:
    return school.school.present()
