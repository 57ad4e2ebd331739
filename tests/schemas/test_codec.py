"""The codec against fastavro, on every contract and both ways; and every way a value can be unreadable."""

import io
import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import Any

import fastavro
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import codec
from schemas.codec import SchemaUnknown, Undecodable, Unencodable, decode, decode_any, encode
from schemas.contracts import contract_of
from schemas.records.aglae import Dossier, Voeu
from schemas.records.apogee import Inscription
from schemas.records.bourses import EcheanceAtteinte, Reprise
from tests.schemas.samples import EVERY_RECORD, any_record

INSCRIPTIONS = "apogee.inscriptions.v1"
DOSSIERS = "aglae.dossiers.v1"
INTERNE = "bourses.interne.v1"
PLAIN_TYPES = (bytes, datetime, date, Decimal)

inscription = Inscription(
    uai="0840001V",
    cod_anu="2026",
    cod_ind="0007",
    cod_etu="00042",
    nom="Zoë d'Été",
    cod_etp="L1",
    cod_vrs_vet="1",
    date_nai=date(2006, 2, 28),
)
dossier = Dossier(
    numero="2026MON001",
    annee=2026,
    numero_boursier="0123456789A",
    etat="CONDITIONNEL",
    montant_annuel=Decimal("-0.05"),
    voeux=(Voeu(rang=1, uai="0840001V", cod_etp="L1"), Voeu(rang=2, uai="0840001V", cod_etp="L2", libelle="Deuxième")),
    dat_mod=datetime(2026, 9, 1, 10, 0, 0, 123000, tzinfo=UTC),
)


def own_schema(topic: str) -> Any:
    return lambda _schema_id: contract_of(topic).schema


def by_fastavro(topic: str, name: str, record: Any) -> bytes:
    contract = contract_of(topic)
    schema = contract.records[contract.names.index(name)]
    full = f"{schema['namespace']}.{name}"
    datum = msgspec.to_builtins(record, builtin_types=PLAIN_TYPES)
    stream = io.BytesIO(b"\0\0\0\0\x07")
    stream.seek(5)
    fastavro.schemaless_writer(stream, fastavro.parse_schema(contract.schema), (full, datum) if contract.is_union else datum)
    return stream.getvalue()


@pytest.mark.parametrize(("topic", "name"), EVERY_RECORD)
def test_every_record_is_read_as_fastavro_wrote_it_and_the_other_way_round(topic: str, name: str) -> None:
    schema = fastavro.parse_schema(contract_of(topic).schema)

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(record=any_record(topic, name))
    def holds(record: Any) -> None:
        value = encode(topic, name, record, 7)
        assert decode(topic, value, own_schema(topic)) == (name, record)
        assert decode(topic, by_fastavro(topic, name, record), own_schema(topic)) == (name, record)
        stream = io.BytesIO(value[5:])
        assert msgspec.convert(fastavro.schemaless_reader(stream, schema, None), type(record), builtin_types=PLAIN_TYPES) == record
        assert stream.read() == b""

    holds()


@settings(max_examples=100, deadline=None)
@given(noise=st.binary(max_size=80))
def test_any_bytes_are_a_record_or_undecodable(noise: bytes) -> None:
    for topic in (INSCRIPTIONS, DOSSIERS, INTERNE):
        with suppress(Undecodable):
            name, record = decode(topic, b"\0\0\0\0\x01" + noise, own_schema(topic))
            encode(topic, name, record, 1)


@settings(max_examples=100, deadline=None)
@given(place=st.integers(5, 400), byte=st.integers(0, 255), record=any_record(DOSSIERS, "dossier"))
def test_a_changed_byte_never_raises_anything_but_undecodable(place: int, byte: int, record: Dossier) -> None:
    value = bytearray(encode(DOSSIERS, "dossier", record, 1))
    value[min(place, len(value) - 1)] = byte
    for schema in (contract_of(DOSSIERS).schema, older_dossiers()):
        with suppress(Undecodable):
            decode(DOSSIERS, bytes(value), partial(_given, schema))


def _given(schema: Any, _schema_id: int) -> Any:
    return schema


def older_dossiers() -> Any:
    """The contract before `libelle` of a vœu and the whole `retraitement` were there."""
    schema = json.loads(json.dumps(contract_of(DOSSIERS).schema))[:1]
    voeux = next(field for field in schema[0]["fields"] if field["name"] == "voeux")
    voeux["type"]["items"]["fields"] = [field for field in voeux["type"]["items"]["fields"] if field["name"] != "libelle"]
    return schema


