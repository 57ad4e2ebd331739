"""Steps 3 to 5 of the engine less their SQL, pure over a loaded set of states (architecture §4).

The engine, the tests, a replay and `simulate` run this one function: dedupe, decide in order, park and release, hold and
let go, deadlines, identifiers. It knows no clock, no Kafka and no SQL; time is the events' own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import msgspec

from schemas.codec import Unencodable
from schemas.identity import derive
from schemas.outcome import ECHEANCE, DeadlineReached, Effect, Emitted, Event, Outcome, Parked, Processor, Refusal, Row

EXPIRY = "attente/"
"""Name of the engine's own deadlines: `attente/<id of the waiting event>`."""

REGLE_EN_ERREUR = "REGLE_EN_ERREUR"
CONFLIT_IDENTIFIANT = "CONFLIT_IDENTIFIANT"
ETAT_TROP_GRAND = "ETAT_TROP_GRAND"
SORTIE_REFUSEE = "SORTIE_REFUSEE"
ECRITURE_REFUSEE = "ECRITURE_REFUSEE"
ATTENTE_EXPIREE = "ATTENTE_EXPIREE"
ATTENTE_TROP_LONGUE = "ATTENTE_TROP_LONGUE"

MAX_STATE_BYTES = 64 * 1024


class Incoming(msgspec.Struct, frozen=True, gc=False):
    """One decoded record: the event, where it stands, and the bytes it came as (kept when it must wait)."""

    event: Event
    digest: bytes
    """Of the type and the value: equal id with another digest is a conflict, never a duplicate."""
    offset: int = -1
    raw: bytes = b""
    redrive: "Redrive | None" = None
    received: datetime | None = None
    """When it reached the log (the record's own timestamp): how long it may wait counts from then, for it may tell of old things.
    None: the event's own time."""
    received_as: str | None = None
    """The `ce_id` it was received under, where the event keeps another one (a dead letter taken up again)."""

    @property
    def id(self) -> str:
        """What the journal knows it by."""
        return self.received_as or self.event.id


@dataclass(frozen=True, slots=True)
class Redrive:
    """What an internal record asks for a held key or a dead letter."""

    dead_letter: int | None
    apply: bool
    """True: the event of this record is decided; False: the key is only let go."""


@dataclass(slots=True)
class Waiting:
    """A parked event, or one that queues behind it."""

    event: Event
    raw: bytes
    digest: bytes
    waits_for: str
    label: str
    since: datetime
    rank: int


@dataclass(slots=True)
class HeldRecord:
    """A record of a held key, in order of arrival."""

    event: Event
    raw: bytes
    digest: bytes
    rank: int
    received: datetime
    offset: int = -1


@dataclass(slots=True)
class KeyState:
    """Everything the engine keeps of one key, as loaded."""

    state: Any = None
    parked: list[Waiting] = field(default_factory=list)
    held: bool = False
    queue: list[HeldRecord] = field(default_factory=list)
    deadlines: dict[str, datetime] = field(default_factory=dict)
    """Only those that the batch's own `echeance` records name need be loaded."""


class Output(msgspec.Struct, frozen=True, gc=False):
    """One record to publish, already encoded."""

    topic: str
    key: str
    name: str
    id: str
    subject: str
    time: datetime
    value: bytes
    same_key: bool
    """True: its key is the decided event's, so that the input's partition may be kept."""
    data: Any = None


@dataclass(frozen=True, slots=True)
class Dead:
    """A record that cannot be decided; its original bytes are kept with these."""

    code: str
    reason: str
    event: Event
    raw: bytes
    offset: int
    holds: bool
    """True: later records of the key queue behind it until it is re-driven."""


class Done(msgspec.Struct, frozen=True, gc=False):
    """A line of the journal: this event was dealt with, in this order."""

    id: str
    digest: bytes
    offset: int
    how: str
    """`applique`, `refuse`, `parque`, `retenu`, `mort`."""


class Observer(Protocol):
    """Told each decision as it is taken: `simulate` prints them."""

    def decided(self, event: Event, outcome: Outcome, released: bool, outputs: Sequence[Output]) -> None: ...
    def waits(self, event: Event, waits_for: str, label: str) -> None: ...
    def died(self, dead: Dead) -> None: ...


