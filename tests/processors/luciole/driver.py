"""Luciole's procedures in memory over the engine's own fold: records in, records out, deadlines by virtual time.

Records of one topic and key keep their order; which topic and key is served next is the chooser's, as partitions are on a
real bus.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from bus.engine.fold import EXPIRY, Fold, Incoming, KeyState, deadline_event
from processors.luciole import PROCESSOR as LUCIOLE
from processors.luciole.state import Bordereau, Dossier, Etablissement
from processors.verrou import PROCESSOR as VERROU
from schemas import luciole_keys as keys
from schemas.outcome import ECHEANCE, Event, Outcome, Processor, Refusal
from schemas.records import RECORDS
from schemas.records.chorus import LignePaiement

START = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
X, Y, Z = "02102322 EPL XXX", "008300205 EPL YYY", "0311234 EPL ZZZ"
E1, E2, E3 = "0341088Y", "0300139B", "0660699G"

Chooser = Callable[[int], int]
"""Given how many streams have something, which one is served."""


def first(_count: int) -> int:
    return 0


@dataclass(frozen=True)
class Said:
    """One decision."""

    processor: str
    event: Event
    outcome: Outcome


@dataclass
class _Watch:
    bus: "Bus"
    name: str

    def decided(self, event: Event, outcome: Outcome, released: bool, outputs: object) -> None:
        self.bus.said.append(Said(self.name, event, outcome))

    def waits(self, event: Event, waits_for: str, label: str) -> None:
        self.bus.waits.append((event, label))

    def died(self, dead: Any) -> None:
        raise AssertionError(f"{dead.code} {dead.reason} {dead.event.type}")


@dataclass
class Bus:
    """The procedures, empty."""

    choose: Chooser = first
    procedures: tuple[Processor, ...] = (LUCIOLE, VERROU)
    now: datetime = START
    published: list[Event] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    waits: list[tuple[Event, str]] = field(default_factory=list)
    watch: Callable[[Event, Any, Any], None] | None = None
    """Told (event, state before, state after) of every change."""

    def __post_init__(self) -> None:
        self.streams: dict[tuple[str, str], deque[Event]] = {}
        self.keys: dict[tuple[str, str], KeyState] = {}
        self.journals: dict[str, dict[str, bytes]] = {LUCIOLE.name: {}, VERROU.name: {}}
        self.due: list[tuple[datetime, int, str, str, str]] = []
        self.folds = {p.name: self._fold(p) for p in self.procedures}
        self.count = 0

    def _fold(self, processor: Processor) -> tuple[Processor, Fold]:
        def encode(topic: str, name: str, data: Any) -> bytes:
            assert topic in (*processor.outputs, processor.refusals), topic
            assert isinstance(data, RECORDS[topic][name]), (topic, name)
            return msgspec.msgpack.encode(data)

        def refuse(topic: str, fields: Any) -> Any:
            return RECORDS[topic]["refus"](**fields)

        measure = msgspec.msgpack.Encoder()
        return processor, Fold(
            processor,
            processor.reglages(),
            encode,
            refuse,
            lambda state: len(measure.encode(state)),
            _Watch(self, processor.name),
        )

    # --- in ---

    def publish(self, event: Event) -> None:
        self.published.append(event)
        self.streams.setdefault((event.topic, event.key), deque()).append(event)

    def give(self, topic: str, name: str, key: str, subject: str, at: datetime | None = None, id: str | None = None, **data: Any) -> Event:
        """Publish a record as a connector would; nothing is decided until `settle`."""
        self.count += 1
        struct = RECORDS[topic][name](**data)
        event = Event(id or f"given-{self.count}", name, at or self.now, key, subject, "/luciole", topic, struct)
        self.publish(event)
        return event

    def step(self) -> bool:
        """Serve one record of one stream; False when there is none."""
        ready = [stream for stream, queue in self.streams.items() if queue]
        if not ready:
            return False
        event = self.streams[ready[self.choose(len(ready))]].popleft()
        for processor, _ in self.folds.values():
            if event.topic in processor.inputs:
                self._take(processor.name, Incoming(event, event.id.encode()))
        return True

    def settle(self) -> "Bus":
        while self.step():
            pass
        return self

    def pass_time(self, minutes: float) -> "Bus":
        """Let time pass; what is due on the way comes back at its instant."""
        self.settle()
        until = self.now + timedelta(minutes=minutes)
        while self.due and self.due[0][0] <= until:
            due, _, name, key, deadline = heapq.heappop(self.due)
            if self._key(name, key).deadlines.get(deadline) == due:
                self.now = max(self.now, due)
                self._take(name, Incoming(deadline_event(key, deadline, due, name, f"{name}.interne.v1", ECHEANCE), b""))
                self.settle()
        self.now = until
        return self

    def _take(self, name: str, incoming: Incoming) -> None:
        _, fold = self.folds[name]
        event = incoming.event
        before = self._key(name, event.key)
        folded = fold((incoming,), {event.key: before}, self.journals[name], weigh=True)
        self.journals[name].update((done.id, done.digest) for done in folded.journal)
        for key, after in folded.states.items():
            if self.watch is not None and after.state is not before.state:
                self.watch(event, before.state, after.state)
            self.keys[name, key] = after
        for (key, deadline), due in folded.deadlines.items():
            if due is not None and not deadline.startswith(EXPIRY):
                self.count += 1
                heapq.heappush(self.due, (due, self.count, name, key, deadline))
        for out in folded.outputs:
            self.publish(Event(out.id, out.name, out.time, out.key, out.subject, f"/{name}", out.topic, out.data))

    def _key(self, name: str, key: str) -> KeyState:
        return self.keys.get((name, key)) or KeyState()

    # --- out ---

    def on(self, topic: str, name: str | None = None) -> list[Any]:
        return [e.data for e in self.published if e.topic == topic and name in (None, e.type)]

    def refusals(self) -> list[Refusal]:
        return [said.outcome.refusal for said in self.said if said.outcome.refusal is not None]

    def codes(self) -> list[str]:
        return [refusal.code for refusal in self.refusals()]

    def counted(self) -> list[str]:
        return [said.outcome.counted for said in self.said if said.outcome.counted is not None]

    def etablissement(self, uai: str) -> Etablissement:
        state = self._key(LUCIOLE.name, keys.of_etablissement(uai)).state
        return state.etablissement if state is not None else Etablissement()

    def dossier(self, uai: str, numero: str) -> Dossier:
        return self.etablissement(uai).dossiers[numero]

    def bordereau(self, uai: str, nom: str) -> Bordereau:
        return next(b for b in self.etablissement(uai).bordereaux if b.nom == nom)

    def states(self) -> dict[tuple[str, str], bytes]:
        return {at: msgspec.msgpack.encode(ks.state) for at, ks in self.keys.items() if ks.state is not None}


# --- what Luciole, the DRAAF, Chorus and the support say ---------------------------------------------------------------


@dataclass(frozen=True)
class Says:
    """Short names for what is given to a bus."""

    bus: Bus

    def etablissement(self, uai: str, ogapi: bool = True, zone: str | None = None) -> None:
        self._about(uai, "etablissement", f"etablissement/{uai}", ogapi=ogapi, zone=zone)

    def dossier(self, uai: str, numero: str, bordereau: str | None = "B1", at: datetime | None = None, **fields: Any) -> None:
        said: dict[str, Any] = {
            "decision": "ATTRIBUEE", "date_decision": START.date(), "montant": 456, "montant_theorique": 468, "annee": 2025,
            "instructeur": None, **fields,
        }  # fmt: skip
        for name in ("montant", "montant_theorique"):
            said[name] = None if said[name] is None else Decimal(str(said[name]))
        self._about(uai, "dossier", keys.dossier_subject(uai, numero), at=at, dossier=numero, bordereau=bordereau, **said)

    def bordereau(self, uai: str, nom: str = "B1", etat: str = "VALIDE", at: datetime | None = None) -> None:
        self._about(uai, "bordereau", keys.bordereau_subject(uai, nom), at=at, bordereau=nom, etat=etat)

    def modification(self, uai: str, numero: str) -> None:
        self._about(uai, "modification_demande", keys.dossier_subject(uai, numero), dossier=numero)

    def constat(self, uai: str, day: Any) -> None:
        self._about(uai, "preparation_constat", f"preparation_constat/{uai}", date_derniere_preparation=day)

    def flux(self, fichier: str, *pairs: tuple[str, str]) -> None:
        lignes = tuple(LignePaiement(etablissement=uai, bordereau=bordereau) for uai, bordereau in pairs)
        self._file("chorus.fichiers.v1", "fichier_paiement", fichier, lignes=lignes)

    def draaf(self, fichier: str, statut: str = "CONFIRMEE") -> None:
        self._file("draaf.validations.v1", "validation", fichier, statut=statut)

    def chorus(self, fichier: str, statut: str = "INTEGRE", motif: str | None = None) -> None:
        self._file("chorus.retours.v1", "retour_paiement", fichier, statut=statut, motif=motif)

    def prepare(self, who: str, *uais: str, cycle: str | None = None) -> None:
        self._command("preparation_demande", who, selection=uais, cycle=cycle)

    def envoie(self, who: str, *uais: str, cycle: str | None = None) -> None:
        self._command("envoi_demande", who, selection=uais, cycle=cycle)

    def fin(self, who: str, jeton: int | None = None, at: datetime | None = None) -> None:
        self._command("envoi_fin", who, at=at, end=True, jeton=jeton)

    def interrompt(self, who: str) -> None:
        self._command("envoi_interruption", who, end=True)

    def compteur(self, who: str) -> None:
        self._command("erreur_compteur", who, end=True)

    def fenetre(self, who: str, fenetre: str, etat: str) -> None:
        self._command("fenetre", who, fenetre=fenetre, etat=etat)

    def rattache(self, who: str, uai: str, *cycles: str) -> None:
        self._command("rattachement", who, etablissement=uai, cycles=cycles)

    def debloque(self) -> None:
        self.bus.give("support.deblocages.v1", "deblocage", keys.VERROU, "deblocage", par="Support")

    def pret(self, uai: str, *numeros: str, bordereau: str = "B1", fichier: str = "F1", ogapi: bool = True, who: str | None = None) -> None:
        """Everything up to the DRAAF's confirmation."""
        self.etablissement(uai, ogapi)
        for numero in numeros:
            self.dossier(uai, numero, bordereau, instructeur=who)
        self.bordereau(uai, bordereau)
        self.bus.settle()
        self.flux(fichier, (uai, bordereau))
        self.bus.settle()
        self.draaf(fichier)
        self.bus.settle()

    def _about(self, uai: str, name: str, subject: str, at: datetime | None = None, **data: Any) -> None:
        self.bus.give("luciole.dossiers.v1", name, keys.of_etablissement(uai), subject, at=at, etablissement=uai, **data)

    def _file(self, topic: str, name: str, fichier: str, **data: Any) -> None:
        self.bus.give(topic, name, keys.of_fichier(fichier), keys.fichier_subject(fichier), fichier=fichier, **data)

    def _command(self, name: str, who: str, at: datetime | None = None, end: bool = False, **data: Any) -> None:
        subject = keys.envoi_subject(who) if end else keys.demande_subject(who)
        self.bus.give("luciole.commandes.v1", name, keys.of_instructeur(who), subject, at=at, instructeur=who, **data)


def given_of(bus: Bus) -> Iterator[Event]:
    """What came from outside."""
    return (event for event in bus.published if event.source == "/luciole" and event.id.startswith("given-"))