def written_under(schema: Any, datum: Any) -> bytes:
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, fastavro.parse_schema(schema), datum)
    return b"\0\0\0\0\x09" + stream.getvalue()


def test_a_value_of_an_older_contract_is_resolved_with_the_defaults_of_ours() -> None:
    schema = older_dossiers()
    datum = msgspec.to_builtins(dossier, builtin_types=PLAIN_TYPES)
    found = decode(DOSSIERS, written_under(schema, datum), lambda _id: schema)
    without = msgspec.structs.replace(dossier, voeux=tuple(msgspec.structs.replace(voeu, libelle=None) for voeu in dossier.voeux))
    assert found == ("dossier", without)


def test_a_value_of_a_newer_contract_loses_only_what_ours_does_not_know() -> None:
    schema = json.loads(json.dumps(contract_of(INSCRIPTIONS).schema))
    schema["fields"].insert(0, {"name": "nouveau", "type": "double", "doc": "x"})
    schema["fields"][1]["type"]["symbols"].append("IA_INVENTEE")
    datum = {**msgspec.to_builtins(inscription, builtin_types=PLAIN_TYPES), "nouveau": 1.5, "type": "IA_INVENTEE"}
    found = decode(INSCRIPTIONS, written_under(schema, datum), lambda _id: schema)
    assert found == ("inscription", inscription)


def test_a_branch_that_our_contract_does_not_have_is_undecodable() -> None:
    schema = [{"type": "record", "name": "fr.autre.inconnu", "fields": [{"name": "x", "type": "int"}]}]
    with pytest.raises(Undecodable, match=r"AVRO_ILLISIBLE.*inconnu"):
        decode(DOSSIERS, written_under(schema, {"x": 1}), lambda _id: schema)


def rescaled(scale: int) -> Any:
    return json.loads(json.dumps(contract_of(DOSSIERS).schema).replace('"scale": 2', f'"scale": {scale}'))


def test_an_amount_of_another_scale_keeps_what_its_writer_meant() -> None:
    fives_at_scale_2 = encode(DOSSIERS, "dossier", dossier, 1)
    _, found = decode(DOSSIERS, fives_at_scale_2, lambda _id: rescaled(1))
    assert found.montant_annuel == Decimal("-0.5")


def test_an_amount_with_more_decimals_than_ours_is_undecodable() -> None:
    with pytest.raises(Undecodable, match="AVRO_ILLISIBLE"):
        decode(DOSSIERS, encode(DOSSIERS, "dossier", dossier, 1), lambda _id: rescaled(3))


def test_other_names_for_the_same_schema_are_read() -> None:
    schema = json.loads(json.dumps(contract_of(INSCRIPTIONS).schema).replace('"type": "string"', '"type": {"type": "string"}'))
    del schema["namespace"]
    schema["name"] = "fr.passerelle.apogee.inscription"
    assert decode(INSCRIPTIONS, encode(INSCRIPTIONS, "inscription", inscription, 2), lambda _id: schema) == ("inscription", inscription)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"", codec.AVRO_ENTETE),
        (b"\0\0\0", codec.AVRO_ENTETE),
        (b"<?xml version='1.0'?>", codec.AVRO_ENTETE),
        (b"\0\0\0\0\x01", codec.AVRO_ILLISIBLE),
        (encode(INSCRIPTIONS, "inscription", inscription, 1) + b"\0", codec.AVRO_ILLISIBLE),
        (encode(INSCRIPTIONS, "inscription", inscription, 1)[:-1], codec.AVRO_ILLISIBLE),
    ],
)
def test_what_is_no_record_says_which_kind_of_fault_it_is(value: bytes, code: str) -> None:
    with pytest.raises(Undecodable) as fault:
        decode(INSCRIPTIONS, value, own_schema(INSCRIPTIONS))
    assert fault.value.code == code
    assert fault.value.reason


def test_a_schema_that_the_registry_does_not_have_is_said_so() -> None:
    def unknown(_schema_id: int) -> Any:
        raise SchemaUnknown

    with pytest.raises(Undecodable) as fault:
        decode(INSCRIPTIONS, encode(INSCRIPTIONS, "inscription", inscription, 4711), unknown)
    assert fault.value.code == codec.AVRO_SCHEMA_INCONNU
    assert "4711" in fault.value.reason


