"""The bursary rules, one promise at a time (R-AGL-13…15, 17, 22, 26, 38)."""

from decimal import Decimal

import pytest
from msgspec.structs import replace as with_fields

from processors.bourses import PROCESSOR, messages
from processors.bourses.reglages import Reglages
from processors.bourses.rules import decide, provides
from schemas.identity import derive
from schemas.outcome import Event
from schemas.records.aglae import EtatDossier
from tests.processors.bourses.build import PARIS, START, VERSAILLES, decided, dossier, registration, retraitement, run

MATCH = (VERSAILLES, "L1INFO")
OTHER = (PARIS, "M1DROIT")
PAID = ["validation", "mise_en_paiement", "notification", "situation"]


# --- case A ----------------------------------------------------------------------------------------------------------


def test_a_matching_registration_is_validated_paid_and_notified_at_once_when_the_dossier_came_first() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH), registration("r1"))
    assert seen.names() == PAID
    assert seen.of("notification")[0].nature == "DEFINITIVE"
    assert seen.of("mise_en_paiement")[0].montant_annuel == Decimal("1665.00")
    assert seen.of("validation")[0].voeu_rang == 1
    assert seen.of("validation")[0].evenements == ("r1", "d1")


def test_a_dossier_that_comes_second_decides_the_waiting_registration_with_the_same_ids() -> None:
    first, second = (
        run(registration("r1"), dossier("d1", "CONDITIONNEL", MATCH)),
        run(dossier("d1", "CONDITIONNEL", MATCH), registration("r1")),
    )
    assert first.situations() == ["SANS_DOSSIER", "DEFINITIF"]
    assert [(o.id, o.data, o.subject) for o in first.outputs[1:]] == [(o.id, o.data, o.subject) for o in second.outputs]


def test_a_payment_follows_from_the_event_that_made_its_registration_known_whatever_came_between() -> None:
    seen = run(registration("r1", minute=1), registration("r2", minute=2, cod_cmp="SCI"), dossier("d1", "CONDITIONNEL", MATCH))
    assert [o.id for o in seen.outputs if o.name in PAID[:3]] == [derive("r1", name, 0) for name in PAID[:3]]


def test_the_three_records_of_a_payment_leave_in_one_outcome() -> None:
    known = decide(Reglages(), None, dossier("d1", "CONDITIONNEL", MATCH)).state
    outcome = decide(Reglages(), known, registration("r1"))
    assert [e.name for e in decided(outcome)] == PAID


@pytest.mark.parametrize("etat", ["CONDITIONNEL", "DEFINITIF"])
def test_any_of_several_voeux_may_correspond(etat: EtatDossier) -> None:
    seen = run(dossier("d1", etat, OTHER, MATCH), registration("r1"))
    assert seen.of("validation")[0].voeu_rang == 2


def test_a_shortened_label_changes_nothing() -> None:
    full = dossier("d1", "CONDITIONNEL", MATCH)
    voeu = full.data.voeux[0]
    labelled = dossier("d1", "CONDITIONNEL", voeux=(type(voeu)(rang=1, uai=voeu.uai, cod_etp=voeu.cod_etp, libelle="Orthoptie - 1ère"),))
    assert run(labelled, registration("r1")).statuses() == {MATCH: "DEFINITIF"}


def test_the_same_etape_at_another_establishment_is_not_the_voeu() -> None:
    assert run(dossier("d1", "CONDITIONNEL", (PARIS, "L1INFO")), registration("r1")).situations() == ["MARQUE"]


def test_a_dossier_of_another_year_decides_nothing() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH, annee=2025, numero="2025VER1111037734L"), registration("r1"))
    assert seen.situations() == ["SANS_DOSSIER"]


