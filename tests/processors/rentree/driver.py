"""Drives the calendar: events in order, deadlines by virtual time, closures relayed, everything published kept."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from bus.engine.fold import Fold, Incoming, KeyState, Output, deadline_event
from processors.rentree import PROCESSOR
from processors.rentree.reglages import Reglages
from processors.rentree.state import Annee, Etat
from schemas.outcome import Event
from schemas.records import RECORDS
from schemas.records.rentree import Refus
from schemas.rentree_keys import NATIONAL

UAI = "0840001V"
ANNEE = 2024
ETAPES = "charlemagne.etapes.v1"
ETABLISSEMENTS = "academie.etablissements.v1"
RECEPTIONS = "academie.receptions.v1"
FERMETURES = "academie.fermetures.v1"
ORDRES = "rentree.ordres.v1"


def at(*parts: int) -> datetime:
    """An instant, UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@dataclass
class Driver:
    """Schools, départements and the country, each with its state."""

    reglages: Reglages = field(default_factory=Reglages)
    outputs: list[Output] = field(default_factory=list)
    keys: dict[str, KeyState] = field(default_factory=dict)
    rank: int = 0

    def __post_init__(self) -> None:
        self._fold = Fold(PROCESSOR, self.reglages, lambda _topic, _name, _data: b"", lambda _topic, fields: Refus(**fields))

    def annee(self, uai: str = UAI, annee: int = ANNEE) -> Annee:
        state = self.keys[uai].state
        assert isinstance(state, Etat)
        assert state.etablissement is not None
        return state.etablissement.annee(annee)

    def send(self, topic: str, name: str, time: datetime, key: str = UAI, subject: str = "s", **data: Any) -> list[Output]:
        """Let time pass to `time`, then deliver the event; what it published, relays included."""
        self.until(time)
        return self._send(topic, name, time, key, subject, RECORDS[topic][name](**data))

    def until(self, time: datetime) -> list[Output]:
        """Fire the deadlines due by then, in order."""
        fired: list[Output] = []
        while due := sorted((when, key, name) for key, each in self.keys.items() for name, when in each.deadlines.items() if when <= time):
            when, key, name = due[0]
            fired += self._deliver(deadline_event(key, name, when, PROCESSOR.name, "rentree.interne.v1"))
        return fired

    def _send(self, topic: str, name: str, time: datetime, key: str, subject: str, record: Any) -> list[Output]:
        self.rank += 1
        return self._deliver(Event(f"e{self.rank}", name, time, key, subject, "/test", topic, record))

    def _deliver(self, event: Event) -> list[Output]:
        state = self.keys.get(event.key, KeyState())
        folded = self._fold([Incoming(event, digest=event.id.encode())], {event.key: state}, {})
        assert not folded.dead, folded.dead
        self.keys[event.key] = folded.states[event.key]
        outputs = list(folded.outputs)
        self.outputs += outputs
        for output in folded.outputs:
            if output.topic == ORDRES:
                outputs += self._send(ORDRES, output.name, event.time, output.key, output.subject, output.data)
        return outputs

    # --- acts ---

    def profil(self, time: datetime, uai: str = UAI, annee: int = ANNEE, **data: Any) -> list[Output]:
        known: dict[str, Any] = {"type": "COLLEGE", "omogen": False, "rentree": date(annee, 9, 2)} | data
        return self.send(ETABLISSEMENTS, "etablissement", time, uai, "etablissement", uai=uai, annee=annee, **known)

    def etape(self, numero: int, time: datetime, fait_le: date | None = None, **data: Any) -> list[Output]:
        uai, annee = data.pop("uai", UAI), data.pop("annee", ANNEE)
        return self.send(ETAPES, "etape", time, uai, f"etape/{numero}", uai=uai, annee=annee, numero=numero, fait_le=fait_le, **data)

    def acte(self, name: str, time: datetime, **data: Any) -> list[Output]:
        return self.send(ETAPES, name, time, UAI, "remontee", uai=UAI, annee=ANNEE, **data)

    def bee(self, time: datetime, *eleves: str, **data: Any) -> list[Output]:
        return self.send(RECEPTIONS, "integration_bee", time, UAI, "integration", uai=UAI, annee=ANNEE, eleves=eleves, **data)

    def fermeture(self, time: datetime, systeme: str, debut: date, fin: date, **data: Any) -> list[Output]:
        known: dict[str, Any] = {"reference": "F1"} | data
        return self.send(FERMETURES, "fermeture", time, NATIONAL, "f", systeme=systeme, debut=debut, fin=fin, **known)


def codes(outputs: list[Output]) -> list[str]:
    return [o.data.code for o in outputs if o.name == "refus"]


def named(outputs: list[Output], name: str) -> list[Any]:
    return [o.data for o in outputs if o.name == name]


def ligne(outputs: list[Output], numero: int) -> Any:
    """The last published row of a step."""
    return [each for each in named(outputs, "etape_suivie") if each.numero == numero][-1]