@pytest.mark.parametrize("schema", ["nonsense", {"type": "record"}, 12, [], {"type": "string"}, {"type": "array", "items": "nope"}])
def test_a_registered_schema_that_is_no_record_is_undecodable(schema: Any) -> None:
    with pytest.raises(Undecodable) as fault:
        decode(INSCRIPTIONS, encode(INSCRIPTIONS, "inscription", inscription, 3), lambda _id: schema)
    assert fault.value.code == codec.AVRO_ILLISIBLE


def test_a_null_value_is_a_deletion() -> None:
    assert decode_any(INSCRIPTIONS, None, own_schema(INSCRIPTIONS)) is None
    assert decode_any(INSCRIPTIONS, encode(INSCRIPTIONS, "inscription", inscription, 1), own_schema(INSCRIPTIONS)) == (
        "inscription",
        inscription,
    )


def test_the_id_of_the_schema_is_asked_of_the_registry_as_it_is_written() -> None:
    asked: list[int] = []

    def registry(schema_id: int) -> Any:
        asked.append(schema_id)
        return contract_of(INSCRIPTIONS).schema

    decode(INSCRIPTIONS, encode(INSCRIPTIONS, "inscription", inscription, 305_419_896), registry)
    assert asked == [0x12345678]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"uai": 840001}, "uai"),
        ({"uai": None}, "uai"),
        ({"uai": "\ud800"}, "uai"),
        ({"type": "IA_INVENTEE"}, "type"),
        ({"date_nai": datetime(2006, 2, 28, tzinfo=UTC)}, "date_nai"),
        ({"tem_iae_prm": "oui"}, "tem_iae_prm"),
        ({"dat_mod_iae": datetime(2026, 9, 1)}, "dat_mod_iae"),  # noqa: DTZ001 (the naive one is the case)
    ],
)
def test_a_record_that_its_contract_cannot_hold_names_its_field_and_not_its_value(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Unencodable, match=f"champ {field} ") as fault:
        encode(INSCRIPTIONS, "inscription", msgspec.structs.replace(inscription, **change), 1)
    assert str(next(iter(change.values()))) not in str(fault.value) or change[field] is None


@pytest.mark.parametrize(
    "instant", [datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))), datetime.min.replace(tzinfo=timezone(timedelta(hours=1)))]
)
def test_an_instant_that_no_reader_could_give_is_not_written(instant: datetime) -> None:
    with pytest.raises(Unencodable, match="champ dat_mod_iae "):
        encode(INSCRIPTIONS, "inscription", msgspec.structs.replace(inscription, dat_mod_iae=instant), 1)


@pytest.mark.parametrize("amount", [Decimal("1.005"), Decimal("100000000.00"), Decimal("NaN"), Decimal("Infinity"), 12.5])
def test_an_amount_is_never_rounded(amount: Any) -> None:
    with pytest.raises(Unencodable, match="champ montant_annuel "):
        encode(DOSSIERS, "dossier", msgspec.structs.replace(dossier, montant_annuel=amount), 1)


@pytest.mark.parametrize("amount", ["100000000", "999999999", "123456789.0", "1E+20"])
def test_an_amount_of_few_digits_may_still_be_too_large_for_its_scale(amount: str) -> None:
    """Ten digits, two of them after the point: fastavro counts those that are written, and whoever reads it back gets it rounded."""
    with pytest.raises(Unencodable, match="champ montant_annuel "):
        encode(DOSSIERS, "dossier", msgspec.structs.replace(dossier, montant_annuel=Decimal(amount)), 1)


@pytest.mark.parametrize("amount", ["99999999", "1E+3", "-99999999.9", "0E+30"])
def test_an_amount_written_otherwise_comes_back_as_it_was(amount: str) -> None:
    value = encode(DOSSIERS, "dossier", msgspec.structs.replace(dossier, montant_annuel=Decimal(amount)), 1)
    assert decode(DOSSIERS, value, own_schema(DOSSIERS))[1].montant_annuel == Decimal(amount)


def test_an_amount_beyond_its_precision_is_unreadable_and_not_rounded() -> None:
    """Some writers of others do not count the digits."""
    own = encode(DOSSIERS, "dossier", msgspec.structs.replace(dossier, montant_annuel=Decimal("1.27")), 1)
    assert own.count(b"\2\2\x7f") == 1
    longer = own.replace(b"\2\2\x7f", b"\2\x0c\x7f\1\2\3\4\5")
    with pytest.raises(Undecodable, match="AVRO_ILLISIBLE"):
        decode(DOSSIERS, longer, own_schema(DOSSIERS))