def test_each_year_is_decided_with_its_own_dossier() -> None:
    last_year = dossier("d0", "CONDITIONNEL", MATCH, annee=2025, numero="2025VER1111037734L")
    seen = run(last_year, registration("r0", cod_anu="2025"), registration("r1"), dossier("d1", "CONDITIONNEL", MATCH))
    assert [p.annee for p in seen.of("mise_en_paiement")] == [2025, 2026]


# --- case B ----------------------------------------------------------------------------------------------------------


def test_a_registration_outside_the_voeux_only_marks_the_dossier() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", OTHER), registration("r1"))
    assert seen.names() == ["dossier_marque", "situation"]
    assert seen.of("dossier_marque")[0].raison == "SANS_VOEU"
    assert seen.situations() == ["MARQUE"]


def test_an_accepted_retraitement_validates_and_pays_without_a_voeu() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", OTHER), registration("r1"), retraitement("t1"))
    assert seen.names() == ["dossier_marque", "situation", *PAID]
    assert seen.of("validation")[0].voeu_rang is None
    assert seen.of("validation")[0].evenements == ("r1", "d1", "t1")


def test_a_refused_retraitement_refuses_and_repeats_the_motive_of_the_crous() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", OTHER), registration("r1"), retraitement("t1", "REFUSE", motif="Diplôme non habilité."))
    assert seen.situations() == ["MARQUE", "REFUSE"]
    assert seen.of("situation")[-1].motif.endswith("Diplôme non habilité.")


def test_what_the_crous_wrote_does_not_reach_the_timeline() -> None:
    state = run(dossier("d1", "CONDITIONNEL", OTHER), registration("r1")).state
    assert "habilité" not in decide(Reglages(), state, retraitement("t1", "REFUSE", motif="Diplôme non habilité.")).because


def test_a_retraitement_before_its_mark_waits_for_it() -> None:
    early = run(dossier("d1", "CONDITIONNEL", OTHER), retraitement("t1"))
    assert (early.waiting, early.outputs) == (["marque"], [])
    late = run(dossier("d1", "CONDITIONNEL", OTHER), retraitement("t1"), registration("r1"))
    assert late.waiting == []
    assert late.statuses() == {MATCH: "DEFINITIF"}


def test_a_waiting_retraitement_does_not_hold_back_the_dossier() -> None:
    seen = run(retraitement("t1", etape="L9AUTRE"), dossier("d1", "CONDITIONNEL", MATCH), registration("r1"))
    assert seen.statuses() == {MATCH: "DEFINITIF"}


def test_a_retraitement_of_another_dossier_number_waits() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", OTHER), registration("r1"), retraitement("t1", numero="2026CRE1111037734L"))
    assert (seen.waiting, seen.situations()) == (["marque"], ["MARQUE"])


def test_a_mark_is_set_once_while_the_dossier_goes_back_and_forth() -> None:
    seen = run(
        dossier("d1", "CONDITIONNEL", OTHER, minute=1),
        registration("r1"),
        dossier("d2", "EN_ATTENTE_DE_PIECES", OTHER, minute=2),
        dossier("d3", "CONDITIONNEL", OTHER, minute=3),
    )
    assert seen.situations() == ["MARQUE", "EN_ATTENTE", "MARQUE"]
    assert len(seen.of("dossier_marque")) == 1


def test_a_new_version_of_the_dossier_with_the_right_voeu_lifts_the_mark() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", OTHER, minute=1), registration("r1"), dossier("d2", "CONDITIONNEL", OTHER, MATCH, minute=2))
    assert seen.situations() == ["MARQUE", "DEFINITIF"]
    assert len(seen.of("mise_en_paiement")) == 1


# --- what is not decided yet -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("etat", ["NON_TRAITE", "EN_ATTENTE_DE_PIECES", "PROGRESSION_A_VERIFIER"])
def test_an_undecided_dossier_waits_even_when_a_voeu_corresponds(etat: EtatDossier) -> None:
    seen = run(dossier("d1", etat, MATCH, minute=1), registration("r1"))
    assert seen.situations() == ["EN_ATTENTE"]
    assert seen.names() == ["situation"]
    later = run(dossier("d1", etat, MATCH, minute=1), registration("r1"), dossier("d2", "CONDITIONNEL", MATCH, minute=2))
    assert later.names() == ["situation", *PAID]


