"""The procedure by its behaviour, where the scenarios do not go."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from bus.engine.fold import MAX_STATE_BYTES
from processors.formation.calendrier import mois_plus
from processors.formation.messages import MENUS_FACTURE
from processors.formation.procedure import ETAPES
from processors.formation.reglages import Reglages
from processors.formation.state import Action
from schemas.contracts import contract_of
from schemas.records.extranet import Absence, Entree, Periode
from schemas.records.safir import SousTraitant
from tests.processors.formation.driver import Driver, after, at, codes, named, opened


def test_every_event_of_both_topics_has_its_step() -> None:
    events = {name for topic in ("extranet.actes.v1", "safir.actions.v1") for name in contract_of(topic).names}
    assert events == {*ETAPES, "action"}


def test_every_act_of_an_organisme_stands_in_one_menu_of_the_home_page() -> None:
    menus: dict[str, set[str]] = {}
    for name in contract_of("extranet.actes.v1").names:
        menus.setdefault(ETAPES[name].menu, set()).add(name)
    assert menus == {
        "Gestion des dates de formation": {"dates_validees"},
        "Inscription des Stagiaires": {"stagiaire_saisi", "stagiaire_supprime", "liste_confirmee"},
        "Exécution de l'action": {"ouverture", "formateurs_confirmes", "formateurs_modifies"},
        "Déclaration de réalisation périodique": {"heures_saisies", "realise_saisi", "sortie_saisie", "declaration_confirmee"},
        "Facturation": {"facture_preparee", "facture_confirmee", "facture_sous_traitant", "solde_confirme"},
        "Clôture de l'action": {"cloture_demandee"},
        "Bilan et évaluations": {"enquete_saisie", "bilan_depose"},
    }


@pytest.mark.parametrize(
    ("given", "shown", "reported"),
    [
        (("44590.00", "40600.00", "3990.00"), "44590.00", []),
        ((None, "40600.00", "3990.00"), "44590.00", []),
        (("44590.00", "40600.00", None), "44590.00", []),
        ((None, None, "3990.00"), None, []),
        (("44590.01", "40600.00", "3990.00"), "44590.01", ["PRIX_INCOHERENT"]),
    ],
)
def test_the_total_price_is_the_sum_of_its_parts_or_is_reported_as_it_came(
    given: tuple[str | None, ...], shown: str | None, reported: list[str]
) -> None:
    total, centre, entreprise = (None if each is None else Decimal(each) for each in given)
    said = Driver().describe(
        prix_total=total, prix_centre=centre, prix_entreprise=entreprise, duree_centre=Decimal(812), duree_entreprise=Decimal(420)
    )
    sheet = named(said, "action_decrite")[0]
    assert (sheet.prix_total, sheet.total_prevu) == (None if shown is None else Decimal(shown), 1232)
    assert [a.code for a in named(said, "anomalie")] == reported


# --- before the opening ----------------------------------------------------------------------------------------------


def test_what_comes_before_the_action_is_online_waits_and_is_applied_once() -> None:
    driver = Driver()
    assert not driver.stagiaire("S1")
    driver.describe(en_ligne=False)
    assert driver.key.parked
    released = driver.describe(at(2006, 9, 25, 8))
    assert [s.stagiaire for s in named(released, "stagiaire_inscrit")] == ["S1"]
    assert not driver.key.parked


def test_another_organisme_than_the_titulaire_has_no_access() -> None:
    driver = opened(sous_traitants=(SousTraitant(identifiant="ST", nom="CEVENNES-GESTION"),))
    assert codes(driver.act("declaration_confirmee", after("2006-10"), organisme="ST", mois="2006-10")) == ["ACCES_REFUSE"]


def test_the_same_description_again_changes_nothing() -> None:
    driver = opened()
    assert driver.describe(at(2006, 10, 5, 8)) == []


def test_periods_may_overlap_between_centre_and_entreprise() -> None:
    driver = Driver()
    driver.describe()
    driver.region("accord", at(2006, 9, 2, 8), objet="DATES")
    periods = (
        Periode(lieu="CENTRE", debut=date(2007, 1, 9), fin=date(2007, 3, 7)),
        Periode(lieu="ENTREPRISE", debut=date(2007, 2, 15), fin=date(2007, 3, 16)),
    )
    kept = driver.act(
        "dates_validees", at(2006, 9, 3, 8), date_debut_prevue=date(2006, 10, 2), date_fin_prevue=date(2007, 6, 29), periodes=periods
    )
    assert named(kept, "dates_arretees")[0].validees
    assert len(driver.action.periodes) == 2


def test_dates_as_they_are_may_be_confirmed_without_agreement_and_then_are_locked() -> None:
    driver = Driver()
    driver.describe()
    same: dict[str, Any] = {"date_debut_prevue": date(2006, 10, 2), "date_fin_prevue": date(2007, 6, 29)}
    assert not codes(driver.act("dates_validees", at(2006, 9, 3, 8), **same))
    assert driver.act("dates_validees", at(2006, 9, 4, 8), **same) == []
    later = driver.act("dates_validees", at(2006, 9, 5, 8), **same | {"date_fin_prevue": date(2007, 6, 30)})
    assert codes(later) == ["DATES_VERROUILLEES"]


def test_changed_dates_need_the_regions_agreement_whatever_the_number_of_days() -> None:
    driver = Driver()
    driver.describe()
    shifted = driver.act("dates_validees", at(2006, 9, 3, 8), date_debut_prevue=date(2006, 10, 3), date_fin_prevue=date(2007, 6, 29))
    assert codes(shifted) == ["DATES_SANS_ACCORD"]
    assert "fax" in named(shifted, "refus")[0].remede


def test_trainers_are_read_only_until_the_region_agrees() -> None:
    driver = opened()
    assert codes(driver.act("formateurs_modifies", driver.now, formateurs=())) == ["FORMATEURS_EN_CONSULTATION"]
    assert not codes(driver.act("formateurs_confirmes", driver.now))
    assert driver.action.formateurs_confirmes
    driver.region("accord", driver.now, objet="FORMATEURS")
    assert not codes(driver.act("formateurs_modifies", driver.now, formateurs=()))
    assert codes(driver.act("formateurs_modifies", driver.now, formateurs=())) == ["FORMATEURS_EN_CONSULTATION"]


def test_a_list_confirmed_at_opening_gives_each_entry_date() -> None:
    driver = Driver()
    driver.describe()
    driver.stagiaire("S1")
    kept = driver.act("liste_confirmee", at(2006, 10, 1, 8), entrees=(Entree(stagiaire="S1", date_entree=date(2006, 10, 9)),))
    assert named(kept, "entree_confirmee")[0].date_entree == date(2006, 10, 9)
    unknown = driver.act("liste_confirmee", at(2006, 10, 1, 9), entrees=(Entree(stagiaire="S9", date_entree=date(2006, 10, 9)),))
    assert codes(unknown) == ["STAGIAIRE_INCONNU"]


def test_a_draft_does_not_make_an_opening_possible() -> None:
    driver = Driver()
    driver.describe()
    driver.stagiaire("S1", enregistrement="PARTIEL", prescripteur=None)
    assert codes(driver.open()) == ["OUVERTURE_SANS_STAGIAIRE"]


def test_an_action_opens_once() -> None:
    driver = opened()
    assert codes(driver.open()) == ["ACTION_DEJA_OUVERTE"]


@pytest.mark.parametrize("missing", ["date_debut_reelle", "frequence"])
def test_an_opening_says_what_it_misses(missing: str) -> None:
    driver = Driver()
    driver.describe()
    driver.stagiaire("S1")
    given: dict[str, Any] = {"date_debut_reelle": date(2006, 10, 2), "frequence": "MENSUEL"} | {missing: None}
    assert codes(driver.act("ouverture", at(2006, 10, 2, 8), **given)) == ["OUVERTURE_INCOMPLETE"]


def test_a_frequency_that_is_not_offered_is_refused_with_those_that_are() -> None:
    driver = Driver(Reglages(frequences=("MENSUEL", "TROIS_ACOMPTES")))
    driver.describe()
    driver.stagiaire("S1")
    refus = named(driver.open("TRIMESTRIEL"), "refus")[0]
    assert refus.code == "FREQUENCE_INDISPONIBLE"
    assert not codes(driver.open("TROIS_ACOMPTES"))


def test_a_headcount_that_is_not_given_limits_nothing() -> None:
    driver = Driver()
    driver.describe(effectif_total=None, effectif_remunere=None)
    for rank in range(30):
        assert not codes(driver.stagiaire(f"S{rank}", remunere=True))


def test_a_deleted_stagiaire_frees_his_place() -> None:
    driver = Driver()
    driver.describe(effectif_total=1)
    driver.stagiaire("S1")
    assert codes(driver.stagiaire("S2")) == ["EFFECTIF_DEPASSE"]
    driver.act("stagiaire_supprime", driver.now, stagiaire="S1")
    assert not codes(driver.stagiaire("S2", driver.now))
    assert codes(driver.act("stagiaire_supprime", driver.now, stagiaire="S1")) == ["STAGIAIRE_INCONNU"]


# --- declarations ----------------------------------------------------------------------------------------------------


def test_hours_of_each_present_stagiaire_are_needed_to_confirm() -> None:
    driver = opened(numeros=("S1", "S2"))
    driver.hours("S1", "2006-10", 10)
    assert codes(driver.confirm("2006-10")) == ["SAISIE_MANQUANTE"]
    driver.hours("S2", "2006-10", 0, time=driver.now)
    assert not codes(driver.confirm("2006-10", driver.now))


def test_hours_entered_again_replace_the_former_ones() -> None:
    driver = opened()
    driver.hours("S1", "2006-10", 90)
    driver.hours("S1", "2006-10", 40)
    assert named(driver.confirm("2006-10"), "declaration_recapitulee")[0].total == 40


def test_hours_of_the_next_month_wait_for_the_confirmation_of_this_one() -> None:
    driver = opened()
    driver.hours("S1", "2006-10", 90)
    assert driver.hours("S1", "2006-11", 40, time=at(2006, 11, 3, 8)) == []
    released = driver.confirm("2006-10")
    assert [h.mois for h in named(released, "heures_retenues")] == ["2006-11"]


def test_a_month_is_confirmed_in_order() -> None:
    driver = opened()
    driver.hours("S1", "2006-10", 90)
    assert codes(driver.confirm("2006-11", at(2006, 12, 5, 8))) == ["PERIODE_PRECEDENTE"]


@pytest.mark.parametrize(("day", "expected"), [(1, []), (15, []), (16, ["HORS_DELAI"]), (28, ["HORS_DELAI"])])
def test_the_window_is_the_first_fifteen_days_of_any_later_month(day: int, expected: list[str]) -> None:
    driver = opened()
    driver.hours("S1", "2006-10", 90)
    assert codes(driver.confirm("2006-10", at(2007, 2, day, 12))) == expected


def test_other_first_days_may_be_set() -> None:
    driver = opened()
    driver.reglages = Reglages(jours_confirmation=5)
    driver.__post_init__()
    driver.hours("S1", "2006-10", 90)
    assert codes(driver.confirm("2006-10", at(2006, 11, 6, 12))) == ["HORS_DELAI"]
    assert not codes(driver.confirm("2006-10", at(2006, 12, 5, 12)))


def test_a_late_declaration_is_announced_once_and_a_punctual_one_never() -> None:
    driver = opened()
    driver.hours("S1", "2006-10", 90)
    driver.confirm("2006-10")
    assert driver.until(at(2006, 12, 15, 22)) == []
    late = driver.until(at(2007, 3, 1))
    assert [n.nature for n in named(late, "notification")] == ["DECLARATION_EN_RETARD"]


def test_a_reopened_declaration_is_confirmed_again_at_any_time() -> None:
    driver = opened()
    driver.hours("S1", "2006-10", 90)
    driver.confirm("2006-10")
    assert not codes(driver.region("accord", at(2006, 11, 20, 8), objet="DECLARATION", mois="2006-10"))
    driver.hours("S1", "2006-10", 80, time=driver.now)
    assert named(driver.confirm("2006-10", driver.now), "declaration_recapitulee")[0].total == 80


def test_a_reopened_declaration_is_again_the_one_awaited_though_later_ones_are_confirmed() -> None:
    driver = ready(months=3)
    reopened = driver.region("accord", driver.now, objet="DECLARATION", mois="2006-11")
    assert named(reopened, "action_suivie")[0].mois_attendu == "2006-11"
    driver.hours("S1", "2006-11", 80, time=driver.now)
    assert named(driver.confirm("2006-11", driver.now), "action_suivie")[0].mois_attendu == "2007-01"


def test_an_invoiced_declaration_is_not_reopened() -> None:
    driver = opened()
    driver.hours("S1", "2006-10", 90)
    driver.confirm("2006-10")
    driver.invoice("2006-10")
    assert codes(driver.region("accord", driver.now, objet="DECLARATION", mois="2006-10")) == ["MOIS_NON_ROUVRABLE"]


def test_absences_that_do_not_match_the_counters_are_reported() -> None:
    driver = opened()
    absence = Absence(debut=date(2006, 10, 5), fin=date(2006, 10, 6), motif="Maladie", lieu="CENTRE", heures=Decimal(10))
    found = named(driver.hours("S1", "2006-10", 90, 14, absences=(absence,)), "anomalie")
    assert [a.code for a in found] == ["ABSENCES_NON_CONCORDANTES"]
    assert "10 h" in found[0].message
    assert "14 h" in found[0].message


def test_hours_not_done_without_any_period_of_absence_are_reported() -> None:
    found = named(opened().hours("S1", "2006-10", 90, 0, 0, 10, 0, 3), "anomalie")
    assert [a.code for a in found] == ["ABSENCES_NON_CONCORDANTES"]
    assert "entreprise" in found[0].message


def test_an_absence_that_ends_before_it_begins_is_refused() -> None:
    absence = Absence(debut=date(2006, 10, 6), fin=date(2006, 10, 5), motif="Maladie", lieu="CENTRE", heures=Decimal(7))
    assert codes(opened().hours("S1", "2006-10", 90, 7, absences=(absence,))) == ["ABSENCE_INVERSEE"]


@pytest.mark.parametrize("mois", ["2006-13", "octobre", ""])
def test_a_text_that_is_no_month_is_refused(mois: str) -> None:
    driver = opened()
    assert codes(driver.hours("S1", mois, 10, time=driver.now)) == ["MOIS_INVALIDE"]
    assert codes(driver.confirm(mois, driver.now)) == ["MOIS_INVALIDE"]


def test_hours_finer_than_a_hundredth_are_refused() -> None:
    driver = opened()
    assert codes(driver.hours("S1", "2006-10", "10.005")) == ["HEURES_TROP_FINES"]
    assert codes(driver.hours("S1", "2006-10", "744.001")) == ["HEURES_AU_DELA_DU_MOIS"]
    assert not codes(driver.hours("S1", "2006-10", "10.01"))


def test_papers_may_come_before_the_hours_they_justify() -> None:
    driver = opened()
    driver.region("justificatif_recu", at(2006, 10, 15, 8), stagiaire="S1", nature="ABSENCE", mois="2006-10")
    driver.hours("S1", "2006-10", 90, 14)
    driver.confirm("2006-10")
    assert named(driver.invoice("2006-10"), "facture")[-1].payable


def test_a_motive_is_recognised_whatever_its_case() -> None:
    driver = opened(motifs_recevables=("Retour à l'emploi",))
    left = driver.act(
        "sortie_saisie", driver.now, stagiaire="S1", date_sortie=date(2006, 10, 2), fin_de_formation=False, motif=" RETOUR À  L'EMPLOI "
    )
    assert named(left, "sortie_enregistree")[0].recevable


# --- invoices --------------------------------------------------------------------------------------------------------


def ready(frequence: str = "MENSUEL", months: int = 1, **action: Any) -> Driver:
    driver = opened(frequence, **action)
    for rank in range(months):
        name = mois_plus("2006-10", rank)
        driver.hours("S1", name, 100)
        assert not codes(driver.confirm(name))
    return driver


def test_an_invoice_given_up_frees_its_declarations_and_its_number() -> None:
    driver = ready()
    driver.act("facture_preparee", driver.now, mois=("2006-10",))
    assert codes(driver.act("facture_preparee", driver.now, mois=("2006-10",))) == ["FACTURE_EN_PREPARATION"]
    left = driver.act("facture_confirmee", driver.now, facture="1", emise=False)
    assert named(left, "facture")[0].statut == "ABANDONNEE"
    assert named(driver.invoice("2006-10", time=driver.now), "facture")[-1].reference == "1"


def test_a_monthly_invoice_holds_one_declaration() -> None:
    driver = ready(months=2)
    assert codes(driver.act("facture_preparee", driver.now, mois=("2006-10", "2006-11"))) == ["SELECTION_MENSUELLE"]


def test_an_invoice_needs_confirmed_declarations() -> None:
    driver = ready()
    assert codes(driver.act("facture_preparee", driver.now, mois=())) == ["AUCUNE_DECLARATION"]
    assert codes(driver.act("facture_preparee", driver.now, mois=("2006-11",))) == ["DECLARATION_NON_CONFIRMEE"]


def test_without_unit_costs_nothing_is_invoiced() -> None:
    driver = ready(cout_unitaire_centre=None)
    assert codes(driver.act("facture_preparee", driver.now, mois=("2006-10",))) == ["COUT_UNITAIRE_INCONNU"]


def test_a_decision_that_arrives_before_the_invoice_waits_for_it() -> None:
    driver = ready()
    driver.decide("1")
    assert driver.key.parked
    released = driver.invoice("2006-10", time=driver.now)
    assert [f.statut for f in named(released, "facture")] == ["EMISE", "ACCEPTEE"]


def test_a_rejection_without_motive_is_refused() -> None:
    driver = ready()
    driver.invoice("2006-10")
    assert codes(driver.decide("1", "REJETEE")) == ["REJET_SANS_MOTIF"]


def test_a_decision_is_told_at_once_in_both_menus() -> None:
    driver = ready()
    driver.invoice("2006-10")
    told = named(driver.decide("1", "REJETEE", motif="Signature manquante"), "notification")[0]
    assert told.menus == MENUS_FACTURE
    assert told.message == "La Région a rejeté : Facture N° 1 de SCENES ET FORMATIONS. Motif : Signature manquante"


def test_a_rejected_invoice_keeps_its_number_for_ever() -> None:
    driver = ready()
    driver.invoice("2006-10")
    driver.decide("1", "REJETEE", motif="Signature manquante")
    again = named(driver.invoice("2006-10", time=at(2006, 11, 25, 8)), "facture")[-1]
    assert (again.reference, again.statut) == ("2", "EMISE")


def test_a_rejected_fallback_takes_no_acompte() -> None:
    driver = ready("TROIS_ACOMPTES", 3, effectif_total=2)
    first = named(driver.invoice("2006-10", "2006-11", "2006-12"), "facture")[-1]
    driver.decide(first.reference, "REJETEE", motif="à revoir")
    again = named(driver.invoice("2006-10", "2006-11", "2006-12", time=driver.now), "facture")[-1]
    assert (first.rang_acompte, again.rang_acompte) == (None, None)


def test_a_rejected_acompte_is_asked_again_with_its_rank_even_beyond_the_soldes_threshold() -> None:
    driver = ready("TROIS_ACOMPTES", 3, effectif_total=1, duree_centre=Decimal(800))
    first = named(driver.invoice("2006-10", "2006-11", "2006-12"), "facture")[-1]
    for rank in range(3, 7):
        driver.hours("S1", mois_plus("2006-10", rank), 100)
        driver.confirm(mois_plus("2006-10", rank))
    driver.decide(first.reference, "REJETEE", motif="à revoir")
    assert codes(driver.act("facture_preparee", driver.now, mois=("2007-01",))) == ["SOLDE_SEUL"]
    again = named(driver.invoice("2006-10", "2006-11", "2006-12", time=driver.now), "facture")[-1]
    assert (first.rang_acompte, again.rang_acompte) == (1, 1)


def test_a_rejected_subcontract_already_deducted_is_given_back() -> None:
    driver = ready(months=2, sous_traitants=(SousTraitant(identifiant="ST", nom="CEVENNES-GESTION"),))
    driver.act("facture_sous_traitant", driver.now, sous_traitant="ST", reference="F1", montant_ht=Decimal("300.00"))
    first = named(driver.invoice("2006-10", time=driver.now), "facture")[-1]
    driver.decide("ST-F1", "REJETEE", motif="Montant erroné")
    second = named(driver.invoice("2006-11", time=driver.now), "facture")[-1]
    assert (first.net_ht, second.net_ht) == (Decimal("400.00"), Decimal("1000.00"))


def test_a_payment_that_names_no_invoice_is_refused_when_it_should() -> None:
    driver = ready()
    assert codes(driver.region("versement", driver.now, reference="V1", nature="ACOMPTE", montant_ht=Decimal(10))) == [
        "VERSEMENT_SANS_FACTURE"
    ]


def test_an_avance_after_an_acompte_is_counted_and_reported() -> None:
    driver = ready()
    driver.invoice("2006-10")
    found = driver.region("versement", driver.now, reference="V1", nature="AVANCE", montant_ht=Decimal(10))
    assert [a.code for a in named(found, "anomalie")] == ["AVANCE_TARDIVE"]
    assert driver.action.percu_hors_factures == 10


# --- closing ---------------------------------------------------------------------------------------------------------


def closed(**action: Any) -> Driver:
    driver = ready(date_fin_prevue=date(2006, 11, 30), **action)
    driver.hours("S1", "2006-11", 50)
    driver.act("sortie_saisie", at(2006, 11, 30, 8), stagiaire="S1", date_sortie=date(2006, 11, 30), fin_de_formation=True)
    driver.confirm("2006-11")
    driver.act("cloture_demandee", driver.now, date_fin_reelle=date(2006, 11, 30))
    return driver


def test_the_solde_waits_for_the_decision_on_each_invoice() -> None:
    driver = ready(date_fin_prevue=date(2006, 11, 30))
    driver.invoice("2006-10")
    driver.hours("S1", "2006-11", 50)
    driver.act("sortie_saisie", at(2006, 11, 30, 8), stagiaire="S1", date_sortie=date(2006, 11, 30), fin_de_formation=True)
    driver.confirm("2006-11")
    driver.act("cloture_demandee", driver.now, date_fin_reelle=date(2006, 11, 30))
    driver.act("enquete_saisie", driver.now, stagiaire="S1", terme="SORTIE", situation="AUTRE")
    driver.act("bilan_depose", driver.now)
    assert codes(driver.act("solde_confirme", driver.now)) == ["FACTURES_EN_ATTENTE"]
    driver.decide("1")
    solde = named(driver.act("solde_confirme", driver.now), "facture")[0]
    assert (solde.montant_ht, solde.mois) == (Decimal("350.00"), ("2006-11",))


def justified(*, accepted: bool) -> Driver:
    """October with justified hours, invoiced and decided; November with others, left to the solde; no papers yet."""
    driver = opened(date_fin_prevue=date(2006, 11, 30))
    driver.hours("S1", "2006-10", 100, 35)
    driver.confirm("2006-10")
    driver.invoice("2006-10")
    driver.decide("1", "ACCEPTEE" if accepted else "REJETEE", motif=None if accepted else "justificatifs d'absence")
    driver.hours("S1", "2006-11", 50, 14)
    driver.act("sortie_saisie", at(2006, 11, 30, 8), stagiaire="S1", date_sortie=date(2006, 11, 30), fin_de_formation=True)
    driver.confirm("2006-11")
    driver.act("cloture_demandee", driver.now, date_fin_reelle=date(2006, 11, 30))
    driver.act("enquete_saisie", driver.now, stagiaire="S1", terme="SORTIE", situation="AUTRE")
    driver.act("bilan_depose", driver.now)
    return driver


def papers(driver: Driver, mois: str) -> list[Any]:
    return driver.region("justificatif_recu", driver.now, stagiaire="S1", nature="ABSENCE", mois=mois)


def test_a_payment_of_another_amount_than_its_invoice_is_counted_once_and_reported() -> None:
    driver = ready()
    driver.invoice("2006-10")
    driver.decide("1")
    paid = driver.region("versement", driver.now, reference="V1", nature="ACOMPTE", facture="1", montant_ht=Decimal("600.00"))
    assert [a.code for a in named(paid, "anomalie")] == ["VERSEMENT_DIFFERENT"]
    assert driver.action.percu_hors_factures == 0
    assert driver.region("versement", driver.now, reference="V1", nature="ACOMPTE", facture="1", montant_ht=Decimal("600.00")) == []


def test_a_row_of_the_region_that_differs_from_our_invoice_is_reported_and_not_taken() -> None:
    driver = ready()
    issued = named(driver.invoice("2006-10"), "facture")[-1]
    row: dict[str, Any] = {
        "rang": 1,
        "numero": "1",
        "nombre_stagiaires": 1,
        "heures_centre": Decimal(90),
        "heures_entreprise": Decimal(0),
        "montant_ht": Decimal("600.00"),
        "montant_ttc": Decimal("717.60"),
        "date_creation": date(2006, 11, 13),
    }
    said = driver.region("facture_validee", driver.now, **row)
    assert [a.code for a in named(said, "anomalie")] == ["MONTANT_DIFFERENT"]
    assert driver.action.factures[0].brut == issued.montant_ht


def test_subcontracted_amounts_beyond_the_solde_are_reported() -> None:
    driver = closed(sous_traitants=(SousTraitant(identifiant="ST", nom="CEVENNES-GESTION"),))
    driver.act("facture_sous_traitant", driver.now, sous_traitant="ST", reference="F1", montant_ht=Decimal("5000.00"))
    driver.act("enquete_saisie", driver.now, stagiaire="S1", terme="SORTIE", situation="AUTRE")
    driver.act("bilan_depose", driver.now)
    asked = driver.act("solde_confirme", driver.now)
    solde = named(asked, "facture")[0]
    assert solde.net_ht == 0
    assert [a.code for a in named(asked, "anomalie")] == ["SOUS_TRAITANCE_NON_DEDUITE"]


def test_the_solde_takes_nothing_back_of_what_the_region_accepted() -> None:
    driver = justified(accepted=True)
    assert [a.code for a in named(driver.outputs, "anomalie")].count("ACCEPTEE_SANS_JUSTIFICATIF") == 1
    solde = named(driver.act("solde_confirme", driver.now), "facture")[0]
    assert (solde.realise_ht, solde.percu_ht) == (Decimal("1393.00"), Decimal("945.00"))
    assert (solde.montant_ht, solde.mois) == (Decimal("448.00"), ("2006-11",))


@pytest.mark.parametrize("last", ["bilan", "papers"])
def test_a_solde_is_payable_with_the_bilan_and_the_papers_of_its_own_months(last: str) -> None:
    driver = justified(accepted=True)
    asked = named(driver.act("solde_confirme", driver.now), "facture")[0]
    assert (asked.payable, asked.pieces_manquantes) == (False, 1)
    steps: dict[str, Callable[[], list[Any]]] = {
        "bilan": lambda: driver.region("bilan_recu", driver.now),
        "papers": lambda: papers(driver, "2006-11"),
    }
    first = steps["papers" if last == "bilan" else "bilan"]()
    assert not any(f.payable for f in named(first, "facture"))
    assert not named(first, "notification")
    then = steps[last]()
    assert [(f.reference, f.payable, f.montant_ht) for f in named(then, "facture")] == [("SOLDE", True, Decimal("448.00"))]
    because = "le bilan pédagogique" if last == "bilan" else "les justificatifs attendus"
    assert [n.message for n in named(then, "notification")] == [f"La Région a reçu {because} : le solde peut être payé."]


def test_papers_of_a_month_that_the_region_accepted_do_not_withhold_the_solde() -> None:
    driver = justified(accepted=True)
    papers(driver, "2006-11")
    driver.act("solde_confirme", driver.now)
    assert [f.payable for f in named(driver.region("bilan_recu", driver.now), "facture")] == [True]


def test_hours_of_a_rejected_invoice_come_into_the_solde_and_wait_for_their_papers() -> None:
    driver = justified(accepted=False)
    solde = named(driver.act("solde_confirme", driver.now), "facture")[0]
    assert (solde.montant_ht, solde.mois, solde.pieces_manquantes) == (Decimal("1393.00"), ("2006-10", "2006-11"), 2)
    driver.region("bilan_recu", driver.now)
    assert [f.payable for f in named(papers(driver, "2006-10"), "facture")] == [False]
    assert [f.payable for f in named(papers(driver, "2006-11"), "facture")] == [True]


def test_a_solde_accepted_without_papers_is_reported() -> None:
    driver = justified(accepted=True)
    driver.act("solde_confirme", driver.now)
    driver.region("bilan_recu", driver.now)
    assert [a.code for a in named(driver.decide("SOLDE"), "anomalie")] == ["ACCEPTEE_SANS_JUSTIFICATIF"]


def test_more_received_than_realised_makes_a_negative_solde_that_is_flagged() -> None:
    driver = closed()
    driver.region("versement", driver.now, reference="V1", nature="AVANCE", montant_ht=Decimal("2000.00"))
    driver.act("enquete_saisie", driver.now, stagiaire="S1", terme="SORTIE", situation="AUTRE")
    driver.act("bilan_depose", driver.now)
    asked = driver.act("solde_confirme", driver.now)
    assert named(asked, "facture")[0].montant_ht == Decimal("-950.00")
    assert [a.code for a in named(asked, "anomalie")] == ["TROP_PERCU"]
    assert not named(driver.region("bilan_recu", driver.now), "notification")


def test_a_closed_action_takes_no_more_hours_nor_stagiaires() -> None:
    driver = closed()
    assert codes(driver.hours("S1", "2006-11", 10, time=driver.now)) == ["ACTION_CLOSE"]
    assert codes(driver.stagiaire("S2", driver.now)) == ["ACTION_CLOSE"]


def test_a_closing_that_waits_for_its_avenant_takes_effect_with_the_right_date_only() -> None:
    driver = ready(date_fin_prevue=date(2006, 11, 30))
    driver.hours("S1", "2006-11", 50)
    driver.act("sortie_saisie", at(2006, 11, 28, 8), stagiaire="S1", date_sortie=date(2006, 11, 28), fin_de_formation=True)
    driver.confirm("2006-11")
    asked = driver.act("cloture_demandee", driver.now, date_fin_reelle=date(2006, 11, 28))
    assert named(asked, "avenant_requis")
    assert not named(driver.region("accord", driver.now, objet="AVENANT", date_fin_prevue=date(2006, 11, 29)), "cloture_prononcee")
    assert named(driver.region("accord", driver.now, objet="AVENANT", date_fin_prevue=date(2006, 11, 28)), "cloture_prononcee")


def test_a_closing_on_another_day_tells_the_organisme_to_contact_the_region() -> None:
    driver = ready(date_fin_prevue=date(2006, 11, 30))
    driver.hours("S1", "2006-11", 50)
    driver.act("sortie_saisie", at(2006, 11, 28, 8), stagiaire="S1", date_sortie=date(2006, 11, 28), fin_de_formation=True)
    driver.confirm("2006-11")
    told = named(driver.act("cloture_demandee", driver.now, date_fin_reelle=date(2006, 11, 28)), "notification")
    assert [n.nature for n in told] == ["FERMETURE_A_DECALER"]
    assert "CONSEIL REGIONAL LANGUEDOC ROUSSILLON" in told[0].message
    assert "avenant" in told[0].message


def test_each_survey_is_asked_for_on_its_own_day_and_not_before() -> None:
    driver = closed()
    assert codes(driver.act("enquete_saisie", at(2007, 5, 29, 8), stagiaire="S1", terme="SIX_MOIS", situation="AUTRE")) == [
        "ENQUETE_PREMATUREE"
    ]
    due = driver.until(at(2007, 5, 30, 8))
    assert [(e.terme, e.etat) for e in named(due, "enquete")] == [("SIX_MOIS", "DUE")]
    assert [n.nature for n in named(due, "notification")] == ["ENQUETE_DUE"]
    answered = driver.act("enquete_saisie", at(2007, 5, 30, 9), stagiaire="S1", terme="SIX_MOIS", situation="AUTRE")
    assert [(e.terme, e.etat) for e in named(answered, "enquete")] == [("SIX_MOIS", "SAISIE")]
    assert [e.terme for e in named(driver.until(at(2007, 12, 1)), "enquete")] == ["UN_AN"]


def test_a_survey_needs_an_exit_and_a_job_its_kind_of_contract() -> None:
    driver = opened()
    assert codes(driver.act("enquete_saisie", driver.now, stagiaire="S1", terme="SORTIE", situation="AUTRE")) == ["STAGIAIRE_NON_SORTI"]
    after_exit = closed()
    job = {"stagiaire": "S1", "terme": "SORTIE", "situation": "EMPLOI_SECTEUR"}
    assert codes(after_exit.act("enquete_saisie", after_exit.now, **job)) == ["CONTRAT_MANQUANT"]
    assert not codes(after_exit.act("enquete_saisie", after_exit.now, **job, type_contrat="CDI"))


def test_a_survey_already_answered_is_not_asked_again() -> None:
    driver = closed()
    driver.act("enquete_saisie", at(2007, 5, 30, 8), stagiaire="S1", terme="SIX_MOIS", situation="AUTRE")
    due = driver.until(at(2008, 1, 1))
    assert [(e.terme, e.due_le) for e in named(due, "enquete")] == [("UN_AN", date(2007, 11, 30))]


def test_an_exit_entered_again_moves_its_surveys() -> None:
    driver = opened()
    for day in (date(2006, 12, 31), date(2007, 1, 31)):
        driver.act("sortie_saisie", driver.now, stagiaire="S1", date_sortie=day, fin_de_formation=True)
    due = driver.until(at(2007, 7, 30, 21))
    assert not named(due, "enquete")
    assert [e.due_le for e in named(driver.until(at(2007, 7, 31)), "enquete")] == [date(2007, 7, 31)]


# --- the state -------------------------------------------------------------------------------------------------------


def test_a_state_comes_back_from_its_bytes() -> None:
    driver = closed(sous_traitants=(SousTraitant(identifiant="ST", nom="CEVENNES-GESTION"),))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(driver.action), type=Action) == driver.action


def test_the_largest_action_with_five_months_not_yet_accepted_fits_the_engine() -> None:
    numbers = tuple(f"2006-STAGIAIRE-{rank:04d}" for rank in range(Reglages().stagiaires_max))
    driver = opened("TRIMESTRIEL", numeros=numbers)
    for rank in range(5):
        name = mois_plus("2006-10", rank)
        for number in numbers:
            driver.hours(number, name, "123.45", "20.55", "1.25", "33.33", "10.50", "2.75")
        assert not codes(driver.confirm(name))
    assert codes(driver.stagiaire("UN-DE-TROP", driver.now)) == ["TROP_DE_STAGIAIRES"]
    assert len(msgspec.msgpack.encode(driver.action)) < MAX_STATE_BYTES


def test_an_accepted_invoice_folds_the_detail_of_its_months() -> None:
    driver = ready()
    driver.invoice("2006-10")
    driver.decide("1")
    assert driver.action.mois[0].lignes == ()
    driver.hours("S1", "2006-11", 20)
    recap = named(driver.confirm("2006-11"), "declaration_recapitulee")[0]
    assert (recap.lignes[0].centre, recap.lignes[0].total) == (20, 120)
    assert codes(driver.act("stagiaire_supprime", driver.now, stagiaire="S1")) == ["STAGIAIRE_AVEC_HEURES"]


def test_no_name_is_kept_in_the_state() -> None:
    driver = ready()
    assert b"EXEMPLE" not in msgspec.msgpack.encode(driver.action)
    assert replace(driver.action, empreinte="") != driver.action