@dataclass(slots=True)
class Folded:
    """What a batch changes. The engine writes it in one transaction; tests and `simulate` keep it in memory."""

    states: dict[str, KeyState] = field(default_factory=dict)
    """Working copies of the touched keys."""
    changed: set[str] = field(default_factory=set)
    """Keys whose state differs from the loaded one."""
    outputs: list[Output] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    effects: list[tuple[str, Effect]] = field(default_factory=list)
    """With the `ce_id`-like identifier that makes each one happen once."""
    dead: list[Dead] = field(default_factory=list)
    journal: list[Done] = field(default_factory=list)
    waiting_changed: set[str] = field(default_factory=set)
    """Keys whose parked events or held queue differ from the loaded ones."""
    deadlines: dict[tuple[str, str], datetime | None] = field(default_factory=dict)
    """(key, name) → due, or None to remove."""
    redriven: list[int] = field(default_factory=list)
    """Dead letters that were taken up again."""
    counts: Counter[str] = field(default_factory=Counter)
    doomed: frozenset[str] = frozenset()


class Fold:
    """Folds batches for one processor. `encode` may raise Unencodable: the decided event becomes a dead letter."""

    def __init__(
        self,
        processor: Processor,
        reglages: Any,
        encode: Callable[[str, str, Any], bytes],
        make_refusal: Callable[[str, Mapping[str, str]], Any],
        measure: Callable[[Any], int] | None = None,
        observer: Observer | None = None,
    ) -> None:
        self.processor = processor
        self.reglages = reglages
        self._encode = encode
        self._make_refusal = make_refusal
        self._measure = measure
        self._observer = observer
        self._provides = processor.provides

    def __call__(
        self,
        batch: Iterable[Incoming],
        loaded: Mapping[str, KeyState],
        known: Mapping[str, bytes],
        *,
        weigh: bool = False,
        doomed: frozenset[str] = frozenset(),
    ) -> Folded:
        """Fold `batch` in order over `loaded` (not modified). `known` maps the journal's ids to their digests.

        With `weigh`, the size of a state is checked after each event, so that an oversized one names its culprit. Events of
        `doomed` are known to want what cannot be written: they become dead letters without being decided."""
        result = Folded(doomed=doomed)
        seen: dict[str, bytes] = {}
        for incoming in batch:
            result.counts["lus"] += 1
            event = incoming.event
            identifier = incoming.id
            before = seen.get(identifier) or known.get(identifier)
            if before is not None:
                self._again(incoming, before, result)
                continue
            seen[identifier] = incoming.digest
            key_state = result.states.get(event.key)
            if key_state is None:
                key_state = result.states[event.key] = _copy(loaded.get(event.key))
            self._take(incoming, key_state, result, weigh)
        return result

    def stateless(self, batch: Iterable[Incoming]) -> Folded:
        """Decide each event by itself: no states, no waiting, no journal. A rule that fails makes a dead letter and holds nothing."""
        result = Folded()
        decide, reglages, counts = self.processor.decide, self.reglages, result.counts
        for incoming in batch:
            event = incoming.event
            try:
                outcome = decide(reglages, None, event)
                outputs = self._outputs(event, event, outcome)
            except Exception as error:  # noqa: BLE001 - as in _apply
                code, reason = _cause_of(error)
                self._die(event, incoming.raw, incoming.offset, code, reason, False, result)
                continue
            result.outputs += outputs
            counts["refuses" if outcome.refusal is not None else "appliques"] += 1
        counts["lus"] += len(result.dead) + counts["refuses"] + counts["appliques"]
        counts["emis"] += len(result.outputs)
        return result

    # --- one record --------------------------------------------------------------------------------------------------

    def _again(self, incoming: Incoming, before: bytes, result: Folded) -> None:
        if before == incoming.digest:
            result.counts["doublons_transport"] += 1
            return
        reason = "Le même identifiant d'événement a déjà été reçu avec un autre contenu."
        self._die(incoming.event, incoming.raw, incoming.offset, CONFLIT_IDENTIFIANT, reason, False, result)

    def _take(self, incoming: Incoming, ks: KeyState, result: Folded, weigh: bool) -> None:
        event = incoming.event
        if incoming.redrive is not None:
            self._redrive(incoming, incoming.redrive, ks, result, weigh)
            return
        if event.type == ECHEANCE:
            self._deadline(incoming, ks, result, weigh)
            return
        if ks.held:
            ks.queue.append(_held(incoming, ks))
            result.waiting_changed.add(event.key)
            result.counts["retenus"] += 1
            result.journal.append(Done(incoming.id, incoming.digest, incoming.offset, "retenu"))
            return
        how = self._apply(incoming, ks, result, weigh)
        result.journal.append(Done(incoming.id, incoming.digest, incoming.offset, how))

    def _redrive(self, incoming: Incoming, redrive: Redrive, ks: KeyState, result: Folded, weigh: bool) -> None:
        event = incoming.event
        ks.held = False
        result.waiting_changed.add(event.key)
        if redrive.dead_letter is not None:
            result.redriven.append(redrive.dead_letter)
        how = "libere"
        if redrive.apply:
            how = self._apply(incoming, ks, result, weigh)
            result.counts["repris"] += 1
        result.journal.append(Done(incoming.id, incoming.digest, incoming.offset, how))
        while ks.queue and not ks.held:
            record = ks.queue.pop(0)
            again = Incoming(record.event, record.digest, record.offset, record.raw, received=record.received)
            self._apply(again, ks, result, weigh)
            result.counts["retenus_rendus"] += 1

    def _deadline(self, incoming: Incoming, ks: KeyState, result: Folded, weigh: bool) -> None:
        event = incoming.event
        name = event.data.name
        if ks.deadlines.get(name) != event.time:
            result.counts["echeances_caduques"] += 1
            result.journal.append(Done(incoming.id, incoming.digest, incoming.offset, "caduque"))
            return
        del ks.deadlines[name]
        result.deadlines[event.key, name] = None
        if name.startswith(EXPIRY):
            self._expire(name.removeprefix(EXPIRY), event, ks, result, weigh)
            how = "applique"
        elif ks.held:
            ks.queue.append(_held(incoming, ks))
            result.waiting_changed.add(event.key)
            result.counts["retenus"] += 1
            how = "retenu"
        else:
            how = self._apply(incoming, ks, result, weigh)
        result.journal.append(Done(incoming.id, incoming.digest, incoming.offset, how))

    def _apply(self, incoming: Incoming, ks: KeyState, result: Folded, weigh: bool) -> str:
        event = incoming.event
        behind = self._queue_of(event, ks) if ks.parked else None
        if behind is not None:
            self._park(incoming, Parked(behind.waits_for, behind.label), ks, result)
            return "parque"
        try:
            if event.id in result.doomed:
                raise Unwritable
            outcome = self.processor.decide(self.reglages, ks.state, event)
            if outcome.parked is not None:
                return self._park(incoming, outcome.parked, ks, result)
            self._commit(event, event, outcome, ks, result, weigh, released=False)
        except Exception as error:  # noqa: BLE001 - a rule's fault must not stop its neighbours: a dead letter that holds its key
            self._rule_failed(event, incoming.raw, incoming.offset, error, ks, result)
            return "mort"
        if ks.parked:
            self._release(event, ks, result, weigh)
        return "refuse" if outcome.refusal is not None else "applique"

    # --- what an outcome does ----------------------------------------------------------------------------------------

    def _commit(self, event: Event, trigger: Event, outcome: Outcome, ks: KeyState, result: Folded, weigh: bool, *, released: bool) -> None:
        """Take the outcome whole, or raise before anything of it is taken."""
        outputs = self._outputs(event, trigger, outcome)
        if weigh and self._measure is not None and outcome.state is not None and outcome.state is not ks.state:
            size = self._measure(outcome.state)
            if size > MAX_STATE_BYTES:
                raise OversizedState(size)
        key = event.key
        if outcome.refusal is None and outcome.state is not ks.state:
            ks.state = outcome.state
            result.changed.add(key)
        result.outputs += outputs
        result.rows += outcome.rows
        for rank, effect in enumerate(outcome.effects):
            result.effects.append((derive(event.id, effect.sink, rank), effect))
        for deadline in outcome.deadlines:
            due = None if deadline.due is None else to_the_millisecond(deadline.due)
            result.deadlines[key, deadline.name] = due
            if due is None:
                ks.deadlines.pop(deadline.name, None)
            else:
                ks.deadlines[deadline.name] = due
        counts = result.counts
        counts["refuses" if outcome.refusal is not None else "appliques"] += 1
        counts["emis"] += len(outputs)
        if outcome.counted is not None:
            counts[outcome.counted] += 1
        if self._observer is not None:
            self._observer.decided(event, outcome, released, outputs)

    def _outputs(self, event: Event, trigger: Event, outcome: Outcome) -> list[Output]:
        emitted: tuple[Emitted, ...] = outcome.emitted
        if outcome.refusal is not None:
            emitted = (*emitted, self._refusal(event, outcome.refusal))
        if not emitted:
            return []
        outputs: list[Output] = []
        ranks: dict[tuple[str, str], int] = {}
        for item in emitted:
            cause = item.cause or event.id
            rank = item.rank
            if rank is None:
                same = cause, item.name
                rank = ranks.get(same, 0)
                ranks[same] = rank + 1
            value = self._encode(item.topic, item.name, item.data)
            key = event.key if item.key is None else item.key
            subject = event.subject if item.subject is None else item.subject
            outputs.append(
                Output(
                    item.topic, key, item.name, derive(cause, item.name, rank), subject, trigger.time, value, item.key is None, item.data
                )
            )
        return outputs

    def _refusal(self, event: Event, refusal: Refusal) -> Emitted:
        topic = self.processor.refusals
        if topic is None:
            raise ValueError(f"le processeur {self.processor.name} refuse sans topic de refus")
        fields = {
            "code": refusal.code,
            "message": refusal.message,
            "remede": refusal.remede,
            "processeur": self.processor.name,
            "evenement": event.id,
            "type_evenement": event.type,
            "source": event.source,
            "sujet": event.subject,
        }
        return Emitted(topic, "refus", self._make_refusal(topic, fields))

    # --- waiting -----------------------------------------------------------------------------------------------------

    def _queue_of(self, event: Event, ks: KeyState) -> Waiting | None:
        """The last waiting event of the same subject, unless this event is what one of them waits for."""
        if event.type == ECHEANCE:
            return None
        same = [w for w in ks.parked if w.event.subject == event.subject]
        if not same:
            return None
        provided = self._provides(event)
        if provided is not None and any(w.waits_for == provided for w in same):
            return None
        return same[-1]

    def _park(self, incoming: Incoming, parked: Parked, ks: KeyState, result: Folded) -> str:
        event = incoming.event
        if len(ks.parked) >= self.processor.max_parked:
            message = f"Trop d'événements attendent déjà leur préalable ({parked.label})."
            remede = "Envoyer d'abord l'événement attendu, puis renvoyer celui-ci."
            refused = Outcome(ks.state, refusal=Refusal(ATTENTE_TROP_LONGUE, message, remede))
            self._commit(event, event, refused, ks, result, False, released=False)
            return "refuse"
        rank = ks.parked[-1].rank + 1 if ks.parked else 0
        since = incoming.received or event.time
        ks.parked.append(Waiting(event, incoming.raw, incoming.digest, parked.waits_for, parked.label, since, rank))
        result.waiting_changed.add(event.key)
        result.deadlines[event.key, EXPIRY + event.id] = ks.deadlines[EXPIRY + event.id] = to_the_millisecond(
            since + self.processor.parked_for
        )
        result.counts["parques"] += 1
        if self._observer is not None:
            self._observer.waits(event, parked.waits_for, parked.label)
        return "parque"

    def _unpark(self, waiting: Waiting, ks: KeyState, result: Folded) -> None:
        ks.parked.remove(waiting)
        result.waiting_changed.add(waiting.event.key)
        name = EXPIRY + waiting.event.id
        ks.deadlines.pop(name, None)
        result.deadlines[waiting.event.key, name] = None

    def _release(self, trigger: Event, ks: KeyState, result: Folded, weigh: bool) -> None:
        """Offer the waiting events again, oldest first, one queue per subject, until none is released."""
        again = True
        while again and not ks.held:
            again = False
            stuck: set[str] = set()
            for waiting in list(ks.parked):
                if waiting.event.subject in stuck:
                    continue
                try:
                    outcome = self.processor.decide(self.reglages, ks.state, waiting.event)
                    if outcome.parked is not None:
                        stuck.add(waiting.event.subject)
                        if outcome.parked.waits_for != waiting.waits_for:
                            waiting.waits_for, waiting.label = outcome.parked.waits_for, outcome.parked.label
                            result.waiting_changed.add(waiting.event.key)
                        continue
                    self._commit(waiting.event, trigger, outcome, ks, result, weigh, released=True)
                except Exception as error:  # noqa: BLE001 - as in _apply
                    self._unpark(waiting, ks, result)
                    self._rule_failed(waiting.event, waiting.raw, -1, error, ks, result)
                    return
                self._unpark(waiting, ks, result)
                result.counts["liberes"] += 1
                again = True

    def _expire(self, event_id: str, trigger: Event, ks: KeyState, result: Folded, weigh: bool) -> None:
        waiting = next((w for w in ks.parked if w.event.id == event_id), None)
        if waiting is None:
            return
        self._unpark(waiting, ks, result)
        days = self.processor.parked_for.days
        message = f"Le préalable attendu n'est pas arrivé en {days} jours : {waiting.label}."
        remede = f"Vérifier que « {waiting.label} » a bien été envoyé, puis renvoyer cet événement."
        refusal = Refusal(ATTENTE_EXPIREE, message, remede)
        self._commit(waiting.event, trigger, Outcome(ks.state, refusal=refusal), ks, result, weigh, released=True)
        result.counts["attentes_expirees"] += 1
        if not ks.held:
            self._release(trigger, ks, result, weigh)

    # --- failures ----------------------------------------------------------------------------------------------------

    def _rule_failed(self, event: Event, raw: bytes, offset: int, error: Exception, ks: KeyState, result: Folded) -> None:
        code, reason = _cause_of(error)
        ks.held = True
        result.waiting_changed.add(event.key)
        self._die(event, raw, offset, code, reason, True, result)

    def _die(self, event: Event, raw: bytes, offset: int, code: str, reason: str, holds: bool, result: Folded) -> None:
        dead = Dead(code, reason, event, raw, offset, holds)
        result.dead.append(dead)
        result.counts["morts"] += 1
        if self._observer is not None:
            self._observer.died(dead)