def test_an_undecided_dossier_does_not_mark_either() -> None:
    assert run(dossier("d1", "NON_TRAITE", OTHER), registration("r1")).names() == ["situation"]


def test_refused_is_said_only_by_a_dossier() -> None:
    assert run(registration("r1"), dossier("d1", "REFUSE", MATCH)).situations() == ["SANS_DOSSIER", "REFUSE"]


def test_a_registration_without_a_dossier_is_counted_and_never_called_non_boursier() -> None:
    seen = run(registration("r1", cod_brs="BS"))
    assert seen.situations() == ["SANS_DOSSIER"]
    assert seen.counts["sans_dossier"] == 1
    assert "non boursier" not in seen.of("situation")[0].motif.lower()
    assert seen.waiting == []


def test_a_declared_boursier_without_a_dossier_is_not_one() -> None:
    assert run(registration("r1", cod_brs="BS", num_brs="1111037734L")).situations() == ["SANS_DOSSIER"]


# --- the same thing again --------------------------------------------------------------------------------------------


def test_equal_content_is_a_doublon_whatever_its_id_type_and_date() -> None:
    first = registration("r1", minute=1)
    again = registration("r2", minute=5, type="IA_CONSTATEE", event_id="autre")
    seen = run(first, again)
    assert seen.counts["doublon"] == 1
    assert len(seen.outputs) == 1


def test_a_doublon_with_a_newer_date_makes_what_lies_between_out_of_date() -> None:
    seen = run(registration("r1", minute=1), registration("r2", minute=9), registration("r3", minute=5, eta_iae="A"))
    assert seen.counts["perime"] == 1
    assert seen.situations() == ["SANS_DOSSIER"]


def test_an_exact_doublon_leaves_the_very_same_state() -> None:
    state = run(registration("r1", minute=1)).state
    assert decide(Reglages(), state, registration("r2", minute=1)).state is state


def test_an_older_version_is_out_of_date() -> None:
    seen = run(registration("r1", minute=9), registration("r2", minute=1, eta_iae="A"), dossier("d1", "CONDITIONNEL", MATCH, minute=9))
    older = dossier("d2", "REFUSE", MATCH, minute=1)
    assert seen.counts["perime"] == 1
    outcome = decide(Reglages(), seen.state, older)
    assert (outcome.counted, outcome.emitted) == ("perime", ())


def test_a_change_that_matters_to_nothing_publishes_nothing() -> None:
    seen = run(
        dossier("d1", "CONDITIONNEL", MATCH, minute=1),
        registration("r1", minute=1),
        registration("r2", minute=2, cod_cmp="SCI"),
        dossier("d2", "CONDITIONNEL", MATCH, minute=2, pieces_manquantes=("avis d'imposition",)),
    )
    assert seen.names() == PAID
    assert "doublon" not in seen.counts


def test_a_dossier_received_twice_pays_once() -> None:
    seen = run(registration("r1"), dossier("d1", "CONDITIONNEL", MATCH), dossier("d2", "CONDITIONNEL", MATCH, minute=3))
    assert seen.counts["doublon"] == 1
    assert len(seen.of("mise_en_paiement")) == 1


# --- several registrations -------------------------------------------------------------------------------------------


def test_a_second_matching_registration_is_said_already_paid() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH, OTHER), registration("r1"), registration("r2", uai=PARIS, etape="M1DROIT"))
    assert len(seen.of("mise_en_paiement")) == 1
    assert len(seen.of("notification")) == 1
    assert seen.statuses() == {MATCH: "DEFINITIF", OTHER: "DEFINITIF"}
    assert "pas payée une seconde fois" in seen.of("situation")[-1].motif
    assert "L1INFO" in seen.of("situation")[-1].motif


