"""SIECLE's exports: read, written, mapped to records."""

import hashlib
import io
from collections.abc import Sequence
from datetime import date

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.siecle import model
from connectors.siecle.connector import Siecle
from connectors.siecle.formats import FORMATS, KINDS, NOMENCLATURE, Format
from connectors.siecle.reader import read_rows
from connectors.siecle.writer import write_archive, write_export
from connectors.transport.xml import XmlSource
from schemas.outcome import Accepted, Record, Refused
from schemas.records import siecle
from schemas.student_key import StudentKeys
from tests.connectors.deliveries import SECRET, codes_of, delivery, records_of
from tests.connectors.structs import MAYBE, TEXTS, structs_of

PARAMETRES = model.Parametres(uaj="0840001V", annee_scolaire="2025", date_export="06/09/2025", horodatage="06/09/2025 19:01:46")
ELEVE = model.Eleve(
    eleve_id="210167", nom_de_famille="D'HÉROUVILLE", prenom="Zoé", date_naiss="22/12/2013", doublement="0", code_regime="2",
    adhesion_transport="0", code_mef="10310019110",
)  # fmt: skip


def written(found: Format, rows: Sequence[msgspec.Struct], parametres: model.Parametres = PARAMETRES, version: str | None = None) -> bytes:
    stream = io.BytesIO()
    write_export(stream, found, parametres, rows, version)
    return stream.getvalue()


def read(content: bytes, unknown: set[str] | None = None) -> list[msgspec.Struct]:
    return list(read_rows(XmlSource(io.BytesIO(content)), unknown))


def exports_of(answer: Accepted | Refused) -> list[Record]:
    """The records of the export itself."""
    return [each for each in records_of(answer) if each.topic == "siecle.exports.v1"]


def rows_of(found: Format) -> st.SearchStrategy[list[msgspec.Struct]]:
    """Rows in the order of the blocks, each block empty or not."""
    marks = {
        model.BoursesEleve: "code_bourse",
        model.Pays: "libelle_court",
        model.Departement: "libelle_long",
        model.Commune: "libelle_long",
        model.Periode: "code_type_periode",
        model.Fermeture: "lc_motif",
    }
    special = {struct: {field: TEXTS} for struct, field in marks.items()}
    blocks = [st.lists(structs_of(block.struct, **special.get(block.struct, {})), max_size=2) for block in found.blocks]
    if found is NOMENCLATURE:
        code = st.builds(
            model.CodeNomenclature,
            conteneur=st.just("REGIMES"),
            balise=st.just("REGIME"),
            attribut=st.just("CODE_REGIME"),
            code=TEXTS,
            valeurs=st.lists(st.tuples(st.sampled_from(("LIBELLE_COURT", "LIBELLE_LONG")), TEXTS), max_size=2).map(tuple),
        )
        blocks.append(st.lists(code, max_size=2))
    return st.tuples(*blocks).map(lambda several: [row for block in several for row in block])


@pytest.mark.parametrize("root", sorted(FORMATS))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_what_is_written_is_read_back_equal(root: str, data: st.DataObject) -> None:
    found = FORMATS[root]
    rows, parametres = data.draw(rows_of(found)), data.draw(structs_of(model.Parametres))
    content = written(found, rows, parametres)
    unknown: set[str] = set()
    assert read(content, unknown) == [parametres, *rows]
    assert not unknown
    assert written(found, rows, parametres) == content


def test_it_is_written_in_latin_9_with_the_order_and_names_of_siecle() -> None:
    content = written(FORMATS["BEE_ELEVES"], [ELEVE])
    assert content.startswith(b'<?xml version="1.0" encoding="ISO-8859-15"?>\n<BEE_ELEVES VERSION="3.0"><PARAMETRES><UAJ>0840001V</UAJ>')
    assert "D'HÉROUVILLE".encode("iso8859-15") in content
    tail = b"</ELEVES><OPTIONS/><STRUCTURES/><BOURSES/><ADRESSES/></DONNEES></BEE_ELEVES>"
    assert content.endswith(tail)
    assert write_archive("communs", b"<a/>")[0] == "ExportXML_Communs.zip"