@pytest.mark.parametrize(
    ("schema", "value", "meant"),
    [
        ({"type": "long", "logicalType": "timestamp-millis"}, datetime(2026, 9, 1), False),  # noqa: DTZ001 (the naive one is the case)
        ({"type": "long", "logicalType": "timestamp-millis"}, datetime(2026, 9, 1, tzinfo=UTC), True),
        ({"type": "int", "logicalType": "date"}, datetime(2026, 9, 1, tzinfo=UTC), False),
        ({"type": "array", "items": "string"}, "texte", False),
        ("int", 2**31, False),
        ("int", -(2**31), True),
        ({"type": "int", "logicalType": "date"}, 20_000, False),
        ({"type": "int", "logicalType": "date"}, date(1, 1, 1), True),
        ({"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}, b"", False),
        ({"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}, Decimal("99.99"), True),
        ({"type": "string"}, "texte", True),
        ("long", Decimal("0.5"), False),
        ("int", "2", False),
        ("int", True, False),
        ("long", False, False),
        ("boolean", "non", False),
        ("boolean", 0, False),
        ("boolean", False, True),
        ({"type": "array", "items": "int"}, b"octets", False),
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        lambda kind: (kind, lambda value: value),
        lambda kind: (["null", kind], lambda value: value),
        lambda kind: ({"type": "array", "items": kind}, lambda value: (value,)),
        lambda kind: ({"type": "map", "values": kind}, lambda value: {"a": value}),
        lambda kind: ({"type": "record", "name": "r", "fields": [{"name": "uai", "type": kind}]}, lambda value: Uai(value)),
    ],
)
def test_what_fastavro_would_take_for_something_else_is_seen_wherever_it_stands(schema: Any, value: Any, meant: bool, around: Any) -> None:
    kind, held = around(schema)
    assert codec._is_meant(kind, held(value), {}) is meant


def test_nothing_is_no_answer_where_one_is_asked_for() -> None:
    assert not codec._is_meant("boolean", None, {})
    assert codec._is_meant(["null", "boolean"], None, {})


class Uai(msgspec.Struct, frozen=True):
    """One field, of whatever."""

    uai: Any


def test_an_array_is_not_a_text() -> None:
    with pytest.raises(Unencodable, match="champ pieces_manquantes "):
        encode(DOSSIERS, "dossier", msgspec.structs.replace(dossier, pieces_manquantes="abc"), 1)


def test_a_record_of_another_name_is_refused() -> None:
    with pytest.raises(Unencodable, match="n'a pas d'enregistrement dossier"):
        encode(INSCRIPTIONS, "dossier", dossier, 1)
    with pytest.raises(Unencodable):
        encode(DOSSIERS, "retraitement", dossier, 1)


def test_arrays_and_maps_in_several_blocks_with_their_size_are_read() -> None:
    reprise = Reprise(motif="REPRISE", entetes={"a": "1", "b": "2"}, valeur=b"\0")
    value = encode(INTERNE, "reprise", reprise, 1)
    entries = b"\x02a\x021", b"\x02b\x022"
    one_block = b"\x04" + entries[0] + entries[1] + b"\0"
    assert one_block in value
    two_sized_blocks = b"\x01\x08" + entries[0] + b"\x01\x08" + entries[1] + b"\0"
    assert decode(INTERNE, value.replace(one_block, two_sized_blocks), own_schema(INTERNE)) == ("reprise", reprise)


def test_a_count_larger_than_what_is_left_is_refused_at_once() -> None:
    reprise = encode(INTERNE, "reprise", Reprise(motif="REPRISE", entetes={"a": "1"}), 1)
    huge = reprise.replace(b"\x02\x02a\x021\0", b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01")
    with pytest.raises(Undecodable, match="AVRO_ILLISIBLE"):
        decode(INTERNE, huge, own_schema(INTERNE))


def test_an_instant_keeps_its_milliseconds_and_is_in_utc() -> None:
    due = datetime(2026, 10, 25, 2, 30, 0, 999_000, tzinfo=UTC)
    value = encode(INTERNE, "echeance_atteinte", EcheanceAtteinte(nom="n", due=due), 1)
    _, found = decode(INTERNE, value, own_schema(INTERNE))
    assert found.due == due
    assert found.due.tzinfo is UTC