def test_the_first_registration_known_is_paid_when_the_dossier_comes_last() -> None:
    seen = run(registration("r1"), registration("r2", uai=PARIS, etape="M1DROIT"), dossier("d1", "CONDITIONNEL", OTHER, MATCH))
    assert [p.cod_etp for p in seen.of("mise_en_paiement")] == ["L1INFO"]


def test_a_registration_elsewhere_after_a_payment_still_marks_the_dossier() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH), registration("r1"), registration("r2", uai=PARIS, etape="M1DROIT"))
    assert seen.statuses() == {MATCH: "DEFINITIF", OTHER: "MARQUE"}
    assert [m.uai for m in seen.of("dossier_marque")] == [PARIS]


def test_a_second_etape_outside_the_voeux_neither_marks_nor_counts() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH), registration("r1"), registration("r2", etape="DULANG", tem_iae_prm=False))
    assert seen.statuses() == {MATCH: "DEFINITIF", (VERSAILLES, "DULANG"): "SECONDAIRE"}
    assert not seen.of("dossier_marque")
    assert not seen.final()[VERSAILLES, "DULANG"].premiere
    assert run(registration("r2", tem_iae_prm=False)).counts.get("sans_dossier") is None


def test_a_second_etape_that_corresponds_to_a_voeu_is_paid_but_never_a_second_time() -> None:
    alone = run(dossier("d1", "CONDITIONNEL", MATCH), registration("r1", tem_iae_prm=False))
    assert len(alone.of("mise_en_paiement")) == 1
    both = run(
        dossier("d1", "CONDITIONNEL", MATCH, (VERSAILLES, "DULANG")),
        registration("r1"),
        registration("r2", etape="DULANG", tem_iae_prm=False),
    )
    assert len(both.of("mise_en_paiement")) == 1


def test_two_dossier_numbers_of_one_year_are_not_both_paid_unless_the_crous_says_so() -> None:
    moved = dossier("d2", "CONDITIONNEL", OTHER, minute=2, numero="2026CRE1111037734L")
    seen = run(dossier("d1", "CONDITIONNEL", MATCH), registration("r1"), moved, registration("r2", uai=PARIS, etape="M1DROIT"))
    assert len(seen.of("mise_en_paiement")) == 1
    assert seen.final()[OTHER].statut == "MARQUE"
    assert [m.raison for m in seen.of("dossier_marque") if m.uai == PARIS] == ["AUTRE_DOSSIER_PAYE"]
    answer = retraitement("t1", uai=PARIS, etape="M1DROIT", numero="2026CRE1111037734L")
    outcome = decide(Reglages(), seen.state, answer)
    assert [e.name for e in decided(outcome)][:3] == PAID[:3]


# --- the end of a registration ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "text"), [("IA_ANNULEE", "annulée"), ("IA_RESILIEE", "résiliée")])
def test_the_end_of_a_paid_registration_marks_the_dossier_so_that_the_payment_is_reviewed(kind: str, text: str) -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH), registration("r1"), registration("r2", minute=5, type=kind))
    assert seen.names()[len(PAID) :] == ["dossier_marque", "situation"]
    assert seen.of("dossier_marque")[0].raison == "PAIEMENT_A_REVOIR"
    assert text in seen.of("situation")[-1].motif
    assert "CROUS" in seen.of("situation")[-1].motif


def test_the_end_of_an_unpaid_registration_marks_nothing() -> None:
    seen = run(registration("r1"), registration("r2", minute=5, type="IA_ANNULEE"), dossier("d1", "CONDITIONNEL", MATCH))
    assert seen.names() == ["situation", "situation"]
    assert seen.situations() == ["SANS_DOSSIER", "ANNULEE"]