def test_a_character_outside_latin_9_is_not_lost() -> None:
    row = msgspec.structs.replace(ELEVE, prenom="Zoé“ 漢 ǅ")
    assert read(written(FORMATS["BEE_ELEVES"], [row]))[1] == row


def test_absent_and_empty_are_not_the_same() -> None:
    row = msgspec.structs.replace(ELEVE, ville_naiss="", mel=None)
    content = written(FORMATS["BEE_ELEVES"], [row])
    assert b"<VILLE_NAISS></VILLE_NAISS>" in content or b"<VILLE_NAISS/>" in content
    assert b"MEL" not in content
    back = read(content)[1]
    assert isinstance(back, model.Eleve)
    assert (back.ville_naiss, back.mel) == ("", None)


def test_rows_out_of_order_are_refused_by_the_writer() -> None:
    with pytest.raises(ValueError, match="out of order"):
        written(FORMATS["BEE_ELEVES"], [model.Adresse(adresse_id="1"), ELEVE])


OLD = """<?xml version="1.0" encoding="ISO-8859-15"?>
<BEE_ELEVES VERSION="1.8"><PARAMETRES><UAJ>0840001V</UAJ><ANNEE_SCOLAIRE>2012</ANNEE_SCOLAIRE></PARAMETRES><DONNEES>
<ELEVES><ELEVE ELENOET="12" ELEVE_ID="210167"><!-- x --><NOM>ÉLOI</NOM><PRENOM><![CDATA[Zoé & Co]]></PRENOM>
    <DATE_NAISS>01/02/2001</DATE_NAISS>
<NOUVEAU_CHAMP>1</NOUVEAU_CHAMP></ELEVE></ELEVES>
<BOURSES><ELEVE_BOURSE ELEVE_ID="210167"><BOURSE><CODE_BOURSE>1</CODE_BOURSE></BOURSE></ELEVE_BOURSE></BOURSES>
</DONNEES></BEE_ELEVES>"""


def test_old_names_unknown_tags_and_other_nestings_are_read() -> None:
    unknown: set[str] = set()
    _, eleve, bourse = read(OLD.encode("iso8859-15"), unknown)
    assert isinstance(eleve, model.Eleve)
    assert (eleve.nom_de_famille, eleve.prenom, eleve.attribut_elenoet) == ("ÉLOI", "Zoé & Co", "12")
    assert bourse == model.BoursesEleve(eleve_id="210167", code_bourse="1")
    assert unknown == {"NOUVEAU_CHAMP"}


def test_an_unknown_tag_is_a_warning() -> None:
    answer = Siecle(SECRET).accept(delivery(OLD.encode("iso8859-15"), "x.xml"))
    assert isinstance(answer, Accepted)
    assert [fault.code for fault in answer.warnings] == ["XML_BALISE_INCONNUE"]


def test_responsibles_of_before_2018_are_read() -> None:
    content = b"""<BEE_RESPONSABLES VERSION="2.0"><PARAMETRES><UAJ>0840001V</UAJ><ANNEE_SCOLAIRE>2016</ANNEE_SCOLAIRE></PARAMETRES><DONNEES>
    <PERSONNES><PERSONNE PERSONNE_ID="5"><NOM>A</NOM><PRENOM>B</PRENOM></PERSONNE></PERSONNES><RESPONSABLES><RESPONSABLE_ELEVE>
    <ELEVE_ID>1</ELEVE_ID><PERSONNE_ID>5</PERSONNE_ID><RESP_LEGAL>1</RESP_LEGAL><CODE_PARENTE>1</CODE_PARENTE>
    <RESP_FINANCIER>1</RESP_FINANCIER>
    <PERS_PAIMENT>0</PERS_PAIMENT><PERS_CONTACT>0</PERS_CONTACT></RESPONSABLE_ELEVE></RESPONSABLES></DONNEES></BEE_RESPONSABLES>"""
    link = records_of(Siecle(SECRET).accept(delivery(content)))[2].data
    assert link == siecle.ResponsableEleve(
        uai="0840001V",
        eleve_id="1",
        personne_id="5",
        resp_legal="1",
        code_parente="1",
        resp_financier=True,
        pers_paiement=False,
        pers_contact=False,
    )