class Unwritable(Exception):
    """PostgreSQL refused what this event wants written."""


class OversizedState(Exception):
    """A state above the limit; `size` in bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


def deadline_event(key: str, name: str, due: datetime, processor: str, topic: str, subject: str = "") -> Event:
    """The event of a due deadline: its id depends on nothing but what it is, so that publishing it twice is harmless."""
    identifier = derive(f"{processor}/{key}", name, int(due.timestamp() * 1000))
    return Event(identifier, ECHEANCE, due, key, subject, f"/passerelle/{processor}", topic, DeadlineReached(name))


def to_the_millisecond(due: datetime) -> datetime:
    """As the deadline's own record says it: finer, it would come back as another instant and never count."""
    return due.replace(microsecond=due.microsecond // 1000 * 1000)


def _copy(loaded: KeyState | None) -> KeyState:
    if loaded is None:
        return KeyState()
    waiting = [Waiting(w.event, w.raw, w.digest, w.waits_for, w.label, w.since, w.rank) for w in loaded.parked]
    return KeyState(loaded.state, waiting, loaded.held, list(loaded.queue), dict(loaded.deadlines))


def _held(incoming: Incoming, ks: KeyState) -> HeldRecord:
    rank = ks.queue[-1].rank + 1 if ks.queue else 0
    return HeldRecord(incoming.event, incoming.raw, incoming.digest, rank, incoming.received or incoming.event.time, incoming.offset)


def _cause_of(error: Exception) -> tuple[str, str]:
    """The code of a dead letter and its reason, in French and without the data."""
    match error:
        case OversizedState():
            return ETAT_TROP_GRAND, f"L'état de la clé dépasserait {MAX_STATE_BYTES} octets ({error.size})."
        case Unwritable():
            return (
                ECRITURE_REFUSEE,
                "PostgreSQL refuse ce que cet événement fait écrire (un texte avec un octet nul, une valeur trop longue).",
            )
        case Unencodable():
            return SORTIE_REFUSEE, "Un enregistrement à publier ne respecte pas son contrat ou dépasse la taille permise."
        case _:
            return REGLE_EN_ERREUR, f"La règle a échoué ({type(error).__name__}, {_where(error)})."


def _where(error: Exception) -> str:
    """File and line of the fault, never its text: a message may quote the data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "lieu inconnu"
    name = trace.tb_frame.f_code.co_filename.rsplit("/", 1)[-1]
    return f"{name}:{trace.tb_lineno}"