def test_an_export_that_shows_the_cancelled_state_says_nothing_new() -> None:
    seen = run(registration("r1"), registration("r2", minute=5, type="IA_ANNULEE"), registration("r3", type="IA_CONSTATEE", eta_iae="A"))
    assert seen.counts["doublon"] == 1


def test_a_registration_first_seen_cancelled_is_known_as_such() -> None:
    assert run(registration("r1", type="IA_CONSTATEE", eta_iae="R")).situations() == ["ANNULEE"]


def test_a_restored_registration_is_not_paid_again_and_the_crous_is_told() -> None:
    seen = run(
        dossier("d1", "CONDITIONNEL", MATCH),
        registration("r1"),
        registration("r2", minute=5, type="IA_ANNULEE"),
        registration("r3", minute=9, type="IA_MODIFIEE"),
    )
    assert seen.situations() == ["DEFINITIF", "ANNULEE", "DEFINITIF"]
    assert len(seen.of("mise_en_paiement")) == 1
    assert [m.raison for m in seen.of("dossier_marque")] == ["PAIEMENT_A_REVOIR", "INSCRIPTION_RETABLIE"]


def test_the_payment_of_a_cancelled_registration_is_not_made_again_for_the_one_that_replaces_it() -> None:
    seen = run(
        dossier("d1", "CONDITIONNEL", MATCH, OTHER),
        registration("r1"),
        registration("r2", minute=5, type="IA_ANNULEE"),
        registration("r3", uai=PARIS, etape="M1DROIT"),
    )
    assert len(seen.of("mise_en_paiement")) == 1
    assert "pris fin" in seen.final()[OTHER].motif


def test_each_turn_of_the_paid_registration_is_told_to_the_other_one_under_an_id_of_its_own() -> None:
    seen = run(
        dossier("d1", "CONDITIONNEL", MATCH, OTHER),
        registration("r1"),
        registration("r2", uai=PARIS, etape="M1DROIT"),
        registration("r3", minute=5, type="IA_ANNULEE"),
        registration("r4", minute=9, type="IA_MODIFIEE"),
    )
    other = [output for output in seen.outputs if output.name == "situation" and output.data.uai == PARIS]
    assert ["pris fin" in output.data.motif for output in other] == [False, True, False]
    assert len({output.id for output in other}) == 3


def test_a_dossier_refused_after_its_payment_says_that_the_payment_is_to_be_reviewed() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH, minute=1), registration("r1"), dossier("d2", "REFUSE", MATCH, minute=2))
    assert seen.situations() == ["DEFINITIF", "REFUSE"]
    assert "revoir ce paiement" in seen.of("situation")[-1].motif


# --- prerequisites ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["IA_ANNULEE", "IA_RESILIEE", "IA_MODIFIEE"])
def test_a_change_before_its_registration_waits_and_is_applied_once(kind: str) -> None:
    early = run(registration("r2", minute=5, type=kind, cod_cmp="SCI"))
    assert (early.waiting, early.outputs, early.state) == (["inscription"], [], None)
    late = run(registration("r2", minute=5, type=kind, cod_cmp="SCI"), registration("r1", minute=0))
    assert late.waiting == []
    assert late.counts["liberes"] == 1
    assert late.situations() == (["SANS_DOSSIER"] if kind == "IA_MODIFIEE" else ["SANS_DOSSIER", "ANNULEE"])


def test_changes_that_wait_are_applied_in_the_order_in_which_they_came() -> None:
    seen = run(
        registration("r2", minute=1, type="IA_ANNULEE"),
        registration("r3", minute=2, type="IA_MODIFIEE"),
        registration("r1", minute=0),
    )
    assert seen.situations() == ["SANS_DOSSIER", "ANNULEE", "SANS_DOSSIER"]


def test_a_registration_being_made_is_known_but_is_not_one_yet() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH), registration("r1", eta_iae="C"))
    assert (seen.outputs, seen.counts["en_creation"]) == ([], 1)
    done = run(dossier("d1", "CONDITIONNEL", MATCH), registration("r1", eta_iae="C"), registration("r2", minute=3, type="IA_MODIFIEE"))
    assert done.names() == PAID