@pytest.mark.parametrize(
    "code",
    [
        "<DIVISION_APPARTENANCE><CODE_STRUCTURE>3 A</CODE_STRUCTURE></DIVISION_APPARTENANCE>",
        '<DIVISION_APPARTENANCE CODE_STRUCTURE="3 A"/>',
    ],
)
def test_a_group_tells_its_divisions_by_child_or_attribute(code: str) -> None:
    content = f"""<BEE_STRUCTURES VERSION="2.0"><PARAMETRES><UAJ>0840001V</UAJ><ANNEE_SCOLAIRE>2025</ANNEE_SCOLAIRE></PARAMETRES>
    <DONNEES><DIVISIONS>
    <DIVISION CODE_STRUCTURE="3 A"/></DIVISIONS><GROUPES><GROUPE CODE_STRUCTURE="4EME LV2 AJE"><MEFS_APPARTENANCE><MEF_APPARTENANCE>
    <CODE_MEF>10310019110</CODE_MEF></MEF_APPARTENANCE></MEFS_APPARTENANCE><DIVISIONS_APPARTENANCE>{code}</DIVISIONS_APPARTENANCE>
    </GROUPE></GROUPES>
    </DONNEES></BEE_STRUCTURES>"""
    group = records_of(Siecle(SECRET).accept(delivery(content)))[2].data
    assert group == siecle.Groupe(uai="0840001V", code_structure="4EME LV2 AJE", mefs=("10310019110",), divisions=("3 A",))


@pytest.mark.parametrize("root", ["BEE_ETABLISSEMENTS", "BEE_ETABLISSEMENT"])
def test_both_names_of_the_establishments_root_are_read(root: str) -> None:
    content = f"""<{root}><PARAMETRES><UAJ>0840001V</UAJ><ANNEE_SCOLAIRE>2025</ANNEE_SCOLAIRE></PARAMETRES><DONNEES><X>
    <ETABLISSEMENT><CODE_RNE>0840002W</CODE_RNE></ETABLISSEMENT></X></DONNEES></{root}>"""
    answer = Siecle(SECRET).accept(delivery(content))
    assert answer.kind == "siecle.etablissements"
    assert [record.name for record in exports_of(answer)] == ["instantane_debut", "etablissement", "instantane_fin"]


def test_countries_are_read_whatever_holds_them() -> None:
    content = """<BEE_GEOGRAPHIQUE><PARAMETRES><UAJ>0840001V</UAJ><ANNEE_SCOLAIRE>2025</ANNEE_SCOLAIRE></PARAMETRES><DONNEES>
    <PAYS><PAYS><CODE_PAYS>100</CODE_PAYS></PAYS><PAYS CODE_PAYS="109"/></PAYS></DONNEES></BEE_GEOGRAPHIQUE>"""
    assert [record.data.code_pays for record in exports_of(Siecle(SECRET).accept(delivery(content)))[1:-1]] == ["100", "109"]


