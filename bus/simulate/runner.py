"""The bus in memory, with a virtual clock: the real connectors, the real rules through the engine's own fold, the real
sinks' mappings. Topics are queues; what an instant causes is done before time moves on."""

import hashlib
import heapq
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from bus.engine.fold import EXPIRY, Dead, Fold, Folded, Incoming, KeyState, Output, deadline_event
from bus.engine.reading import digest
from bus.simulate.entry import Entered, KnownStates, enter
from bus.simulate.history import (
    Answered,
    Arrived,
    Decided,
    Died,
    Entry,
    Held,
    History,
    Ignored,
    Published,
    Reached,
    RowChange,
    Waited,
    Wrote,
)
from bus.simulate.installation import Installation
from bus.simulate.questions import QUESTIONERS
from bus.simulate.scenario import AskGiven, BodyGiven, EventGiven, FileGiven, Given, Scenario, override
from schemas.codec import decode, encode
from schemas.contracts import contract_of
from schemas.outcome import (
    ECHEANCE,
    ConsignedFile,
    Effect,
    Event,
    FileInPieces,
    FilePerGroup,
    FileSink,
    Outcome,
    OutgoingFile,
    OutgoingFolder,
    Processor,
)
from schemas.records import RECORDS

MAX_EVENTS = 100_000
"""Events of one instant above which the rules feed each other for ever."""

SCHEMA_ID = 0
"""No registry numbers the contracts here."""

ANSWERS = "/passerelle/reponses"
"""The source of what an answer leaves behind."""

REFUSAL = ("code", "message", "remede")


class Endless(Exception):
    """The rules never come to rest; the text says where."""


@dataclass(frozen=True, slots=True)
class Step:
    """An entry of `given` at the instant at which it is delivered."""

    clock: datetime
    given: Given
    entered: Entered


def steps_of(scenario: Scenario, installation: Installation, known: KnownStates | None = None) -> list[Step]:
    """The scenario as written: each entry delivered at its own instant. `known` is then what the inboxes know after it."""
    known = known or KnownStates()
    return [Step(each.at, each, enter(each, installation, each.at, known)) for each in scenario.given]


def run(scenario: Scenario, installation: Installation, steps: Iterable[Step], again: Iterable[Step] = ()) -> History:
    """Play the steps, in the order of their clock, and let time pass until the scenario's end; then, there, play `again`."""
    simulation = Simulation(installation, scenario.settings)
    for step in steps:
        simulation.pass_time(step.clock)
        simulation.deliver(step)
    simulation.pass_time(scenario.end)
    simulation.rest()
    for step in again:
        simulation.deliver(step)
    simulation.rest()
    simulation.history.pending = simulation.pending()
    return simulation.history


