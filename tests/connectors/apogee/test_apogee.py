import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.apogee.connector import Apogee
from schemas import subjects
from schemas.outcome import Accepted, Record, Refused
from schemas.student_key import StudentKeys
from tests.connectors.apogee.samples import EVENT, EXPORT
from tests.connectors.deliveries import RECEIVED, SECRET, codes_of, delivery, records_of

APOGEE = Apogee(SECRET)
KEYS = StudentKeys(SECRET)


def accept(value: Any) -> Accepted | Refused:
    return APOGEE.accept(delivery(json.dumps(value), media_type="application/json"))


def event(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (EVENT | changes).items() if value != "absent"}


def only(answer: Accepted | Refused) -> Record:
    (record,) = records_of(answer)
    return record


def test_an_event_becomes_a_registration_of_its_student() -> None:
    record = only(accept(EVENT))
    assert (record.topic, record.name, record.position) == ("apogee.inscriptions.v1", "inscription", "element 1")
    assert record.key == KEYS.of_nne("1111037734L")
    assert record.subject == subjects.of_registration("0781944P", "2026", "900001", "L1INFO", "120")
    assert record.time == datetime(2026, 9, 1, 8, 0, tzinfo=UTC) == record.data.dat_mod_iae
    assert (record.data.type, record.data.nne, record.data.cle_nne) == ("IA_CREEE", "1111037734", "L")
    assert (record.data.date_nai, record.data.tem_iae_prm, record.data.eta_iae) == (date(2007, 3, 12), True, "E")


def test_the_callers_event_id_names_the_event_within_its_establishment() -> None:
    assert only(accept(EVENT)).own_id == "0781944P/e-1"
    assert only(accept(event(uai="0341088Y"))).own_id == "0341088Y/e-1"


def test_without_a_date_of_change_the_time_is_that_of_reception() -> None:
    assert only(accept(event(dat_mod_iae=None))).time == RECEIVED


def test_the_key_ignores_case_and_needs_no_nne() -> None:
    assert only(accept(event(cle_nne="l"))).key == KEYS.of_nne("1111037734L")
    for nothing in (None, "", "absent"):
        assert only(accept(event(nne=nothing, cle_nne=nothing))).key == KEYS.without_nne("0781944P", "21907")


def test_an_ines_keeps_its_two_key_letters() -> None:
    assert only(accept(event(nne="123456789", cle_nne="AB"))).key == KEYS.of_nne("123456789AB")


@pytest.mark.parametrize(("kind", "state"), [("IA_CREEE", "E"), ("IA_MODIFIEE", "E"), ("IA_ANNULEE", "A"), ("IA_RESILIEE", "R")])
def test_the_state_that_an_event_does_not_say_is_that_of_its_type(kind: str, state: str) -> None:
    assert only(accept(event(type=kind))).data.eta_iae == state


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cle_nne": "M"}, "CLE_NNE_INVALIDE"),
        ({"nne": "12"}, "CLE_NNE_INVALIDE"),
        ({"uai": "0781944Z"}, "CLE_UAI_INVALIDE"),
        ({"type": "IA_ANNULEE", "eta_iae": "E"}, "ETAT_INCOHERENT"),
    ],
)
def test_what_is_doubtful_is_taken_and_said(changes: dict[str, str], code: str) -> None:
    answer = accept(event(**changes))
    assert isinstance(answer, Accepted)
    assert [(warning.code, warning.line) for warning in answer.warnings] == [(code, 1)]


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"event_id": "absent"}, "CHAMP_MANQUANT", "event_id"),
        ({"event_id": "  "}, "IDENTIFIANT_INVALIDE", "event_id"),
        ({"event_id": "x" * 129}, "IDENTIFIANT_INVALIDE", "event_id"),
        ({"type": "IA_CONSTATEE"}, "CODE_INCONNU", "IA_CREEE"),
        ({"type": "absent"}, "CHAMP_MANQUANT", "type"),
        ({"cod_etu": 21907}, "TYPE_INATTENDU", "cod_etu"),
        ({"cod_etp": "L1 INFO"}, "IDENTIFIANT_INVALIDE", "cod_etp"),
        ({"cod_etp": "a/b"}, "IDENTIFIANT_INVALIDE", "cod_etp"),
        ({"uai": "781944P"}, "IDENTIFIANT_INVALIDE", "uai"),
        ({"cod_anu": "26"}, "IDENTIFIANT_INVALIDE", "cod_anu"),
        ({"eta_iae": "X"}, "CODE_INCONNU", "E, A, R, C"),
        ({"tem_iae_prm": "O"}, "TYPE_INATTENDU", "tem_iae_prm"),
        ({"date_nai": "31/02/2007"}, "DATE_IMPOSSIBLE", "date_nai"),
        ({"date_nai": "2107-01-01"}, "DATE_ABSURDE", "date_nai"),
        ({"dat_mod_iae": 1788249600}, "TYPE_INATTENDU", "dat_mod_iae"),
        ({"eta_payement": "P"}, "CHAMP_INCONNU", "eta_pmt_iae"),
        ({"nom": "A" * 201}, "TEXTE_TROP_LONG", "nom"),
    ],
)
def test_a_wrong_field_is_refused_naming_the_field_or_the_known_ones(changes: dict[str, Any], code: str, word: str) -> None:
    answer = accept([EVENT, event(**{"event_id": "e-2"} | changes)])
    assert isinstance(answer, Refused)
    assert [(fault.code, fault.line) for fault in answer.faults] == [(code, 2)]
    assert word in answer.faults[0].message


