"""The form in which a system itself sends an event of a scenario, so that the real connector reads it."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.contracts import contract_of


@dataclass(frozen=True, slots=True)
class Form:
    """A delivery's name (empty for a request), type and bytes."""

    name: str
    media_type: str
    content: bytes


def request(data: Mapping[str, Any]) -> Form:
    """One JSON object, posted."""
    return Form("", "application/json", _json(data))


def json_file(event: str, data: Mapping[str, Any]) -> Form:
    """One JSON object, dropped."""
    return Form(f"{event}.json", "application/json", _json(data))


def csv_file(event: str, data: Mapping[str, Any]) -> Form:
    """One line under its header, the contract's names in capitals; absent and null fields have no column."""
    present = {name.upper(): _cell(value) for name, value in data.items() if value is not None}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(present)
    writer.writerow(present.values())
    return Form(f"{event}.csv", "text/csv", out.getvalue().encode())


def _json(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "O" if value else "N"
    return "|".join(value) if isinstance(value, list) else str(value)


def _apogee_inscription(data: Mapping[str, Any], rank: int) -> Form:
    """What happened is posted; a state that nobody calls an event (`IA_CONSTATEE`, the default) is a line of an export."""
    if data.get("type", "IA_CONSTATEE") == "IA_CONSTATEE":
        return csv_file("inscriptions", {name: value for name, value in data.items() if name not in ("type", "event_id")})
    return request({"event_id": f"scenario-{rank}", **{name: value for name, value in data.items() if value is not None}})


def _named(event: str) -> Callable[[Mapping[str, Any], int], Form]:
    """The JSON object of a system whose events are told apart by their name, `evenement`."""
    return lambda data, _rank: request({"evenement": event, **{name: value for name, value in data.items() if value is not None}})


NAMED_EVENTS = {
    "extranet": ("extranet.actes.v1", "extranet.comptes.v1"),
    "safir": ("safir.actions.v1",),
    "luciole": ("luciole.dossiers.v1", "luciole.commandes.v1", "chorus.fichiers.v1"),
    "chorus": ("chorus.retours.v1",),
    "draaf": ("draaf.validations.v1",),
    "support": ("support.deblocages.v1",),
    "charlemagne": ("charlemagne.etapes.v1", "charlemagne.premier_degre.v1"),
    "academie": ("academie.etablissements.v1", "academie.fermetures.v1", "academie.receptions.v1"),
    "onde": ("onde.depots.v1",),
    "etablissement": ("siecle.depots.v1", "synchros.gestes.v1", "lsu.elements.v1"),
    "crous": ("crous.decisions.v1",),
    "pve": ("pve.demandes.v1",),
    "nne": ("nne.corrections.v1",),
}
"""System → the topics whose records it posts under their own names."""

OWN_FORMS: Mapping[tuple[str, str], Callable[[Mapping[str, Any], int], Form]] = {
    ("apogee", "inscription"): _apogee_inscription,
    **{(system, name): _named(name) for system, topics in NAMED_EVENTS.items() for topic in topics for name in contract_of(topic).names},
}
"""(system, event) → its form, where it is not simply the JSON object of its contract."""


def form_of(system: str, event: str, data: Mapping[str, Any], rank: int, transports: tuple[str, ...]) -> Form:
    """The form of an event; `rank` is its place in the scenario, `transports` how its connector receives."""
    own = OWN_FORMS.get((system, event))
    if own is not None:
        return own(data, rank)
    return request(data) if "http" in transports else json_file(event, data)
