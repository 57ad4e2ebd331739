"""Hours and money: exact, rounded once, nothing counted twice."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processors.formation.calculs import (
    Couts,
    Heures,
    atteint,
    au_centime,
    cout,
    deductions,
    en_centiemes,
    en_heures,
    solde,
    somme,
    taux,
    ttc,
    tva_coherente,
)

HOURS = st.integers(0, 100_000)
COSTS = st.decimals(Decimal(0), Decimal(500), places=4)
LINES = st.builds(Heures, HOURS, HOURS, HOURS, HOURS)
AMOUNTS = st.decimals(Decimal("0.01"), Decimal(100_000), places=2)


def test_the_sample_month_costs_2445_euros() -> None:
    heures = Heures(en_centiemes(Decimal(300)), en_centiemes(Decimal(35)), en_centiemes(Decimal(100)), 0)
    assert cout(heures, Couts(Decimal("7.00"), Decimal("1.00"))) == Decimal("2445.00")


@pytest.mark.parametrize(("exact", "rounded"), [("0.005", "0.01"), ("0.004999", "0.00"), ("2.675", "2.68"), ("-0.005", "-0.01")])
def test_half_a_cent_rounds_up(exact: str, rounded: str) -> None:
    assert au_centime(Decimal(exact)) == Decimal(rounded)


def test_a_line_is_rounded_once_not_by_place() -> None:
    assert cout(Heures(1, 0, 1, 0), Couts(Decimal("0.4"), Decimal("0.4"))) == Decimal("0.01")


@given(LINES, COSTS, COSTS)
def test_a_cost_is_within_half_a_cent_of_the_exact_product(heures: Heures, centre: Decimal, entreprise: Decimal) -> None:
    exact = en_heures(heures.centre) * centre + en_heures(heures.entreprise) * entreprise
    assert abs(cout(heures, Couts(centre, entreprise)) - exact) <= Decimal("0.005")


@given(st.lists(AMOUNTS, max_size=8), st.lists(AMOUNTS, max_size=6))
def test_deductions_never_exceed_an_invoice_nor_what_remains_and_end_by_taking_all(
    factures: list[Decimal], montants: list[Decimal]
) -> None:
    restes = {f"ST-{rang}": montant for rang, montant in enumerate(montants)}
    pris = Decimal(0)
    for facture in factures:
        parts = deductions(facture, list(restes.items()))
        assert somme(part.montant for part in parts) <= facture
        for part in parts:
            assert 0 < part.montant <= restes[part.reference]
            restes[part.reference] -= part.montant
        pris += somme(part.montant for part in parts)
    assert pris == min(somme(factures), somme(montants))


def test_a_larger_subcontract_is_carried_over() -> None:
    first = deductions(Decimal("945.00"), [("ST-1", Decimal("1500.00"))])
    assert [part.montant for part in first] == [Decimal("945.00")]


def test_a_deduction_of_a_rejected_subcontract_is_given_back_whole() -> None:
    parts = deductions(Decimal("100.00"), [("ST-1", Decimal("-30.00")), ("ST-2", Decimal("500.00"))])
    assert {part.reference: part.montant for part in parts} == {"ST-1": Decimal("-30.00"), "ST-2": Decimal("130.00")}


@given(AMOUNTS, AMOUNTS)
def test_payments_and_solde_make_the_realised_cost(realise: Decimal, percu: Decimal) -> None:
    assert percu + solde(realise, percu) == realise


@pytest.mark.parametrize(
    ("ht", "ttc_lu", "coherent"),
    [
        ("8598.66", "10284.00", True),
        ("3732.78", "4464.40", True),
        ("10695.99", "12792.40", True),
        ("9765.80", "19531.60", False),
        ("9765.80", "11679.90", True),
        ("9765.80", "11679.91", False),
    ],
)
def test_vat_agrees_to_the_cent_or_is_an_anomaly(ht: str, ttc_lu: str, coherent: bool) -> None:
    assert tva_coherente(Decimal(ht), Decimal(ttc_lu), Decimal("19.6")) is coherent


@given(AMOUNTS, st.sampled_from([Decimal("19.6"), Decimal(20), Decimal("5.5"), Decimal(0)]))
def test_what_we_compute_with_tax_always_agrees(ht: Decimal, rate: Decimal) -> None:
    assert tva_coherente(ht, ttc(ht, rate), rate)


@given(HOURS, st.integers(1, 1_000_000), st.sampled_from([Decimal(30), Decimal(60), Decimal("33.3"), Decimal(80)]))
def test_the_shown_rate_never_claims_a_threshold_that_is_not_reached(realise: int, prevu: int, seuil: Decimal) -> None:
    if taux(realise, prevu) >= seuil:
        assert atteint(realise, prevu, seuil)


def test_no_planned_hour_reaches_no_threshold() -> None:
    assert taux(100, 0) == 0
    assert not atteint(100, 0, Decimal(0))


def test_hours_finer_than_a_hundredth_are_an_error() -> None:
    with pytest.raises(ValueError, match="hundredth"):
        en_centiemes(Decimal("1.005"))
