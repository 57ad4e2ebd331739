import io

import pytest

from connectors.transport.csv_reader import Columns, CsvSource, Header, open_csv
from connectors.transport.faults import Unreadable
from schemas.outcome import Fault

COLUMNS = Columns(required=("UAI", "COD_ETU"), optional=("NNE", "NOM"), aliases={"COD_NNE_IND": "NNE"})


def source(text: str | bytes) -> CsvSource:
    raw = text.encode() if isinstance(text, str) else text
    return open_csv(lambda: io.BytesIO(raw), len(raw))


def rows(text: str | bytes) -> list[tuple[int, dict[str, str] | Fault]]:
    opened = source(text)
    header = opened.read_header(COLUMNS)
    assert isinstance(header, Header), header
    return list(opened.rows(header))


def header_faults(text: str) -> tuple[Fault, ...]:
    found = source(text).read_header(COLUMNS)
    assert isinstance(found, tuple), found
    return found


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_the_separator_is_read_from_the_header_alone(separator: str) -> None:
    text = separator.join(("COD_ETU", "UAI", "NOM")) + "\n" + separator.join(("007", "0781944P", '"DE LA ; TOUR, L"')) + "\n"
    assert rows(text) == [(2, {"COD_ETU": "007", "UAI": "0781944P", "NOM": "DE LA ; TOUR, L"})]


def test_an_exact_alias_is_the_column_it_means() -> None:
    assert rows("UAI;COD_ETU;COD_NNE_IND\n1;2;3\n") == [(2, {"UAI": "1", "COD_ETU": "2", "NNE": "3"})]


def test_lines_without_any_value_are_passed_over_and_keep_their_numbers() -> None:
    assert [number for number, _ in rows("UAI;COD_ETU\n\n1;2\n;\n  \n3;4")] == [3, 6]


def test_every_fault_of_the_header_is_told_at_once() -> None:
    faults = header_faults("UAI;uai ;INCONNUE;UAI\n")
    assert [fault.code for fault in faults] == ["COLONNE_INCONNUE", "COLONNE_INCONNUE", "COLONNE_EN_DOUBLE", "COLONNE_MANQUANTE"]
    assert "« UAI »" in faults[0].message
    assert "« INCONNUE »" in faults[1].message
    assert "« COD_ETU »" in faults[3].message
    assert all(fault.line == 1 for fault in faults)


def test_a_column_and_its_alias_are_the_same_column_twice() -> None:
    assert [fault.code for fault in header_faults("UAI;COD_ETU;NNE;COD_NNE_IND\n")] == ["COLONNE_EN_DOUBLE"]


@pytest.mark.parametrize("header", ["0781944P;21900001;MARTINEZ\n", "MARTINEZ\n", '"UAI\n', "UAI|COD_ETU\n"])
def test_a_file_without_header_is_refused_without_quoting_its_first_line(header: str) -> None:
    faults = header_faults(header)
    assert faults[0].code in {"EN_TETE_ABSENT", "GUILLEMET_INVALIDE"}
    assert "MARTINEZ" not in faults[0].message


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("1;2;3", "NOMBRE_DE_CHAMPS"),
        ("1", "NOMBRE_DE_CHAMPS"),
        ('1;"2', "GUILLEMET_INVALIDE"),
        ('"1"x;2', "GUILLEMET_INVALIDE"),
        ("1;1,11104E+09", "FICHIER_ALTERE_PAR_EXCEL"),
        ("1;1.11104e+09", "FICHIER_ALTERE_PAR_EXCEL"),
        ("1;#VALEUR!", "FICHIER_ALTERE_PAR_EXCEL"),
        ("1;########", "FICHIER_ALTERE_PAR_EXCEL"),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_the_next_one_is_read(line: str, code: str) -> None:
    (number, found), (next_number, next_row) = rows(f"UAI;COD_ETU\n{line}\n3;4\n")
    assert isinstance(found, Fault)
    assert (number, found.code, found.line) == (2, code, 2)
    assert (next_number, next_row) == (3, {"UAI": "3", "COD_ETU": "4"})


def test_a_number_in_base_36_that_holds_an_e_is_not_taken_for_a_spreadsheet_number() -> None:
    assert rows("UAI;COD_ETU\n1;07E1200003\n") == [(2, {"UAI": "1", "COD_ETU": "07E1200003"})]


def test_a_doubled_quote_is_a_quote() -> None:
    assert rows('UAI;COD_ETU;NOM\n1;2;"dit ""le bref"""\n')[0][1] == {"UAI": "1", "COD_ETU": "2", "NOM": 'dit "le bref"'}


def test_the_same_source_is_read_again_from_its_first_byte() -> None:
    opened = source("UAI;COD_ETU\n1;2\n")
    header = opened.read_header(COLUMNS)
    assert isinstance(header, Header)
    assert list(opened.rows(header)) == list(opened.rows(header))


def test_too_many_lines_and_too_many_bytes_are_refused() -> None:
    raw = b"UAI;COD_ETU\n" + b"1;2\n" * 4
    with pytest.raises(Unreadable) as bytes_fault:
        open_csv(lambda: io.BytesIO(raw), len(raw), max_bytes=10)
    opened = open_csv(lambda: io.BytesIO(raw), len(raw))
    header = opened.read_header(COLUMNS)
    assert isinstance(header, Header)
    with pytest.raises(Unreadable) as lines_fault:
        list(CsvSource(opened.open_bytes, opened.encoding, opened.header, max_lines=3).rows(header))
    assert [bytes_fault.value.fault.code, lines_fault.value.fault.code] == ["FICHIER_TROP_GROS", "TROP_DE_LIGNES"]
