"""All the files of one invented school, still as models, then as named bytes."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from bus.samples import import_files, lsu_files, onde_files, siecle_files, sts_files
from bus.samples.school import School, SchoolType
from bus.samples.siecle_files import ROWS, Moment
from connectors.charlemagne import import_eleves
from connectors.charlemagne import model as charlemagne
from connectors.lsu import bilans
from connectors.onde import extraction, layouts
from connectors.onde import model as onde
from connectors.pronote import elegroupe, names
from connectors.pronote import model as pronote
from connectors.siecle import model as siecle_model
from connectors.siecle.formats import KINDS
from connectors.siecle.writer import write_archive, write_export
from connectors.sts import files as sts
from connectors.sts import model as sts_model
from connectors.transport.zip import write_zip

Change = Callable[[bytes], bytes]


@dataclass(slots=True)
class Bundle:
    """The models of the files, which defects change before they are written. What the school has none of is None or empty."""

    school: School
    moment: Moment
    siecle: ROWS = field(default_factory=dict)
    parametres: dict[str, siecle_model.Parametres] = field(default_factory=dict)
    """One per kind of export."""
    sts_emp: sts_model.StsEmp | None = None
    emp_sts: sts_model.EmpSts | None = None
    elegroupe: pronote.Elegroupe | None = None
    elegroupe_base: str = ""
    """Base name of the archive of links."""
    elegroupe_inner: str = ""
    """Base name of the document in it: the same, in a good archive."""
    import_eleves: charlemagne.ImportEleves | None = None
    lsu: bilans.Bilans | None = None
    onde_eleves: list[onde.Eleve] = field(default_factory=list)
    onde_responsables: list[onde.Responsable] = field(default_factory=list)
    onde_enseignants: list[onde.Enseignant] = field(default_factory=list)
    on_xml: dict[str, Change] = field(default_factory=dict)
    """Kind of export -> what is done to its bytes before they are zipped."""


def make_bundle(school: School, at: datetime) -> Bundle:
    """The good files of a school, made at a school-local instant."""
    moment = Moment(at)
    if school.type is SchoolType.ECOLE:
        return Bundle(
            school,
            moment,
            onde_eleves=onde_files.eleves(school),
            onde_responsables=onde_files.responsables(school),
            onde_enseignants=onde_files.enseignants(school),
        )
    base = names.base_name(school.uai, str(school.calendar.siecle), at)
    exports = siecle_files.exports(school, moment)
    return Bundle(
        school,
        moment,
        siecle=exports,
        parametres=dict.fromkeys(exports, siecle_files.parametres(school, moment)),
        sts_emp=sts_files.sts_emp(school),
        emp_sts=sts_files.emp_sts(school),
        elegroupe=import_files.elegroupe(school, moment),
        elegroupe_base=base,
        elegroupe_inner=base,
        import_eleves=import_files.import_eleves(school, moment),
        lsu=lsu_files.bilans(school),
    )


def files(bundle: Bundle) -> Iterator[tuple[str, bytes]]:
    """(path, bytes) of every file: the folder is the system to whose inbox it goes."""
    school = bundle.school
    for kind, rows in bundle.siecle.items():
        name, content = write_archive(kind, export_bytes(bundle, kind, rows))
        yield f"siecle/{name}", content
    annee = str(school.calendar.sts)
    if bundle.sts_emp is not None:
        yield f"sts/{sts.sts_emp_name(school.uai, annee)}", sts.write_sts_emp(bundle.sts_emp)
    if bundle.emp_sts is not None:
        yield f"sts/{sts.emp_sts_name(school.uai, annee)}", sts.write_emp_sts(bundle.emp_sts)
    if bundle.elegroupe is not None:
        inner = (f"{bundle.elegroupe_inner}.xml", elegroupe.write(bundle.elegroupe))
        yield f"pronote/{bundle.elegroupe_base}.zip", write_zip((inner,))
    if bundle.import_eleves is not None:
        base = import_eleves.base_name(school.uai, str(school.calendar.siecle), bundle.moment.at)
        yield f"charlemagne/{base}.zip", import_eleves.write_archive(bundle.import_eleves, base)
    if bundle.lsu is not None:
        yield f"lsu/lsun-bilans_{school.uai}.xml", bilans.write(bundle.lsu)
    yield from _onde(bundle)


def export_bytes(bundle: Bundle, kind: str, rows: list[msgspec.Struct]) -> bytes:
    """One SIECLE export as XML."""
    stream = io.BytesIO()
    write_export(stream, KINDS[kind][0], bundle.parametres[kind], rows)
    return bundle.on_xml.get(kind, bytes)(stream.getvalue())


def _onde(bundle: Bundle) -> Iterator[tuple[str, bytes]]:
    if not bundle.onde_eleves:
        return
    uai = bundle.school.uai
    lists = (
        ("eleves", layouts.ELEVES, layouts.CURRENT_ELEVES, bundle.onde_eleves),
        ("responsables", layouts.RESPONSABLES, layouts.CURRENT_RESPONSABLES, bundle.onde_responsables),
        ("enseignants", layouts.ENSEIGNANTS, layouts.CURRENT_ENSEIGNANTS, bundle.onde_enseignants),
    )
    for name, kind, header, rows in lists:
        yield f"onde/CSVExtraction_{uai}_{name}.csv", extraction.write(kind, header, rows)
    yield f"onde/{uai}.ZIP", onde_files.archive(bundle.school, [line for line in bundle.onde_eleves if line.classe])
