"""From an archive on its way to ONDE to the file that a person will import: one archive, one file."""

from typing import Any

import msgspec

from schemas.outcome import Effect, Event, Outcome
from schemas.records.onde import ArchiveADeposer, ArchiveInterne
from sinks.carried import as_text

SINK = "onde.archives"


def decide(_reglages: None, state: None, event: Event) -> Outcome:
    """Pure; keeps no state. Bytes go as base64: an effect is stored as JSON."""
    payload: dict[str, Any]
    match event.data:
        case ArchiveADeposer() as data:
            payload = {"fichier": data.fichier, "empreinte": data.empreinte, "contenu": as_text(data.contenu)}
        case ArchiveInterne() as data:
            eleves = [msgspec.structs.asdict(each) for each in data.eleves]
            payload = {"fichier": data.fichier, "uai": data.uai, "annee": data.annee, "eleves": eleves}
        case _:
            return Outcome(state, counted="sans_fichier")
    return Outcome(state, effects=(Effect(SINK, payload, group=event.id),), because=f"archive {data.fichier}")
