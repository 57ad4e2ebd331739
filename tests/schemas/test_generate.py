"""The generated records are those of the contracts, and what cannot be generated is said clearly."""

import json
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from schemas import generate
from schemas.contracts import AVRO_FOLDER, BadContract
from schemas.records import RECORDS, aglae, apogee, bourses


def contract(folder: Path, topic: str, *fields: dict[str, Any], name: str = "chose", **more: Any) -> Path:
    schema = {"type": "record", "name": name, "namespace": "fr.essai", "doc": "Une chose.", "fields": list(fields), **more}
    (folder / f"{topic}.avsc").write_text(json.dumps(schema), encoding="utf-8")
    return folder


def plain(name: str, kind: Any = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "doc": f"Champ {name}.", **more}


def load(folder: Path, owner: str) -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": f"schemas.records.{owner}"}
    exec(generate.generated(folder)[f"{owner}.py"], scope)
    return scope


def test_no_generated_file_is_stale() -> None:
    assert generate.stale() == []


def test_every_contract_has_its_records() -> None:
    assert {f"{topic}.avsc" for topic in RECORDS} == {path.name for path in AVRO_FOLDER.glob("*.avsc")}
    assert RECORDS["bourses.decisions.v1"]["dossier_marque"] is bourses.DossierMarque


def test_the_documentation_of_a_field_stands_under_it() -> None:
    text = generate.generated()["aglae.py"]
    assert '    rang: int\n    """1 pour le premier."""\n' in text


def test_records_are_frozen_and_typed() -> None:
    fields = {field.name: field for field in msgspec.structs.fields(aglae.Dossier)}
    assert fields["voeux"].type == tuple[aglae.Voeu, ...]
    assert fields["voeux"].default == ()
    assert fields["montant_annuel"].default is None
    assert "IA_ANNULEE" in get_args(apogee.TypeIa)
    with pytest.raises(AttributeError):
        bourses.Refus(code="c", message="m", remede="r", processeur="p", evenement="e", type_evenement="t", source="s").code = "x"  # type: ignore[misc]


def test_a_field_named_as_a_type_of_others_does_not_disturb_them(tmp_path: Path) -> None:
    day = {"type": "int", "logicalType": "date"}
    contract(tmp_path, "essai.choses.v1", plain("date", ["null", day], default=None), plain("jour", day))
    chose = load(tmp_path, "essai")["Chose"]
    assert [field.type.__name__ for field in msgspec.structs.fields(chose) if field.name == "jour"] == ["date"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (plain("x", "float"), "float"),
        (plain("x", "double"), "double"),
        (plain("x", {"type": "fixed", "name": "f", "size": 4}), "fixed"),
        (plain("x", {"type": "long", "logicalType": "timestamp-micros"}), "timestamp-micros"),
        (plain("x", ["string", "int"]), "unions"),
        (plain("x", ["null", "string", "int"]), "unions"),
        (plain("x", "inconnu"), "inconnu"),
        (plain("class"), "class"),
        (plain("datetime"), "datetime"),
        (plain("x", {"type": "array", "items": "string"}, default=["a"]), "default"),
    ],
)
def test_a_type_that_contracts_do_not_use_is_refused_with_its_place(tmp_path: Path, field: dict[str, Any], said: str) -> None:
    contract(tmp_path, "essai.choses.v1", field)
    with pytest.raises(BadContract, match=said) as fault:
        generate.generated(tmp_path)
    assert "essai.choses.v1" in str(fault.value)


def test_two_topics_of_one_owner_share_a_record_that_is_the_same(tmp_path: Path) -> None:
    contract(tmp_path, "essai.unes.v1", plain("x"))
    contract(tmp_path, "essai.autres.v1", plain("x"))
    assert generate.generated(tmp_path)["essai.py"].count("class Chose(") == 1


def test_two_topics_of_one_owner_cannot_give_one_name_to_two_records(tmp_path: Path) -> None:
    contract(tmp_path, "essai.autres.v1", plain("x"))
    contract(tmp_path, "essai.unes.v1", plain("y"))
    with pytest.raises(BadContract, match=r"essai\.unes\.v1: Chose is already defined otherwise by essai\.autres\.v1"):
        generate.generated(tmp_path)


def test_a_new_major_takes_a_suffix_where_it_differs(tmp_path: Path) -> None:
    contract(tmp_path, "essai.choses.v1", plain("x"))
    contract(tmp_path, "essai.choses.v2", plain("y"))
    contract(tmp_path, "essai.choses.v10", plain("z"))
    scope = load(tmp_path, "essai")
    assert [scope[name].__struct_fields__ for name in ("Chose", "ChoseV2", "ChoseV10")] == [("x",), ("y",), ("z",)]
    assert '"essai.choses.v2": {\n        "chose": essai.ChoseV2,' in generate.generated(tmp_path)["__init__.py"]


def test_check_lists_what_is_stale_and_exits_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "records"
    generate.write(target)
    (target / "aglae.py").write_text("x = 1\n", encoding="utf-8")
    (target / "parti.py").write_text("", encoding="utf-8")
    assert generate.main(["--check"], target) == 3
    assert capsys.readouterr().err.splitlines() == ["stale: schemas/records/aglae.py", "stale: schemas/records/parti.py"]
    assert generate.main([], target) == 0
    assert generate.main(["--check"], target) == 0
    assert not (target / "parti.py").exists()


@pytest.mark.parametrize("text", ["", "{", '"string"', "[]", '[{"type": "enum", "name": "e", "symbols": ["A"]}]'])
def test_a_file_that_is_no_contract_is_said_by_its_name(tmp_path: Path, text: str) -> None:
    (tmp_path / "essai.choses.v1.avsc").write_text(text, encoding="utf-8")
    with pytest.raises(BadContract, match=r"essai\.choses\.v1\.avsc"):
        generate.generated(tmp_path)
