"""Events in any order, sensible or not: the procedure answers each, and money stays whole."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from processors.formation.procedure import ETAPES
from schemas.records.extranet import Entree, LigneSaisie
from schemas.records.safir import SousTraitant
from tests.processors.formation.driver import COMPTEURS, FICHE, Driver, at

NUMBERS = st.sampled_from(["S1", "S2", "S9"])
MONTHS = st.sampled_from(["2006-09", "2006-10", "2006-11", "2006-12", "2007-01", "2006-13", ""])
DAYS = st.dates(date(2006, 9, 1), date(2007, 3, 31))
AMOUNTS = st.decimals(Decimal(-10), Decimal(3000), places=2)
HOURS = st.decimals(Decimal(-1), Decimal(300), places=2)
LINES = st.builds(
    lambda numero, heures: LigneSaisie(stagiaire=numero, **heures), NUMBERS, st.fixed_dictionaries(dict.fromkeys(COMPTEURS, HOURS))
)
INVOICES = st.sampled_from(["1", "2", "3", "SOLDE", "ST-F1", "9"])

ORGANISME: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "dates_validees": st.fixed_dictionaries({"date_debut_prevue": DAYS, "date_fin_prevue": DAYS}),
    "stagiaire_saisi": NUMBERS.map(lambda numero: {"stagiaire": numero, **FICHE}),
    "stagiaire_supprime": st.fixed_dictionaries({"stagiaire": NUMBERS}),
    "liste_confirmee": st.builds(lambda n, d: {"entrees": (Entree(stagiaire=n, date_entree=d),)}, NUMBERS, DAYS),
    "formateurs_confirmes": st.just({}),
    "formateurs_modifies": st.just({"formateurs": ()}),
    "ouverture": st.fixed_dictionaries(
        {
            "ouverte": st.sampled_from([True, True, True, False]),
            "date_debut_reelle": st.just(date(2006, 10, 2)),
            "frequence": st.sampled_from(["MENSUEL", "TRIMESTRIEL", "TROIS_ACOMPTES"]),
        }
    ),
    "heures_saisies": st.fixed_dictionaries({"stagiaire": NUMBERS, "mois": MONTHS, **dict.fromkeys(COMPTEURS, HOURS)}),
    "realise_saisi": st.fixed_dictionaries({"mois": MONTHS, "lignes": st.lists(LINES, max_size=3).map(tuple)}),
    "sortie_saisie": st.fixed_dictionaries(
        {
            "stagiaire": NUMBERS,
            "date_sortie": DAYS,
            "fin_de_formation": st.booleans(),
            "motif": st.sampled_from([None, "Convenance", "Motifs personnels (santé, mutation, déménagement...)"]),
        }
    ),
    "declaration_confirmee": st.fixed_dictionaries({"mois": MONTHS}),
    "facture_preparee": st.fixed_dictionaries({"mois": st.lists(MONTHS, max_size=4).map(tuple)}),
    "facture_confirmee": st.fixed_dictionaries({"facture": INVOICES, "emise": st.booleans()}),
    "facture_sous_traitant": st.fixed_dictionaries(
        {"sous_traitant": st.sampled_from(["ST", "XX"]), "reference": st.just("F1"), "montant_ht": AMOUNTS}
    ),
    "cloture_demandee": st.fixed_dictionaries({"date_fin_reelle": DAYS}),
    "enquete_saisie": st.fixed_dictionaries(
        {"stagiaire": NUMBERS, "terme": st.sampled_from(["SORTIE", "SIX_MOIS", "UN_AN"]), "situation": st.just("AUTRE")}
    ),
    "bilan_depose": st.just({}),
    "solde_confirme": st.just({}),
}
REGION: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "accord": st.fixed_dictionaries(
        {
            "objet": st.sampled_from(["DATES", "STAGIAIRE", "FORMATEURS", "DECLARATION", "AVENANT"]),
            "stagiaire": NUMBERS,
            "mois": MONTHS,
            "date_fin_prevue": DAYS,
        }
    ),
    "decision_facture": st.fixed_dictionaries(
        {"facture": INVOICES, "resultat": st.sampled_from(["ACCEPTEE", "REJETEE"]), "motif": st.sampled_from([None, "à revoir"])}
    ),
    "justificatif_recu": st.fixed_dictionaries({"stagiaire": NUMBERS, "nature": st.sampled_from(["ABSENCE", "SORTIE"]), "mois": MONTHS}),
    "bilan_recu": st.just({}),
    "versement": st.fixed_dictionaries(
        {
            "reference": st.sampled_from(["V1", "V2"]),
            "nature": st.sampled_from(["AVANCE", "ACOMPTE", "AUTRE"]),
            "facture": st.none() | INVOICES,
            "montant_ht": AMOUNTS,
        }
    ),
    "facture_validee": st.just(
        {
            "rang": 1,
            "nombre_stagiaires": 0,
            "heures_centre": Decimal(0),
            "heures_entreprise": Decimal(0),
            "montant_ht": Decimal("1.00"),
            "montant_ttc": Decimal("9.00"),
            "date_creation": date(2007, 1, 1),
        }
    ),
}
EVENTS = st.one_of(*(st.tuples(st.just(name), data) for name, data in {**ORGANISME, **REGION}.items()))
STEPS = st.lists(st.tuples(st.integers(0, 400), EVENTS), max_size=60)


def test_every_step_is_drawn() -> None:
    assert {*ORGANISME, *REGION} == set(ETAPES)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_any_order_is_answered_and_no_month_is_held_by_two_invoices(steps: list[tuple[int, tuple[str, dict[str, Any]]]]) -> None:
    driver = Driver()
    driver.describe(sous_traitants=(SousTraitant(identifiant="ST", nom="CEVENNES-GESTION"),))
    driver.stagiaire("S1")
    driver.open()
    for hours, (name, data) in steps:
        time = max(driver.now, at(2006, 10, 3)) + timedelta(hours=hours)
        driver.act(name, time, **data) if name in ORGANISME else driver.region(name, time, **data)
        held = [mois for f in driver.action.factures if f.statut in ("PREPAREE", "EMISE", "ACCEPTEE") for mois in f.mois]
        assert len(held) == len(set(held))
        retained: dict[str, Decimal] = {}
        for facture in driver.action.factures:
            for retenue in facture.retenues:
                retained[retenue.reference] = retained.get(retenue.reference, Decimal(0)) + retenue.montant
        for s in driver.action.sous_traitances:
            due = Decimal(0) if s.statut == "REJETEE" else s.montant
            assert s.reste + retained.get(s.reference, Decimal(0)) == due
