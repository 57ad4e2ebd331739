"""Makes events of the two topics, and runs them through the fold as the engine does."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from bus.engine.fold import Fold, Folded, Incoming, KeyState, Output
from processors.bourses import PROCESSOR
from processors.bourses.state import Etudiant
from schemas import subjects
from schemas.outcome import Emitted, Event, Outcome
from schemas.records import aglae, apogee, bourses

KEY = "3f" * 16
START = datetime(2026, 7, 1, 8, tzinfo=UTC)
VERSAILLES, PARIS = "0781944P", "0751717J"
BOURSIER = "1111037734L"
DECISIONS = "bourses.decisions.v1"


def registration(
    ce_id: str = "r1", *, etape: str = "L1INFO", uai: str = VERSAILLES, minute: int | None = 0, cod_ind: str = "4012", **changes: Any
) -> Event:
    """A registration event; `minute` is its dat_mod_iae after START."""
    fields: dict[str, Any] = {
        "type": "IA_CREEE",
        "uai": uai,
        "cod_anu": "2026",
        "cod_ind": cod_ind,
        "cod_etu": "22600123",
        "nne": "1111037734",
        "cle_nne": "L",
        "cod_etp": etape,
        "cod_vrs_vet": "120",
        "tem_iae_prm": True,
        "dat_mod_iae": None if minute is None else START + timedelta(minutes=minute),
        **changes,
    }
    record = apogee.Inscription(**fields)
    subject = subjects.of_registration(record.uai, record.cod_anu, record.cod_ind, record.cod_etp, record.cod_vrs_vet)
    return Event(ce_id, "inscription", START, KEY, subject, "/apogee", "apogee.inscriptions.v1", record)


def dossier(
    ce_id: str = "d1", etat: aglae.EtatDossier = "CONDITIONNEL", *voeux: tuple[str, str], minute: int | None = 0, **changes: Any
) -> Event:
    """A dossier whose vœux are (uai, étape) in their rank; `minute` is its dat_mod after START."""
    fields: dict[str, Any] = {
        "numero": f"2026VER{BOURSIER}",
        "annee": 2026,
        "numero_boursier": BOURSIER,
        "etat": etat,
        "echelon": "1",
        "montant_annuel": Decimal("1665.00"),
        "voeux": tuple(aglae.Voeu(rang=rang, uai=uai, cod_etp=etape) for rang, (uai, etape) in enumerate(voeux, 1)),
        "dat_mod": None if minute is None else START + timedelta(minutes=minute),
        **changes,
    }
    record = aglae.Dossier(**fields)
    return Event(ce_id, "dossier", START, KEY, subjects.of_dossier(record.annee), "/aglae", "aglae.dossiers.v1", record)


def retraitement(
    ce_id: str = "t1", resultat: aglae.ResultatRetraitement = "ACCEPTE", *, uai: str = VERSAILLES, etape: str = "L1INFO", **changes: Any
) -> Event:
    fields: dict[str, Any] = {
        "numero": f"2026VER{BOURSIER}",
        "annee": 2026,
        "numero_boursier": BOURSIER,
        "uai": uai,
        "cod_etp": etape,
        "resultat": resultat,
        **changes,
    }
    record = aglae.Retraitement(**fields)
    subject = subjects.of_retraitement(record.annee, record.uai, record.cod_etp)
    return Event(ce_id, "retraitement", START, KEY, subject, "/aglae", "aglae.dossiers.v1", record)


def decided(outcome: Outcome) -> list[Emitted]:
    """The decisions among what an outcome publishes."""
    return [emitted for emitted in outcome.emitted if emitted.topic == DECISIONS]


@dataclass
class Run:
    """What a history of one student gave."""

    state: Etudiant | None = None
    outputs: list[Output] = field(default_factory=list)
    """Decisions."""
    suites: list[Output] = field(default_factory=list)
    """What follows from them: fees, pieces, notifications of the dossier, control lists, rights, hand-overs."""
    waiting: list[str] = field(default_factory=list)
    """Labels of what still waits."""
    counts: dict[str, int] = field(default_factory=dict)
    dead: int = 0

    def names(self) -> list[str]:
        return [output.name for output in self.outputs]

    def of(self, name: str) -> list[Any]:
        return [output.data for output in (*self.outputs, *self.suites) if output.name == name]

    def sent(self, topic: str) -> list[Output]:
        return [output for output in self.suites if output.topic == topic]

    def situations(self) -> list[str]:
        """The statuses published, in order."""
        return [situation.statut for situation in self.of("situation")]

    def final(self) -> dict[tuple[str, str], bourses.Situation]:
        """(uai, étape) → the last situation published."""
        return {(s.uai, s.cod_etp): s for s in self.of("situation")}

    def statuses(self) -> dict[tuple[str, str], str]:
        return {thing: situation.statut for thing, situation in self.final().items()}


def run(*events: Event) -> Run:
    """Fold the events in order, one batch, as the engine would."""
    fold = Fold(PROCESSOR, PROCESSOR.reglages(), lambda _topic, _name, _data: b"", lambda _topic, fields: bourses.Refus(**fields))
    incoming = [Incoming(event, msgspec.json.encode([event.type, event.data]), offset) for offset, event in enumerate(events)]
    folded: Folded = fold(incoming, {}, {})
    key_state = folded.states.get(KEY, KeyState())
    decisions = [output for output in folded.outputs if output.topic == DECISIONS]
    suites = [output for output in folded.outputs if output.topic != DECISIONS]
    return Run(key_state.state, decisions, suites, [w.label for w in key_state.parked], dict(folded.counts), len(folded.dead))
