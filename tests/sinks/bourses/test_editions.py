"""Control editions: what is new, open, gone; what people wrote; what a spreadsheet may do to them."""

import csv
import hashlib
import io
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sinks.bourses.editions import LISTES, Ancienne, Edition, EditionIllisible, editer, relire
from sinks.delimited import cell, kept, unkept

ECARTS, CONDITIONNELS, RECLAMER, REMBOURSER = LISTES
JOUR = date(2026, 11, 27)


def ecart(
    cod_ind: str, composante: str | None = "SCI", depuis: datetime = datetime(2026, 11, 20, 9, tzinfo=UTC), **changes: Any
) -> dict[str, Any]:
    return {
        "uai": "0781944P",
        "annee": 2026,
        "cod_ind": cod_ind,
        "cod_etp": "L1INFO",
        "cod_vrs_vet": "120",
        "cod_etu": f"0226{cod_ind}",
        "composante": composante,
        "nature": "NUMEROS_DIFFERENTS",
        "differents": True,
        "nne": "0100007108D",
        "numero_boursier": "0906018155T",
        "motif": "Le numéro de boursier n'est pas le NNE.",
        "depuis": depuis,
        **changes,
    }


def lines(edition: Edition) -> list[dict[str, str]]:
    text = edition.file.content.decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    return [dict(zip(read[0], row, strict=True)) for row in read[1:-1]]


def one(rows: list[dict[str, Any]], ancienne: Ancienne | None = None, jour: date = JOUR) -> Edition:
    found = editer(ECARTS, rows, jour, {"SCI": ancienne} if ancienne else {})
    assert len(found) == 1
    return found[0]


def test_there_is_one_edition_a_composante_and_its_name_names_no_person() -> None:
    found = editer(ECARTS, [ecart("1"), ecart("2", "DRT"), ecart("3", None), ecart("4", "../x")], JOUR, {})
    assert [each.file.name for each in found] == [
        "numeros_boursiers_nne_sans_composante_2026-11-27.csv",
        "numeros_boursiers_nne_-x_2026-11-27.csv",
        "numeros_boursiers_nne_DRT_2026-11-27.csv",
        "numeros_boursiers_nne_SCI_2026-11-27.csv",
    ]
    assert [each.ouverts for each in found] == [1, 1, 1, 1]


def test_a_line_is_new_then_open_then_gone_with_its_days_and_what_people_wrote() -> None:
    first = one([ecart("1"), ecart("2")])
    assert {line["ETAT"] for line in lines(first)} == {"NOUVEAU"}
    noted = first.file.content.decode("utf-8-sig").replace(
        "NUMEROS_DIFFERENTS;Le numéro de boursier n'est pas le NNE.;;",
        "NUMEROS_DIFFERENTS;Le numéro de boursier n'est pas le NNE.;Scolarité SCI;CROUS appelé",
        1,
    )
    second = one([ecart("1"), ecart("3")], relire(ECARTS, noted.encode()), date(2026, 12, 1))
    shown = {unkept(line["COD_IND"]): line for line in lines(second)}
    assert {name: line["ETAT"] for name, line in shown.items()} == {"1": "OUVERT", "3": "NOUVEAU", "2": "DISPARU"}
    assert (shown["1"]["TRAITE_PAR"], shown["1"]["COMMENTAIRE"], shown["1"]["JOURS"]) == ("Scolarité SCI", "CROUS appelé", "11")
    assert (second.nouveaux, second.ouverts, second.disparus) == (1, 2, 1)
    third = one([ecart("1")], relire(ECARTS, second.file.content))
    assert {unkept(line["COD_IND"]): line["ETAT"] for line in lines(third)} == {"1": "OUVERT", "3": "DISPARU"}


def test_a_composante_whose_last_line_is_gone_still_gets_its_edition() -> None:
    former = relire(ECARTS, one([ecart("1")]).file.content)
    last = one([], former)
    assert (last.ouverts, last.disparus) == (0, 1)


def test_days_are_those_of_the_school() -> None:
    late = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
    line = lines(one([ecart("1", depuis=late)]))[0]
    assert (line["DEPUIS"], line["JOURS"]) == ("2026-11-27", "0")


def test_only_the_rows_of_the_list_are_in_it() -> None:
    rows = [
        {**ecart("1"), "bourse": "CONDITIONNELLE", "declaree": True, "numero_dossier": None},
        {**ecart("2"), "bourse": "DEFINITIVE", "declaree": True, "numero_dossier": None},
    ]
    found = editer(CONDITIONNELS, rows, JOUR, {})
    assert [unkept(line["COD_IND"]) for line in lines(found[0])] == ["1"]
    assert lines(found[0])[0]["DECLAREE"] == "oui"
    claims = [{**ecart("1"), "nature": "RECLAMATION", "ouvert": True}, {**ecart("2"), "nature": "RECLAMATION", "ouvert": False}]
    refunds = [{**ecart("3"), "nature": "REMBOURSEMENT", "ouvert": True}]
    assert [each.ouverts for each in editer(RECLAMER, claims + refunds, JOUR, {})] == [1]
    assert [each.ouverts for each in editer(REMBOURSER, claims + refunds, JOUR, {})] == [1]


def test_identifiers_keep_their_zeros_in_a_spreadsheet_and_no_text_is_a_formula() -> None:
    line = lines(one([ecart("007", motif="=cmd|'/c calc'!A1")]))[0]
    assert (line["COD_IND"], line["NNE"]) == ('="007"', '="0100007108D"')
    assert line["MOTIF"].startswith("'=")
    assert kept('1";=x') == '1";=x'
    assert kept("=1+1") == "'=1+1"
    assert kept(None) == ""
    assert [unkept(kept("0100")), unkept(cell("=x")), unkept(" 0100 ")] == ["0100", "=x", "0100"]


def test_the_last_line_says_that_the_file_is_whole() -> None:
    content = one([ecart("1"), ecart("2")]).file.content
    body, last = content.rsplit(b"\r\n", 2)[0] + b"\r\n", content.rsplit(b"\r\n", 2)[1].decode().split(";")
    assert last[:5] == ["FIN", "2", "2", "0", hashlib.sha256(body).hexdigest()]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_an_edition_that_a_spreadsheet_saved_is_read_again(separator: str, encoding: str) -> None:
    text = one([ecart("1")]).file.content.decode("utf-8-sig")
    rows = [[unkept(value) for value in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    former = relire(ECARTS, out.getvalue().encode(encoding))
    assert [line["ETAT"] for line in lines(one([ecart("1")], former))] == ["OUVERT"]


def test_identifiers_that_a_spreadsheet_made_numbers_are_refused_with_a_remedy() -> None:
    damaged = one([ecart("11110377340")]).file.content.decode("utf-8-sig").replace('"=""11110377340"""', "1,11E+10")
    with pytest.raises(EditionIllisible, match="Ligne 2 : un tableur"):
        relire(ECARTS, damaged.encode())
    with pytest.raises(EditionIllisible, match="première ligne"):
        relire(ECARTS, b"A;B\n1;2\n")
