"""lsun-bilans files of any version: what is compared with SIECLE and STS Web."""

import io

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.lsu import model
from connectors.lsu.bilans import BLOCKS, NAMESPACE, Bilans, read_rows, write
from connectors.lsu.connector import Lsu
from connectors.transport.xml import XmlSource
from schemas.outcome import Accepted, Record
from schemas.records import lsu
from tests.connectors.deliveries import codes_of, delivery, records_of
from tests.connectors.structs import structs_of

FILE = f"""<?xml version="1.0" encoding="UTF-8"?>
<lsun-bilans xmlns="{NAMESPACE}" schemaVersion="3.0"><entete><editeur>E</editeur><application>PRONOTE</application>
<etablissement>0840001V</etablissement></entete><donnees><responsables-etab><responsable-etab id="R1" libelle="La direction"/>
    </responsables-etab>
<eleves><eleve id="EL1" id-be="210167" nom="D'HÉROUVILLE" prenom="Zoé" code-division="3 A"/>
    <eleve id="EL2" id-be="210168" code-division="3 B"/></eleves>
<periodes><periode id="P1" millesime="2025" indice="1" nb-periodes="3"/></periodes>
<disciplines><discipline id="D1" code="030201" modalite-election="O" libelle="ANGLAIS"/></disciplines>
<enseignants><enseignant id="EN1" type="epp" id-sts="69881" civilite="MME" nom="ÉLOI" prenom="Léa"/></enseignants>
<bilans-periodiques><bilan-periodique eleve-ref="EL1" periode-ref="P1"><liste-acquis><acquis discipline-ref="D1" enseignant-refs="EN1">
<appreciation>Très bien</appreciation></acquis></liste-acquis></bilan-periodique><bilan-periodique eleve-ref="EL1" periode-ref="P1"/>
</bilans-periodiques><bilans-cycle><bilan-cycle eleve-ref="EL2" cycle="4" millesime="2025"/></bilans-cycle></donnees></lsun-bilans>"""


def rows() -> st.SearchStrategy[list[msgspec.Struct]]:
    blocks = [st.lists(structs_of(struct), max_size=2) for _, _, struct in BLOCKS]
    return st.tuples(*blocks).map(lambda several: [row for block in several for row in block])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(structs_of(model.Entete), rows())
def test_what_is_written_is_read_back_equal(entete: model.Entete, several: list[msgspec.Struct]) -> None:
    content = write(Bilans(entete, several))
    assert list(read_rows(XmlSource(io.BytesIO(content)))) == [entete, *several]


def data_of(records: list[Record], name: str) -> list[object]:
    return [record.data for record in records if record.name == name]


def test_pupils_teachers_disciplines_and_periods_become_records() -> None:
    records = records_of(Lsu().accept(delivery(FILE, "lsun.xml")))
    (debut,) = data_of(records, "instantane_debut")
    assert isinstance(debut, lsu.InstantaneDebut)
    assert (debut.version, debut.millesime, debut.application, debut.uai) == ("3.0", 2025, "PRONOTE", "0840001V")
    assert data_of(records, "eleve") == [
        lsu.Eleve(
            uai="0840001V", id_be="210167", nom="D'HÉROUVILLE", prenom="Zoé", code_division="3 A", bilans_periodiques=2, bilans_cycle=0
        ),
        lsu.Eleve(uai="0840001V", id_be="210168", code_division="3 B", bilans_periodiques=0, bilans_cycle=1),
    ]
    assert data_of(records, "enseignant") == [
        lsu.Enseignant(uai="0840001V", type="epp", id_sts="69881", civilite="MME", nom="ÉLOI", prenom="Léa")
    ]
    assert data_of(records, "discipline") == [lsu.Discipline(uai="0840001V", code="030201", modalite_election="O", libelle="ANGLAIS")]
    assert data_of(records, "periode") == [lsu.Periode(uai="0840001V", millesime="2025", indice="1", nb_periodes="3")]


@pytest.mark.parametrize("version", ["2.0", "7.0", "13.0", "2027.1"])
def test_any_version_is_read(version: str) -> None:
    records = records_of(Lsu().accept(delivery(FILE.replace('"3.0"', f'"{version}"'))))
    assert records[0].data.version == version


def test_any_prefix_of_the_namespace_is_read() -> None:
    prefixed = FILE.replace("xmlns=", "xmlns:l=").replace("</", "</l:").replace("<", "<l:").replace("<l:/l:", "</l:").replace("<l:?", "<?")
    assert len(records_of(Lsu().accept(delivery(prefixed)))) == 7


def test_the_first_degree_has_ine_and_classes() -> None:
    content = f"""<lsun-bilans xmlns="{NAMESPACE}" schemaVersion="1.0"><entete><etablissement>0840001V</etablissement></entete><donnees>
    <classes><classe id="C1" libelle="CE2 A" id-be="12"/></classes><eleves>
    <eleve id="E1" ine="070832327JA" classe-ref="C1" nom="A" prenom="B"/></eleves>
    </donnees></lsun-bilans>"""
    (eleve,) = data_of(records_of(Lsu().accept(delivery(content))), "eleve")
    assert isinstance(eleve, lsu.Eleve)
    assert (eleve.ine, eleve.code_division, eleve.id_be) == ("070832327JA", "CE2 A", None)


def test_a_bilan_of_an_unknown_pupil_is_a_warning() -> None:
    answer = Lsu().accept(delivery(FILE.replace('eleve-ref="EL2"', 'eleve-ref="EL9"')))
    assert isinstance(answer, Accepted)
    assert [fault.code for fault in answer.warnings] == ["REFERENCE_INCONNUE"]


def test_two_pupils_of_one_siecle_identifier_are_refused() -> None:
    assert codes_of(Lsu().accept(delivery(FILE.replace("210168", "210167")))) == ["IDENTIFIANT_EN_DOUBLE"]


def test_periods_of_two_years_are_a_warning() -> None:
    other = '<periode id="P2" millesime="2026" indice="1" nb-periodes="3"/></periodes>'
    answer = Lsu().accept(delivery(FILE.replace("</periodes>", other)))
    assert isinstance(answer, Accepted)
    assert [fault.code for fault in answer.warnings] == ["MILLESIME_INVALIDE"]


def test_a_file_without_school_or_pupils_is_refused() -> None:
    assert codes_of(Lsu().accept(delivery(FILE.replace("0840001V", "")))) == ["UAI_INVALIDE"]
    start, end = FILE.index("<eleves>"), FILE.index("<periodes>")
    assert codes_of(Lsu().accept(delivery(FILE[:start] + FILE[end:]))) == ["LISTE_VIDE"]


def test_another_document_is_not_taken() -> None:
    assert Lsu().accept(delivery("<BEE_ELEVES/>", "lsun-bilans.xml")).kind == "inconnu"
