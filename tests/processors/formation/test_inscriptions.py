"""Sheets of stagiaires: what is mandatory, when they may change, who may be deleted (R-EXT-20 to 26)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from processors.formation.inscriptions import IDENTITE, PARCOURS
from schemas.records.extranet import Entree, Parcours
from tests.processors.formation.driver import Driver, after, at, codes, named, opened

PATH = Parcours(
    parcours_envisage="Cuisine",
    heures_centre=Decimal(300),
    heures_entreprise=Decimal(100),
    nombre_periodes_entreprise=2,
    modules_generaux="Français",
    modules_professionnels="Cuisine",
    objectifs_entreprise="Service",
    objectifs_formation="CAP",
    vae=False,
    date_debut=date(2006, 10, 2),
    date_fin=date(2007, 6, 29),
)


def described(**action: Any) -> Driver:
    driver = Driver()
    driver.describe(**action)
    return driver


@pytest.mark.parametrize(("field", "label"), IDENTITE)
def test_each_field_with_an_asterisk_is_needed_to_save_a_whole_sheet_not_a_draft(field: str, label: str) -> None:
    driver = described()
    without: dict[str, Any] = {field: None}
    refus = named(driver.stagiaire("S1", **without), "refus")
    assert [(r.code, label in r.message) for r in refus] == [("CHAMPS_OBLIGATOIRES", True)]
    draft = named(driver.stagiaire("S1", enregistrement="PARTIEL", **without), "stagiaire_inscrit")
    assert [s.complet for s in draft] == [False]


@pytest.mark.parametrize("field", [field for field, _ in IDENTITE if field not in ("date_naissance", "date_entree", "beneficiaire_rmi")])
def test_a_blank_is_no_answer(field: str) -> None:
    blank: dict[str, Any] = {field: "  "}
    assert codes(described().stagiaire("S1", **blank)) == ["CHAMPS_OBLIGATOIRES"]


@pytest.mark.parametrize(("field", "label"), PARCOURS)
def test_each_field_of_the_path_is_needed_in_an_individualised_action_only(field: str, label: str) -> None:
    path = replace(PATH, **{field: None})
    refus = named(described(nature="INDIVIDUALISEE").stagiaire("S1", parcours=path), "refus")
    assert [(r.code, label in r.message) for r in refus] == [("CHAMPS_OBLIGATOIRES", True)]
    assert not codes(described().stagiaire("S1", parcours=path))


def test_a_path_counts_in_an_individualised_action_only() -> None:
    individual, collective = described(nature="INDIVIDUALISEE"), described()
    for driver in (individual, collective):
        driver.stagiaire("S1", parcours=PATH)
    assert (individual.action.stagiaires[0].prevu_centre, individual.action.stagiaires[0].prevu_entreprise) == (30_000, 10_000)
    assert (collective.action.stagiaires[0].prevu_centre, collective.action.stagiaires[0].prevu_entreprise) == (None, None)


def test_beyond_the_paid_headcount_an_unpaid_one_is_still_possible() -> None:
    driver = described(effectif_total=12, effectif_remunere=10)
    for rank in range(10):
        assert not codes(driver.stagiaire(f"S{rank}", remunere=True))
    assert codes(driver.stagiaire("S10", remunere=True)) == ["REMUNERES_DEPASSES"]
    assert not codes(driver.stagiaire("S10"))
    assert codes(driver.stagiaire("S10", remunere=True)) == ["REMUNERES_DEPASSES"]
    assert not codes(driver.stagiaire("S11"))
    assert codes(driver.stagiaire("S12")) == ["EFFECTIF_DEPASSE"]


def test_a_paid_one_who_becomes_unpaid_leaves_his_place() -> None:
    driver = described(effectif_remunere=1)
    driver.stagiaire("S1", remunere=True)
    driver.stagiaire("S1", remunere=False)
    assert not codes(driver.stagiaire("S2", remunere=True))


def test_a_sheet_is_free_until_the_action_is_open_and_the_stagiaire_entered() -> None:
    driver = opened(numeros=("S1",))
    assert codes(driver.stagiaire("S1", at(2006, 10, 5, 8), nom="AUTRE")) == ["STAGIAIRE_VERROUILLE"]
    late: dict[str, Any] = {"date_entree": date(2006, 11, 6)}
    assert not codes(driver.stagiaire("S2", at(2006, 10, 5, 8), **late))
    assert not codes(driver.stagiaire("S2", at(2006, 10, 20, 8), **late, nom="AUTRE"))
    assert codes(driver.stagiaire("S2", at(2006, 11, 6, 8), **late, nom="ENCORE")) == ["STAGIAIRE_VERROUILLE"]


def test_an_agreement_of_the_region_opens_one_change_of_the_stagiaire_that_it_names() -> None:
    driver = opened(numeros=("S1", "S2"))
    driver.region("accord", at(2006, 10, 5, 8), objet="STAGIAIRE", stagiaire="S1")
    assert codes(driver.stagiaire("S2", driver.now, nom="AUTRE")) == ["STAGIAIRE_VERROUILLE"]
    assert not codes(driver.stagiaire("S1", driver.now, nom="AUTRE"))
    assert codes(driver.stagiaire("S1", driver.now, nom="ENCORE")) == ["STAGIAIRE_VERROUILLE"]
    assert codes(driver.region("accord", driver.now, objet="STAGIAIRE")) == ["ACCORD_INCOMPLET"]


def test_an_entry_date_that_is_confirmed_and_past_is_locked_too() -> None:
    driver = described()
    driver.stagiaire("S1")
    entry = Entree(stagiaire="S1", date_entree=date(2006, 10, 2))
    assert not codes(driver.act("liste_confirmee", at(2006, 10, 1, 8), entrees=(entry,)))
    driver.open()
    other = Entree(stagiaire="S1", date_entree=date(2006, 10, 9))
    assert codes(driver.act("liste_confirmee", at(2006, 10, 10, 8), entrees=(other,))) == ["STAGIAIRE_VERROUILLE"]
    driver.region("accord", driver.now, objet="STAGIAIRE", stagiaire="S1")
    assert not codes(driver.act("liste_confirmee", driver.now, entrees=(other,)))


def test_a_draft_cannot_be_confirmed_on_the_list() -> None:
    driver = described()
    driver.stagiaire("S1", enregistrement="PARTIEL", prescripteur=None)
    confirmed = driver.act("liste_confirmee", driver.now, entrees=(Entree(stagiaire="S1", date_entree=date(2006, 10, 2)),))
    assert codes(confirmed) == ["FICHE_INCOMPLETE"]


@pytest.mark.parametrize("counter", range(6))
def test_any_hour_even_unjustified_keeps_a_stagiaire_from_being_deleted(counter: int) -> None:
    driver = opened(numeros=("S1", "S2"))
    driver.hours("S1", "2006-10", *(1 if rank == counter else 0 for rank in range(6)))
    driver.hours("S2", "2006-10", *[0] * 6)
    assert codes(driver.act("stagiaire_supprime", driver.now, stagiaire="S1")) == ["STAGIAIRE_AVEC_HEURES"]
    assert not codes(driver.act("stagiaire_supprime", driver.now, stagiaire="S2"))


def test_hours_folded_after_an_accepted_invoice_still_keep_a_stagiaire_from_being_deleted() -> None:
    driver = opened(numeros=("S1", "S2"))
    driver.hours("S1", "2006-10", 0, 0, 7)
    driver.hours("S2", "2006-10", 0)
    driver.confirm("2006-10")
    driver.invoice("2006-10")
    driver.decide("1")
    assert driver.action.mois[0].pliee
    assert codes(driver.act("stagiaire_supprime", after("2006-10", 12), stagiaire="S1")) == ["STAGIAIRE_AVEC_HEURES"]
    assert not codes(driver.act("stagiaire_supprime", driver.now, stagiaire="S2"))