class Simulation:
    """One bus from empty."""

    def __init__(self, installation: Installation, settings: Mapping[str, Mapping[str, Any]]) -> None:
        self.history = History()
        self.clock: datetime | None = None
        self._queue: deque[Event] = deque()
        self._procedures = [_Procedure(processor, settings.get(processor.name, {}), self) for processor in installation.processors]
        self._due: list[tuple[datetime, int, int, str, str]] = []
        """(due, order of setting, processor, key, name); an entry counts only while its state still says so."""
        self._order = 0
        self._sinks = {sink.name: sink for sink in installation.file_sinks}
        self._effects: dict[str, list[Effect]] = {}
        self._lots: dict[str, int] = {}
        self._consigne: dict[str, bytes] = {}
        self._questioners = {questioner.name: questioner for questioner in (make() for make in QUESTIONERS)}

    @property
    def now(self) -> datetime:
        assert self.clock is not None, "the clock starts with the first delivery"
        return self.clock

    def pass_time(self, until: datetime) -> None:
        """Everything due before `until` happens at its instant; what is due at `until` itself waits for what arrives then."""
        if self.clock is None:
            self.clock = until
        if until <= self.clock:
            return
        self.rest()
        while (due := self._next_due()) is not None and due < until:
            self.clock = max(due, self.clock)
            self.rest()
        self.clock = until

    def deliver(self, step: Step) -> None:
        """Publish what the connector made of it and let the rules answer."""
        what = step.given.what
        entered = step.entered
        if isinstance(what, EventGiven | FileGiven | BodyGiven):
            self.history.entries.append(
                Arrived(
                    self.now,
                    step.given.rank,
                    what.system,
                    what.shape.name if isinstance(what, EventGiven) else None,
                    what.name if isinstance(what, FileGiven) else None,
                    entered.kind,
                    what.data if isinstance(what, EventGiven) else None,
                    len(entered.events),
                    entered.faults,
                    entered.warnings,
                    entered.known,
                )
            )
        if entered.kept is not None:
            self._consigne[hashlib.sha256(entered.kept).hexdigest()] = entered.kept
        for event in entered.events:
            self.publish(event, _system(event), entered=True)
        self._settle()
        if isinstance(what, AskGiven):
            self._ask(what)

    def _ask(self, what: AskGiven) -> None:
        """Answer from what is published by now; asking changes nothing but what the answer leaves behind."""
        answer = self._questioners[what.kind].answer(what.asked)
        self.history.entries.append(Answered(self.now, what.name, what.asked, answer.body))
        seen = {each.id for each in self.history.published}
        for topic, name, key, subject, identifier, data in answer.left:
            if identifier not in seen:
                self.publish(Event(identifier, name, self.now, key, subject, ANSWERS, topic, data), "reponses", entered=True)
        self._settle()

    def rest(self) -> None:
        """Bring every deadline due by now, oldest first, each followed by all it causes; then write the instant's files."""
        self._settle()
        seen = 0
        while (due := self._next_due()) is not None and due <= self.now:
            instant, _, rank, key, name = heapq.heappop(self._due)
            self._procedures[rank].reach(key, name, instant)
            self._settle()
            seen += 1
            if seen > MAX_EVENTS:
                raise Endless(f"échéances sans fin de {self._procedures[rank].processor.name}")
        self._write_files()

    def pending(self) -> list[tuple[str, str, datetime]]:
        """The rules' own deadlines that are still to come, the next one first: (processor, name, due)."""
        return sorted(
            ((procedure.processor.name, name, due) for procedure in self._procedures for _, name, due in procedure.deadlines()),
            key=lambda each: each[2],
        )

    # --- what procedures tell ----------------------------------------------------------------------------------------

    def publish(self, event: Event, by: str, entered: bool = False) -> None:
        self.history.published.append(
            Published(self.now, event.topic, event.type, event.key, event.subject, event.id, event.time, by, event.data, entered)
        )
        self._queue.append(event)
        for questioner in self._questioners.values():
            questioner.take(event)

    def tell(self, entry: Entry) -> None:
        self.history.entries.append(entry)

    def due(self, procedure: "_Procedure", key: str, name: str, due: datetime) -> None:
        self._order += 1
        heapq.heappush(self._due, (due, self._order, self._procedures.index(procedure), key, name))

    def row(self, change: RowChange) -> None:
        self.history.rows.append(change)

    def effect(self, effect: Effect) -> None:
        self.history.effects.append((self.now, effect))
        self._effects.setdefault(effect.sink, []).append(effect)

    # --- inside an instant -------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        seen = 0
        while self._queue:
            event = self._queue.popleft()
            seen += 1
            if seen > MAX_EVENTS:
                raise Endless(f"plus de {MAX_EVENTS} événements au même instant, le dernier sur {event.topic}")
            for procedure in self._procedures:
                if event.topic in procedure.processor.inputs:
                    procedure.take(event)

    def _next_due(self) -> datetime | None:
        while self._due:
            due, _, rank, key, name = self._due[0]
            if self._procedures[rank].says(key, name, due):
                return due
            heapq.heappop(self._due)
        return None

    def _write_files(self) -> None:
        effects, self._effects = self._effects, {}
        for name, lot in effects.items():
            sink = self._sinks.get(name)
            if sink is not None:
                for effects_of_file in _files(sink, lot):
                    self._write(sink, effects_of_file)

    def _write(self, sink: FileSink, effects: list[Effect]) -> None:
        number = self._lots[sink.name] = self._lots.get(sink.name, 0) + 1
        # Through JSON, as `effets` keeps them: what a writer cannot read back must show here.
        file = sink.write(number, tuple(json.loads(msgspec.json.encode(effect.payload)) for effect in effects))
        for name, content in self._contents(file):
            self.tell(Wrote(self.now, sink.name, sink.system, name, content))

    def _contents(self, file: OutgoingFile | ConsignedFile | OutgoingFolder) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of each file; that of a folder is before the name."""
        match file:
            case OutgoingFile():
                yield file.name, file.content
            case ConsignedFile():
                yield file.name, self._consigne[file.sha256]
            case OutgoingFolder():
                yield from ((f"{file.name}/{each.name}", self._consigne[each.sha256]) for each in file.files)


def _files(sink: FileSink, lot: list[Effect]) -> Iterable[list[Effect]]:
    """The effects of each file: all of them, or one group a file."""
    if not isinstance(sink, FilePerGroup):
        return [lot]
    groups: dict[str, list[Effect]] = {}
    for effect in lot:
        groups.setdefault(effect.group, []).append(effect)
    return groups.values() if not isinstance(sink, FileInPieces) else [each for each in groups.values() if _is_whole(each, sink)]


def _is_whole(effects: list[Effect], sink: FileInPieces) -> bool:
    return len(effects) == int(effects[0].payload[sink.pieces_field])


@dataclass(slots=True)
class _Kept:
    """A key as the database would keep it: the state as bytes, so that a state that cannot be read again is found."""

    state: bytes | None = None
    key_state: KeyState = field(default_factory=KeyState)


class _Procedure:
    """One processor with its states, its journal and its deadlines in memory."""

    def __init__(self, processor: Processor, chosen: Mapping[str, Any], simulation: Simulation) -> None:
        self.processor = processor
        self.internal = f"{processor.name}.interne.v1"
        self._simulation = simulation
        reglages = processor.reglages()
        measure = msgspec.msgpack.Encoder()
        self._encoder = measure
        self._decoder = msgspec.msgpack.Decoder(processor.state) if processor.state is not None else None
        self._fold = Fold(
            processor,
            override(reglages, chosen) if chosen else reglages,
            _encode,
            make_refusal,
            measure=lambda state: len(measure.encode(state)),
            observer=_Observer(self, simulation),
        )
        self._keys: dict[str, _Kept] = {}
        self._journal: dict[str, bytes] = {}
        self.waiting: dict[str, Waited] = {}
        """Event id → what `history` says of its waiting."""

    def take(self, event: Event) -> None:
        """Fold one record of a topic, read from its bytes as the engine reads it."""
        value = _encode(event.topic, event.type, event.data)
        _, data = decode(event.topic, value, lambda _id: contract_of(event.topic).schema)
        read = Event(event.id, event.type, event.time, event.key, event.subject, event.source, event.topic, data)
        self._run(Incoming(read, digest(event.type, value), raw=value, received=self._simulation.now))

    def reach(self, key: str, name: str, due: datetime) -> None:
        """Bring a due deadline back, as a record of the internal topic."""
        event = deadline_event(key, name, due, self.processor.name, self.internal, ECHEANCE)
        self._simulation.tell(Reached(self._simulation.now, self.processor.name, name))
        self._run(Incoming(event, digest(ECHEANCE, name.encode())))

    def says(self, key: str, name: str, due: datetime) -> bool:
        """Whether a deadline still stands."""
        kept = self._keys.get(key)
        return kept is not None and kept.key_state.deadlines.get(name) == due

    def deadlines(self) -> Iterable[tuple[str, str, datetime]]:
        """(key, name, due) of the rules' own deadlines that still stand."""
        for key, kept in self._keys.items():
            for name, due in kept.key_state.deadlines.items():
                if not name.startswith(EXPIRY):
                    yield key, name, due

    def _run(self, incoming: Incoming) -> None:
        event = incoming.event
        known = {} if self.processor.stateless else self._journal
        folded = self._fold((incoming,), {event.key: self._load(event.key)}, known, weigh=True)
        if folded.counts["doublons_transport"]:
            self._simulation.tell(Ignored(self._simulation.now, self.processor.name, event.type, event.subject))
        if folded.counts["retenus"]:
            self._simulation.tell(Held(self._simulation.now, self.processor.name, event.type, event.subject))
        self._journal.update((done.id, done.digest) for done in folded.journal)
        self._keep(folded)
        self._pass_on(folded)

    def _load(self, key: str) -> KeyState:
        kept = self._keys.get(key)
        if kept is None:
            return KeyState()
        state = self._decoder.decode(kept.state) if self._decoder is not None and kept.state is not None else None
        loaded = kept.key_state
        return KeyState(state, loaded.parked, loaded.held, loaded.queue, loaded.deadlines)

    def _keep(self, folded: Folded) -> None:
        for key, key_state in folded.states.items():
            state = key_state.state
            self._keys[key] = _Kept(None if state is None else self._encoder.encode(state), key_state)
        for (key, name), due in folded.deadlines.items():
            if due is not None:
                self._simulation.due(self, key, name, due)

    def _pass_on(self, folded: Folded) -> None:
        for output in folded.outputs:
            event = self._event_of(output)
            self._simulation.publish(event, self.processor.name)
        for row in folded.rows:
            self._simulation.row(RowChange(self._simulation.now, self.processor.name, row))
        for _, effect in folded.effects:
            self._simulation.effect(effect)

    def _event_of(self, output: Output) -> Event:
        source = f"/passerelle/{self.processor.name}"
        return Event(output.id, output.name, output.time, output.key, output.subject, source, output.topic, output.data)


