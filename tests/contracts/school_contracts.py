"""The contract of connectors for those of the schools' files: keyed by the school, so by no secret."""

import io
from datetime import datetime

from bus.samples.bundle import Bundle, files, make_bundle
from bus.samples.school import School, SchoolType, make_school
from connectors.charlemagne.connector import Charlemagne
from connectors.lsu.connector import Lsu
from connectors.onde.connector import Onde
from connectors.pronote.connector import Pronote
from connectors.registry import Connector
from connectors.siecle import model
from connectors.siecle.connector import Siecle
from connectors.siecle.formats import KINDS
from connectors.siecle.writer import write_export
from connectors.sts.connector import Sts
from connectors.transport.zip import SafeArchive, write_zip
from schemas.outcome import Accepted
from tests.connectors.deliveries import SECRET, delivery
from tests.contracts import calendar_contracts
from tests.contracts.connector_contract import ConnectorContract, Good

AT = datetime.fromisoformat("2018-07-24T09:13:41")
COLLEGE = make_school("contract", "9830418M", 90, annee=2017)
ECOLE = make_school("contract", "0840001V", 40, SchoolType.ECOLE)


class SchoolKeys(ConnectorContract):
    """Every record's key is the school: no secret makes it."""

    keys_of_persons = False

    def test_every_key_is_the_school(self, connector: Connector) -> None:
        for each in self.good:
            keys = {record.key.split("/")[0] for record in self.records(connector, delivery(each.content, each.name))}
            assert keys in ({COLLEGE.uai}, {ECOLE.uai})

    def test_a_shifted_file_does_not_leak_its_values(self, connector: Connector) -> None:
        for each in self.good:
            if each.name.endswith(".csv"):
                head, *lines = each.content.decode("iso8859-15").splitlines()
                shifted = "\r\n".join([head, *(";;" + line for line in lines)]).encode("iso8859-15")
                answer = connector.accept(delivery(shifted, each.name))
                found = answer.warnings if isinstance(answer, Accepted) else answer.faults
                said = " ".join(fault.message for fault in found)
                assert not [value for value in (*each.personal, *each.identifiers) if value in said], said


def personal(school: School) -> tuple[str, ...]:
    """Values of persons that are no words of a message."""
    pupils = school.pupils[:20]
    return tuple({value for pupil in pupils for value in (pupil.ine, pupil.parents[0].mail, pupil.parents[0].phone)})


def identifiers(school: School) -> tuple[str, ...]:
    return tuple(pupil.id for pupil in school.pupils[:20])


def unzipped(content: bytes) -> bytes:
    archive = SafeArchive(io.BytesIO(content))
    with archive.open(archive.entries[0]) as entry:
        return entry.read()


def good(school: School, name: str, content: bytes, connector: Connector, *broken: bytes) -> Good:
    answer = connector.accept(delivery(content, name))
    assert isinstance(answer, Accepted), answer
    return Good(name, content, personal(school), len(list(answer.records)), broken, identifiers(school))


def by_path(bundle: Bundle) -> dict[str, bytes]:
    return dict(files(bundle))


BUNDLE = make_bundle(COLLEGE, AT)
FILES = by_path(BUNDLE)
ONDE = by_path(make_bundle(ECOLE, AT))


def named(system: str, part: str = "") -> tuple[str, bytes]:
    ((path, content),) = [(path, content) for path, content in FILES.items() if path.startswith(f"{system}/") and part in path]
    return path.split("/")[1], content


def without_addresses(kind: str) -> bytes:
    stream = io.BytesIO()
    rows = [row for row in BUNDLE.siecle[kind] if not isinstance(row, model.Adresse)]
    write_export(stream, KINDS[kind][0], BUNDLE.parametres[kind], rows)
    return stream.getvalue()


def siecle(name: str, xml: bytes) -> Good:
    broken = (xml.replace(b"<UAJ>9830418M", b"<UAJ>983", 1), xml[:-30], b"<!DOCTYPE a>" + xml.split(b"\n", 1)[1])
    return good(COLLEGE, name, xml, Siecle(SECRET), *broken)


class TestSiecle(SchoolKeys):
    connector_class = Siecle
    good = (
        *(siecle(f"{KINDS[kind][1]}.xml", unzipped(named("siecle", f"{KINDS[kind][1]}.zip")[1])) for kind in BUNDLE.siecle),
        siecle("ElevesSansAdresses.xml", without_addresses("eleves_avec_adresses")),
        siecle("ResponsablesSansAdresses.xml", without_addresses("responsables_avec_adresses")),
    )


class TestCharlemagne(SchoolKeys):
    connector_class = Charlemagne
    name, packed = named("charlemagne")
    xml = unzipped(packed)
    good = (
        good(COLLEGE, name, packed, Charlemagne(), packed[:-20], write_zip((("a.xml", xml), ("b.xml", xml)))),
        good(COLLEGE, name.replace(".zip", ".xml"), xml, Charlemagne(), xml.replace(b"<ID_PRV_ELE>2<", b"<ID_PRV_ELE>1<", 1), xml[:-60]),
        *calendar_contracts.CHARLEMAGNE,
    )


COURS = (
    b'<?xml version="1.0" encoding="ISO-8859-1"?><TABLE nom="Cours"><Cours numero="1"><DUREE>1h00</DUREE><PROF_NOM>OMBRELLE</PROF_NOM>'
    b'<CLASSE>4EME B</CLASSE><JOUR>lundi</JOUR><H.DEBUT>09h00</H.DEBUT></Cours><Cours numero="2"><DUREE>0h55</DUREE>'
    b"<PROF_NOM>VERMEIL</PROF_NOM><JOUR>mardi</JOUR></Cours></TABLE>"
)
COURS_NAME = "EXP_COURS_9830418M.xml"


class TestPronote(SchoolKeys):
    connector_class = Pronote
    name, packed = named("pronote")
    xml = unzipped(packed)
    good = (
        good(COLLEGE, name, packed, Pronote(), packed[:-20]),
        good(
            COLLEGE,
            name.replace(".zip", ".xml"),
            xml,
            Pronote(),
            xml.replace(b"<CODE_GROUPE>", b"<CODE_GROUPE/><CODE_GROUPE>", 1),
            xml[:-60],
        ),
        Good(COURS_NAME, COURS, ("OMBRELLE", "VERMEIL"), 4, (COURS.replace(b"0h55", b"VERMEIL"), COURS[:-20])),
    )


class TestSts(SchoolKeys):
    connector_class = Sts
    good = tuple(
        good(COLLEGE, *named("sts", part), Sts(), named("sts", part)[1].replace(b"9830418M", b"98", 1), named("sts", part)[1][:-40])
        for part in ("sts_emp", "/emp_sts")
    )


class TestOnde(SchoolKeys):
    connector_class = Onde
    good = (
        *(
            good(
                ECOLE,
                path.split("/")[1],
                content,
                Onde(),
                *([content[:-25]] if path.endswith(".ZIP") else [content + b'x;"y\r\na;b\r\n', content.split(b";", 2)[2]]),
            )
            for path, content in ONDE.items()
        ),
        *calendar_contracts.ONDE,
    )


class TestLsu(SchoolKeys):
    connector_class = Lsu
    name, xml = named("lsu")
    good = (good(COLLEGE, name, xml, Lsu(), xml.replace(b"<etablissement>9830418M", b"<etablissement>", 1), xml[:-60]),)