def test_both_spellings_of_the_calendar_are_read() -> None:
    for tag in ("DATE_DEB_ELEVE", "DATE_DEBUT_ELEVE"):
        content = f"""<BEE_COMMUN><PARAMETRES><UAJ>9830418M</UAJ><ANNEE_SCOLAIRE>2017</ANNEE_SCOLAIRE></PARAMETRES><DONNEES><UAJ/>
    <ANNEE_SCOLAIRE>
        <{tag}>19/02/2018</{tag}><DATE_FIN_ELEVE>14/12/2018</DATE_FIN_ELEVE></ANNEE_SCOLAIRE><ANNEE_SCOLAIRE_AD/></DONNEES></BEE_COMMUN>"""
        year, other = (record.data for record in records_of(Siecle(SECRET).accept(delivery(content)))[2:4])
        assert (year.date_debut_eleve, year.date_fin_eleve, year.avenir) == (date(2018, 2, 19), date(2018, 12, 14), False)
        assert (other.date_debut_eleve, other.avenir) == (None, True)


# --- records ----------------------------------------------------------------------------------------------------------


def accept(rows: Sequence[msgspec.Struct], root: str = "BEE_ELEVES", parametres: model.Parametres = PARAMETRES) -> Accepted | Refused:
    return Siecle(SECRET).accept(delivery(written(FORMATS[root], rows, parametres), "ElevesAvecAdresses.xml"))


def test_the_same_texts_in_other_fields_are_other_options() -> None:
    """Equal lists are one object for all the pupils who have them."""
    others = [(model.Option(num_option="1", code_matiere="2"),), (model.Option(num_option="1", code_modalite_elect="2"),)]
    pupils = [msgspec.structs.replace(ELEVE, eleve_id=str(rank)) for rank in range(2)]
    options = [model.OptionsEleve(eleve_id=str(rank), options=each) for rank, each in enumerate(others)]
    found = [each.data.options[0] for each in records_of(accept([*pupils, *options])) if each.name == "eleve"]
    assert [(each.code_matiere, each.code_modalite_elect) for each in found] == [("2", None), (None, "2")]


def test_a_pupil_is_joined_with_options_structures_bursary_and_address() -> None:
    rows = [
        msgspec.structs.replace(ELEVE, adresse_id="7", attribut_elenoet="12", elenoet="13", mel=""),
        model.OptionsEleve(eleve_id="210167", options=(model.Option(num_option="1", code_modalite_elect="O", code_matiere="030201"),)),
        model.StructuresEleve(
            eleve_id="210167",
            structures=(
                model.Structure(code_structure="3 A", type_structure="D"),
                model.Structure(code_structure="4EME LV2 AJE", type_structure="G"),
            ),
        ),
        model.BoursesEleve(eleve_id="210167", code_bourse="1"),
        model.Adresse(adresse_id="7", ligne1_adresse="1 rue de l'Église"),
    ]
    answer = accept(rows)
    assert isinstance(answer, Accepted)
    assert answer.kind == "siecle.eleves_avec_adresses"
    assert [fault.code for fault in answer.warnings] == ["VALEUR_DIVERGENTE"]
    debut, record, fin = exports_of(answer)
    eleve = record.data
    assert eleve.date_naiss == date(2013, 12, 22)
    assert (eleve.doublement, eleve.elenoet, eleve.mel, eleve.nom_usage) == (False, "12", "", None)
    assert eleve.options == (siecle.Option(num_option="1", code_modalite_elect="O", code_matiere="030201"),)
    assert [each.code_structure for each in eleve.structures] == ["3 A", "4EME LV2 AJE"]
    assert (eleve.bourses, eleve.adresse.ligne1_adresse) == (("1",), "1 rue de l'Église")
    assert (debut.data.uai, debut.data.type, debut.data.millesime, debut.data.date_export) == (
        "0840001V", "eleves_avec_adresses", 2025, date(2025, 9, 6),
    )  # fmt: skip
    assert (fin.data.nombre, fin.data.recu) == (1, debut.data.recu)
    assert {each.key for each in (debut, record, fin)} == {"0840001V"}
    assert "210167" not in record.subject


