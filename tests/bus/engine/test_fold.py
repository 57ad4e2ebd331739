"""What the engine decides, without a broker or a database: the fold over states in memory."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace as changed

from bus.engine.fold import (
    ATTENTE_EXPIREE,
    ATTENTE_TROP_LONGUE,
    CONFLIT_IDENTIFIANT,
    ETAT_TROP_GRAND,
    EXPIRY,
    REGLE_EN_ERREUR,
    SORTIE_REFUSEE,
    Fold,
    Folded,
    Incoming,
    KeyState,
    Redrive,
    deadline_event,
)
from schemas.codec import Unencodable
from schemas.identity import derive
from schemas.outcome import Deadline, Emitted, Event, Outcome, Parked, Processor, Refusal
from tests.bus.engine import chain
from tests.bus.engine.installation import START, dossier, inscription

KEY = "k"
Fields = dict[str, str]


class Memory:
    """Keeps between batches what the engine keeps in PostgreSQL."""

    def __init__(self, processor: Processor = chain.PROCESSOR, encode: Any = None) -> None:
        def plain(_topic: str, _name: str, _data: Any) -> bytes:
            return b"value"

        def refus(_topic: str, fields: Any) -> Fields:
            return dict(fields)

        self.fold = Fold(processor, processor.reglages(), encode or plain, refus, measure=lambda state: len(msgspec.msgpack.encode(state)))
        self.states: dict[str, KeyState] = {}
        self.known: dict[str, bytes] = {}

    def take(self, *events: Event | Incoming, weigh: bool = False) -> Folded:
        batch = [item if isinstance(item, Incoming) else Incoming(item, item.id.encode(), n, b"raw") for n, item in enumerate(events)]
        folded = self.fold(batch, self.states, self.known, weigh=weigh)
        self.states |= folded.states
        self.known |= {done.id: done.digest for done in folded.journal}
        return folded


def links(folded: Folded) -> list[str]:
    return [output.data.motif for output in folded.outputs]


def test_events_of_a_key_are_decided_in_order() -> None:
    together = Memory().take(inscription(KEY, 1), inscription(KEY, 2))
    apart = Memory()
    first, second = apart.take(inscription(KEY, 1)), apart.take(inscription(KEY, 2))
    assert links(together) == links(first) + links(second)
    assert links(together) != links(Memory().take(inscription(KEY, 2), inscription(KEY, 1)))


def test_the_same_id_twice_in_a_batch_counts_once() -> None:
    folded = Memory().take(inscription(KEY, 1), inscription(KEY, 1))
    assert len(folded.outputs) == 1
    assert folded.counts["doublons_transport"] == 1


def test_an_id_of_the_journal_is_not_decided_again() -> None:
    memory = Memory()
    memory.take(inscription(KEY, 1))
    folded = memory.take(inscription(KEY, 1))
    assert not folded.outputs
    assert not folded.changed
    assert folded.counts["doublons_transport"] == 1


def test_the_same_id_with_another_value_is_a_dead_letter_never_a_duplicate() -> None:
    memory = Memory()
    event = inscription(KEY, 1)
    memory.take(event)
    folded = memory.take(Incoming(event, b"another digest", 5, b"raw"))
    assert [dead.code for dead in folded.dead] == [CONFLIT_IDENTIFIANT]
    assert folded.counts["doublons_transport"] == 0
    assert not memory.states[KEY].held


def test_the_id_of_an_output_derives_from_the_decided_event() -> None:
    event = inscription(KEY, 1)
    assert [output.id for output in Memory().take(event).outputs] == [derive(event.id, "situation", 0)]


def test_outputs_of_equal_name_are_ranked() -> None:
    def twice(_reglages: Any, state: Any, event: Event) -> Outcome:
        emitted = chain.emit(chain.Chain(), "t", event)
        return Outcome(state, emitted=(emitted, emitted, changed(emitted, cause="00000000-0000-5000-8000-000000000001", rank=7)))

    event = inscription(KEY, 1)
    outputs = Memory(replace(chain.PROCESSOR, decide=twice)).take(event).outputs
    expected = [
        derive(event.id, "situation", 0),
        derive(event.id, "situation", 1),
        derive("00000000-0000-5000-8000-000000000001", "situation", 7),
    ]
    assert [output.id for output in outputs] == expected


# --- parked ----------------------------------------------------------------------------------------------------------


def cancelled(n: int, subject: str = "ia/1") -> Event:
    return inscription(KEY, n, type="IA_ANNULEE", subject=subject)


def created(n: int, subject: str = "ia/1") -> Event:
    return inscription(KEY, n, subject=subject)


def test_an_event_without_its_prerequisite_waits_and_changes_nothing() -> None:
    memory = Memory()
    folded = memory.take(cancelled(1))
    assert not folded.outputs
    assert memory.states[KEY].state is None
    assert [waiting.waits_for for waiting in memory.states[KEY].parked] == ["inscription ia/1"]
    assert folded.counts["parques"] == 1


def test_it_is_applied_once_in_the_batch_that_brings_the_prerequisite() -> None:
    memory = Memory()
    waiting = cancelled(1)
    memory.take(waiting)
    folded = memory.take(created(2))
    assert [output.id for output in folded.outputs] == [derive(created(2).id, "situation", 0), derive(waiting.id, "situation", 0)]
    assert not memory.states[KEY].parked
    assert not memory.take(created(3, "ia/3")).counts["liberes"]


def test_later_events_of_the_same_subject_queue_behind_it_first_in_first_out() -> None:
    memory = Memory()
    first, behind = cancelled(1), inscription(KEY, 2, type="IA_MODIFIEE", subject="ia/1")
    memory.take(first)
    assert memory.take(behind).counts["parques"] == 1
    released = memory.take(created(3)).outputs
    assert [output.id for output in released[1:]] == [derive(first.id, "situation", 0), derive(behind.id, "situation", 0)]


def test_an_event_of_another_subject_does_not_queue() -> None:
    memory = Memory()
    memory.take(cancelled(1))
    assert len(memory.take(dossier(KEY, 2)).outputs) == 1
    assert len(memory.states[KEY].parked) == 1


def test_the_published_time_of_a_released_event_is_that_of_what_released_it() -> None:
    memory = Memory()
    memory.take(cancelled(1))
    assert {output.time for output in memory.take(created(9)).outputs} == {START + timedelta(seconds=9)}


def test_waiting_ends_in_a_refusal_never_in_silence() -> None:
    memory = Memory()
    waiting = cancelled(1)
    due = memory.take(waiting).deadlines[KEY, EXPIRY + waiting.id]
    assert due == waiting.time + chain.PROCESSOR.parked_for
    folded = memory.take(Incoming(deadline_event(KEY, EXPIRY + waiting.id, due, "bourses", "bourses.interne.v1"), b"d"))
    assert [output.data["code"] for output in folded.outputs] == [ATTENTE_EXPIREE]
    assert folded.outputs[0].data["evenement"] == waiting.id
    assert folded.outputs[0].data["remede"]
    assert not memory.states[KEY].parked


def test_an_event_of_long_ago_waits_from_when_it_reached_the_log() -> None:
    memory = Memory()
    waiting, reached = cancelled(1), START + timedelta(days=400)
    folded = memory.take(Incoming(waiting, b"d", 0, b"raw", received=reached))
    assert folded.deadlines[KEY, EXPIRY + waiting.id] == reached + chain.PROCESSOR.parked_for


def test_an_expiry_that_comes_after_the_release_changes_nothing() -> None:
    memory = Memory()
    waiting = cancelled(1)
    due = memory.take(waiting).deadlines[KEY, EXPIRY + waiting.id]
    assert due is not None
    assert memory.take(created(2)).deadlines[KEY, EXPIRY + waiting.id] is None
    folded = memory.take(Incoming(deadline_event(KEY, EXPIRY + waiting.id, due, "bourses", "bourses.interne.v1"), b"d"))
    assert not folded.outputs
    assert folded.counts["echeances_caduques"] == 1


def test_a_key_has_a_bounded_number_of_waiting_events() -> None:
    memory = Memory(replace(chain.PROCESSOR, max_parked=2))
    folded = memory.take(cancelled(1), cancelled(2, "ia/2"), cancelled(3, "ia/3"))
    assert folded.counts["parques"] == 2
    assert [output.data["code"] for output in folded.outputs] == [ATTENTE_TROP_LONGUE]


def test_a_released_event_may_release_another() -> None:
    def decide(_reglages: Any, state: Any, event: Event) -> Outcome:
        done = frozenset(state or ())
        wanted = {"ia/1": None, "ia/2": "ia/1", "ia/3": "ia/2"}[event.subject]
        if wanted is not None and wanted not in done:
            return Outcome(state, parked=Parked(wanted, "rang"))
        return Outcome(done | {event.subject}, emitted=(chain.emit(chain.Chain(), "t", event),))

    memory = Memory(replace(chain.PROCESSOR, decide=decide, state=frozenset, provides=lambda event: event.subject))
    memory.take(inscription(KEY, 3, subject="ia/3"), inscription(KEY, 2, subject="ia/2"))
    folded = memory.take(inscription(KEY, 1, subject="ia/1"))
    assert [output.subject for output in folded.outputs] == ["ia/1", "ia/2", "ia/3"]


# --- rules that fail -------------------------------------------------------------------------------------------------


def failing(n: int) -> Event:
    return inscription(KEY, n, cod_brs="ECHOUE")


def test_a_failing_rule_makes_a_dead_letter_and_its_neighbours_go_on() -> None:
    folded = Memory().take(inscription("other", 1), failing(2), inscription("other", 3))
    assert [dead.code for dead in folded.dead] == [REGLE_EN_ERREUR]
    assert len(folded.outputs) == 2
    assert "on purpose" not in folded.dead[0].reason


def test_later_records_of_its_key_queue_behind_it() -> None:
    memory = Memory()
    memory.take(failing(1))
    folded = memory.take(inscription(KEY, 2), inscription(KEY, 3))
    assert not folded.outputs
    assert folded.counts["retenus"] == 2
    assert memory.states[KEY].state is None


def test_a_redrive_decides_the_culprit_then_the_queue_in_order() -> None:
    memory = Memory()
    memory.take(failing(1), inscription(KEY, 2), inscription(KEY, 3))
    mended = changed(failing(1), data=changed(failing(1).data, cod_brs=None))
    folded = memory.take(Incoming(mended, b"d", 9, b"raw", Redrive(4, True), None, "00000000-0000-5000-8000-000000000009"))
    assert [output.id for output in folded.outputs] == [
        derive(event.id, "situation", 0) for event in (failing(1), inscription(KEY, 2), inscription(KEY, 3))
    ]
    assert folded.redriven == [4]
    assert links(folded) == links(Memory().take(mended, inscription(KEY, 2), inscription(KEY, 3)))
    assert not memory.states[KEY].held


def test_a_release_gives_the_culprit_up_and_lets_the_queue_go() -> None:
    memory = Memory()
    memory.take(failing(1), inscription(KEY, 2))
    folded = memory.take(
        Incoming(changed(failing(1), data=None), b"d", 9, b"", Redrive(4, False), None, "00000000-0000-5000-8000-000000000009")
    )
    assert [output.id for output in folded.outputs] == [derive(inscription(KEY, 2).id, "situation", 0)]


def test_the_same_redrive_twice_is_done_once() -> None:
    memory = Memory()
    memory.take(failing(1), inscription(KEY, 2))
    again = Incoming(changed(failing(1), data=None), b"d", 9, b"", Redrive(4, False), None, "00000000-0000-5000-8000-000000000009")
    memory.take(again)
    folded = memory.take(again)
    assert folded.counts["doublons_transport"] == 1
    assert not folded.outputs


def test_a_redrive_that_fails_again_keeps_the_key_and_its_queue() -> None:
    memory = Memory()
    memory.take(failing(1), inscription(KEY, 2))
    folded = memory.take(Incoming(failing(1), b"d", 9, b"raw", Redrive(4, True), None, "00000000-0000-5000-8000-000000000009"))
    assert [dead.code for dead in folded.dead] == [REGLE_EN_ERREUR]
    assert memory.states[KEY].held
    assert len(memory.states[KEY].queue) == 1


def test_a_waiting_event_whose_rule_fails_when_released_holds_the_key() -> None:
    memory = Memory()
    memory.take(inscription(KEY, 1, type="IA_ANNULEE", subject="ia/1"))
    memory.states[KEY].parked[0].event = changed(
        memory.states[KEY].parked[0].event, data=changed(memory.states[KEY].parked[0].event.data, cod_brs="ECHOUE")
    )
    folded = memory.take(created(2))
    assert [dead.code for dead in folded.dead] == [REGLE_EN_ERREUR]
    assert memory.states[KEY].held
    assert not memory.states[KEY].parked


def test_an_output_that_breaks_its_contract_names_the_decided_event_and_publishes_nothing_of_it() -> None:
    def encode(_topic: str, _name: str, data: Any) -> bytes:
        if data.evenements == (inscription(KEY, 2).id,):
            raise Unencodable("bourses.decisions.v1 situation : trop long")
        return b"value"

    memory = Memory(encode=encode)
    folded = memory.take(inscription(KEY, 1), inscription(KEY, 2))
    assert [dead.code for dead in folded.dead] == [SORTIE_REFUSEE]
    assert len(folded.outputs) == 1
    assert memory.states[KEY].state.length == 1


def test_a_state_above_the_limit_names_its_culprit_when_weighed() -> None:
    def decide(_reglages: Any, state: Any, event: Event) -> Outcome:
        return Outcome("x" * (70_000 if event.id == inscription(KEY, 2).id else 10))

    memory = Memory(replace(chain.PROCESSOR, decide=decide, state=str))
    folded = memory.take(inscription(KEY, 1), inscription(KEY, 2), weigh=True)
    assert [dead.code for dead in folded.dead] == [ETAT_TROP_GRAND]
    assert memory.states[KEY].state == "x" * 10


def test_a_refusal_is_published_and_leaves_the_state() -> None:
    memory = Memory()
    memory.take(inscription(KEY, 1))
    before = memory.states[KEY].state
    folded = memory.take(inscription(KEY, 2, cod_brs="REFUSE"))
    assert [(output.topic, output.data["message"]) for output in folded.outputs] == [("bourses.refus.v1", "Refusé pour l'essai.")]
    assert memory.states[KEY].state == before
    assert folded.counts["refuses"] == 1


# --- deadlines -------------------------------------------------------------------------------------------------------


def reached(name: str, seconds: int) -> Incoming:
    return Incoming(deadline_event(KEY, name, START + timedelta(seconds=seconds), "bourses", "bourses.interne.v1"), b"d")


def test_a_deadline_comes_back_to_the_rule_once() -> None:
    memory = Memory()
    folded = memory.take(dossier(KEY, 1, annee=1910))
    assert folded.deadlines == {(KEY, "rappel"): START + timedelta(seconds=11)}
    assert len(memory.take(reached("rappel", 11)).outputs) == 1
    assert memory.take(reached("rappel", 11)).counts["doublons_transport"] == 1


def test_a_deadline_that_was_replaced_does_not_count() -> None:
    memory = Memory()
    memory.take(dossier(KEY, 1, annee=1910), dossier(KEY, 2, annee=1920))
    assert memory.take(reached("rappel", 11)).counts["echeances_caduques"] == 1
    assert len(memory.take(reached("rappel", 22)).outputs) == 1


def test_a_deadline_taken_back_does_not_count() -> None:
    def decide(_reglages: Any, state: Any, event: Event) -> Outcome:
        due = START + timedelta(seconds=5) if event.type == "dossier" else None
        return Outcome(state, deadlines=(Deadline("rappel", due),))

    memory = Memory(replace(chain.PROCESSOR, decide=decide))
    memory.take(dossier(KEY, 1), inscription(KEY, 2))
    assert memory.take(reached("rappel", 5)).counts["echeances_caduques"] == 1


def test_a_deadline_of_a_held_key_waits_with_the_others() -> None:
    memory = Memory()
    memory.take(dossier(KEY, 1, annee=1910), failing(2))
    folded = memory.take(reached("rappel", 11))
    assert not folded.outputs
    assert folded.counts["retenus"] == 1


# --- accounting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_every_record_ends_in_exactly_one_account(seed: int) -> None:
    events = [
        inscription(KEY, 1),
        inscription(KEY, 1),
        cancelled(2, "ia/9"),
        inscription(KEY, 3, cod_brs="REFUSE"),
        inscription(f"other{seed}", 4, cod_brs="ECHOUE"),
        inscription(f"other{seed}", 5),
        dossier(KEY, 6),
    ]
    counts = Memory().take(*events).counts
    ends = sum(counts[name] for name in ("appliques", "refuses", "parques", "morts", "retenus", "doublons_transport"))
    assert ends == counts["lus"] == len(events)


def test_an_outcome_is_not_half_taken_when_one_of_its_outputs_fails() -> None:
    def decide(_reglages: Any, state: Any, event: Event) -> Outcome:
        good = chain.emit(chain.Chain(), "t", event)
        return Outcome("after", emitted=(good, Emitted("bourses.decisions.v1", "situation", "bad")), refusal=None)

    def encode(_topic: str, _name: str, data: Any) -> bytes:
        if data == "bad":
            raise Unencodable("situation : mauvais type")
        return b"value"

    memory = Memory(replace(chain.PROCESSOR, decide=decide, state=str), encode=encode)
    folded = memory.take(inscription(KEY, 1))
    assert not folded.outputs
    assert memory.states[KEY].state is None
    assert len(folded.dead) == 1


def test_a_refusal_without_remedy_topic_is_an_error_of_the_program() -> None:
    def decide(_reglages: Any, state: Any, _event: Event) -> Outcome:
        return Outcome(state, refusal=Refusal("X", "Non.", "Rien."))

    folded = Memory(replace(chain.PROCESSOR, decide=decide, refusals=None)).take(inscription(KEY, 1))
    assert [dead.code for dead in folded.dead] == [REGLE_EN_ERREUR]
