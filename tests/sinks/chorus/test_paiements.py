"""The payment file for Chorus: one file once, totals that add up, a last line that proves it whole."""

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec

from schemas.outcome import Event
from schemas.records.chorus import FichierPaiement, LignePaiement
from sinks.chorus.lines import decide
from sinks.chorus.paiements import COLUMNS, ChorusPaiements

AT = datetime(2026, 6, 5, 8, 0, tzinfo=UTC)


def event(*lignes: LignePaiement, fichier: str = "PAIE-1", instructeur: str | None = "02102322 EPL XXX") -> Event:
    data = FichierPaiement(fichier=fichier, instructeur=instructeur, lignes=lignes)
    return Event("e-1", "fichier_paiement", AT, f"fichier/{fichier}", "s", "/luciole", "chorus.fichiers.v1", data)


def ligne(bordereau: str = "B1", nombre: int | None = 2, montant: str | None = "1449.00") -> LignePaiement:
    amount = None if montant is None else Decimal(montant)
    return LignePaiement(etablissement="0341088Y", bordereau=bordereau, nombre_dossiers=nombre, montant=amount)


def stored(one: Event) -> dict[str, Any]:
    """The effect's payload as `effets` gives it back."""
    outcome = decide(None, None, one)
    found: dict[str, Any] = json.loads(msgspec.json.encode(outcome.effects[0].payload))
    return found


def cells(content: bytes) -> list[list[str]]:
    return [line.split(";") for line in content.decode().split("\r\n")[:-1]]


def test_a_payment_file_is_given_once_whatever_comes_under_its_name() -> None:
    first = decide(None, None, event(ligne()))
    again = decide(None, first.state, event(ligne(montant="2.00")))
    assert len(first.effects) == 1
    assert again.effects == ()
    assert again.counted == "deja_envoye"


def test_lines_and_totals() -> None:
    file = ChorusPaiements().write(17, (stored(event(ligne(), ligne("B2", 1, "0.50"))), stored(event(ligne(), fichier="PAIE-2"))))
    assert file.name == "chorus_paiements_000017.csv"
    head, one, two, total, *_ = cells(file.content)
    assert tuple(head) == COLUMNS
    assert one == ["LIGNE", "PAIE-1", "02102322 EPL XXX", "0341088Y", "B1", "", "2", "1449.00"]
    assert two[-2:] == ["1", "0.50"]
    assert total == ["TOTAL", "PAIE-1", "02102322 EPL XXX", "", "", "2", "3", "1449.50"]


def test_an_unknown_amount_leaves_the_total_empty() -> None:
    file = ChorusPaiements().write(1, (stored(event(ligne(), ligne("B2", None, None))),))
    assert cells(file.content)[3][-3:] == ["2", "", ""]


def test_the_last_line_proves_the_file_whole() -> None:
    content = ChorusPaiements().write(1, (stored(event(ligne())),)).content
    body, _, last = content.removesuffix(b"\r\n").rpartition(b"\r\n")
    fields = last.decode().split(";")
    assert fields[:2] == ["FIN", "1"]
    assert fields[2] == hashlib.sha256(body + b"\r\n").hexdigest()


def test_a_formula_is_written_as_text() -> None:
    content = ChorusPaiements().write(1, (stored(event(ligne(), instructeur="=1+1 EPL")),)).content
    assert b";'=1+1 EPL;" in content


def test_the_same_lot_gives_the_same_bytes() -> None:
    payloads = (stored(event(ligne())),)
    assert ChorusPaiements().write(3, payloads) == ChorusPaiements().write(3, payloads)
