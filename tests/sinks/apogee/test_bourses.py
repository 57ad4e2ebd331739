"""The file for Apogée: what the registrar must change there, and nothing else."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.outcome import Event
from schemas.records import bourses
from sinks.apogee.bourses import COLUMNS, ApogeeBourses
from sinks.apogee.lines import SINK
from sinks.bourses.fichiers import PROCESSOR

COMMON: dict[str, Any] = {
    "annee": 2026,
    "uai": "0781944P",
    "cod_ind": "007",
    "cod_etu": "02260001",
    "cod_etp": "L1INFO",
    "cod_vrs_vet": "120",
    "composante": "SCI",
    "motif": "Parce que.",
}


def effects(name: str, data: Any) -> list[dict[str, Any]]:
    event = Event("e", name, datetime(2026, 9, 1, tzinfo=UTC), "k", "ia/x", "/passerelle/bourses", "bourses.suivi.v1", data)
    outcome = PROCESSOR.decide(None, None, event)
    assert all(effect.sink == SINK for effect in outcome.effects)
    return [dict(effect.payload) for effect in outcome.effects]


@pytest.mark.parametrize(
    ("data", "nature"),
    [
        (bourses.PassageDefinitif(numero_dossier="N", voie="CROUS", **COMMON), "PASSAGE_DEFINITIF"),
        (bourses.ReclamationDroits(ouverte=True, **COMMON), "DROITS_A_RECLAMER"),
        (bourses.ReclamationDroits(ouverte=False, **COMMON), "DROITS_A_NE_PLUS_RECLAMER"),
        (bourses.RemboursementDroits(ouvert=True, **COMMON), "DROITS_A_REMBOURSER"),
        (bourses.RemboursementDroits(ouvert=False, **COMMON), "DROITS_A_NE_PLUS_REMBOURSER"),
    ],
)
def test_a_change_for_the_registrar_is_a_line(data: Any, nature: str) -> None:
    assert [line["nature"] for line in effects("x", data)] == [nature]


def test_a_piece_or_a_defect_is_no_line() -> None:
    assert effects("demande_piece", bourses.DemandePiece(piece="avis de bourse", **COMMON)) == []


def test_the_file_keeps_zeros_and_says_that_it_is_whole() -> None:
    lines = effects("passage_definitif", bourses.PassageDefinitif(voie="CROUS", **{**COMMON, "motif": "=1+1"}))
    file = ApogeeBourses().write(7, tuple(lines))
    assert file.name == "apogee_bourses_000007.csv"
    text = file.content.decode("utf-8-sig").split("\r\n")
    assert text[0].split(";") == list(COLUMNS)
    assert text[1].split(";") == ["PASSAGE_DEFINITIF", "2026", "0781944P", "SCI", "02260001", "007", "L1INFO", "120", "", "'=1+1"]
    before = file.content[: file.content.rindex(b"FIN")]
    assert text[2].split(";")[:3] == ["FIN", "1", hashlib.sha256(before).hexdigest()]