class _Observer:
    """Writes each decision of a procedure into the history as it is taken."""

    def __init__(self, procedure: _Procedure, simulation: Simulation) -> None:
        self._procedure = procedure
        self._simulation = simulation

    def decided(self, event: Event, outcome: Outcome, released: bool, outputs: Sequence[Output]) -> None:
        now = self._simulation.now
        name = self._procedure.processor.name
        published = tuple(
            Published(now, each.topic, each.name, each.key, each.subject, each.id, each.time, name, each.data) for each in outputs
        )
        refusal = {each: getattr(outcome.refusal, each) for each in REFUSAL} if outcome.refusal is not None else None
        if released and event.id in self._procedure.waiting:
            self._procedure.waiting.pop(event.id).released = now
        self._simulation.tell(
            Decided(
                now,
                name,
                _system(event),
                event.type if event.type != ECHEANCE else event.data.name,
                event.id,
                event.subject,
                released,
                outcome.because,
                outcome.counted,
                refusal,
                published,
                outcome.rows,
                outcome.effects,
                outcome.deadlines,
            )
        )

    def waits(self, event: Event, waits_for: str, label: str) -> None:
        now = self._simulation.now
        processor = self._procedure.processor
        until = now + processor.parked_for
        waited = Waited(now, processor.name, _system(event), event.type, event.id, event.subject, waits_for, label, until)
        self._procedure.waiting[event.id] = waited
        self._simulation.tell(waited)

    def died(self, dead: Dead) -> None:
        event = dead.event
        if event.id in self._procedure.waiting:
            self._procedure.waiting.pop(event.id).released = self._simulation.now
        self._simulation.tell(
            Died(
                self._simulation.now,
                self._procedure.processor.name,
                _system(event),
                event.type,
                event.subject,
                dead.code,
                dead.reason,
                dead.holds,
            )
        )


def _system(event: Event) -> str:
    return event.source.removeprefix("/")


def _encode(topic: str, name: str, record: Any) -> bytes:
    return encode(topic, name, record, SCHEMA_ID)


def make_refusal(topic: str, fields: Mapping[str, str]) -> Any:
    """The `refus` record of a processor's refusal topic."""
    return RECORDS[topic]["refus"](**fields)
