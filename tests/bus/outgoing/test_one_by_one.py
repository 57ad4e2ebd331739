"""Effects that leave one by one, on a real PostgreSQL: each at most once whatever dies, nothing in silence."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import func, text, update

from bus.database import tables
from bus.database.connection import connect
from bus.outgoing.files import Mode, State
from bus.outgoing.one_by_one import (
    MOST_ATTEMPTS,
    Errand,
    Misconfigured,
    OneByOne,
    Verdict,
    done,
    later,
    refused,
    unavailable,
    uncertain,
)
from tests.bus.outgoing.effects import Died, add, dying_at, make_due, put_in, row, states, suspension
from tests.services import Services
from tests.waiting import PATIENCE, until

SINK = "essai.appels"


class Partner:
    """The outside: engages, takes the effect, answers as told."""

    name = SINK
    hourly_ceiling = 5

    def __init__(self, *answers: Verdict | BaseException, engages: bool = True) -> None:
        self.answers = list(answers)
        self.engages = engages
        self.taken: list[str] = []
        self.errands: list[Errand] = []
        self.meanwhile: Callable[[], None] = lambda: None

    def carry(self, errand: Errand, engage: Callable[[], None]) -> Verdict:
        self.errands.append(errand)
        self.meanwhile()
        if self.engages:
            engage()
        answer = self.answers.pop(0) if self.answers else done("200")
        if isinstance(answer, BaseException):
            raise answer
        if answer.state in (State.DONE, State.UNCERTAIN):
            self.taken.append(errand.id)
        return answer


def test_a_sink_nobody_touched_observes_and_sends_nothing(database: sqlalchemy.Engine) -> None:
    add(database, SINK, {}, {})
    partner = Partner()
    OneByOne(database, [partner]).once()
    assert (states(database), partner.errands) == ({"OBSERVE": 2}, [])


def test_effects_leave_in_the_order_in_which_they_were_decided(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    second = add(database, SINK, {"n": 3}, {"n": 4}, sequence=2)
    first = add(database, SINK, {"n": 1}, {"n": 2}, sequence=1)
    partner = Partner()
    assert OneByOne(database, [partner]).once() == 4
    assert partner.taken == [*first, *second]
    assert [errand.payload["n"] for errand in partner.errands] == [1, 2, 3, 4]
    assert states(database) == {"FAIT": 4}


def test_the_row_is_begun_before_anything_is_said_and_engaged_before_it_counts(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [effect] = add(database, SINK, {})
    seen: list[Any] = []
    partner = Partner()
    partner.meanwhile = lambda: seen.append(row(database, effect))
    OneByOne(database, [partner], lambda point: seen.append(row(database, effect)) if point == "effect_engaged" else None).once()
    begun, engaged = seen
    assert (begun.state, begun.attempt, begun.engaged_at) == ("EN_COURS", 1, None)
    assert begun.begun_at is not None
    assert (engaged.state, engaged.engaged_at is None) == ("EN_COURS", False)
    assert (row(database, effect).state, row(database, effect).answer) == ("FAIT", "200")


@pytest.mark.parametrize(
    ("point", "end"),
    [("effect_begun", "FAIT"), ("before_engaging", "FAIT"), ("effect_engaged", "INCERTAIN"), ("effect_carried", "INCERTAIN")],
)
def test_a_crash_at_each_step_leaves_exactly_one_or_an_uncertainty(database: sqlalchemy.Engine, point: str, end: str) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {})
    partner = Partner()
    with pytest.raises(Died):
        OneByOne(database, [partner], dying_at(point)).once()
    OneByOne(database, [partner]).once()
    OneByOne(database, [partner]).once()
    assert states(database) == {end: 1}
    assert len(partner.taken) == (0 if point == "effect_engaged" else 1)


def test_an_uncertain_effect_is_never_sent_again_by_itself(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [effect] = add(database, SINK, {})
    partner = Partner(uncertain("FIN TimeoutError"))
    for _ in range(3):
        OneByOne(database, [partner]).once()
        make_due(database)
    assert partner.taken == [effect]
    assert (row(database, effect).state, row(database, effect).answer) == ("INCERTAIN", "FIN TimeoutError")


def test_what_was_put_off_waits_longer_each_time_and_then_is_given_up(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [effect] = add(database, SINK, {})
    partner = Partner(*[later("RCPT 451")] * (MOST_ATTEMPTS + 5))
    outgoing = OneByOne(database, [partner])
    pauses = []
    for _ in range(MOST_ATTEMPTS + 5):
        outgoing.once()
        assert outgoing.once() == 0, "tried again before its time"
        with database.begin() as connection:
            pauses.append(connection.execute(text("SELECT extract(epoch FROM due_at - now()) FROM effets")).scalar_one())
        make_due(database)
    waits = [round(float(pause)) for pause in pauses if pause is not None]
    assert waits[:3] == [30, 60, 120]
    assert max(waits) == 3_600
    assert len(partner.errands) == MOST_ATTEMPTS
    assert (row(database, effect).state, row(database, effect).answer) == ("REFUSE", "ABANDON RCPT 451")


def test_the_other_side_may_ask_for_a_pause(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [effect] = add(database, SINK, {})
    OneByOne(database, [Partner(later("HTTP 429", 600.0))]).once()
    with database.begin() as connection:
        wait = connection.execute(text("SELECT extract(epoch FROM due_at - now()) FROM effets")).scalar_one()
    assert 590 < float(wait) <= 600
    assert row(database, effect).state == "A_FAIRE"


def test_one_effect_that_is_refused_or_put_off_stops_no_other(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {}, {}, {}, {})
    partner = Partner(refused("RCPT 550"), later("RCPT 450"), uncertain("FIN ?"), done("250"))
    OneByOne(database, [partner]).once()
    assert states(database) == {"REFUSE": 1, "A_FAIRE": 1, "INCERTAIN": 1, "FAIT": 1}


def test_an_outside_that_is_away_rests_its_sink_and_not_the_others(database: sqlalchemy.Engine) -> None:
    class Other(Partner):
        name = "essai.autres"

    away, well = Partner(unavailable("CONNEXION OSError"), engages=False), Other()
    for sink in (away, well):
        put_in(database, sink.name, Mode.ACTIF)
        add(database, sink.name, {}, {})
    outgoing = OneByOne(database, [away, well])
    outgoing.once()
    make_due(database)
    outgoing.once()
    assert (len(away.errands), len(well.taken)) == (1, 2)
    assert states(database) == {"A_FAIRE": 2, "FAIT": 2}


def test_an_outside_that_stays_away_is_never_given_up(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {})
    with database.begin() as connection:
        connection.execute(update(tables.effets).values(attempt=MOST_ATTEMPTS * 3))
    OneByOne(database, [Partner(unavailable("CONNEXION OSError"), engages=False)]).once()
    assert states(database) == {"A_FAIRE": 1}


def test_effects_of_a_group_wait_for_the_one_before_and_the_others_do_not(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    [first] = add(database, SINK, {}, group="g", sequence=1)
    [second] = add(database, SINK, {}, group="g", sequence=2)
    [alone] = add(database, SINK, {}, sequence=3)
    partner = Partner(uncertain("FIN ?"))
    outgoing = OneByOne(database, [partner])
    outgoing.once()
    assert partner.taken == [first, alone]
    with database.begin() as connection:
        connection.execute(update(tables.effets).where(tables.effets.c.id == first).values(state=State.DONE.value))
    outgoing.once()
    assert partner.taken == [first, alone, second]


def test_above_its_ceiling_a_sink_sends_nothing_of_the_burst_and_says_why(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, *[{}] * (Partner.hourly_ceiling + 1))
    partner = Partner()
    OneByOne(database, [partner]).once()
    assert (partner.errands, states(database)) == ([], {"A_FAIRE": 6})
    assert f"passerelle sinks resume {SINK}" in (suspension(database, SINK) or "")


def test_what_left_within_the_hour_counts_and_what_left_before_does_not(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    partner = Partner()
    outgoing = OneByOne(database, [partner])
    add(database, SINK, *[{}] * Partner.hourly_ceiling)
    outgoing.once()
    with database.begin() as connection:
        connection.execute(update(tables.effets).values(done_at=func.now() - timedelta(hours=2)))
    add(database, SINK, {}, sequence=2)
    outgoing.once()
    assert (states(database), suspension(database, SINK)) == ({"FAIT": 6}, None)
    add(database, SINK, *[{}] * Partner.hourly_ceiling, sequence=3)
    outgoing.once()
    assert (states(database), suspension(database, SINK) is None) == ({"FAIT": 6, "A_FAIRE": 5}, False)


def test_what_waited_when_the_sink_was_resumed_was_meant(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, *[{}] * 20)
    partner = Partner()
    outgoing = OneByOne(database, [partner])
    outgoing.once()
    assert partner.errands == []
    with database.begin() as connection:
        connection.execute(update(tables.sinks).values(suspended=None, changed_at=func.now()))
    outgoing.once()
    assert states(database) == {"FAIT": 20}
    add(database, SINK, *[{}] * 6, sequence=2)
    outgoing.once()
    assert states(database) == {"FAIT": 20, "A_FAIRE": 6}


def test_a_sink_that_lacks_a_setting_is_suspended_with_its_reason_and_loses_nothing(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {}, {})
    partner = Partner(Misconfigured("Il manque une adresse."), engages=False)
    outgoing = OneByOne(database, [partner])
    outgoing.once()
    outgoing.once()
    assert (len(partner.errands), states(database), suspension(database, SINK)) == (1, {"A_FAIRE": 2}, "Il manque une adresse.")


def test_two_processes_never_serve_a_sink_together(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    effects = add(database, SINK, {}, {})
    entered, leave = threading.Event(), threading.Event()
    slow, quick = Partner(), Partner()

    def linger() -> None:
        entered.set()
        leave.wait(PATIENCE)

    slow.meanwhile = linger
    thread = threading.Thread(target=OneByOne(database, [slow]).once)
    thread.start()
    assert entered.wait(PATIENCE)
    assert OneByOne(database, [quick]).once() == 0
    leave.set()
    thread.join(PATIENCE)
    assert (slow.taken, quick.taken) == (effects, [])


def test_a_process_that_was_taken_over_stops_before_it_says_anything_that_counts(database: sqlalchemy.Engine) -> None:
    """It froze before engaging, lost its lock with its connection, and wakes after another one did the work."""
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {})
    frozen, other = Partner(), Partner()

    def taken_over() -> None:
        """The other one comes round until the server has done away with the connection: it ends it in its own time."""
        its = "(classid::bigint << 32) | objid::bigint = hashtextextended(current_schema() || ' sortie ' || :sink, 0)"
        with database.begin() as connection:
            query = text(f"SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND {its}")
            assert connection.execute(query, {"sink": SINK}).scalar_one()
        until(lambda: OneByOne(database, [other]).once())

    frozen.meanwhile = taken_over
    with pytest.raises(sqlalchemy.exc.DBAPIError):
        OneByOne(database, [frozen]).once()
    assert (len(frozen.taken), len(other.taken)) == (0, 1)
    assert states(database) == {"FAIT": 1}


def test_an_answer_that_comes_while_the_database_is_away_is_not_lost(
    database: sqlalchemy.Engine, effects_schema: str, services: Services
) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {})
    impatient = connect(services.database, effects_schema, lock_seconds=0.2)
    partner = Partner()
    locked, stop = threading.Event(), threading.Event()

    def lock() -> None:
        with database.begin() as connection:
            connection.execute(text("LOCK TABLE effets IN ACCESS EXCLUSIVE MODE"))
            locked.set()
            stop.wait(1.0)

    holder = threading.Thread(target=lock)

    def probe(point: str) -> None:
        if point == "effect_carried":
            holder.start()
            assert locked.wait(PATIENCE)

    OneByOne(impatient, [partner], probe).once()
    holder.join(PATIENCE)
    impatient.dispose()
    assert (partner.taken != [], states(database)) == (True, {"FAIT": 1})


def test_a_stop_is_obeyed_between_two_effects(database: sqlalchemy.Engine) -> None:
    put_in(database, SINK, Mode.ACTIF)
    add(database, SINK, {}, {}, {})
    partner = Partner()
    OneByOne(database, [partner], stopping=lambda: bool(partner.errands)).once()
    assert states(database) == {"FAIT": 1, "A_FAIRE": 2}