@pytest.mark.parametrize("length", [0xFFFF, 0x10000, 300_000])
def test_a_hostile_identifier_of_a_pupil_is_carried_whole(length: int) -> None:
    answer = accept([msgspec.structs.replace(ELEVE, id_national="123456789AB", eleve_id="9" * length)])
    assert isinstance(answer, Accepted)
    presences = [record.data for record in answer.records if record.name == "presences"]
    assert [len(eleve.eleve_id) for each in presences for eleve in each.eleves] == [length]


def test_without_any_address_it_is_the_export_without_addresses() -> None:
    assert accept([ELEVE]).kind == "siecle.eleves_sans_adresses"


def test_the_order_of_the_blocks_does_not_matter_for_the_join() -> None:
    rows = [msgspec.structs.replace(ELEVE, eleve_id=str(rank)) for rank in range(1, 300)]
    structures = [
        model.StructuresEleve(eleve_id=str(rank), structures=(model.Structure(code_structure=f"D{rank}", type_structure="D"),))
        for rank in reversed(range(1, 300))
    ]
    found = exports_of(accept([*rows, *structures]))[1:-1]
    assert all(record.data.structures[0].code_structure == f"D{record.data.eleve_id}" for record in found)


@pytest.mark.parametrize(
    ("change", "code", "tag"),
    [
        ({"date_naiss": "31/02/2013"}, "DATE_IMPOSSIBLE", "DATE_NAISS"),
        ({"date_naiss": "22/12/13"}, "DATE_INVALIDE", "DATE_NAISS"),
        ({"date_naiss": None}, "XML_VALEUR_MANQUANTE", "DATE_NAISS"),
        ({"nom_de_famille": ""}, "XML_VALEUR_MANQUANTE", "NOM_DE_FAMILLE"),
        ({"eleve_id": None}, "XML_VALEUR_MANQUANTE", "ELEVE_ID"),
        ({"doublement": "peut-être"}, "BOOLEEN_INVALIDE", "DOUBLEMENT"),
    ],
)
def test_a_wrong_value_refuses_the_export_and_says_where_not_what(change: dict[str, str | None], code: str, tag: str) -> None:
    answer = accept([ELEVE, msgspec.structs.replace(ELEVE, **{"eleve_id": "2", **change})])
    assert codes_of(answer) == [code]
    assert isinstance(answer, Refused)
    assert tag in answer.faults[0].message
    assert answer.faults[0].message.startswith("Élève n° 2")
    assert not any(value and value in answer.faults[0].message for value in (*change.values(), "HÉROUVILLE", "Zoé"))


def test_what_has_no_code_is_refused_with_its_place() -> None:
    answer = accept([model.Programme(code_mef="10310019110", code_matiere=None)], "BEE_NOMENCLATURES")
    assert isinstance(answer, Refused)
    assert ("XML_VALEUR_MANQUANTE", "Programme n° 1 : la valeur de CODE_MATIERE est obligatoire et absente.") in [
        (fault.code, fault.message) for fault in answer.faults
    ]


def test_every_wrong_value_of_a_pupil_is_said_in_the_order_of_its_record() -> None:
    wrong = msgspec.structs.replace(ELEVE, prenom="", date_naiss="31/02/2013", doublement="peut-être", date_sortie="", mel="")
    answer = accept([wrong])
    assert isinstance(answer, Refused)
    assert [(fault.code, fault.message.split(" : ")[0]) for fault in answer.faults] == [
        ("XML_VALEUR_MANQUANTE", "Élève n° 1"),
        ("DATE_IMPOSSIBLE", "Élève n° 1, DATE_NAISS"),
        ("BOOLEEN_INVALIDE", "Élève n° 1, DOUBLEMENT"),
    ]


def test_a_wrong_structure_is_said_of_every_pupil_that_has_it() -> None:
    rows = [msgspec.structs.replace(ELEVE, eleve_id=str(rank)) for rank in range(3)]
    wrong = [model.StructuresEleve(eleve_id=str(rank), structures=(model.Structure(code_structure="3 A"),)) for rank in range(3)]
    answer = accept([*rows, *wrong])
    assert isinstance(answer, Refused)
    assert [fault.message.split(" : ")[0] for fault in answer.faults] == [f"STRUCTURES_ELEVE n° {rank}" for rank in (1, 2, 3)]


