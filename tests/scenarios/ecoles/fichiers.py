"""The files of the schools' scenarios, written by the real writers: `python -m tests.scenarios.ecoles.fichiers`. Every name is invented."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from bus.samples.bundle import files, make_bundle
from bus.samples.school import SchoolType, make_school
from connectors.pronote import elegroupe
from connectors.pronote import model as pronote
from connectors.siecle import model as siecle
from connectors.siecle.formats import KINDS
from connectors.siecle.writer import write_archive, write_export
from connectors.sts import files as sts_files
from connectors.sts import model as sts

HERE = Path(__file__).parent / "files"
MEF = "10110019110"
AUTRE_MEF = "10310019110"
NOMS = ("NAOUTCHOUE", "WAMYTAN", "TEIN", "KAOUMA", "LE GOFF", "D'ARMOR", "PÉTRO-HNAISSE", "BOULA", "GOROMIDO", "ÉLOI")
PRENOMS = ("Hélène", "Noé", "Maëlys", "Jean-Yves", "Anaïs", "Willy", "Léa", "Marie Ange", "Ôphélie", "Titouan")


@dataclass(frozen=True)
class Pupil:
    """An invented pupil, known by a number."""

    number: int
    groups: tuple[str, ...] = ()
    entered: str = "19/02/2018"
    mef: str | None = MEF
    left: str | None = None

    @property
    def eleve_id(self) -> str:
        return str(230000 + self.number)

    @property
    def private(self) -> str:
        return str(5000 + self.number)

    @property
    def family(self) -> str:
        return f"{NOMS[self.number % len(NOMS)]} {chr(65 + self.number // 100)}{chr(65 + self.number // 10 % 10)}"

    @property
    def first(self) -> str:
        return PRENOMS[self.number * 7 % len(PRENOMS)]

    @property
    def born(self) -> date:
        return date(2004, 1, 1) + timedelta(days=self.number * 5)


@dataclass(frozen=True)
class School:
    """Where the files are from."""

    uai: str
    annee: int
    day: str

    def parametres(self) -> siecle.Parametres:
        return siecle.Parametres(uaj=self.uai, annee_scolaire=str(self.annee), date_export=self.day, horodatage=f"{self.day} 10:00:00")

    def eleves(self, pupils: Iterable[Pupil]) -> tuple[str, bytes]:
        known = tuple(pupils)
        rows: list[msgspec.Struct] = [
            siecle.Eleve(
                eleve_id=each.eleve_id,
                id_prv_ele=each.private,
                nom_de_famille=each.family,
                prenom=each.first,
                date_naiss=f"{each.born:%d/%m/%Y}",
                doublement="0",
                code_regime="0",
                date_entree=each.entered,
                date_sortie=each.left,
                code_statut="ST",
                code_mef=each.mef,
                adhesion_transport="0",
            )
            for each in known
        ]
        rows += [
            siecle.StructuresEleve(
                eleve_id=each.eleve_id,
                structures=tuple(
                    siecle.Structure(code_structure=code, type_structure=kind)
                    for code, kind in (("4EME B", "D"), *((group, "G") for group in each.groups))
                ),
            )
            for each in known
        ]
        return self._export("eleves_sans_adresses", rows)

    def structures(self, groups: Mapping[str, Sequence[str]]) -> tuple[str, bytes]:
        """`groups`: code → the MEF it is attached to."""
        rows: list[msgspec.Struct] = [
            siecle.Division(code_structure="4EME B", mefs=(siecle.MefAppartenance(code_mef=MEF),)),
            *(
                siecle.Groupe(code_structure=code, mefs=tuple(siecle.MefAppartenance(code_mef=mef) for mef in mefs))
                for code, mefs in groups.items()
            ),
        ]
        return self._export("structures", rows)

    def communs(self, first: str, last: str, first_teacher: str, last_teacher: str) -> tuple[str, bytes]:
        year = siecle.AnneeScolaire(date_debut_eleve=first, date_fin_eleve=last, date_debut_prof=first_teacher, date_fin_prof=last_teacher)
        return self._export("communs", [siecle.Uaj(denom_princ="COLLEGE INVENTE"), year])

    def _export(self, kind: str, rows: list[msgspec.Struct]) -> tuple[str, bytes]:
        stream = io.BytesIO()
        write_export(stream, KINDS[kind][0], self.parametres(), rows)
        return write_archive(kind, stream.getvalue())

    def sts_emp(self, groups: Sequence[str], annee_sts: int) -> tuple[str, bytes]:
        file = sts.StsEmp(
            parametres=sts.Parametres(uaj=sts.Etablissement(code=self.uai), annee_scolaire=sts.Annee(annee=str(annee_sts))),
            donnees=sts.Donnees(
                structure=sts.Structure(
                    divisions=(sts.Division(code="4EME B", mefs=(sts.MefAppartenance(code=MEF),)),),
                    groupes=tuple(sts.Groupe(code=each, mefs=(sts.MefAppartenance(code=MEF),)) for each in groups),
                )
            ),
        )
        return sts_files.sts_emp_name(self.uai, str(annee_sts)), sts_files.write_sts_emp(file)

    def elegroupe(self, base: str, eleves: Iterable[pronote.Eleve], annee: int | None = None) -> tuple[str, bytes]:
        file = pronote.Elegroupe(
            version="1.4",
            parametres=pronote.Parametres(
                uaj=self.uai, annee_scolaire=str(annee or self.annee), date_import=self.day, num_envoi="1", logiciel="PRONOTE"
            ),
            donnees=pronote.Donnees(eleves=tuple(eleves)),
        )
        return f"{base}.zip", elegroupe.write_archive(file, base)


def entry(pupil: Pupil, *links: tuple[str, str | None, str | None], by: str = "eleve_id", **changed: str) -> pronote.Eleve:
    """A pupil's entry in a file of links, by one identifier; links are (group, first day, last day)."""
    identity = {"nom_de_famille": pupil.family, "prenom": pupil.first, "date_naiss": pupil.born.isoformat()} | changed
    identifier = {"eleve_id": pupil.eleve_id, "id_prv_ele": pupil.private}[by]
    groups = tuple(pronote.Groupe(code_groupe=code, date_debut_groupe=first, date_fin_groupe=last) for code, first, last in links)
    return pronote.Eleve(**{by: identifier}, **identity, groupes=groups)