def test_every_fault_of_every_event_is_told_at_once() -> None:
    answer = accept([event(uai="x", cod_anu="y"), event(event_id="e-2", date_nai="z")])
    assert codes_of(answer) == ["IDENTIFIANT_INVALIDE", "IDENTIFIANT_INVALIDE", "DATE_INVALIDE"]


def test_a_request_holds_a_thousand_events_and_not_one_more() -> None:
    thousand = [event(event_id=f"e-{number}") for number in range(1000)]
    assert len(records_of(accept(thousand))) == 1000
    assert codes_of(accept([*thousand, event(event_id="last")])) == ["TROP_D_EVENEMENTS"]


def test_one_event_id_with_two_contents_is_refused_and_a_plain_repetition_is_not() -> None:
    assert codes_of(accept([EVENT, event(nom="AUTRE")])) == ["EVENEMENT_EN_DOUBLE"]
    assert len(records_of(accept([EVENT, EVENT]))) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso8859-1", "cp1252", "utf-16"])
def test_each_line_of_an_export_is_a_registration_seen_as_it_is(encoding: str) -> None:
    first, second = records_of(APOGEE.accept(delivery(EXPORT.encode(encoding), "Export.CSV")))
    assert (first.data.type, first.data.event_id, first.own_id, first.position) == ("IA_CONSTATEE", None, None, "ligne 2")
    assert (first.data.prenom, first.data.date_nai, first.data.eta_iae, first.data.tem_iae_prm) == ("Zélie", date(2007, 3, 12), "E", True)
    assert first.time == datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
    assert first.key == KEYS.of_nne("1111037734L")
    assert (second.data.nne, second.data.eta_iae, second.time) == (None, "R", RECEIVED)
    assert second.key == KEYS.without_nne("0781944P", "21908")


def test_an_event_and_a_line_of_the_same_registration_have_the_same_key_and_subject() -> None:
    event_record, line_record = only(accept(EVENT)), records_of(APOGEE.accept(delivery(EXPORT, "x.csv")))[0]
    assert (event_record.key, event_record.subject) == (line_record.key, line_record.subject)


def test_an_export_may_use_the_names_of_the_contract_in_capitals_in_any_order() -> None:
    text = "cod_vrs_vet;cod_etp;nne;cle_nne;cod_etu;cod_ind;cod_anu;uai".upper() + "\n120;L1INFO;1111037734;L;21907;900001;2026;0781944P\n"
    answer = APOGEE.accept(delivery(text, "x.csv"))
    assert only(answer).data.cod_etp == "L1INFO"
    assert isinstance(answer, Accepted)
    assert [warning.code for warning in answer.warnings] == ["COLONNE_ABSENTE_PAR_DEFAUT"]


def test_an_export_without_a_line_is_taken_and_said() -> None:
    answer = APOGEE.accept(delivery(EXPORT.splitlines()[0] + "\n", "x.csv"))
    assert isinstance(answer, Accepted)
    assert list(answer.records) == []
    assert [warning.code for warning in answer.warnings] == ["FICHIER_VIDE"]


def test_a_fault_names_line_column_and_remedy_without_the_value() -> None:
    answer = APOGEE.accept(delivery(EXPORT.replace("01/01/2006", "31/06/2006"), "x.csv"))
    assert isinstance(answer, Refused)
    (fault,) = answer.faults
    assert fault.message == "Ligne 3, colonne DATE_NAI : date du calendrier ; trouvé : date impossible."
    assert (fault.code, fault.line, fault.remede) == ("DATE_IMPOSSIBLE", 3, "Corriger la valeur à la source.")


def test_a_large_export_is_not_kept_in_memory() -> None:
    import tracemalloc

    head, line, _ = EXPORT.split("\r\n")[:3]
    raw = (head + "\n" + (line + "\n") * 1_500).encode()
    tracemalloc.start()
    answer = APOGEE.accept(delivery(raw, "x.csv"))
    assert isinstance(answer, Accepted)
    count = sum(1 for _ in answer.records)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1_500
    assert peak < len(raw) + 1_000_000
