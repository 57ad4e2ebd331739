"""What follows from the matching, one promise at a time (R-AGL-08…12, 16…33)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as with_fields

from processors.bourses.montants import mensualites
from processors.bourses.reglages import Bareme, Fenetre, Reglages
from processors.bourses.rules import decide
from processors.bourses.state import Etudiant
from schemas.outcome import Event
from schemas.records import apogee, crous, nne, pve
from tests.processors.bourses.build import BOURSIER, KEY, PARIS, START, VERSAILLES, Run, dossier, registration, run

MATCH = (VERSAILLES, "L1INFO")
OTHER = (PARIS, "M1DROIT")
NEW_KEY = "7a" * 16


def event(ce_id: str, name: str, data: Any, key: str = KEY) -> Event:
    return Event(ce_id, name, START, key, "sujet", "/essai", "essai", data)


def crous_line(ce_id: str = "c1", resultat: crous.ResultatCrous = "DEFINITIF", **changes: Any) -> Event:
    fields: dict[str, Any] = {"annee": 2026, "numero_boursier": BOURSIER, "resultat": resultat, **changes}
    return event(ce_id, "decision_crous", crous.DecisionCrous(**fields))


def declared(ce_id: str = "r1", **changes: Any) -> Event:
    return registration(ce_id, **{"cod_brs": "BS", **changes})


def bourses_of(seen: Run) -> list[str]:
    return [data.bourse for data in seen.of("statut_apogee")]


# --- Apogée's status, fees, piece ------------------------------------------------------------------------------------


def test_a_positive_student_is_asked_for_no_piece_and_pays_as_a_boursier() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH), declared())
    assert [(data.bourse, data.tarif) for data in seen.of("statut_apogee")] == [("DEFINITIVE", "BOURSIER")]
    assert seen.of("demande_piece") == seen.of("passage_definitif") == []


def test_a_conditional_student_pays_as_a_boursier_and_is_asked_for_the_notice() -> None:
    seen = run(declared())
    assert [(data.bourse, data.tarif, data.declaree) for data in seen.of("statut_apogee")] == [("CONDITIONNELLE", "BOURSIER", True)]
    assert [(data.piece, data.demandee) for data in seen.of("demande_piece")] == [("avis de bourse", True)]


def test_a_student_who_says_nothing_and_has_no_dossier_is_told_nothing_of() -> None:
    assert bourses_of(run(registration())) == []
    assert run(registration()).of("demande_piece") == []


def test_a_code_of_the_site_that_says_no_bursary_declares_nothing() -> None:
    outcome = decide(Reglages(codes_non_boursier=("BS",)), None, declared())
    assert [each.name for each in outcome.emitted] == ["situation"]


@pytest.mark.parametrize("etat", ["NON_TRAITE", "EN_ATTENTE_DE_PIECES", "PROGRESSION_A_VERIFIER"])
def test_an_undecided_dossier_is_conditional_also_for_who_declares_nothing(etat: Any) -> None:
    assert bourses_of(run(dossier("d1", etat, MATCH), registration())) == ["CONDITIONNELLE"]


def test_the_passage_is_told_once_and_the_piece_is_no_longer_asked_for() -> None:
    seen = run(declared(), dossier("d1", "CONDITIONNEL", MATCH), dossier("d2", "DEFINITIF", MATCH, minute=3))
    assert bourses_of(seen) == ["CONDITIONNELLE", "DEFINITIVE"]
    assert [data.voie for data in seen.of("passage_definitif")] == ["RAPPROCHEMENT"]
    assert [data.demandee for data in seen.of("demande_piece")] == [True, False]


def test_a_refusal_claims_the_fees_once_and_a_waiting_bursary_claims_none() -> None:
    waiting = run(declared(), dossier("d1", "EN_ATTENTE_DE_PIECES", MATCH))
    assert waiting.of("reclamation_droits") == []
    refused = run(declared(), dossier("d1", "REFUSE", MATCH), dossier("d2", "REFUSE", MATCH, OTHER, minute=3))
    assert [data.ouverte for data in refused.of("reclamation_droits")] == [True]
    assert bourses_of(refused)[-1] == "REFUSEE"


def test_a_claim_ends_when_the_bursary_stands_again_and_not_when_the_registration_ends() -> None:
    accepted = run(declared(), dossier("d1", "REFUSE", MATCH), dossier("d2", "CONDITIONNEL", MATCH, minute=3))
    assert [data.ouverte for data in accepted.of("reclamation_droits")] == [True, False]
    ended = run(declared(), dossier("d1", "REFUSE", MATCH), registration("r2", minute=5, type="IA_ANNULEE", cod_brs="BS"))
    assert [data.ouverte for data in ended.of("reclamation_droits")] == [True]


def test_a_definitive_bursary_that_is_refused_later_claims_the_fees() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH), registration(), dossier("d2", "REFUSE", MATCH, minute=3))
    assert [data.ouverte for data in seen.of("reclamation_droits")] == [True]


def test_only_fees_that_were_paid_as_ordinary_are_to_refund() -> None:
    late = run(registration(eta_pmt_iae="P"), dossier("d1", "CONDITIONNEL", MATCH))
    assert [data.ouvert for data in late.of("remboursement_droits")] == [True]
    as_boursier = run(declared(eta_pmt_iae="P"), dossier("d1", "REFUSE", MATCH), dossier("d2", "CONDITIONNEL", MATCH, minute=3))
    assert as_boursier.of("remboursement_droits") == []
    at_once = run(dossier("d1", "CONDITIONNEL", MATCH), registration(eta_pmt_iae="P"))
    assert at_once.of("remboursement_droits") == []


def test_a_status_keeps_the_instant_at_which_it_began() -> None:
    first = run(declared()).of("statut_apogee")[0]
    seen = run(declared(), with_fields(dossier("d1", "NON_TRAITE", MATCH), time=START.replace(day=9)))
    assert [data.depuis for data in seen.of("statut_apogee")] == [first.depuis, first.depuis]


# --- the CROUS -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resultat", "bourse", "claims"),
    [("DEFINITIF", "DEFINITIVE", 0), ("REFUSE", "REFUSEE", 1), ("RADIE", "REFUSEE", 1), ("CONDITIONNEL", "CONDITIONNELLE", 0)],
)
def test_a_line_of_the_crous_crosses_a_conditional_bursary(resultat: Any, bourse: str, claims: int) -> None:
    seen = run(declared(), crous_line("c1", resultat))
    assert bourses_of(seen)[-1] == bourse
    assert len(seen.of("reclamation_droits")) == claims
    assert seen.of("ligne_crous_sans_suite") == []
    assert seen.of("mise_en_paiement") == []


def test_a_line_that_meets_no_conditional_bursary_is_reported_and_changes_nothing() -> None:
    nobody = run(crous_line())
    assert [data.resultat for data in nobody.of("ligne_crous_sans_suite")] == ["DEFINITIF"]
    assert run(crous_line(), declared()).of("statut_apogee")[-1].bourse == "CONDITIONNELLE"
    undeclared = run(registration(), crous_line())
    assert len(undeclared.of("ligne_crous_sans_suite")) == 1
    assert bourses_of(undeclared) == []
    other_year = run(declared(), crous_line(annee=2025))
    assert bourses_of(other_year) == ["CONDITIONNELLE"]


def test_the_same_line_again_is_a_doublon() -> None:
    seen = run(declared(), crous_line("c1"), crous_line("c2"))
    assert seen.counts["doublon"] == 1
    assert len(seen.of("passage_definitif")) == 1


def test_what_the_matching_decides_stands_above_what_the_crous_wrote() -> None:
    seen = run(declared(), crous_line("c1", "REFUSE"), dossier("d1", "CONDITIONNEL", MATCH))
    assert bourses_of(seen) == ["CONDITIONNELLE", "REFUSEE", "DEFINITIVE"]
    assert [data.ouverte for data in seen.of("reclamation_droits")] == [True, False]


# --- the NNE ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "nature", "differents"),
    [
        ({"num_brs": "0906018155T"}, "NUMEROS_DIFFERENTS", True),
        ({"nne": None, "cle_nne": None, "num_brs": "0906018155T"}, "NNE_ABSENT", True),
        ({"num_brs": "0906018155X"}, "MAL_SAISI", True),
        ({"cle_nne": "A", "num_brs": None}, "MAL_SAISI", False),
        ({"num_brs": BOURSIER}, None, None),
        ({"num_brs": None}, None, None),
        ({"nne": None, "cle_nne": None, "num_brs": None}, None, None),
    ],
)
def test_the_defects_of_an_nne_are_recognised(fields: dict[str, Any], nature: str | None, differents: bool | None) -> None:
    seen = run(registration(**fields))
    assert [(data.nature, data.differents, data.ouvert) for data in seen.of("ecart_identifiant")] == (
        [] if nature is None else [(nature, differents, True)]
    )
    assert "REFUSEE" not in bourses_of(seen)


def test_a_defect_that_is_gone_closes_and_one_that_changes_is_another() -> None:
    seen = run(
        registration("r1", minute=1, num_brs="0906018155T"),
        registration("r2", minute=2, num_brs="0906018155X"),
        registration("r3", minute=3, num_brs=BOURSIER),
    )
    assert [(data.nature, data.ouvert) for data in seen.of("ecart_identifiant")] == [
        ("NUMEROS_DIFFERENTS", True),
        ("NUMEROS_DIFFERENTS", False),
        ("MAL_SAISI", True),
        ("MAL_SAISI", False),
    ]


def test_a_defect_of_a_registration_that_ends_closes() -> None:
    seen = run(registration("r1", num_brs="0906018155T"), registration("r2", minute=5, type="IA_ANNULEE", num_brs="0906018155T"))
    assert [data.ouvert for data in seen.of("ecart_identifiant")] == [True, False]


def correction(ce_id: str = "n1", vers: str = NEW_KEY) -> Event:
    data = nne.CorrectionNne(uai=VERSAILLES, cod_etu="22600123", ancien_nne=BOURSIER, nouveau_nne="0494004062M", nouvelle_cle=vers)
    return event(ce_id, "correction_nne", data)


def handed(seen: Run, ce_id: str = "f1", key: str = NEW_KEY, rank: int = 0) -> Event:
    """What one key sent, as it reaches the other."""
    output = [output for output in seen.suites if output.topic == "bourses.transmissions.v1"][rank]
    return event(ce_id, output.name, output.data, key)


def outcomes(state: Etudiant | None, *events: Event) -> tuple[Etudiant | None, list[Any]]:
    emitted: list[Any] = []
    for each in events:
        outcome = decide(Reglages(), state, each)
        state = outcome.state
        emitted += outcome.emitted
    return state, emitted


def test_a_corrected_key_keeps_only_where_its_facts_went() -> None:
    seen = run(registration("r1", num_brs="0494004062M"), correction())
    assert seen.state is not None
    assert (seen.state.inscriptions, seen.state.paiements, len(seen.state.transferts)) == ((), (), 1)
    assert [data.ouvert for data in seen.of("ecart_identifiant")] == [True, False]
    assert [output.key for output in seen.suites if output.name == "faits_transmis"] == [NEW_KEY]


def test_the_new_key_matches_what_it_receives() -> None:
    sent = handed(run(registration("r1", num_brs="0494004062M"), correction()))
    file = with_fields(dossier("d1", "CONDITIONNEL", MATCH, numero="2026VER0494004062M", numero_boursier="0494004062M"), key=NEW_KEY)
    for events in ((file, sent), (sent, file)):
        state, emitted = outcomes(None, *events)
        assert "mise_en_paiement" in [each.name for each in emitted]
        assert state is not None
        assert state.inscriptions[0].administratif.nne == "0494004062M"
        assert not [each for each in emitted if each.name == "ecart_identifiant"]


def test_what_was_paid_goes_with_the_registration_and_is_not_paid_again() -> None:
    sent = handed(run(dossier("d1", "CONDITIONNEL", MATCH), registration("r1"), correction()))
    file = with_fields(dossier("d2", "CONDITIONNEL", MATCH, numero="2026VER0494004062M", numero_boursier="0494004062M"), key=NEW_KEY)
    state, emitted = outcomes(None, sent, file)
    assert "mise_en_paiement" not in [each.name for each in emitted]
    assert state is not None
    assert len(state.paiements) == 1
    assert [each.data.raison for each in emitted if each.name == "dossier_marque"][-1] == "AUTRE_DOSSIER_PAYE"


def test_what_still_arrives_under_the_old_nne_is_forwarded_also_when_it_waited() -> None:
    seen = run(registration("r9", minute=5, type="IA_MODIFIEE"), correction(), registration("r1"))
    names = [output.name for output in seen.suites]
    assert names.count("inscription_transmise") == 2
    assert seen.waiting == []
    assert seen.outputs == []


def test_another_student_of_the_same_key_stays() -> None:
    seen = run(registration("r1"), registration("r2", cod_ind="9", cod_etu="22600999", etape="L2INFO"), correction())
    assert seen.state is not None
    assert [i.cod_etu for i in seen.state.inscriptions] == ["22600999"]


def test_a_second_correction_sends_on_and_the_way_back_is_open() -> None:
    first = run(registration("r1"), correction())
    there, _ = outcomes(None, handed(first))
    back = with_fields(correction("n2", KEY), key=NEW_KEY)
    there, emitted = outcomes(there, back)
    assert there is not None
    assert there.inscriptions == ()
    sent = next(each for each in emitted if each.name == "faits_transmis")
    assert sent.key == KEY
    state, _ = outcomes(first.state, event("f2", "faits_transmis", sent.data))
    assert state is not None
    assert (len(state.inscriptions), state.transferts) == (1, ())
    third = "9c" * 16
    there, _ = outcomes(None, handed(first))
    there, _ = outcomes(there, with_fields(correction("n3", third), key=NEW_KEY))
    _, late = outcomes(there, handed(first, "f3"))
    assert [each.key for each in late] == [third]


def test_the_same_correction_again_is_a_doublon_and_one_without_key_is_refused() -> None:
    seen = run(registration("r1"), correction("n1"), correction("n2"))
    assert seen.counts["doublon"] == 1
    assert decide(Reglages(), None, correction(vers="")).refusal is not None


def test_a_corrected_key_answers_nothing_any_more() -> None:
    seen = run(registration("r1", num_brs="0494004062M"), crous_line(), correction())
    assert all(not annee.inscriptions for annee in seen.of("droits")[-1].annees)


# --- the dossier -----------------------------------------------------------------------------------------------------


def test_missing_papers_are_asked_for_exactly_and_once() -> None:
    papers = ("avis d'imposition", "certificat")
    seen = run(
        dossier("d1", "EN_ATTENTE_DE_PIECES", minute=1, pieces_manquantes=papers),
        dossier("d2", "EN_ATTENTE_DE_PIECES", MATCH, minute=2, pieces_manquantes=papers),
        dossier("d3", "EN_ATTENTE_DE_PIECES", MATCH, minute=3, pieces_manquantes=papers[1:]),
    )
    assert [(data.nature, data.pieces) for data in seen.of("notification_dossier")] == [("PIECES", papers), ("PIECES", papers[1:])]


def test_a_conditional_decision_may_be_under_the_reserve_of_progress() -> None:
    seen = run(dossier("d1", "PROGRESSION_A_VERIFIER", MATCH))
    assert [(data.nature, data.reserve_progression) for data in seen.of("notification_dossier")] == [("CONDITIONNELLE", True)]


def test_a_dossier_with_missing_papers_is_not_affirmed() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH, pieces_manquantes=("RIB",)))
    assert [annee.affirmable for annee in seen.of("droits")[-1].annees] == [False]


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"date_decision": date(2026, 1, 19)}, ["INSTRUCTION_ANTICIPEE"]),
        ({"date_decision": date(2026, 1, 20)}, []),
        ({"annee_revenus": 2024}, []),
        ({"annee_revenus": 2025}, ["REVENUS_AUTRE_ANNEE"]),
        ({"numero": "2025VER1111037734L"}, ["NUMERO_INCOHERENT"]),
        ({"numero": "2026VER0906018155T"}, ["NUMERO_INCOHERENT"]),
    ],
)
def test_what_is_doubtful_in_a_dossier_is_told_once_and_stops_nothing(changes: dict[str, Any], codes: list[str]) -> None:
    seen = run(
        dossier("d1", "CONDITIONNEL", MATCH, minute=1, **changes), dossier("d2", "DEFINITIF", MATCH, minute=2, **changes), registration()
    )
    assert [data.code for data in seen.of("anomalie_dossier")] == codes
    assert len(seen.of("mise_en_paiement")) == 1


@given(st.integers(1, 999_999_99), st.integers(1, 12), st.integers(2000, 2100))
def test_payments_are_equal_but_for_a_cent_and_sum_to_the_annual_amount(cents: int, number: int, annee: int) -> None:
    annual = Decimal(cents) / 100
    parts = mensualites(annee, annual, number)
    assert sum(part for _, part in parts) == annual
    assert len(parts) == number
    assert max(part for _, part in parts) - min(part for _, part in parts) <= Decimal("0.01")
    assert parts[0][0] == f"{annee}-09"
    assert [month for month, _ in parts] == sorted(month for month, _ in parts)


def test_ten_payments_go_from_september_to_june() -> None:
    parts = mensualites(2014, Decimal("1665.00"), 10)
    assert {part for _, part in parts} == {Decimal("166.50")}
    assert (parts[0][0], parts[-1][0]) == ("2014-09", "2015-06")


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jour", "open_"),
    [
        ("01-14", False),
        ("01-15", True),
        ("04-30", True),
        ("05-01", False),
        ("05-14", False),
        ("05-15", True),
        ("08-31", True),
        ("09-01", False),
    ],
)
@pytest.mark.parametrize("annee", [2015, 2026, 2028])
def test_the_calendar_of_the_dse_bounds_the_demandes(jour: str, open_: bool, annee: int) -> None:
    demande = pve.Demande(annee=annee, numero_boursier=BOURSIER, date_demande=date.fromisoformat(f"{annee}-{jour}"))
    outcome = decide(Reglages(), None, event("p1", "demande", demande))
    assert (outcome.refusal is None) == open_
    if outcome.refusal is not None:
        assert outcome.refusal.code == "HORS_CALENDRIER"
        assert BOURSIER not in outcome.refusal.message


@pytest.mark.parametrize(
    "changes",
    [
        {"saisie": ()},
        {"saisie": (Fenetre("04-30", "01-15"),)},
        {"saisie": (Fenetre("02-29", "04-30"),)},
        {"instruction_des": "20/01"},
        {"mensualites": 0},
        {"baremes": (Bareme(2026, 10, "", {"1": Decimal(1)}),)},
        {"baremes": (Bareme(2026, 10, "x", {"8": Decimal(1)}),)},
    ],
)
def test_settings_that_cannot_be_are_refused_at_start(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="réglages des bourses"):
        Reglages(**changes)


def test_every_table_of_amounts_says_its_year_and_source_and_a_partial_one_serves_its_year_alone() -> None:
    reglages = Reglages()
    assert all(bareme.source and bareme.annee for bareme in reglages.baremes)
    assert reglages.montant(2014, "1") == Decimal("1665.00")
    assert reglages.montant(2015, "1") is None
    assert reglages.montant(2014, "2") is None
    assert reglages.montant(2026, "7") == Decimal("6335.00")
    assert reglages.montant(2026, "0bis", 12) == Decimal("1745.00")
    assert reglages.montant(2026, None) is None


def test_a_registration_record_survives_its_forwarding() -> None:
    seen = run(correction(), registration("r1", num_brs="0494004062M", cle_boursier=NEW_KEY))
    forwarded = handed(seen, rank=1)
    _, emitted = outcomes(None, forwarded)
    assert emitted[0].name == "situation"
    assert isinstance(registration().data, apogee.Inscription)
    assert not [each for each in emitted if each.name in ("ecart_identifiant", "numero_cite")]