WANI = School("9830418M", 2017, "23/07/2018")
AJIE, SPORT, UNKNOWN = "4EME LV2 AJE", "4SPORTGR1", "MPERMANGR2"
YEAR_2018 = ("19/02/2018", "14/12/2018", "16/02/2018", "15/12/2018")
INSIDE = ("2018-02-19", "2018-12-14")
GOOD = (SPORT, *INSIDE)


def ac_40() -> Iterator[tuple[str, bytes]]:
    pupils = [Pupil(number, (SPORT,)) for number in range(12)]
    yield WANI.eleves(pupils)
    yield WANI.structures({AJIE: (MEF,), SPORT: (MEF,)})
    yield WANI.communs(*YEAR_2018)
    links = [entry(each, GOOD) for each in pupils]
    yield WANI.elegroupe("9830418MELEGROUPE2017180724091341", links)
    yield WANI.elegroupe("9830418MELEGROUPE2018180724091341", links, 2018)


def ac_41() -> Iterator[tuple[str, bytes]]:
    """208 pupils in SIECLE, 153 in the file: one with an unknown group, one with the teachers' last day, one with the pupils'."""
    pupils = [Pupil(number, (AJIE,)) for number in range(208)]
    yield WANI.eleves(pupils)
    yield WANI.structures({AJIE: (MEF,), SPORT: (MEF,)})
    yield WANI.communs(*YEAR_2018)
    yield WANI.sts_emp((AJIE, SPORT, UNKNOWN), 2018)
    links = [entry(each, GOOD) for each in pupils[:150]]
    links.append(entry(pupils[150], GOOD, (UNKNOWN, None, None)))
    links.append(entry(pupils[151], (AJIE, "2018-02-19", "2018-12-15")))
    links.append(entry(pupils[152], (AJIE, "2018-02-19", "2018-12-14")))
    yield WANI.elegroupe("9830418MELEGROUPE2017180724091341", links)


def ac_41_168() -> Iterator[tuple[str, bytes]]:
    pupils = [Pupil(number, (AJIE,)) for number in range(168)]
    yield WANI.eleves(pupils)
    yield WANI.structures({AJIE: (MEF,), SPORT: (MEF,)})
    yield WANI.communs(*YEAR_2018)
    yield WANI.elegroupe("9830418MELEGROUPE2017180713110235", [entry(each, GOOD) for each in pupils[:153]])


def ac_44() -> Iterator[tuple[str, bytes]]:
    pupils = [Pupil(number, (SPORT,)) for number in range(5)]
    yield WANI.eleves(pupils)
    yield WANI.structures({SPORT: (MEF,)})
    yield WANI.communs(*YEAR_2018)
    yield WANI.sts_emp((SPORT, "GROUPE X"), 2018)
    links = [entry(each, GOOD) for each in pupils[1:]]
    yield WANI.elegroupe(
        "9830418MELEGROUPE2017180724091341", [entry(pupils[0], GOOD, ("GROUPE X", *INSIDE), ("GROUPE Y", *INSIDE)), *links]
    )


