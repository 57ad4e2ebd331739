"""Whole lives of actions, drawn by hypothesis: no hour invoiced twice, no unjustified hour paid, every euro accounted for."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from processors.formation.calendrier import mois_plus
from schemas.records.extranet import Absence
from schemas.records.safir import SousTraitant
from tests.processors.formation.driver import Driver, after, at, codes, named, opened

LAST = "2007-03"
HOURS = st.integers(0, 120)
SUBCONTRACTORS = (SousTraitant(identifiant="ST", nom="CEVENNES-GESTION"),)
UNIT: dict[str, Any] = {"cout_unitaire_centre": Decimal("7.3333"), "cout_unitaire_entreprise": Decimal("0.9999")}


@dataclass(frozen=True)
class Month:
    """What happens in one month."""

    lines: tuple[tuple[int, ...], ...]
    papers: tuple[bool, bool]
    invoiced: bool
    rejected: bool
    subcontract: Decimal | None


MONTHS = st.builds(
    Month,
    lines=st.tuples(*[st.tuples(*[HOURS] * 6)] * 2),
    papers=st.tuples(st.booleans(), st.booleans()),
    invoiced=st.booleans(),
    rejected=st.booleans(),
    subcontract=st.none() | st.decimals(Decimal("0.01"), Decimal(900), places=2),
)


def live(months: list[Month], avance: Decimal | None) -> Driver:
    driver = opened(numeros=("S1", "S2"), sous_traitants=SUBCONTRACTORS, date_fin_prevue=at(2007, 3, 31).date(), **UNIT)
    if avance is not None:
        driver.region("versement", driver.now, reference="V1", nature="AVANCE", montant_ht=avance)
    for rank, month in enumerate(months):
        name = mois_plus("2006-10", rank)
        live_month(driver, name, month, rank)
    return driver


def live_month(driver: Driver, name: str, month: Month, rank: int) -> None:
    for numero, line in zip(("S1", "S2"), month.lines, strict=True):
        driver.hours(numero, name, *line)
    if name == LAST:
        for numero in ("S1", "S2"):
            driver.act("sortie_saisie", driver.now, stagiaire=numero, date_sortie=at(2007, 3, 30).date(), fin_de_formation=True)
    assert not codes(driver.confirm(name))
    for numero, sent in zip(("S1", "S2"), month.papers, strict=True):
        if sent:
            driver.region("justificatif_recu", driver.now, stagiaire=numero, nature="ABSENCE", mois=name)
    if month.subcontract is not None:
        driver.act("facture_sous_traitant", driver.now, sous_traitant="ST", reference=f"F{rank}", montant_ht=month.subcontract)
    if month.invoiced:
        issued = named(driver.invoice(name), "facture")[-1]
        driver.decide(issued.reference, "REJETEE" if month.rejected else "ACCEPTEE", motif="à revoir" if month.rejected else None)


def close(driver: Driver) -> Any:
    driver.act("cloture_demandee", after(LAST, 12), date_fin_reelle=at(2007, 3, 31).date())
    for numero in ("S1", "S2"):
        driver.act("enquete_saisie", driver.now, stagiaire=numero, terme="SORTIE", situation="AUTRE")
    driver.act("bilan_depose", driver.now)
    return named(driver.act("solde_confirme", driver.now), "facture")[-1]


def expected_cost(months: list[Month]) -> Decimal:
    """The same sum by another way: hours of each month that are done, or justified; one rounding a month."""
    total = Decimal(0)
    for month in months:
        centre = entreprise = 0
        for line in month.lines:
            centre += line[0] + line[1]
            entreprise += line[3] + line[4]
        total += (centre * UNIT["cout_unitaire_centre"] + entreprise * UNIT["cout_unitaire_entreprise"]).quantize(
            Decimal("0.01"), "ROUND_HALF_UP"
        )
    return total


@settings(max_examples=60, deadline=None)
@given(st.lists(MONTHS, min_size=6, max_size=6), st.none() | st.decimals(Decimal("0.01"), Decimal(3000), places=2))
def test_payments_and_solde_make_the_realised_cost_and_no_hour_is_paid_twice(months: list[Month], avance: Decimal | None) -> None:
    driver = live(months, avance)
    solde = close(driver)
    accepted = [f for f in driver.action.factures if f.statut == "ACCEPTEE"]
    paid = sum((f.brut for f in accepted), Decimal(0)) + (avance or Decimal(0))
    assert paid + solde.montant_ht == solde.realise_ht == expected_cost(months)
    held = [mois for f in driver.action.factures if f.statut in ("ACCEPTEE", "EMISE") for mois in f.mois]
    assert sorted(held) == sorted(set(held)) == [mois_plus("2006-10", rank) for rank in range(6)]
    deducted = sum((r.montant for f in driver.action.factures if f.statut in ("ACCEPTEE", "EMISE") for r in f.retenues), Decimal(0))
    remaining = sum((s.reste for s in driver.action.sous_traitances), Decimal(0))
    assert deducted + remaining == sum((m.subcontract or Decimal(0) for m in months), Decimal(0))


@settings(max_examples=40, deadline=None)
@given(st.tuples(*[HOURS] * 6), HOURS, HOURS, st.lists(st.integers(0, 200), max_size=6))
def test_unjustified_hours_and_overlapping_absences_change_no_amount(
    line: tuple[int, ...], more: int, again: int, absences: list[int]
) -> None:
    def amount(counters: tuple[int, ...], periods: tuple[Absence, ...]) -> Decimal:
        driver = opened(**UNIT)
        driver.hours("S1", "2006-10", *counters, absences=periods)
        driver.confirm("2006-10")
        found: Decimal = named(driver.invoice("2006-10"), "facture")[-1].montant_ht
        return found

    day = at(2006, 10, 5).date()
    overlapping = tuple(Absence(debut=day, fin=day, motif="Maladie", lieu="CENTRE", heures=Decimal(each)) for each in absences)
    other = (*line[:2], min(line[2] + more, 120), *line[3:5], min(line[5] + again, 120))
    assert amount(line, ()) == amount(other, overlapping)
