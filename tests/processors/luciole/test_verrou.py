"""The national lock: one sender, a fair queue, one call, tokens."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from processors.verrou import PROCESSOR
from processors.verrou.reglages import Reglages
from processors.verrou.state import Verrou
from schemas import luciole_keys as keys
from tests.processors.luciole.driver import E1, E2, E3, START, Bus, Says, X, Y, Z

W = "0712345 EPL WWW"


@pytest.fixture
def bus() -> Bus:
    """The lock alone."""
    return Bus(procedures=(PROCESSOR,))


def ask(bus: Bus, who: str) -> None:
    bus.give("luciole.verrou.v1", "verrou_demande", keys.VERROU, "s", instructeur=who, demande=f"d-{bus.count}")
    bus.settle()


def end(bus: Bus, who: str, jeton: int | None, issue: str = "OK", at: datetime | None = None, fin: datetime | None = None) -> None:
    bus.give("luciole.verrou.v1", "verrou_fin", keys.VERROU, "s", at, instructeur=who, jeton=jeton, issue=issue, fin=fin)
    bus.settle()


def incident(bus: Bus, who: str, jeton: int | None, nature: str, at: datetime | None = None) -> None:
    bus.give("luciole.verrou.v1", "verrou_incident", keys.VERROU, "s", at, instructeur=who, jeton=jeton, nature=nature)
    bus.settle()


def calls(bus: Bus) -> list[str]:
    """What the support was told, in order."""
    return [event.type for event in bus.published if event.topic == "support.appels.v1"]


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def lock(bus: Bus) -> Verrou:
    state = bus.keys["luciole.verrou", keys.VERROU].state
    assert isinstance(state, Verrou)
    return state


def queue(bus: Bus) -> list[str]:
    return [waiting.instructeur for waiting in lock(bus).file]


def holder(bus: Bus) -> tuple[str, int] | None:
    held = lock(bus).detenteur
    return None if held is None else (held.instructeur, held.jeton)


def test_who_asks_again_keeps_his_place(bus: Bus) -> None:
    for who in (X, Y, Z, Y):
        ask(bus, who)
        bus.pass_time(1)
    assert queue(bus) == [Y, Z]


def test_the_next_starts_by_itself_in_the_order_of_the_requests(bus: Bus) -> None:
    for who in (X, Y, Z):
        ask(bus, who)
    end(bus, X, 1)
    assert holder(bus) == (Y, 2)
    end(bus, Y, 2, "SANS_OBJET")
    assert holder(bus) == (Z, 3)


def test_places_and_expected_waits_follow_the_measured_sends(bus: Bus) -> None:
    for who in (X, Y, Z, W):
        ask(bus, who)
    said = [(a.place, a.attente_estimee_minutes) for a in bus.on("luciole.accords.v1", "attente")]
    assert said == [(1, 30), (2, 60), (3, 90)]
    bus.pass_time(10)
    end(bus, X, 1)
    bus.pass_time(4)
    ask(bus, W)
    assert [(a.place, a.attente_estimee_minutes) for a in bus.on("luciole.accords.v1", "attente")][-1] == (2, 16)


def test_a_token_of_a_former_holder_gives_nothing_back(bus: Bus) -> None:
    for who in (X, Y, Z):
        ask(bus, who)
    end(bus, X, 1)
    end(bus, X, 1)
    end(bus, X, 9)
    assert holder(bus) == (Y, 2)


def test_one_call_for_one_stuck_holder_whoever_waits(bus: Bus) -> None:
    for who in (X, Y, Z):
        ask(bus, who)
    bus.pass_time(29)
    assert bus.on("support.appels.v1") == []
    bus.pass_time(120)
    ask(bus, W)
    bus.pass_time(60)
    ask(bus, W)
    assert [(c.instructeur, c.demandeur) for c in bus.on("support.appels.v1")] == [(X, Y)]
    assert bus.on("luciole.accords.v1", "attente")[-1].situation == "FIGE"


def test_a_late_comer_waits_his_own_thirty_minutes(bus: Bus) -> None:
    ask(bus, X)
    bus.pass_time(40)
    ask(bus, Y)
    bus.pass_time(29)
    assert bus.on("support.appels.v1") == []
    bus.pass_time(2)
    assert len(bus.on("support.appels.v1")) == 1


def test_nobody_waiting_calls_nobody(bus: Bus) -> None:
    ask(bus, X)
    bus.pass_time(300)
    ask(bus, Y)
    end(bus, Y, None, "RETRAIT")
    bus.pass_time(300)
    assert bus.on("support.appels.v1") == []


def test_an_interruption_of_who_has_no_lock_blocks_nobody(bus: Bus) -> None:
    ask(bus, X)
    incident(bus, Y, None, "INTERRUPTION")
    incident(bus, X, 4, "INTERRUPTION")
    assert lock(bus).blocage is None
    assert holder(bus) == (X, 1)


def test_a_counter_error_of_another_lets_the_send_in_progress_finish_and_starts_no_other(bus: Bus) -> None:
    for who in (X, Y):
        ask(bus, who)
    incident(bus, Z, None, "COMPTEUR")
    assert holder(bus) == (X, 1)
    end(bus, X, 1)
    assert holder(bus) is None
    bus.give("support.deblocages.v1", "deblocage", keys.VERROU, "deblocage", par="Support")
    bus.settle()
    assert holder(bus) == (Y, 2)


def test_a_second_incident_of_a_blocked_lock_does_not_call_again(bus: Bus) -> None:
    ask(bus, X)
    incident(bus, X, 1, "INTERRUPTION")
    incident(bus, Y, None, "COMPTEUR")
    ask(bus, Z)
    assert [c.motif for c in bus.on("support.appels.v1")] == ["ENVOI_INTERROMPU"]
    assert [b.nature for b in bus.on("luciole.accords.v1", "blocage")] == ["INTERRUPTION"]


def test_an_interruption_of_a_holder_the_support_was_called_about_does_not_call_again(bus: Bus) -> None:
    for who in (X, Y):
        ask(bus, who)
    bus.pass_time(31)
    incident(bus, X, 1, "INTERRUPTION")
    assert len(bus.on("support.appels.v1")) == 1
    assert lock(bus).blocage is not None


@pytest.mark.parametrize("issue", ["OK", "SANS_OBJET", "RETRAIT"])
def test_an_end_in_time_that_arrives_after_the_call_makes_it_void(bus: Bus, issue: str) -> None:
    for who in (X, Y):
        ask(bus, who)
    bus.pass_time(300)
    assert calls(bus) == ["appel"]
    end(bus, X, 1, issue, at=after(29.9))
    assert calls(bus) == ["appel", "appel_sans_objet"]
    [void] = bus.on("support.appels.v1", "appel_sans_objet")
    assert (void.instructeur, void.jeton, void.depuis, void.fin) == (X, 1, START, after(29.9))
    assert holder(bus) == (Y, 2)
    end(bus, X, 1, issue, at=after(29.9))
    assert len(calls(bus)) == 2


def test_an_end_after_thirty_minutes_leaves_the_call_as_it_is(bus: Bus) -> None:
    for who in (X, Y):
        ask(bus, who)
    bus.pass_time(31)
    end(bus, X, 1, at=after(30))
    assert calls(bus) == ["appel"]


def test_the_call_is_for_the_first_who_waited_too_long_even_when_a_command_makes_it(bus: Bus) -> None:
    ask(bus, X)
    bus.now = after(5)
    ask(bus, Y)
    bus.now = after(50)
    ask(bus, Y)
    assert calls(bus) == ["appel"]
    end(bus, X, 1, at=after(36))
    assert calls(bus) == ["appel"]


def test_an_end_in_time_that_waited_for_its_grant_is_judged_by_its_own_instant(bus: Bus) -> None:
    for who in (X, Y, Z):
        ask(bus, who)
    bus.pass_time(31)
    end(bus, X, 1, at=START, fin=after(20))
    assert calls(bus) == ["appel", "appel_sans_objet"]
    held = lock(bus).detenteur
    assert held is not None
    assert (held.instructeur, held.depuis) == (Y, after(20))
    assert lock(bus).duree_moyenne == 20 * 60


def test_an_interruption_in_time_that_arrives_after_the_call_replaces_it(bus: Bus) -> None:
    for who in (X, Y):
        ask(bus, who)
    bus.pass_time(31)
    incident(bus, X, 1, "INTERRUPTION", at=after(10))
    assert calls(bus) == ["appel", "appel_sans_objet", "appel"]
    assert [c.motif for c in bus.on("support.appels.v1", "appel")] == ["DETENTEUR_BLOQUE", "ENVOI_INTERROMPU"]
    assert lock(bus).blocage is not None


def test_a_state_of_before_knows_no_instant_of_its_call_and_takes_none_back(bus: Bus) -> None:
    for who in (X, Y):
        ask(bus, who)
    bus.pass_time(31)
    old = lock(bus)
    assert old.detenteur is not None
    bus.keys["luciole.verrou", keys.VERROU].state = replace(old, detenteur=replace(old.detenteur, appele_pour=None))
    end(bus, X, 1, at=after(10))
    assert calls(bus) == ["appel"]
    assert holder(bus) == (Y, 2)


def test_after_an_outage_the_ends_in_time_take_back_every_call() -> None:
    bus = Bus()
    says = Says(bus)
    for who, uai, bordereau, fichier in ((X, E1, "B1", "F1"), (Y, E2, "B2", "F2"), (Z, E3, "B3", "F3")):
        says.pret(uai, f"D-{uai}", bordereau=bordereau, fichier=fichier)
        says.prepare(who, uai)
        says.envoie(who, uai)
        bus.settle()
    began = bus.now
    bus.pass_time(120)
    bus.now = began
    for minutes, who in ((20, X), (45, Y), (60, Z)):
        says.fin(who, at=began + timedelta(minutes=minutes))
    bus.settle()
    assert calls(bus) == ["appel", "appel_sans_objet"]
    lines = bus.on("luciole.suivi.v1", "ligne_envoi")
    assert [(line.debut, line.fin) for line in lines] == [
        (began + timedelta(minutes=start), began + timedelta(minutes=end)) for start, end in ((0, 20), (20, 45), (45, 60))
    ]
    assert [line.etablissement for line in bus.on("luciole.suivi.v1", "ligne_envoi")] == [E1, E2, E3]


def test_an_unblocking_never_stops_a_healthy_send(bus: Bus) -> None:
    ask(bus, X)
    bus.give("support.deblocages.v1", "deblocage", keys.VERROU, "deblocage", par="Support")
    bus.settle()
    assert bus.codes() == ["RIEN_A_DEBLOQUER"]
    assert holder(bus) == (X, 1)


def test_a_clock_that_jumps_back_gives_no_negative_duration(bus: Bus) -> None:
    ask(bus, X)
    bus.now -= timedelta(hours=2)
    ask(bus, Y)
    end(bus, X, 1)
    assert lock(bus).duree_moyenne == 0
    assert all(a.attente_estimee_minutes >= 0 for a in bus.on("luciole.accords.v1", "attente"))


def test_a_full_queue_says_so(bus: Bus) -> None:
    for number in range(Reglages().file_max + 2):
        ask(bus, f"{number:07} EPL N")
    assert bus.codes() == ["FILE_PLEINE"]


def test_a_patience_shorter_than_a_send_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match="30 minutes"):
        Reglages(patience=timedelta(minutes=29))


def test_leaving_the_queue_by_interruption_before_the_grant() -> None:
    bus = Bus()
    says = Says(bus)
    for who, uai, bordereau, fichier in ((X, E1, "B1", "F1"), (Y, E2, "B2", "F2"), (Z, E3, "B3", "F3")):
        says.pret(uai, f"D-{uai}", bordereau=bordereau, fichier=fichier)
        says.prepare(who, uai)
        says.envoie(who, uai)
        bus.settle()
    assert queue(bus) == [Y, Z]
    says.interrompt(Y)
    bus.settle()
    assert queue(bus) == [Z]
    assert lock(bus).blocage is None
    bus.pass_time(2)
    says.fin(X)
    bus.pass_time(2)
    says.fin(Z)
    bus.settle()
    assert [line.etablissement for line in bus.on("luciole.suivi.v1", "ligne_envoi")] == [E1, E3]
