"""Properties over histories: the two systems may speak in any order, each in its own order."""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.outcome import Event
from schemas.records.aglae import EtatDossier, ResultatRetraitement
from tests.processors.bourses.build import PARIS, VERSAILLES, Run, dossier, registration, retraitement, run

PLACES = [(VERSAILLES, "L1INFO"), (PARIS, "L1INFO"), (VERSAILLES, "M1DROIT")]
RESULTATS: list[ResultatRetraitement] = ["ACCEPTE", "REFUSE"]
ETATS: list[EtatDossier] = ["NON_TRAITE", "EN_ATTENTE_DE_PIECES", "PROGRESSION_A_VERIFIER", "CONDITIONNEL", "DEFINITIF", "REFUSE"]
PAYMENT = ("validation", "mise_en_paiement", "notification")


@st.composite
def registrations(draw: st.DrawFn) -> list[Event]:
    """What Apogée says, in its order: any type, any state, some of it again, some of it late."""
    events = []
    for rank in range(draw(st.integers(0, 6))):
        uai, etape = draw(st.sampled_from(PLACES))
        fields: dict[str, Any] = {
            "type": draw(st.sampled_from(["IA_CONSTATEE", "IA_CREEE", "IA_CREEE", "IA_MODIFIEE", "IA_ANNULEE", "IA_RESILIEE"])),
            "eta_iae": draw(st.sampled_from("EEEEARC")),
            "tem_iae_prm": draw(st.sampled_from([True, True, None, False])),
            "cod_cmp": draw(st.sampled_from(["SCI", "DRT"])),
        }
        events.append(registration(f"r{rank}", uai=uai, etape=etape, minute=draw(st.none() | st.integers(0, 9)), **fields))
    return events


@st.composite
def dossiers(draw: st.DrawFn) -> list[Event]:
    """What Aglaé says, in its order, with re-treatments that may come before any mark."""
    events = []
    for rank in range(draw(st.integers(0, 6))):
        if draw(st.integers(0, 3)) == 0:
            uai, etape = draw(st.sampled_from(PLACES))
            events.append(retraitement(f"t{rank}", draw(st.sampled_from(RESULTATS)), uai=uai, etape=etape))
        else:
            voeux = draw(st.lists(st.sampled_from(PLACES), max_size=2, unique=True))
            minute = draw(st.none() | st.integers(0, 9))
            events.append(dossier(f"d{rank}", draw(st.sampled_from(ETATS)), *voeux, minute=minute))
    return events


@st.composite
def interleaving(draw: st.DrawFn, first: list[Event], second: list[Event]) -> list[Event]:
    """One arrival of both topics that keeps each one's order."""
    sides = draw(st.permutations([0] * len(first) + [1] * len(second)))
    queues = [list(first), list(second)]
    return [queues[side].pop(0) for side in sides]


@st.composite
def two_arrivals(draw: st.DrawFn) -> tuple[list[Event], list[Event]]:
    first, second = draw(registrations()), draw(dossiers())
    return draw(interleaving(first, second)), draw(interleaving(first, second))


def ids(seen: Run, *names: str) -> list[str]:
    return sorted(output.id for output in seen.outputs if output.name in names)


@settings(max_examples=150, deadline=None)
@given(two_arrivals())
def test_the_final_status_depends_on_the_facts_alone(arrivals: tuple[list[Event], list[Event]]) -> None:
    one, other = (run(*events) for events in arrivals)
    assert one.statuses() == other.statuses()


@settings(max_examples=150, deadline=None)
@given(two_arrivals())
def test_no_dossier_is_paid_twice_and_payments_come_whole(arrivals: tuple[list[Event], list[Event]]) -> None:
    seen = run(*arrivals[0])
    assert seen.dead == 0
    assert all(count == 1 for count in Counter(p.numero_dossier for p in seen.of("mise_en_paiement")).values())
    assert len({len(seen.of(name)) for name in PAYMENT}) == 1
    names = seen.names()
    assert all(tuple(names[at : at + 3]) == PAYMENT for at, name in enumerate(names) if name == "validation")


@settings(max_examples=150, deadline=None)
@given(two_arrivals())
def test_a_definitive_follows_its_registration_and_a_dossier_that_lets_it(arrivals: tuple[list[Event], list[Event]]) -> None:
    events = arrivals[0]
    for end in range(1, len(events) + 1):
        seen = run(*events[:end])
        for notification in seen.of("notification"):
            known = {event.id for event in events[:end]}
            assert set(notification.evenements) <= known
            causes = [event for event in events[:end] if event.id in notification.evenements]
            assert {event.type for event in causes} >= {"inscription", "dossier"}
            assert all(event.data.etat in ("CONDITIONNEL", "DEFINITIF") for event in causes if event.type == "dossier")
            assert all(event.data.resultat == "ACCEPTE" for event in causes if event.type == "retraitement")


@settings(max_examples=150, deadline=None)
@given(two_arrivals())
def test_two_outputs_of_one_history_never_share_an_id(arrivals: tuple[list[Event], list[Event]]) -> None:
    seen = run(*arrivals[0])
    assert not [identifier for identifier, count in Counter(output.id for output in (*seen.outputs, *seen.suites)).items() if count > 1]


@settings(max_examples=150, deadline=None)
@given(two_arrivals())
def test_everything_again_publishes_nothing_more(arrivals: tuple[list[Event], list[Event]]) -> None:
    events = arrivals[0]
    twice, once = run(*events, *events), run(*events)
    assert twice.names() == once.names()
    assert [output.name for output in twice.suites] == [output.name for output in once.suites]


@st.composite
def steady_histories(draw: st.DrawFn) -> tuple[list[Event], list[Event]]:
    """Nobody changes their mind: each registration and the dossier are said once, and the CROUS answers at most for one."""
    places = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique=True))
    first = [registration(f"r{rank}", uai=uai, etape=etape) for rank, (uai, etape) in enumerate(places)]
    voeux = draw(st.lists(st.sampled_from(PLACES), max_size=2, unique=True))
    second = [dossier("d0", draw(st.sampled_from(ETATS)), *voeux)]
    if len(places) == 1 and draw(st.booleans()):
        uai, etape = places[0]
        second.append(retraitement("t0", draw(st.sampled_from(RESULTATS)), uai=uai, etape=etape))
    return draw(interleaving(first, second)), draw(interleaving(first, second))


@settings(max_examples=150, deadline=None)
@given(steady_histories())
def test_decisions_and_final_situations_have_the_same_ids_and_values_in_any_order(arrivals: tuple[list[Event], list[Event]]) -> None:
    one, other = (run(*events) for events in arrivals)
    assert ids(one, *PAYMENT, "dossier_marque") == ids(other, *PAYMENT, "dossier_marque")
    assert one.final() == other.final()
    last = [{(o.data.uai, o.data.cod_etp): o.id for o in seen.outputs if o.name == "situation"} for seen in (one, other)]
    assert last[0] == last[1]
