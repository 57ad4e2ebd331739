"""What a registration lacks, and what Apogée's answers add to it: nothing that it says is ever changed."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from connectors.apogee.completion import Cause, completed, correction_of, lacking, place_of
from connectors.apogee.service_answers import Etape, Identifiants
from schemas import subjects
from schemas.codec import encode
from schemas.records.apogee import Inscription
from schemas.student_key import StudentKeys
from tests.connectors.deliveries import SECRET

KEYS = StudentKeys(SECRET)
CAUSE = Cause("1df4106b-4db6-5ce7-a2c8-7761b25181be", KEYS.without_nne("0781944P", "21907"), "ia/x", datetime(2026, 9, 7, 8, tzinfo=UTC))
BARE = Inscription(type="IA_CREEE", event_id="e-1", uai="0781944P", cod_anu="2026", cod_ind="900001", cod_etu="21907", cod_etp="L1INFO",
                   cod_vrs_vet="120")  # fmt: skip
STEP = Etape("2026", "L1INFO", "120", "LINFO", "UFR", "SCI", "01", None, "P", True)
SAID = Identifiants("1111037734", "L", None)
WHOLE = msgspec.structs.replace(BARE, nne="1111037734", cle_nne="L", cod_dip="LINFO", cod_cmp="UFR", eta_pmt_iae="P", tem_iae_prm=False)


def test_what_is_whole_lacks_nothing() -> None:
    assert not lacking(WHOLE)
    assert lacking(BARE).identifiers
    assert lacking(BARE).step


@pytest.mark.parametrize("name", ["cod_dip", "cod_cmp", "eta_pmt_iae", "tem_iae_prm"])
def test_each_missing_part_of_the_step_is_worth_a_question(name: str) -> None:
    found = lacking(msgspec.structs.replace(WHOLE, **{name: None}))
    assert (found.identifiers, found.step) == (False, True)


def test_a_missing_nne_is_a_correction_of_the_students_own_key() -> None:
    record = correction_of(BARE, SAID, CAUSE, SECRET)
    assert record is not None
    assert (record.topic, record.name, record.key) == ("nne.corrections.v1", "correction_nne", CAUSE.key)
    assert record.subject == subjects.of_correction("0781944P", "21907")
    assert (record.data.ancien_nne, record.data.nouveau_nne) == (None, "1111037734L")
    assert record.data.nouvelle_cle == KEYS.of_nne("1111037734L")
    assert encode(record.topic, record.name, record.data, 1)


@pytest.mark.parametrize("said", [None, Identifiants(), Identifiants("12345"), Identifiants("111103773", "L")])
def test_no_nne_or_one_of_no_known_form_corrects_nothing(said: Identifiants | None) -> None:
    assert correction_of(BARE, said, CAUSE, SECRET) is None


def test_a_nne_that_the_registration_has_is_never_corrected() -> None:
    """Two different NNE are for a person to look at (R-AGL-16), not for us to settle."""
    assert correction_of(msgspec.structs.replace(BARE, nne="0906018155", cle_nne="T"), SAID, CAUSE, SECRET) is None


def test_a_registration_gets_what_it_lacks_under_its_own_key_and_time() -> None:
    record = completed(BARE, SAID, (STEP,), CAUSE, SECRET)
    assert record is not None
    data = record.data
    assert (data.cod_dip, data.cod_cmp, data.cod_cge, data.cod_brs, data.eta_pmt_iae, data.tem_iae_prm) == (
        "LINFO", "UFR", "SCI", "01", "P", True,
    )  # fmt: skip
    assert (record.key, record.subject, record.time) == (CAUSE.key, CAUSE.subject, CAUSE.time)
    assert (data.nne, data.event_id, data.type, data.eta_iae) == (None, None, "IA_CREEE", "E")
    assert encode(record.topic, record.name, data, 1)


def test_what_it_says_is_kept_whatever_apogee_answers() -> None:
    said = msgspec.structs.replace(BARE, cod_cmp="DRO", tem_iae_prm=False, eta_iae="A", num_brs="0906018155T")
    record = completed(said, Identifiants(num_brs="1111037734L"), (STEP,), CAUSE, SECRET)
    assert record is not None
    assert (record.data.cod_cmp, record.data.tem_iae_prm, record.data.eta_iae, record.data.num_brs) == ("DRO", False, "A", "0906018155T")


@pytest.mark.parametrize("changes", [{"cod_anu": "2025"}, {"cod_etp": "M1INFO"}, {"cod_vrs_vet": "121"}])
def test_another_step_completes_nothing(changes: dict[str, Any]) -> None:
    assert completed(BARE, None, (msgspec.structs.replace(STEP, **changes),), CAUSE, SECRET) is None


def test_nothing_to_add_is_nothing_to_publish() -> None:
    assert completed(WHOLE, None, (STEP, msgspec.structs.replace(STEP, cod_etp="X")), CAUSE, SECRET) is not None, "its CGE"
    assert completed(msgspec.structs.replace(WHOLE, cod_cge="SCI", cod_brs="01"), None, (STEP,), CAUSE, SECRET) is None


@pytest.mark.parametrize(("number", "has_key"), [("0906018155T", True), ("1111037734L", False)])
def test_a_numero_de_boursier_that_is_not_the_nne_has_its_key(number: str, has_key: bool) -> None:
    record = completed(BARE, msgspec.structs.replace(SAID, num_brs=number), (), CAUSE, SECRET)
    assert record is not None
    assert record.data.num_brs == number
    assert record.data.cle_boursier == (KEYS.of_nne(number) if has_key else None)


def test_equal_answers_make_equal_ids_and_other_answers_others() -> None:
    first, again = (completed(BARE, SAID, (STEP,), CAUSE, SECRET) for _ in range(2))
    other = completed(BARE, SAID, (msgspec.structs.replace(STEP, cod_cmp="DRO"),), CAUSE, SECRET)
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.own_id == again.own_id != other.own_id


def test_ids_and_places_name_nobody() -> None:
    correction, registration = correction_of(BARE, SAID, CAUSE, SECRET), completed(BARE, SAID, (STEP,), CAUSE, SECRET)
    assert correction is not None
    assert registration is not None
    said = f"{correction.own_id} {correction.position} {registration.own_id} {registration.position} {place_of(BARE)}"
    assert not [value for value in ("21907", "900001", "1111037734") if value in said]
