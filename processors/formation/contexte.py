"""What every step is given, and the ways it may answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from processors.formation.calendrier import jour_local
from processors.formation.reglages import Reglages
from processors.formation.state import Action
from schemas.outcome import Deadline, Emitted, Event, Outcome, Parked, Refusal


@dataclass(frozen=True, slots=True)
class Contexte:
    """One event on one action."""

    reglages: Reglages
    action: Action
    event: Event

    @property
    def data(self) -> Any:
        return self.event.data

    @property
    def contrat(self) -> str:
        return self.event.key

    @property
    def jour(self) -> date:
        """The contract's local day of the event."""
        return jour_local(self.event.time, self.action.descriptif.zone)

    def refuse(self, refusal: Refusal) -> Outcome:
        return Outcome(self.action, refusal=refusal, because=refusal.message)

    def attend(self, prealable: str, label: str) -> Outcome:
        return Outcome(self.action, parked=Parked(prealable, label), because=f"attend : {label}")

    def ignore(self, compte: str, because: str) -> Outcome:
        return Outcome(self.action, counted=compte, because=because)

    def applique(self, action: Action, emis: Iterable[Emitted], because: str, echeances: Iterable[Deadline] = ()) -> Outcome:
        return Outcome(action, tuple(emis), deadlines=tuple(echeances), because=because)

    def sur(self, action: Action) -> "Contexte":
        """The same event on the rewritten action."""
        return Contexte(self.reglages, action, self.event)

    def avec(self, **champs: Any) -> Action:
        """The action with some fields rewritten."""
        return msgspec.structs.replace(self.action, **champs)