def test_a_registration_that_goes_back_to_being_made_waits_again() -> None:
    seen = run(dossier("d1", "CONDITIONNEL", MATCH), registration("r1"), registration("r2", minute=3, type="IA_MODIFIEE", eta_iae="C"))
    assert seen.situations() == ["DEFINITIF", "EN_ATTENTE"]
    assert [m.raison for m in seen.of("dossier_marque")] == ["PAIEMENT_A_REVOIR"]


def test_only_what_makes_a_registration_known_provides_it() -> None:
    waited = decide(Reglages(), None, registration("r2", type="IA_ANNULEE")).parked
    assert waited is not None
    assert provides(registration("r1")) == provides(registration("r1", type="IA_CONSTATEE")) == waited.waits_for
    assert provides(registration("r2", type="IA_ANNULEE")) is None
    assert provides(dossier("d1")) is None


# --- refusals and identities -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("cod_anu", ["", "26", "20X6", "٢٠٢٦"])
def test_a_year_that_is_none_is_refused_with_its_remedy(cod_anu: str) -> None:
    outcome = decide(Reglages(), None, registration("r1", cod_anu=cod_anu))
    assert outcome.refusal == messages.ANNEE_INVALIDE
    assert outcome.state is None


def test_an_emptied_record_is_refused() -> None:
    outcome = decide(Reglages(), None, with_fields(registration("r1"), data=None))
    assert outcome.refusal == messages.EVENEMENT_INCONNU


def test_every_refusal_has_a_remedy_and_the_expiry_names_what_was_awaited() -> None:
    refusals = [messages.ANNEE_INVALIDE, messages.EVENEMENT_INCONNU, messages.ATTENTE_EXPIREE]
    assert all(refusal.message and refusal.remede for refusal in refusals)
    assert "inscription" in messages.ATTENTE_EXPIREE.message.format(label="inscription")


def test_a_decision_is_about_its_registration_whatever_released_it() -> None:
    seen = run(registration("r1"), dossier("d1", "CONDITIONNEL", MATCH))
    assert {output.subject for output in seen.outputs} == {registration("r1").subject}


def test_subjects_waits_and_reasons_name_no_person() -> None:
    events = (registration("r1"), dossier("d1", "CONDITIONNEL", OTHER), retraitement("t0", etape="AUTRE"), retraitement("t1"))
    texts: list[str] = []
    state = None
    for event in events:
        outcome = decide(Reglages(), state, event)
        texts += [event.subject, outcome.because, *(e.subject or "" for e in outcome.emitted)]
        texts += [outcome.parked.waits_for] if outcome.parked else []
        state = outcome.state
    assert not [text for text in texts if "1111037734" in text or "22600123" in text or "4012" in text]


def test_the_settings_name_every_state_of_a_dossier_once() -> None:
    with pytest.raises(ValueError, match="réglages des bourses"):
        Reglages(refusent=())
    with pytest.raises(ValueError, match="réglages des bourses"):
        Reglages(decident=("CONDITIONNEL", "DEFINITIF", "NON_TRAITE"))


def test_the_settings_decide_which_states_pay() -> None:
    strict = Reglages(version="essai", decident=("DEFINITIF",), attendent=(*Reglages().attendent, "CONDITIONNEL"))
    state = decide(strict, None, dossier("d1", "CONDITIONNEL", MATCH)).state
    outcome = decide(strict, state, registration("r1"))
    assert [e.data.statut for e in decided(outcome)] == ["EN_ATTENTE"]


def test_the_processor_declares_what_the_bus_needs() -> None:
    assert PROCESSOR.refusals == "bourses.refus.v1"
    assert PROCESSOR.reglages().version
    assert isinstance(registration("r1"), Event)
    assert START.tzinfo is not None
