"""The synchronous answer over HTTP: certain or waiting, never a word about why, never an identifier in a log."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from processors.bourses.reponse import NON_CONFIRMEE
from schemas.records.bourses import VoeuOuvert
from schemas.student_key import StudentKeys
from tests.bus.answers.serving import ELSEWHERE, FICHE, NNE, OTHER, SECRET, THIRD, UAI, UNKNOWN, Served, registered, serving, year


@pytest.fixture
def http(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as served:
        yield served


def test_a_certain_bursary_is_positive_by_address_and_by_body(http: Served) -> None:
    http.take(NNE, year())
    by_address, by_body = http.ask(NNE, uai=UAI), http.post({"nne": NNE.lower(), "annee": 2026, "uai": UAI})
    assert (by_address.status_code, by_address.json()) == (200, {"reponse": "POSITIVE"})
    assert by_body.content == by_address.content
    assert http.detected == []


def test_every_doubt_has_the_same_bytes_and_the_same_headers(http: Served) -> None:
    http.take(NNE, year(affirmable=False, raison="Dossier non traité."))
    http.take(OTHER, year(affirmable=False, raison="Dossier en attente de pièces complémentaires."))
    http.take(THIRD, year(affirmable=False, raison="Dossier validé dont la progression doit être vérifiée."))
    answers = [http.ask(nne, uai=UAI) for nne in (NNE, OTHER, THIRD, UNKNOWN)]
    http.take(NNE, year())
    answers += [http.ask(NNE, uai=ELSEWHERE), http.ask(NNE, uai=UAI, annee="2025"), http.ask(NNE, uai=UAI, cod_etp="AUTRE")]
    http.mark.fresh = False
    answers.append(http.ask(NNE, uai=UAI))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1
    assert answers[0].json() == {"reponse": "ATTENTE", "message": NON_CONFIRMEE}


def test_a_waiting_answer_leaves_one_detection_with_its_reason_and_no_identifier(http: Served) -> None:
    http.take(NNE, year(affirmable=False, raison="Dossier non traité."))
    http.ask(NNE, uai=UAI)
    http.ask(NNE, uai=UAI)
    assert len({each.id for each in http.detected}) == 1
    found = http.detected[0]
    assert (found.data.message, found.data.raison, found.data.a_rejouer) == (NON_CONFIRMEE, "Dossier non traité.", False)
    assert NNE not in f"{found.key}{found.subject}{found.data}"


def test_a_read_model_that_is_not_fresh_never_says_positive_and_asks_to_be_asked_again(http: Served) -> None:
    http.take(NNE, year())
    http.mark.fresh = False
    assert http.ask(NNE, uai=UAI).json()["reponse"] == "ATTENTE"
    assert http.detected[0].data.a_rejouer


def test_a_student_of_whom_something_is_set_aside_is_told_to_wait_and_the_others_are_answered(http: Served) -> None:
    http.take(NNE, year(fiche=FICHE))
    http.take(OTHER, year(fiche=FICHE))
    http.mark.aside.add(StudentKeys(SECRET).of_nne(NNE))
    assert (http.ask(NNE, uai=UAI).json()["reponse"], http.ask(OTHER, uai=UAI).json()["reponse"]) == ("ATTENTE", "POSITIVE")
    assert http.detected[0].data.a_rejouer
    assert (http.cnous(ine=NNE).status_code, http.cnous(ine=OTHER).status_code) == (504, 200)


def test_nothing_is_answered_before_everything_is_read(http: Served) -> None:
    http.take(NNE, year())
    http.mark.caught_up = http.mark.fresh = False
    refused = http.ask(NNE, uai=UAI)
    assert (refused.status_code, refused.json()["erreurs"][0]["code"]) == (503, "PAS_PRET")
    assert "retry-after" in refused.headers
    assert http.client.get("/ready").status_code == 503
    assert http.detected == []


def test_a_registration_that_is_not_acquired_contradicts_its_voeu(http: Served) -> None:
    http.take(NNE, year(inscriptions=registered(definitive=False)))
    assert http.ask(NNE, uai=UAI).json()["reponse"] == "ATTENTE"
    http.take(NNE, year(inscriptions=registered(definitive=True)))
    assert http.ask(NNE, uai=UAI).json()["reponse"] == "POSITIVE"


def test_a_bursary_that_the_crous_made_definitive_is_positive_where_it_was_asked_for(http: Served) -> None:
    http.take(NNE, year(affirmable=False, raison="Dossier non traité.", inscriptions=registered(definitive=True)))
    assert http.ask(NNE, uai=UAI).json()["reponse"] == "POSITIVE"
    assert http.ask(NNE, uai=ELSEWHERE).json()["reponse"] == "ATTENTE"


def test_rights_that_are_gone_are_forgotten(http: Served) -> None:
    http.take(NNE, year())
    http.take(NNE)
    assert len(http.rights) == 0
    assert http.ask(NNE, uai=UAI).json()["reponse"] == "ATTENTE"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"annee": "26"}, "ANNEE_INVALIDE"),
        ({"annee": ""}, "ANNEE_INVALIDE"),
        ({"uai": "078"}, "UAI_INVALIDE"),
        ({"cod_etp": "a b"}, "ETAPE_INVALIDE"),
    ],
)
def test_a_question_that_says_something_wrong_is_told_what(http: Served, query: dict[str, str], code: str) -> None:
    refused = http.ask(NNE, **query)
    assert (refused.status_code, refused.json()["erreurs"][0]["code"]) == (422, code)


@pytest.mark.parametrize("body", [[], "x", {}, {"nne": NNE}, {"nne": NNE, "annee": 2026, "autre": 1}, {"nne": ["x"], "annee": 2026}])
def test_a_body_that_is_no_question_is_refused(http: Served, body: object) -> None:
    assert http.post(body).status_code == 422


def test_a_body_that_is_no_json_or_too_long_is_refused(http: Served) -> None:
    for content, status in ((b"{", 400), (b"[" * 5000, 400), (b"x" * 20_000, 413)):
        assert http.client.post("/v1/bourses", content=content, headers=http.headers(None)).status_code == status


def test_only_a_token_that_may_read_gets_an_answer(http: Served) -> None:
    http.take(NNE, year())
    assert http.client.get(f"/v1/bourses/{NNE}?annee=2026").status_code == 401
    assert http.ask(NNE, token="inconnu").status_code == 401
    assert http.ask(NNE, token=http.new_token("apogee", "apogee:ecrire")).status_code == 403
    assert http.ask(NNE, token=http.new_token("lecteur", "bourses:lire")).status_code == 200


def test_no_identifier_reaches_a_log_whatever_happens(
    http: Served, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logged:
        http.take(NNE, year())
        http.ask(NNE, uai=UAI)
        http.post({"nne": NNE, "annee": 2026})
        http.ask(f"{NNE}X", uai=UAI)
        http.cnous(ine=NNE)
        http.client.get(f"/v1/autre/{NNE}")
        http.client.put(f"/v1/bourses/{NNE}")
        monkeypatch.setattr(http.rights, "of", lambda key: (_ for _ in ()).throw(ValueError(NNE)))
        assert http.ask(NNE, uai=UAI).status_code == 500
    seen = f"{logged}{[record for record in caplog.records if not record.name.startswith('httpx')]}{capsys.readouterr()}"
    assert "/v1/bourses/{nne}" in seen
    assert NNE not in seen
    assert NNE.lower() not in seen.lower()


def test_an_address_is_asked_by_get_alone_and_holds_one_nne(http: Served) -> None:
    http.take(NNE, year())
    headers = http.headers(None)
    assert [http.client.request(method, f"/v1/bourses/{NNE}", headers=headers).status_code for method in ("HEAD", "PUT")] == [405, 405]
    assert http.client.get(f"/v1/bourses/{NNE}/x", headers=headers).status_code == 404


def test_an_encoded_query_is_the_same_question(http: Served) -> None:
    http.take(NNE, year(voeux=(VoeuOuvert(uai=UAI, cod_etp="L1+INFO"),)))
    queries = (f"annee=2026&uai={UAI}&cod_etp=L1%2BINFO", f"%61nnee=2026&uai={UAI}", f"annee=2026&uai={UAI}&autre=x&cod_etp=L1%2BINFO")
    answers = [http.client.get(f"/v1/bourses/{NNE}?{query}", headers=http.headers(None)).json() for query in queries]
    assert answers == [{"reponse": "POSITIVE"}] * 3
    assert http.client.get(f"/v1/bourses/{NNE}?annee", headers=http.headers(None)).status_code == 422


def test_asking_never_changes_the_rights(http: Served) -> None:
    http.take(NNE, year())
    before = http.rights.size
    for _ in range(3):
        http.ask(NNE, uai=UAI)
        http.ask(UNKNOWN, uai=UAI)
    assert (http.rights.size, len(http.rights)) == (before, 1)


def test_keys_are_those_of_the_topics() -> None:
    assert StudentKeys(SECRET).of_nne(NNE) == StudentKeys(SECRET).of_nne(f" {NNE.lower()} ")