def ac_47() -> Iterator[tuple[str, bytes]]:
    """E1 unknown, E2 twice, E3 and E4 in an unknown group, E5 present since 2017 whose link starts on the teachers' first day."""
    pupils = [Pupil(number, (SPORT,), entered="16/02/2017") for number in range(1, 7)]
    yield WANI.eleves(pupils[1:])
    yield WANI.structures({AJIE: (MEF,), SPORT: (MEF,)})
    yield WANI.communs(*YEAR_2018)
    one, two, three, four, five, _ = pupils
    links = (
        entry(one, GOOD),
        entry(two, GOOD),
        entry(two, GOOD, by="id_prv_ele"),
        entry(three, GOOD, (UNKNOWN, None, None)),
        entry(four, (UNKNOWN, None, None), (AJIE, "2018-02-19", "2018-12-15")),
        entry(five, (SPORT, "2018-02-16", "2018-12-14")),
    )
    yield WANI.elegroupe("9830418MELEGROUPE2017180724080000", links[:1])
    yield WANI.elegroupe("9830418MELEGROUPE2017180724091341", links)


METROPOLE = School("0840001V", 2025, "01/09/2025")


def autres_chiffres() -> Iterator[tuple[str, bytes]]:
    """A collège of the mainland: entered during the year, left during it, without MEF, group of another MEF, found by identity."""
    first, second = Pupil(1, ("3ESP1",), entered="01/09/2024"), Pupil(2, ("3ESP1",), entered="06/10/2025")
    left = Pupil(3, ("3ESP1",), entered="01/09/2024", left="19/12/2025")
    without, other = Pupil(4, ("3ESP1",), entered="01/09/2024", mef=None), Pupil(5, (), entered="01/09/2024", mef=AUTRE_MEF)
    absent = [Pupil(number, ("3ESP1",), entered="01/09/2024") for number in range(6, 9)]
    yield METROPOLE.eleves([first, second, left, without, other, *absent])
    yield METROPOLE.structures({"3ESP1": (MEF,), "3LATIN": (MEF, AUTRE_MEF)})
    yield METROPOLE.communs("01/09/2025", "03/07/2026", "29/08/2025", "04/07/2026")
    links = (
        pronote.Eleve(
            eleve_id="999999",
            nom_de_famille=first.family.lower(),
            prenom=first.first,
            date_naiss=first.born.isoformat(),
            groupes=(pronote.Groupe(code_groupe="3ESP1", date_debut_groupe="2025-11-03", date_fin_groupe="2025-10-03"),),
        ),
        entry(second, ("3ESP1", "2025-08-29", "2026-07-03")),
        entry(left, ("3ESP1", "2025-09-01", "2026-07-04")),
        entry(without, ("3ESP1", None, None), ("3LATIN", None, None)),
        entry(other, ("3ESP1", None, None), ("3LATIN", None, None)),
    )
    yield METROPOLE.elegroupe("0840001VELEGROUPE2025250915101500", links)


def ac_42() -> Iterator[tuple[str, bytes]]:
    """The seven exports of one school with a browser's suffixes, one of another school, and a sts_emp with odd line ends."""
    school = make_school("42", "9830418M", 20, SchoolType.COLLEGE, 2017)
    for name, content in files(make_bundle(school, datetime(2018, 2, 20, 10))):  # noqa: DTZ001 (school-local)
        folder, _, base = name.partition("/")
        if folder == "siecle":
            yield (
                {"ExportXML_Communs.zip": "ExportXML_Communs(1).zip", "ExportXML_Nomenclature.zip": "ExportXML_Nomenclature(2).zip"}.get(
                    base, base
                ),
                content,
            )
        elif base.startswith("sts_emp"):
            yield base, content.replace(b"><", b">\r\n  <", 3)


def import_eleves() -> Iterator[tuple[str, bytes]]:
    """40 pupils, of whom five leave: before, on, after a day."""
    days = ("20/12/2017", "19/01/2018", "16/02/2018", "17/02/2018", "14/12/2018")
    pupils = [Pupil(number, left=days[number] if number < len(days) else None) for number in range(40)]
    yield WANI.eleves(pupils)


def dossiers() -> Iterator[tuple[str, bytes]]:
    """IMPORT_ELEVES of a small collège, made on two days."""
    school = make_school("dossiers", "0840001V", 6, SchoolType.COLLEGE, 2024)
    for day in (19, 20):
        made = files(make_bundle(school, datetime(2024, 9, day, 9, 13, 41)))  # noqa: DTZ001 (school-local)
        ((path, content),) = (each for each in made if each[0].startswith("charlemagne/"))
        yield path.partition("/")[2], content


CASES = {
    "dossiers": dossiers,
    "import_eleves": import_eleves,
    "ac_42": ac_42,
    "ac_40": ac_40,
    "ac_41": ac_41,
    "ac_41_168": ac_41_168,
    "ac_44": ac_44,
    "ac_47": ac_47,
    "autres_chiffres": autres_chiffres,
}


def main() -> None:
    """Write every file under `files/<case>/`."""
    for case, make in CASES.items():
        folder = HERE / case
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in make():
            (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
