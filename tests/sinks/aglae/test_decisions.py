"""The file of decisions for Aglaé: a validation goes with its payment, and the file proves that it is whole."""

import csv
import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.outcome import Event, Outcome
from schemas.records import bourses
from sinks.aglae.decisions import COLUMNS, AglaeDecisions
from sinks.bourses.fichiers import PROCESSOR
from sinks.registry import FILE_SINKS, PROCESSORS

COMMON: dict[str, Any] = {
    "annee": 2026,
    "uai": "0781944P",
    "cod_ind": "04012",
    "cod_etu": "22600123",
    "cod_etp": "L1INFO",
    "cod_vrs_vet": "120",
    "motif": "L'inscription correspond au vœu 2 du dossier : dossier validé.",
}
NUMERO = "2026VER1111037734L"
SUBJECT = "ia/0781944P/2026/L1INFO/120/3f"
VALIDATION = bourses.Validation(numero_dossier=NUMERO, voeu_rang=2, **COMMON)
PAIEMENT = bourses.MiseEnPaiement(numero_dossier=NUMERO, echelon="0bis", montant_annuel=Decimal("1665.00"), **COMMON)
MARQUE = bourses.DossierMarque(numero_dossier=NUMERO, raison="PAIEMENT_A_REVOIR", **COMMON)


def event(name: str, data: object, subject: str = SUBJECT) -> Event:
    return Event(name, name, datetime(2026, 7, 1, tzinfo=UTC), "3f" * 16, subject, "/passerelle", "bourses.decisions.v1", data)


def decided(state: object, name: str, data: object, subject: str = SUBJECT) -> Outcome:
    return PROCESSOR.decide(None, state, event(name, data, subject))


def payload(**changes: Any) -> dict[str, Any]:
    after = decided(None, "validation", VALIDATION)
    (effect,) = decided(after.state, "mise_en_paiement", PAIEMENT).effects
    return {**effect.payload, **changes}


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=";"))


# --- lines -----------------------------------------------------------------------------------------------------------


def test_a_validation_alone_makes_no_line_and_its_payment_makes_one_of_both() -> None:
    first = decided(None, "validation", VALIDATION)
    assert first.effects == ()
    second = decided(first.state, "mise_en_paiement", PAIEMENT)
    assert [(e.sink, e.payload["voeu_rang"], e.payload["montant_annuel"]) for e in second.effects] == [
        ("aglae.decisions", 2, Decimal("1665.00"))
    ]
    assert second.state is None


def test_a_payment_before_its_validation_waits_for_it() -> None:
    early = decided(None, "mise_en_paiement", PAIEMENT)
    assert early.parked is not None
    assert early.effects == ()
    assert PROCESSOR.provides(event("validation", VALIDATION)) == early.parked.waits_for


def test_the_payment_of_another_registration_does_not_complete_the_line() -> None:
    state = decided(None, "validation", VALIDATION).state
    assert decided(state, "mise_en_paiement", PAIEMENT, subject="ia/autre").parked is not None


def test_a_mark_is_a_line_of_its_own_for_the_crous() -> None:
    (effect,) = decided(None, "dossier_marque", MARQUE).effects
    assert (effect.payload["nature"], effect.payload["raison"]) == ("DOSSIER_MARQUE", "PAIEMENT_A_REVOIR")


def test_a_situation_makes_no_line() -> None:
    assert decided(None, "situation", bourses.Situation(statut="MARQUE", **COMMON)).effects == ()


# --- file ------------------------------------------------------------------------------------------------------------


def test_the_name_holds_the_lot_on_six_digits() -> None:
    assert AglaeDecisions().write(42, (payload(),)).name == "aglae_decisions_000042.csv"


def test_a_spreadsheet_and_a_program_read_the_same() -> None:
    content = AglaeDecisions().write(1, (payload(), payload(cod_etp="M1DROI"))).content
    assert content.startswith(b"\xef\xbb\xbfNATURE;")
    assert b"\n" not in content.replace(b"\r\n", b"")
    header, first, second, last = read(content)
    assert tuple(header) == COLUMNS
    named = dict(zip(header, first, strict=True))
    assert (named["COD_IND"], named["MONTANT_ANNUEL"], named["ECHELON"], named["VOEU_RANG"]) == ("04012", "1665.00", "0bis", "2")
    assert "vœu" in named["MOTIF"]
    assert second[header.index("COD_ETP")] == "M1DROI"
    assert last[:3] == ["FIN", "2", "3330.00"]


def test_the_last_line_proves_that_the_file_is_whole() -> None:
    content = AglaeDecisions().write(1, (payload(),)).content
    body, last = content[: content.rindex(b"FIN;")], content[content.rindex(b"FIN;") :]
    assert last.decode().split(";")[3] == hashlib.sha256(body).hexdigest()


def test_the_same_lot_gives_the_same_bytes() -> None:
    assert AglaeDecisions().write(3, (payload(),)) == AglaeDecisions().write(3, (payload(),))


def test_amounts_stored_as_text_are_summed_exactly() -> None:
    lines = tuple(payload(montant_annuel=amount) for amount in ("0.1", Decimal("0.20"), None))
    rows = read(AglaeDecisions().write(1, lines).content)
    assert [row[COLUMNS.index("MONTANT_ANNUEL")] for row in rows[1:4]] == ["0.10", "0.20", ""]
    assert rows[-1][2] == "0.30"


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "  =HYPERLINK()", "\x00=1", "\u00a0=1"])
def test_text_that_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    row = read(AglaeDecisions().write(1, (payload(motif=text),)).content)[1]
    assert row[COLUMNS.index("MOTIF")].startswith("'")


@given(st.text())
def test_whatever_the_text_a_decision_stays_one_line_of_the_right_width(text: str) -> None:
    rows = read(AglaeDecisions().write(1, (payload(motif=text.encode("utf-8", "replace").decode()),)).content)
    assert [len(row) for row in rows] == [len(COLUMNS)] * 3
    assert not rows[1][-1].lstrip().startswith(("=", "+", "-", "@"))


def test_the_registry_lists_what_this_package_gives() -> None:
    assert PROCESSOR in PROCESSORS
    assert [sink.name for sink in FILE_SINKS if sink.system == "aglae"] == ["aglae.decisions"]
