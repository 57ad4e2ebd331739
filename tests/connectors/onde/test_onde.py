"""ONDE's extractions of every layout, and the archive that passes unchanged."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.onde import extraction, layouts, model
from connectors.onde.connector import Onde
from connectors.onde.extraction import open_extraction
from connectors.onde.layouts import Kind
from connectors.transport.faults import FaultList
from connectors.transport.zip import write_zip
from schemas.outcome import Accepted, Refused
from schemas.records import onde
from tests.connectors.deliveries import codes_of, delivery, records_of

ELEVES = (
    layouts.CURRENT_ELEVES
    + "\r\nD'HÉROUVILLE;;Zoé;2015-12-22;F;070832327JA;1 rue de l'Église;84000;AVIGNON;FRANCE;;;;;CYCLE III;CE2;CE2 A;12;Oui;Non;Oui;\r\n"
    "ÉLOI;;Noé;01/02/2016;M;;;;;;;;;;CYCLE II;CP;;;Oui;Non;Oui;\r\n"
)
LATIN = st.text(st.characters(codec="iso8859-15", exclude_categories=("Cc", "Zs", "Cf", "Zl", "Zp")), max_size=8).filter(
    lambda text: "Ã" not in text
)
"""Values as ONDE can write them: read values are trimmed, and letters encoded twice are refused."""


def read(content: bytes) -> tuple[Kind, list[Any]]:
    faults, warnings = FaultList(), FaultList()
    found = open_extraction(delivery(content).open, warnings)
    rows = [row for _, row in found.rows(faults, warnings)]
    assert not faults
    return found.kind, rows


def rows_of(kind: Kind, header: str) -> st.SearchStrategy[list[Any]]:
    """Lines that a layout can write: every column of it has a text, the others are absent."""
    fields = [extraction.field_of(kind, name) for name in header.split(";")]
    own = {field[0]: LATIN for field in fields if field is not None and not field[1]}
    own |= {field: LATIN.filter(bool) for field, _ in kind.required}
    struct = extraction.STRUCTS[kind.name]
    if not kind.repeated:
        return st.lists(st.builds(struct, **own), max_size=4)
    child = st.builds(model.Enfant, nom_usage=LATIN, nom_de_famille=LATIN.filter(bool), prenom=LATIN, classes=LATIN)
    return st.lists(st.builds(struct, **own, enfants=st.lists(child, max_size=3).map(tuple)), max_size=4)


LAYOUTS = [
    (layouts.ELEVES, layouts.CURRENT_ELEVES),
    (layouts.ELEVES, layouts.OLD_ELEVES),
    (layouts.RESPONSABLES, layouts.CURRENT_RESPONSABLES),
    (layouts.ENSEIGNANTS, layouts.CURRENT_ENSEIGNANTS),
]


@pytest.mark.parametrize(("kind", "header"), LAYOUTS)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_back_equal(kind: Kind, header: str, data: st.DataObject) -> None:
    rows = data.draw(rows_of(kind, header))
    content = extraction.write(kind, header, rows)
    found, back = read(content)
    assert (found, back) == (kind, rows)
    assert content.startswith(header.encode("iso8859-15") + b"\r\n")


def accept(content: str | bytes, name: str = "CSVExtraction_0840001V.csv") -> Accepted | Refused:
    return Onde().accept(delivery(content.encode("iso8859-15") if isinstance(content, str) else content, name))


def test_pupils_become_records() -> None:
    answer = accept(ELEVES)
    assert answer.kind == "onde.eleves"
    debut, first, second, fin = records_of(answer)
    assert (debut.data.type, debut.data.uai, debut.data.millesime, fin.data.nombre) == ("eleves", "0840001V", None, 2)
    assert (first.data.nom, first.data.cycle, first.data.classe, first.data.date_naissance) == (
        "D'HÉROUVILLE", "CYCLE III", "CE2 A", date(2015, 12, 22),
    )  # fmt: skip
    assert (second.data.classe, second.data.ine, second.data.date_naissance) == ("", "", date(2016, 2, 1))
    assert first.data.commune_naissance is None


@pytest.mark.parametrize("encoding", ["iso8859-1", "iso8859-15", "utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_its_encoding_is_found(encoding: str) -> None:
    assert records_of(accept(ELEVES.encode(encoding)))[1].data.nom == "D'HÉROUVILLE"


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda text: text.replace("é", "e"), lambda text: f'"{text}"'])
def test_names_of_columns_are_compared_without_case_accents_and_quotes(change: Any) -> None:
    head, *lines = ELEVES.split("\r\n")
    renamed = ";".join(change(name) for name in head.split(";"))
    assert len(records_of(accept("\r\n".join([renamed, *lines])))) == 4


def test_columns_may_come_in_another_order_and_others_are_left_aside() -> None:
    content = "INE;Date naissance;Colonne neuve;Prénom élève;Nom élève\n070832327JA;22/12/2015;x;Zoé;ÉLOI\n"
    answer = accept(content)
    assert isinstance(answer, Accepted)
    assert [fault.code for fault in answer.warnings] == ["COLONNE_INCONNUE"]
    assert list(answer.records)[1].data.ine == "070832327JA"


def test_a_footer_is_left_aside() -> None:
    answer = accept(ELEVES + "2 élèves\r\n")
    assert isinstance(answer, Accepted)
    assert [fault.code for fault in answer.warnings] == ["NOMBRE_DE_CHAMPS"]
    assert len(list(answer.records)) == 4


def test_a_line_without_separator_in_the_middle_is_refused() -> None:
    head, first, second, _ = ELEVES.split("\r\n")
    assert codes_of(accept("\r\n".join([head, first, "?", second, ""]))) == ["NOMBRE_DE_CHAMPS"]


def test_a_line_longer_than_the_header_is_refused() -> None:
    assert codes_of(accept(ELEVES.replace("Oui;Non;Oui;\r\n", "Oui;Non;Oui;;;\r\n", 1))) == ["NOMBRE_DE_CHAMPS"]


RESPONSABLES = (
    layouts.CURRENT_RESPONSABLES
    + "\r\nMme;;LE QUÉRÉ;Léa;1 rue A;84000;AVIGNON;FRANCE;a@b.example;;;0600000000;;ÉLOI;Noé;CP A;;ÉLOI;Zoé;CE2 A\r\n"
    "M.;;DA SILVA;Noé;;;;;;;;;;ÉLOI;Noé;CP A\r\n"
)


def test_responsables_have_their_children_even_on_short_lines() -> None:
    _, first, second, _ = records_of(accept(RESPONSABLES))
    assert [(each.prenom, each.classes) for each in first.data.enfants] == [("Noé", "CP A"), ("Zoé", "CE2 A")]
    assert second.data.enfants == (onde.Enfant(nom_usage="", nom_de_famille="ÉLOI", prenom="Noé", classes="CP A"),)


def test_responsables_with_numbered_pupils_are_read() -> None:
    content = "Nom responsable;Nom de famille élève 1;Prénom élève 1;Nom de famille élève 2;Prénom élève 2\nA;ÉLOI;Noé;ÉLOI;Zoé\n"
    assert [each.prenom for each in records_of(accept(content))[1].data.enfants] == ["Noé", "Zoé"]


def test_teachers_are_read() -> None:
    content = layouts.CURRENT_ENSEIGNANTS + "\r\nMme;;ÉLOI;Léa;;;;;;;;Oui;CP A\r\nM.;;NOËL;Noé;;;;;;;;Non;\r\n"
    answer = accept(content)
    assert answer.kind == "onde.enseignants"
    assert [record.data.directeur for record in records_of(answer)[1:-1]] == [True, False]


@pytest.mark.parametrize("name", ["CSVExtraction.csv", "", "CSVExtraction_08400011V.csv"])
def test_a_school_that_nothing_names_is_refused(name: str) -> None:
    assert codes_of(accept(ELEVES, name)) == ["UAI_INCONNU"]


@pytest.mark.parametrize("name", ["0840001V_CSVExtraction (1).csv", "CSVExtraction-0840001v.csv"])
def test_the_school_is_in_the_files_name(name: str) -> None:
    assert records_of(accept(ELEVES, name))[0].key == "0840001V"


def test_a_bad_date_and_a_missing_name_are_refused_without_values() -> None:
    answer = accept(ELEVES.replace("2015-12-22", "2015-02-30").replace("ÉLOI;", ";"))
    assert codes_of(answer) == ["DATE_IMPOSSIBLE", "XML_VALEUR_MANQUANTE"]
    assert isinstance(answer, Refused)
    assert all(fault.message.startswith("Ligne n° ") for fault in answer.faults)
    assert "2015" not in str([fault.message for fault in answer.faults])


def test_another_csv_is_refused() -> None:
    assert codes_of(accept("UAI;COD_ANU\n0781944P;2026\n")) == ["FICHIER_INCONNU"]


# --- the archive ------------------------------------------------------------------------------------------------------

ARCHIVE = write_zip((("eleves.dat", bytes(range(256)) * 4000), ("x/y.txt", b"1")))


def test_an_archive_passes_byte_for_byte() -> None:
    answer = accept(ARCHIVE, "0840001V.ZIP")
    assert answer.kind == "onde.archive"
    first, *pieces = records_of(answer)
    assert b"".join(record.data.contenu for record in pieces) == ARCHIVE
    assert (first.data.uai, first.data.nom, first.data.taille, first.data.morceaux) == (
        "0840001V",
        "0840001V.ZIP",
        len(ARCHIVE),
        len(pieces),
    )


@pytest.mark.parametrize("name", ["", "export.zip", "0840001V.csv", "84001V.ZIP"])
def test_an_archive_that_names_no_school_is_refused(name: str) -> None:
    assert codes_of(accept(ARCHIVE, name)) == ["NOM_DE_FICHIER"]


def test_a_damaged_or_empty_archive_is_refused() -> None:
    assert codes_of(accept(ARCHIVE[:-30], "0840001V.ZIP")) == ["ZIP_ILLISIBLE"]
    assert codes_of(accept(ARCHIVE.replace(b"x/y.txt", b"../.txt"), "0840001V.ZIP")) == ["ZIP_NOM_INTERDIT"]
    assert codes_of(accept(write_zip(()), "0840001V.ZIP")) == ["ZIP_CONTENU"]


def test_absent_columns_and_empty_values_are_not_the_same() -> None:
    _, rows = read(ELEVES.encode("iso8859-15"))
    assert isinstance(rows[1], model.Eleve)
    assert (rows[1].ine, rows[1].regroupement) == ("", None)