def test_two_pupils_of_one_identifier_are_refused() -> None:
    assert codes_of(accept([ELEVE, ELEVE])) == ["IDENTIFIANT_EN_DOUBLE"]


def test_an_export_without_pupils_is_refused() -> None:
    assert codes_of(accept([])) == ["LISTE_VIDE"]


def test_structures_of_an_unknown_pupil_are_left_aside_with_a_warning() -> None:
    answer = accept([ELEVE, model.StructuresEleve(eleve_id="999", structures=(model.Structure(code_structure="3 A", type_structure="D"),))])
    assert isinstance(answer, Accepted)
    assert [fault.code for fault in answer.warnings] == ["REFERENCE_INCONNUE"]
    assert [record.data.structures for record in answer.records if record.name == "eleve"] == [()]


@pytest.mark.parametrize("uai", [None, "", "0840001", "084000VV", "0840001v", "٠٨٤٠٠٠١V"])
def test_the_school_must_be_there(uai: str | None) -> None:
    assert codes_of(accept([ELEVE], parametres=msgspec.structs.replace(PARAMETRES, uaj=uai))) == ["UAI_INVALIDE"]


def test_a_doubtful_key_of_the_school_is_a_warning() -> None:
    answer = accept([ELEVE], parametres=msgspec.structs.replace(PARAMETRES, uaj="0840001A"))
    assert isinstance(answer, Accepted)
    assert [fault.code for fault in answer.warnings] == ["CLE_UAI_INVALIDE"]


@pytest.mark.parametrize("year", [None, "", "25", "2025-2026", "²025"])
def test_the_year_must_be_there(year: str | None) -> None:
    assert codes_of(accept([ELEVE], parametres=msgspec.structs.replace(PARAMETRES, annee_scolaire=year))) == ["MILLESIME_INVALIDE"]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_in_the_connectors_kinds(kind: str) -> None:
    assert f"siecle.{kind}" in Siecle.kinds


def test_another_document_is_refused_as_unknown() -> None:
    answer = Siecle(SECRET).accept(delivery("<STS_EDT/>", "ExportXML_Communs.zip"))
    assert codes_of(answer) == ["XML_RACINE"]
    assert answer.kind == "inconnu"


def test_a_browser_suffix_and_a_zip_change_nothing() -> None:
    content = written(FORMATS["BEE_ELEVES"], [ELEVE])
    _, archive = write_archive("eleves_avec_adresses", content)
    zipped = exports_of(Siecle(SECRET).accept(delivery(archive, "ExportXML_ElevesAvecAdresses(1).zip")))
    bare = exports_of(Siecle(SECRET).accept(delivery(content, "n'importe quoi")))
    assert [record.data for record in zipped[1:]] == [record.data for record in bare[1:]]
    assert (zipped[0].data.fichier, zipped[0].data.archive) == ("ElevesAvecAdresses.xml", "ExportXML_ElevesAvecAdresses(1).zip")


