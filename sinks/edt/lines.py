"""From the pieces of a file that passes through the bus to the file that its reader imports: one passage, one file.

A file comes as its head (`fichier`), then its pieces in order. Each piece is an effect; the passage is their group, so that a file
given a second time later is a file of its own. A piece that does not follow the one before it is not carried: what would be
joined could not be the file.
"""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from schemas.outcome import Effect, Event, Outcome
from schemas.records.sts import Fichier, Morceau
from sinks.carried import as_text

READERS: Mapping[str, str] = MappingProxyType({"sts_emp": "edt", "emp_sts": "sts"})
"""Type of file → the system that imports it."""


def sink_of(type_: str) -> str:
    """`edt.sts_emp`: the reader's outbox and the type."""
    return f"{READERS[type_]}.{type_}"


class EnCours(msgspec.Struct, frozen=True):
    """The file of this school whose pieces are coming."""

    passage: str
    """`ce_id` of its head: the group of its effects."""
    type: str
    empreinte: str
    millesime: int | None
    morceaux: int
    recus: int = 0


def decide(_reglages: None, state: EnCours | None, event: Event) -> Outcome:
    """Pure. A new head ends what was incomplete: files of one school come one after the other."""
    match event.data:
        case Fichier(type=type_) as data if type_ in READERS:
            started = EnCours(event.id, data.type, data.empreinte, data.millesime, data.morceaux)
            return Outcome(started, because=f"{data.type} annoncé")
        case Morceau() as data:
            return _piece(state, data)
        case _:
            return Outcome(None, counted="autre_fichier")


def _piece(state: EnCours | None, data: Morceau) -> Outcome:
    if state is None or data.empreinte != state.empreinte or data.rang != state.recus + 1:
        return Outcome(state, counted="hors_suite", because="morceau sans le précédent")
    payload = {
        "uai": data.uai,
        "millesime": state.millesime,
        "empreinte": state.empreinte,
        "rang": data.rang,
        "morceaux": state.morceaux,
        "contenu": as_text(data.contenu),
    }
    whole = data.rang == state.morceaux
    after = None if whole else msgspec.structs.replace(state, recus=data.rang)
    because = f"{state.type} entier, pour {READERS[state.type].upper()}" if whole else f"morceau {data.rang} sur {state.morceaux}"
    return Outcome(after, effects=(Effect(sink_of(state.type), payload, group=state.passage),), because=because)
