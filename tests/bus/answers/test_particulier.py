"""The address in API Particulier's form: its bodies, errors, headers, recipient and scopes."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest

from bus.answers.particulier import valid_siret
from tests.bus.answers.serving import EVERY_SCOPE, FICHE, NNE, Served, registered, serving, year


@pytest.fixture
def http(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, calls_per_second=3) as served:
        yield served


def test_a_certain_bursary_has_the_body_of_that_api(http: Served) -> None:
    http.take(NNE, year(fiche=FICHE))
    answer = http.cnous()
    assert answer.status_code == 200
    assert answer.json() == {
        "data": {
            "statut_boursier": {"est_boursier": True, "est_radie": False, "date_radiation": None},
            "periode_versement_bourse": {"date_rentree": "2026-09-01", "duree": 10},
            "etablissement_etudes": {"nom_commune": "VERSAILLES", "nom_etablissement": "UFR DES SCIENCES"},
            "echelon_bourse": {"echelon": "5", "echelon_bourse_regionale_provisoire": False},
            "email": "zelie@exemple.fr",
            "identite": {
                "nom": "TESTARD",
                "prenoms": ["Zélie"],
                "date_naissance": "2007-03-12",
                "nom_commune_naissance": "Versailles",
                "sexe": "F",
            },
        },
        "links": {},
        "meta": {},
    }


def test_a_radiation_is_told_with_its_day(http: Served) -> None:
    radie = msgspec.structs.replace(FICHE, radie=True, date_radiation=date(2026, 12, 1), duree=3)
    http.take(NNE, year(affirmable=False, raison="x", fiche=radie))
    assert http.cnous().json()["data"]["statut_boursier"] == {
        "est_boursier": False,
        "est_radie": True,
        "date_radiation": "2026-12-01",
    }


def test_a_doubt_is_not_found_and_never_not_boursier(http: Served) -> None:
    unknown = http.cnous()
    http.take(NNE, year(affirmable=False, raison="Dossier non traité.", fiche=FICHE))
    doubtful = http.cnous()
    assert (doubtful.status_code, doubtful.content) == (404, unknown.content)
    assert doubtful.json() == {
        "errors": [
            {
                "code": "26003",
                "title": "Entité non trouvée",
                "detail": "Aucun étudiant boursier n'a pu être trouvé.",
                "source": None,
                "meta": {"provider": "CNOUS"},
            }
        ]
    }


def test_the_latest_certain_year_is_told_and_a_campaign_may_be_asked_for(http: Served) -> None:
    http.take(NNE, year(2024, echelon="2"), year(2025, echelon="3"), year(2026, affirmable=False, raison="x"))
    assert http.cnous().json()["data"]["echelon_bourse"]["echelon"] == "3"
    http.clock[0] += 1
    assert http.cnous(campaignYear="2024").json()["data"]["echelon_bourse"]["echelon"] == "2"
    assert http.cnous(campaignYear="2026").status_code == 404
    http.clock[0] += 1
    assert http.cnous(campaignYear="2020").status_code == 400
    assert http.cnous(campaignYear="demain").status_code == 400


def test_what_the_scopes_or_the_bus_do_not_give_is_absent(http: Served) -> None:
    http.take(NNE, year(fiche=FICHE))
    token = http.new_token("etroit", "cnous_statut_boursier", "cnous_echelon_bourse")
    assert set(http.cnous(token=token).json()["data"]) == {"statut_boursier", "echelon_bourse"}
    http.take(NNE, year(inscriptions=registered(definitive=True)))
    assert set(http.cnous().json()["data"]) == {"statut_boursier", "echelon_bourse"}


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"recipient": ""}, 422, "00203"),
        ({"recipient": "13002526500014"}, 422, "00210"),
        ({"recipient": "1300252650001"}, 422, "00210"),
        ({"ine": "123"}, 422, "00360"),
        ({"ine": ""}, 422, "00360"),
    ],
)
def test_wrong_parameters_have_the_codes_of_that_api(http: Served, query: dict[str, str], status: int, code: str) -> None:
    refused = http.cnous(**query)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (status, code)


def test_a_token_that_is_none_or_may_nothing_has_the_codes_of_that_api(http: Served) -> None:
    assert (http.cnous(token="inconnu").status_code, http.cnous(token="x").json()["errors"][0]["code"]) == (401, "00101")
    no_right = http.cnous(token=http.new_token("autre", "bourses:lire"))
    assert (no_right.status_code, no_right.json()["errors"][0]["code"]) == (403, "00100")


def test_a_read_model_that_is_not_fresh_is_a_provider_that_is_away(http: Served) -> None:
    http.take(NNE, year(fiche=FICHE))
    http.mark.fresh = False
    away = http.cnous()
    assert (away.status_code, away.json()["errors"][0]["code"]) == (504, "26001")


def test_calls_are_counted_by_token_and_second_and_the_headers_tell(http: Served) -> None:
    http.take(NNE, year(fiche=FICHE))
    told = [http.cnous() for _ in range(4)]
    assert [answer.status_code for answer in told] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in told] == ["2", "1", "0", "0"]
    assert {answer.headers["ratelimit-limit"] for answer in told} == {"3"}
    assert {answer.headers["ratelimit-reset"] for answer in told} == {"1000001"}
    assert told[3].headers["retry-after"] == "1"
    assert told[3].json()["errors"][0]["code"] == "00429"
    assert http.cnous(token=http.new_token("autre", *EVERY_SCOPE)).status_code == 200
    http.clock[0] += 1
    assert http.cnous().status_code == 200


@pytest.mark.parametrize(
    ("siret", "valid"),
    [
        ("13002526500013", True),
        ("13002526500012", False),
        ("35600000000048", True),
        ("35600000049837", True),
        ("35600000049838", False),
        ("1300252650001", False),
        ("1300252650001A", False),
        ("١٣٠٠٢٥٢٦٥٠٠٠١٣", False),
    ],
)
def test_a_recipient_is_a_siret(siret: str, valid: bool) -> None:
    assert valid_siret(siret) is valid
