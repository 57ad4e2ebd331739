"""The two processors of the deposit driven together in memory, their states kept as bytes as the engine keeps them."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from processors.depot_siecle import PROCESSOR, TRANCHES
from processors.depot_siecle.reglages import Reglages
from schemas.codec import encode
from schemas.identity import derive
from schemas.outcome import ECHEANCE, DeadlineReached, Event, Processor, Refusal
from schemas.records import siecle, synchros

UAI = "9830418M"
FICHIER = "9830418MELEGROUPE2017180724091341"


@dataclass
class Ecole:
    """One school's bus: what it published, what it refused, its deadlines."""

    now: datetime
    reglages: Reglages = field(default_factory=Reglages)
    published: list[tuple[str, Any]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    due: dict[str, datetime] = field(default_factory=dict)
    states: dict[tuple[str, str], bytes] = field(default_factory=dict)
    largest_state: int = 0
    largest_output: int = 0
    sent: int = 0

    def __post_init__(self) -> None:
        self._encoder = msgspec.msgpack.Encoder()

    def give(self, topic: str, name: str, data: Any, key: str = UAI, subject: str = "") -> None:
        """One record and all that it causes."""
        self.sent += 1
        queue = deque([Event(derive("test", topic, self.sent), name, self.now, key, subject, "/test", topic, data)])
        while queue:
            event = queue.popleft()
            for processor, reglages in ((PROCESSOR, self.reglages), (TRANCHES, None)):
                if event.topic in processor.inputs or event.topic == f"{processor.name}.interne.v1":
                    queue.extend(self._decide(processor, reglages, event))

    def _decide(self, processor: Processor, reglages: Any, event: Event) -> list[Event]:
        assert processor.state is not None
        kept = self.states.get((processor.name, event.key))
        state = None if kept is None else msgspec.msgpack.decode(kept, type=processor.state)
        outcome = processor.decide(reglages, state, event)
        if outcome.refusal is not None:
            self.refusals.append(outcome.refusal)
        elif outcome.state is None:
            self.states.pop((processor.name, event.key), None)
        else:
            self.states[processor.name, event.key] = value = self._encoder.encode(outcome.state)
            self.largest_state = max(self.largest_state, len(value))
        if outcome.counted:
            self.counted.append(outcome.counted)
        for deadline in outcome.deadlines:
            if deadline.due is None:
                self.due.pop(deadline.name, None)
            else:
                self.due[deadline.name] = deadline.due
        made = []
        for rank, item in enumerate(outcome.emitted):
            self.published.append((item.name, item.data))
            self.largest_output = max(self.largest_output, len(encode(item.topic, item.name, item.data, 1)))
            identifier = derive(event.id, item.name, rank)
            made.append(Event(identifier, item.name, event.time, item.key or event.key, item.subject or "", "/bus", item.topic, item.data))
        return made

    def until(self, instant: datetime) -> None:
        """Time passes; what is due happens at its instant."""
        for name, due in sorted(self.due.items(), key=lambda each: each[1]):
            if due <= instant:
                del self.due[name]
                self.now = due
                self.give("siecle.depots.interne.v1", ECHEANCE, DeadlineReached(name))
        self.now = instant

    def named(self, name: str) -> list[Any]:
        """Everything published under a record name, in order."""
        return [data for each, data in self.published if each == name]

    def slices(self) -> int:
        """Slices that are kept."""
        return sum(processor == TRANCHES.name for processor, _ in self.states)

    # --- what a school does -------------------------------------------------------------------------------------------

    def file(self, topic: str, type_: str, rows: list[tuple[str, Any]], module: Any, count: int | None = None, **head: Any) -> None:
        """A whole file, row by row."""
        values = {"fichier": f"{type_}.xml", "millesime": 2017, "recu": f"{type_}-{self.sent}"} | head
        self.give(topic, "instantane_debut", module.InstantaneDebut(uai=UAI, type=type_, **values))
        for name, row in rows:
            self.give(topic, name, row)
        fin = module.InstantaneFin(recu=values["recu"], uai=UAI, type=type_, nombre=len(rows) if count is None else count, empreinte="e")
        self.give(topic, "instantane_fin", fin)

    def synchros(self) -> None:
        codes: tuple[synchros.SynchroFaiteDe, ...] = ("S3", "S4A")
        for code in codes:
            done = synchros.SynchroFaite(uai=UAI, synchro=code, faite_le=self.now)
            self.give("synchros.etats.v1", "synchro_faite", done)

    def deposit(self, fichier: str = f"{FICHIER}.zip") -> None:
        self.give("siecle.depots.v1", "depot_demande", siecle.DepotDemande(uai=UAI, fichier=fichier))
        self.give("siecle.depots.v1", "depot_reponse", siecle.DepotReponse(uai=UAI, choix="OK"))

    def night(self) -> None:
        self.until(self.now + timedelta(days=1))
