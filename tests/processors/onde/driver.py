"""Drives the road to ONDE of one school: events in order, everything it published kept."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bus.engine.fold import Fold, Incoming, KeyState, Output
from processors.onde import PROCESSOR
from processors.onde.reglages import Reglages
from processors.onde.state import Ecole
from schemas.outcome import Event
from schemas.records import RECORDS
from schemas.records.charlemagne import Fiche
from schemas.records.onde import Refus

UAI = "0840001V"
ANNEE = 2024
CHARLEMAGNE = "charlemagne.premier_degre.v1"
DEPOTS = "onde.depots.v1"
ARCHIVES = "onde.archives.v1"
MIDI = datetime(2024, 9, 12, 10, tzinfo=UTC)


@dataclass
class Driver:
    """One school."""

    reglages: Reglages = field(default_factory=lambda: Reglages(archive_interne=True))
    outputs: list[Output] = field(default_factory=list)
    key: KeyState = field(default_factory=KeyState)
    rank: int = 0

    def __post_init__(self) -> None:
        self._fold = Fold(PROCESSOR, self.reglages, lambda _topic, _name, _data: b"", lambda _topic, fields: Refus(**fields))

    @property
    def ecole(self) -> Ecole:
        assert isinstance(self.key.state, Ecole)
        return self.key.state

    def send(self, topic: str, name: str, time: datetime = MIDI, **data: Any) -> list[Output]:
        self.rank += 1
        event = Event(f"e{self.rank}", name, time, UAI, "onde", "/test", topic, RECORDS[topic][name](**data))
        folded = self._fold([Incoming(event, digest=event.id.encode())], {UAI: self.key}, {})
        assert not folded.dead, folded.dead
        self.key = folded.states[UAI]
        self.outputs += folded.outputs
        return folded.outputs

    def acte(self, name: str, annee: int = ANNEE, **data: Any) -> list[Output]:
        return self.send(CHARLEMAGNE, name, uai=UAI, annee=annee, **data)

    def classe(self, classe: str, code: str, *formations: str, annee: int = ANNEE, **data: Any) -> list[Output]:
        known = {"type_contrat": "Contrat d'association", "type_classe": "Ordinaire"} | data
        return self.acte("classe", annee, classe=classe, code_rectorat=code, formations=formations, **known)

    def personne(self, name: str, **data: Any) -> list[Output]:
        return self.send(DEPOTS, name, uai=UAI, annee=ANNEE, **data)


def fiche(eleve: str, classe: str | None = None, formation: str | None = None, *anomalies: str) -> Fiche:
    return Fiche(eleve=eleve, classe=classe, formation=formation, anomalies=anomalies)


def pret(*fiches: Fiche, reglages: Reglages | None = None) -> Driver:
    """A school set up for the year, with these pupils."""
    driver = Driver(reglages or Reglages(archive_interne=True))
    driver.acte("formations_importees", formations=("CP", "CE1", "CE2", "CM1"))
    driver.classe("CP-A", "1", "CP")
    driver.classe("CE2-CM1", "2", "CE2", "CM1")
    driver.acte("base_eleves", eleves=fiches or (fiche("E1", "CP-A"), fiche("E2", "CE2-CM1", "CE2")))
    return driver


def codes(outputs: list[Output]) -> list[str]:
    return [o.data.code for o in outputs if o.name == "refus"]


def named(outputs: list[Output], name: str) -> list[Any]:
    return [o.data for o in outputs if o.name == name]


def statuts(driver: Driver) -> dict[str, str]:
    """The last status of each chapter."""
    return {each.etape: each.statut for each in named(driver.outputs, "etape_suivie")}
