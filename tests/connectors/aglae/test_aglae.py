import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.aglae.connector import Aglae
from schemas.outcome import Accepted, Refused
from schemas.student_key import StudentKeys
from tests.connectors.aglae.samples import DOSSIER, DOSSIERS_CSV, RETRAITEMENT, RETRAITEMENTS_CSV
from tests.connectors.deliveries import RECEIVED, SECRET, codes_of, delivery, records_of

AGLAE = Aglae(SECRET)
KEYS = StudentKeys(SECRET)


def accept_csv(text: str) -> Accepted | Refused:
    return AGLAE.accept(delivery(text, "dossiers.csv"))


def accept_json(value: Any) -> Accepted | Refused:
    return AGLAE.accept(delivery(json.dumps(value), "dossiers.json"))


def test_the_lines_of_a_dossier_make_one_record_with_its_vœux_by_rank() -> None:
    first, second = records_of(accept_csv(DOSSIERS_CSV))
    assert (first.topic, first.name, first.position, first.own_id) == ("aglae.dossiers.v1", "dossier", "ligne 2", None)
    assert (first.key, first.subject) == (KEYS.of_nne("1111037734L"), "dossier/2026")
    assert first.time == datetime(2026, 7, 31, 22, 0, tzinfo=UTC)
    assert [(voeu.rang, voeu.cod_etp, voeu.uai) for voeu in first.data.voeux] == [(1, "L1MATH", "0781944P"), (2, "L1INFO", "0781944P")]
    assert (first.data.montant_annuel, first.data.echelon, first.data.annee) == (Decimal("1665.00"), "1", 2026)
    assert (second.data.voeux, second.data.pieces_manquantes) == ((), ("RIB", "Avis d'imposition"))
    assert second.time == RECEIVED


def test_a_dossier_in_json_is_the_same_record() -> None:
    (record,) = records_of(accept_json(DOSSIER))
    assert (record.key, record.subject, record.position) == (KEYS.of_nne("1111037734L"), "dossier/2026", "element 1")
    assert (record.data.montant_annuel, record.data.echelon) == (Decimal("1665.00"), "0bis")
    assert record.data.voeux[0].academie == "VER"
    assert record.data.date_naissance == date(2007, 3, 12)


def test_the_key_of_a_dossier_is_that_of_a_registration_with_the_same_nne() -> None:
    assert records_of(accept_json(DOSSIER))[0].key == KEYS.of_nne("1111037734" + "L")


@pytest.mark.parametrize("as_csv", [True, False])
def test_a_retreatment_is_recognised_by_what_it_holds(as_csv: bool) -> None:
    answer = accept_csv(RETRAITEMENTS_CSV) if as_csv else accept_json([RETRAITEMENT])
    (record,) = records_of(answer)
    assert (record.name, record.subject, record.time) == ("retraitement", "retraitement/2026/0781944P/L1INFO", RECEIVED)
    assert (record.data.resultat, record.data.date_decision) == ("ACCEPTE", date(2026, 9, 5))


def lines(*numbers: int) -> str:
    every = DOSSIERS_CSV.splitlines()
    return "\n".join([every[0], *(every[number] for number in numbers)]) + "\n"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (lines(1, 3, 2), ["DOSSIER_NON_GROUPE"]),
        (lines(1, 1), ["VOEU_EN_DOUBLE"]),
        (lines(1, 2).replace("1665,00;;1;", "1664,00;;1;"), ["DOSSIER_INCOHERENT"]),
        (lines(3, 3).replace("01/01/2006", "x", 1), ["DATE_INVALIDE"]),
        (lines(1, 2).replace(";2;VER;0781944P;", ";2;VER;;"), ["CHAMP_MANQUANT"]),
        (lines(1, 2).replace(";2;VER;", ";;VER;"), ["CHAMP_MANQUANT"]),
        (lines(1, 2).replace("1;1665", "8;1665"), ["CODE_INCONNU", "CODE_INCONNU"]),
        (lines(1).replace("2026VER1111037734L;", "2026VE1111037734L;"), ["IDENTIFIANT_INVALIDE"]),
        (lines(1).replace(";1665,00;", ";-1665,00;"), ["MONTANT_INVALIDE"]),
        (lines(1, 2).replace(";1;VER;0781944P;L1MATH;M1", ";;;;;"), ["DOSSIER_INCOHERENT"]),
    ],
)
def test_what_does_not_make_one_dossier_is_refused(text: str, codes: list[str]) -> None:
    assert codes_of(accept_csv(text)) == codes


def test_a_number_that_its_parts_contradict_is_taken_and_said() -> None:
    answer = accept_json([DOSSIER | {"annee": 2025, "numero_boursier": "0906018155T"}])
    assert isinstance(answer, Accepted)
    assert [warning.code for warning in answer.warnings] == ["NUMERO_DOSSIER_INCOHERENT", "NUMERO_DOSSIER_INCOHERENT"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"voeux": [DOSSIER["voeux"][0] | {"uai": 7}]}, "TYPE_INATTENDU"),
        ({"voeux": [DOSSIER["voeux"][0] | {"rang": 0}]}, "NOMBRE_INVALIDE"),
        ({"voeux": [DOSSIER["voeux"][0] | {"nom": "x"}]}, "CHAMP_INCONNU"),
        ({"voeux": "L1INFO"}, "TYPE_INATTENDU"),
        ({"voeux": {"rang": 1}}, "TYPE_INATTENDU"),
        ({"voeux": [DOSSIER["voeux"][0] | {"rang": rank % 50 + 1} for rank in range(51)]}, "TYPE_INATTENDU"),
        ({"annee": "2026"}, "TYPE_INATTENDU"),
        ({"montant_annuel": True}, "TYPE_INATTENDU"),
        ({"pieces_manquantes": "RIB"}, "TYPE_INATTENDU"),
        ({"pieces_manquantes": [1]}, "TYPE_INATTENDU"),
        ({"etat": None}, "CHAMP_MANQUANT"),
        ({"rang": 1}, "CHAMP_INCONNU"),
    ],
)
def test_a_wrong_field_in_json_is_refused(changes: dict[str, Any], code: str) -> None:
    assert codes_of(accept_json([DOSSIER | changes])) == [code]


def test_the_largest_dossier_taken_stays_far_below_the_size_of_a_record() -> None:
    from schemas.codec import encode

    voeux = [{"rang": n, "academie": "VER", "uai": "0781944P", "cod_etp": "X" * 16, "libelle": "é" * 200} for n in range(1, 51)]
    (record,) = records_of(accept_json(DOSSIER | {"voeux": voeux, "pieces_manquantes": ["é" * 200] * 50, "nom": "é" * 200}))
    assert len(encode(record.topic, record.name, record.data, 1)) < 100_000
