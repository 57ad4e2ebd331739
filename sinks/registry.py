"""Every sink of the bus, one line each: processors that write rows or prepare effects, outside files, tables."""

from sqlalchemy import MetaData, Table

from schemas.outcome import FileSink, HttpSink, MailSink, Processor
from sinks.aglae.decisions import AglaeDecisions
from sinks.apogee.bourses import ApogeeBourses
from sinks.bourses import PROCESSOR as BOURSES_PROJECTIONS
from sinks.bourses import tables as bourses
from sinks.bourses.courriels import EditionsDeControle
from sinks.bourses.fichiers import PROCESSOR as BOURSES_FICHIERS
from sinks.chorus.paiements import ChorusPaiements
from sinks.comptes.courriels import CourrielsDesComptes
from sinks.edt.files import PASSED_ON
from sinks.formation import PROCESSOR as FORMATION_PROJECTIONS
from sinks.formation import tables as formation
from sinks.fregata import PROCESSOR as FREGATA_PROJECTIONS
from sinks.fregata import tables as fregata
from sinks.lsu import FICHIERS as LSU_FICHIERS
from sinks.lsu import TABLES as LSU_PROJECTIONS
from sinks.lsu import tables as lsu
from sinks.luciole import PROCESSOR as LUCIOLE_PROJECTIONS
from sinks.luciole import tables as luciole
from sinks.luciole.courriels import AppelsAuSupport, DemandesALaDraaf
from sinks.luciole.sorties import PROCESSOR as LUCIOLE_FICHIERS
from sinks.onde import FICHIERS as ONDE_FICHIERS
from sinks.onde import TABLES as ONDE_PROJECTIONS
from sinks.onde import tables as onde
from sinks.onde.archives import Archives
from sinks.rentree import FICHIERS as RENTREE_FICHIERS
from sinks.rentree import TABLES as RENTREE_PROJECTIONS
from sinks.rentree import tables as rentree
from sinks.rentree.retards import Retards
from sinks.siecle import PROCESSOR as SIECLE_PROJECTIONS
from sinks.siecle import tables as siecle
from sinks.siecle.elegroupe import Elegroupe
from sinks.siecle.exports import POUR_CHARLEMAGNE, POUR_PRONOTE
from sinks.siecle.import_eleves import ImportEleves

PROCESSORS: tuple[Processor, ...] = (
    BOURSES_PROJECTIONS,
    BOURSES_FICHIERS,
    LUCIOLE_PROJECTIONS,
    LUCIOLE_FICHIERS,
    FORMATION_PROJECTIONS,
    RENTREE_PROJECTIONS,
    RENTREE_FICHIERS,
    ONDE_PROJECTIONS,
    ONDE_FICHIERS,
    SIECLE_PROJECTIONS,
    LSU_PROJECTIONS,
    LSU_FICHIERS,
    FREGATA_PROJECTIONS,
)

FILE_SINKS: tuple[FileSink, ...] = (
    AglaeDecisions(),
    ApogeeBourses(),
    ChorusPaiements(),
    Retards(),
    Archives(),
    *PASSED_ON,
    Elegroupe(),
    ImportEleves(),
    POUR_PRONOTE,
    POUR_CHARLEMAGNE,
)

MAIL_SINKS: tuple[MailSink, ...] = (CourrielsDesComptes(), AppelsAuSupport(), DemandesALaDraaf(), EditionsDeControle())

HTTP_SINKS: tuple[HttpSink, ...] = ()

METADATAS: tuple[MetaData, ...] = (
    bourses.METADATA,
    luciole.METADATA,
    formation.METADATA,
    rentree.METADATA,
    onde.METADATA,
    siecle.METADATA,
    lsu.METADATA,
    fregata.METADATA,
)

TABLES: dict[str, Table] = {table.name: table for metadata in METADATAS for table in metadata.sorted_tables}
"""Every table of a projection by its name, which is `Row.table`."""