def test_a_large_export_is_read_with_little_memory() -> None:
    """40,000 pupils, 12 MB: neither the tree nor the records are held."""
    import tracemalloc

    row = written(FORMATS["BEE_ELEVES"], [ELEVE]).split(b"<ELEVES>")[1].split(b"</ELEVES>")[0]
    head, tail = written(FORMATS["BEE_ELEVES"], []).replace(b"<ELEVES/>", b"<ELEVES>|</ELEVES>").split(b"|")
    content = head + b"".join(row.replace(b"210167", b"%d" % rank) for rank in range(40_000)) + tail
    tracemalloc.start()
    count = sum(1 for _ in read_rows(XmlSource(io.BytesIO(content))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 40_001
    assert peak < 5_000_000


@given(MAYBE)
@settings(max_examples=60, deadline=None)
def test_any_date_is_read_or_refused(text: str | None) -> None:
    answer = accept([msgspec.structs.replace(ELEVE, date_sortie=text)])
    if isinstance(answer, Refused):
        assert text


def presences_of(*rows: msgspec.Struct, secret: bytes = SECRET) -> list[Record]:
    content = written(FORMATS["BEE_ELEVES"], rows)
    return [each for each in records_of(Siecle(secret).accept(delivery(content))) if each.topic == "siecle.presences.v1"]


def test_active_pupils_are_told_by_the_digest_of_their_ine_in_sixteen_parts() -> None:
    pupils = [
        msgspec.structs.replace(ELEVE, eleve_id="1", id_national=" 070832327ja "),
        msgspec.structs.replace(ELEVE, eleve_id="2", id_national="0113014881M"),
        msgspec.structs.replace(ELEVE, eleve_id="3", id_national="0113014882M", date_sortie="01/10/2025"),
        msgspec.structs.replace(ELEVE, eleve_id="4"),
        msgspec.structs.replace(ELEVE, eleve_id="5", id_national="  "),
    ]
    found = presences_of(*pupils)
    assert [each.key for each in found] == [f"0840001V/{seau}" for seau in "0123456789abcdef"]
    told = {each.eleve_id: each.cle for record in found for each in record.data.eleves}
    keys = StudentKeys(SECRET)
    assert told == {"1": keys.of_nne("070832327JA"), "2": keys.of_nne("0113014881M")}
    assert all(each.cle.startswith(record.key[-1]) for record in found for each in record.data.eleves)
    assert {record.data.millesime for record in found} == {2025}
    assert "070832327" not in str(found)
    other = {each.cle for record in presences_of(*pupils, secret=b"another-secret-of-32-bytes-long!") for each in record.data.eleves}
    assert other.isdisjoint(told.values())


def test_the_order_of_the_file_changes_nothing_in_who_is_active() -> None:
    pupils = [msgspec.structs.replace(ELEVE, eleve_id=str(rank), id_national=f"01130148{rank:02}M") for rank in range(60)]
    assert presences_of(*pupils) == presences_of(*reversed(pupils))


def test_only_an_export_of_pupils_tells_who_is_active() -> None:
    content = written(FORMATS["BEE_STRUCTURES"], [model.Division(code_structure="3A")])
    assert "siecle.presences.v1" not in {each.topic for each in records_of(Siecle(SECRET).accept(delivery(content)))}


# --- the exports themselves ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "row", "topic"),
    [
        ("eleves_avec_adresses", ELEVE, "siecle.fichiers.v1"),
        ("structures", model.Division(code_structure="3A"), "siecle.nomenclatures.v1"),
    ],
)
def test_an_export_is_claimed_from_the_consigne_under_the_name_that_siecle_gives(kind: str, row: msgspec.Struct, topic: str) -> None:
    found, name = KINDS[kind]
    xml = written(found, [row, *([model.Adresse(adresse_id="1")] if kind.startswith("eleves") else [])])
    archive = write_archive(kind, xml)[1]
    for content, given_name, own_name in (
        (archive, f"ExportXML_{name}(2).zip", f"ExportXML_{name}.zip"),
        (archive, "../copie de export.zip", f"ExportXML_{name}.zip"),
        (xml, "n'importe quoi", f"{name}.xml"),
    ):
        answer = Siecle(SECRET).accept(delivery(content, given_name))
        assert isinstance(answer, Accepted)
        assert answer.kept_for == topic
        made = list(answer.records)
        (fichier,) = (each.data for each in made if each.topic == topic)
        assert (fichier.nom, fichier.type, fichier.millesime, fichier.taille) == (own_name, kind, 2025, len(content))
        assert fichier.empreinte == hashlib.sha256(content).hexdigest()
        assert fichier.recu == made[0].data.recu
